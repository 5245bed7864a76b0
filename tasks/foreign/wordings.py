"""What relation the words of a claim tell: by a mapping, an id, a label, the phrase book, or the core of these."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from hcsp.names import words
from prompts.phrases import Row, phrase_book
from roles.fallback import fallback
from worlds.model import Relation

Way = Literal["out", "in", "range"]
How = Literal["mapping", "id", "label", "phrase", "core"]
TURNED: Mapping[Way, Way] = {"out": "in", "in": "out", "range": "range"}
_WAYS: tuple[Way, ...] = ("out", "in", "range")
_LIGHT = frozenset(
    words("a also an are as be been being generally had has have her his is its s the their usually was were")
)
"""Words that decide nothing about which relation is meant."""


class Meaning(NamedTuple):
    """A relation as told of the claim's variable, and by which rule the words were understood."""

    relation: str
    way: Way
    how: How

    def turned(self) -> "Meaning":
        """The same told of the far end."""
        return self._replace(way=TURNED[self.way])


class Phrase(NamedTuple):
    """The words around the far end."""

    before: tuple[str, ...]
    after: tuple[str, ...] = ()

    @classmethod
    def of(cls, before: str, after: str = "") -> "Phrase":
        """By the one rule for names; `bornIn` is two words."""
        return cls(_words(before), _words(after))

    @property
    def core(self) -> tuple[str, ...]:
        """The words that carry the meaning."""
        return tuple(w for part in self for w in part if w not in _LIGHT)


Index = dict[Phrase, list[Meaning]]


class Wordings:
    """The phrases that a world's relations can be told with, the surest rules first."""

    def __init__(self, relations: Mapping[str, Relation], mapping: Mapping[Phrase, tuple[str, Way]]) -> None:
        self._indexes: list[Index] = [
            {phrase: [Meaning(r, way, "mapping")] for phrase, (r, way) in mapping.items()},
            _gathered((Phrase.of(r), Meaning(r, "out", "id")) for r in relations),
            _gathered((Phrase.of(r.label), Meaning(r.id, "out", "label")) for r in relations.values()),
            _gathered(_book(relations)),
            _gathered(_by_rule(relations)),
        ]
        self._cores = [_cores(index) for index in self._indexes]

    def meanings(self, phrase: Phrase) -> list[Meaning]:
        """What a phrase can mean by the first rule that knows it; then what its core can mean; empty if unknown."""
        exact = next((found for index in self._indexes if (found := index.get(phrase))), None)
        if exact is None and phrase.core:
            exact = next((found for cores in self._cores if (found := cores.get(phrase.core))), None)
        return exact or []

    def openings(self, said: str) -> Iterator[tuple[list[Meaning], str]]:
        """The phrases that a text can begin with, or surround the rest with, the longest first, and that rest."""
        told = _words(said)
        for size in range(len(told) - 1, 0, -1):
            for index in self._indexes:
                if found := index.get(Phrase(told[:size])):
                    yield found, " ".join(told[size:])
        for phrase, found in self._indexes[0].items():
            first, last = len(phrase.before), len(told) - len(phrase.after)
            if phrase.after and first < last and Phrase(told[:first], told[last:]) == phrase:
                yield found, " ".join(told[first:last])


def read_mapping(path: Path, relations: Mapping[str, Relation]) -> dict[Phrase, tuple[str, Way]]:
    """Lines of phrase, relation id and `out`, `in` or `range`, tab-separated; `{}` may stand for the far end.

    Raises `OSError`, or `ValueError` naming the line that is malformed.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text ({error.reason} at byte {error.start})") from None
    found: dict[Phrase, tuple[str, Way]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            phrase, meant = _mapped(line.rstrip("\r").split("\t"), f"{path} line {number}", relations)
            if found.setdefault(phrase, meant) != meant:
                raise ValueError(f"{path} line {number}: the phrase is mapped to {found[phrase][0]!r} above")
    return found


def _mapped(parts: list[str], where: str, relations: Mapping[str, Relation]) -> tuple[Phrase, tuple[str, Way]]:
    if len(parts) != 3 or parts[0].count("{}") > 1:
        raise ValueError(f"{where}: expected phrase, relation id and out, in or range, tab-separated; got {parts!r}")
    text, relation, direction = (part.strip() for part in parts)
    way = next((w for w in _WAYS if w == direction), None)
    if way is None:
        raise ValueError(f"{where}: unknown direction {direction!r}; expected out, in or range")
    if relation not in relations:
        raise ValueError(f"{where}: the world has no relation {relation!r}; python -m worlds info lists them by id")
    before, _, after = text.partition("{}")
    phrase = Phrase.of(before, after)
    if not any(phrase):
        raise ValueError(f"{where}: the phrase {text!r} has no words")
    return phrase, (relation, way)


def _book(relations: Mapping[str, Relation]) -> Iterator[tuple[Phrase, Meaning]]:
    for way in _WAYS:
        for relation in relations:
            for row in phrase_book().relations.get((relation, way), ()):
                yield from ((phrase, Meaning(relation, way, "phrase")) for phrase in _said(row))


def _by_rule(relations: Mapping[str, Relation]) -> Iterator[tuple[Phrase, Meaning]]:
    """What the fallback wording says, and the usual ways to say a label."""
    for relation in relations.values():
        ways: tuple[Way, ...] = ("out", "in") if relation.kind == "entity" else ("range",)
        for way in ways:
            row = fallback(relation.id, relation.label, way)
            yield from ((phrase, Meaning(relation.id, way, "label")) for phrase in _said(row))
        yield Phrase.of(f"is the {relation.label} of"), Meaning(relation.id, "in", "label")


def _said(row: Row) -> Iterator[Phrase]:
    for template in (*row.vp, *row.var, *row.post, *row.whose):
        yield Phrase.of(template.stem + template.lead, template.tail)


def _gathered(pairs: Iterable[tuple[Phrase, Meaning]]) -> Index:
    index: Index = {}
    for phrase, meaning in pairs:
        if any(phrase) and meaning not in (found := index.setdefault(phrase, [])):
            found.append(meaning)
    return index


def _cores(index: Index) -> dict[tuple[str, ...], list[Meaning]]:
    cores: dict[tuple[str, ...], list[Meaning]] = {}
    for phrase, meanings in index.items():
        if phrase.core:
            known = cores.setdefault(phrase.core, [])
            known += [told for m in meanings if (told := m._replace(how="core")) not in known]
    return cores


def _words(text: str) -> tuple[str, ...]:
    return words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
