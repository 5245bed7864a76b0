"""The phrase book: what is said for a relation, a noun or the form of a name. Data only, read once and checked."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Literal

Way = Literal["out", "in", "range", "more", "less", "same", "count_out", "count_in", "predicate"]
"""What is told of a relation: its facts by direction, a literal's range, comparisons, coincidence, numbers of facts."""

WAYS: tuple[Way, ...] = ("out", "in", "range", "more", "less", "same", "count_out", "count_in", "predicate")
_SYMMETRIC: Mapping[Way, Way] = {"in": "out", "count_in": "count_out"}
_NESTING: tuple[Way, ...] = ("out", "in", "range")
_LIKE: Mapping[Way, tuple[Way, ...]] = {"count_out": ("out",), "count_in": ("in",), "same": ("out",)}
_NAMES = ("", "raw", "title", "a", "many", "the", "cause", "instrument", "genre", "form", "topic", "people")
SLOTS = (*_NAMES, "when", "amount", "count", "number", "year", "letters")
WITH_ARTICLE = ("a", "cause", "genre", "form", "instrument")
"""Slots in which a common noun may take an article."""
_NUMBERED = re.compile(r"(\w+)/(\w+)")
_TEMPLATES = ("vp", "var", "post", "whose", "noun", "front", "ask")
_ROW_KEYS = {"for", "to", "only", *_TEMPLATES, "subject", "target", "rank", "label", "role"}


class PhraseError(ValueError):
    """The phrase book's data is not well formed."""


@dataclass(frozen=True)
class Template:
    """A phrase with one slot: `stem lead{slot}tail`; clues with one stem share it ("was born" in …, between …)."""

    stem: str
    lead: str
    slot: str
    tail: str

    @classmethod
    def parse(cls, text: str) -> "Template":
        """Read `was born |in {}`; raises `PhraseError` unless there is exactly one slot of a known kind."""
        if text.count("{") != 1 or text.count("}") != 1 or text.count("|") > 1:
            raise PhraseError(f"phrase {text!r} needs exactly one slot and at most one '|'")
        before, rest = text.split("{")
        slot, tail = rest.split("}")
        stem, lead = before.split("|") if "|" in before else ("", before)
        if slot not in SLOTS:
            raise PhraseError(f"phrase {text!r} has the unknown slot {slot!r}, expected one of {SLOTS}")
        return cls(stem, lead, slot, tail)

    @property
    def closes(self) -> bool:
        """Whether the slot ends the phrase, so that a clause or a list can follow in it."""
        return not self.tail

    @property
    def introduces(self) -> bool:
        """Whether the noun at the end of a `front` takes an article of its own, as after "the same" it does not."""
        return not self.tail.endswith(" the same _")

    @property
    def plain(self) -> bool:
        """Whether the slot takes any name, and so a pronoun or a noun with its article."""
        return self.slot in ("", "raw", "title")

    def fill(self, value: str) -> str:
        """The whole phrase with its slot filled."""
        return f"{self.stem}{self.lead}{value}{self.tail}"


@dataclass(frozen=True)
class Row:
    """The wordings of one relation and direction for some classes of variable; see `relations.toml`."""

    fits: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    vp: tuple[Template, ...] = ()
    var: tuple[Template, ...] = ()
    post: tuple[Template, ...] = ()
    whose: tuple[Template, ...] = ()
    noun: tuple[Template, ...] = ()
    front: tuple[Template, ...] = ()
    ask: tuple[Template, ...] = ()
    single: tuple[Template, ...] = ()
    subject: str | None = None
    target: str | None = None
    rank: int = 50
    label: str | None = None
    role: str | None = None

    def suits(self, kind: str) -> bool:
        """Whether a variable of class `kind` can be the subject of the phrase; `any` always can."""
        return not self.fits or kind == "any" or kind in self.fits or (kind != "person" and "thing" in self.fits)

    @cached_property
    def short(self) -> tuple[Template, ...]:
        """Wordings for a target named in a word or two ("this city")."""
        if self.var and all(t.closes for t in self.vp):
            return self.var
        return tuple(t for t in self.vp if t.plain) or self.var or self.vp

    @cached_property
    def long(self) -> tuple[Template, ...]:
        """Wordings for a target with a clause of its own, which has to come last."""
        return tuple(t for t in self.var or self.vp if t.closes)

    @cached_property
    def lists(self) -> tuple[Template, ...]:
        """Wordings for several constants at once."""
        return tuple(t for t in self.vp if t.closes) or tuple(t for t in self.var if t.closes)


@dataclass(frozen=True)
class Noun:
    """The forms of a noun; `kind` is the class that phrases are chosen by, `person` nouns take "who"."""

    one: str
    many: str
    article: str
    kind: str
    person: bool = False
    pronoun: str | None = None


@dataclass(frozen=True)
class PhraseBook:
    """All phrases, nouns and forms of names."""

    relations: Mapping[tuple[str, Way], tuple[Row, ...]]
    symmetric: frozenset[str]
    types: Mapping[str, Mapping[str, str]]
    generic: Mapping[str, str]
    called: Mapping[str, str]
    roles: Mapping[str, tuple[str, ...]]
    articles: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, str]]
    predicates: Mapping[str, Mapping[str, str]]
    categories: Mapping[str, frozenset[str]]

    def way(self, relation: str, way: Way) -> Way:
        """The way in which a relation is told: a symmetric one always outwards."""
        return _SYMMETRIC.get(way, way) if relation in self.symmetric else way

    def rows(self, relation: str, way: Way) -> tuple[Row, ...]:
        """The rows of a relation as it is told in a way; none if the book does not know it."""
        return self.relations.get((relation, self.way(relation, way)), ())


def _row(relation: str, way: Way, data: Mapping[str, Any]) -> Row:
    if unknown := set(data) - _ROW_KEYS:
        raise PhraseError(f"relation {relation!r} has unknown keys {sorted(unknown)}, expected {sorted(_ROW_KEYS)}")
    if not data.get("vp"):
        raise PhraseError(f"a row of relation {relation!r} has no 'vp'")
    templates = {k: tuple(Template.parse(numbered(t, 1)) for t in data.get(k, ())) for k in _TEMPLATES}
    row = Row(
        fits=tuple(data.get("for", ())),
        to=tuple(data.get("to", ())),
        only=tuple(data.get("only", ())),
        subject=data.get("subject"),
        target=data.get("target"),
        rank=data.get("rank", 50),
        single=tuple(Template.parse(numbered(t, 0)) for t in data["vp"]) if way.startswith("count") else (),
        label=data.get("label"),
        role=data.get("role"),
        **templates,
    )
    if not all(t.tail.endswith(" _") and not t.lead for t in row.front):
        raise PhraseError(f"a 'front' of relation {relation!r} must begin with its slot and end with '_'")
    if way in _NESTING and not row.long and not row.only:
        raise PhraseError(f"a row of relation {relation!r} has no wording that ends in its slot; give it a 'var'")
    return row


def numbered(text: str, form: int) -> str:
    """A phrase with its nouns in the singular (`form` 0) or plural (1), which are written `award/awards`."""
    return _NUMBERED.sub(lambda match: match[form + 1], text)


def _relations(data: Mapping[str, Any]) -> tuple[dict[tuple[str, Way], tuple[Row, ...]], frozenset[str]]:
    rows: dict[tuple[str, Way], tuple[Row, ...]] = {}
    for relation, entry in data.items():
        if unknown := set(entry) - {"symmetric", *WAYS}:
            raise PhraseError(f"relation {relation!r} has unknown keys {sorted(unknown)}")
        for way in WAYS:
            if way in entry:
                rows[relation, way] = tuple(_row(relation, way, _like(entry, way) | row) for row in entry[way])
    return rows, frozenset(r for r, entry in data.items() if entry.get("symmetric"))


def _like(entry: Mapping[str, Any], way: Way) -> dict[str, Any]:
    """The place in the order and the noun of the relation's plain wording, for the others."""
    plain = [row for like in _LIKE.get(way, _NESTING) for row in entry.get(like, ())] if way not in _NESTING else []
    return {key: plain[0][key] for key in ("rank", "subject") if plain and key in plain[0]}


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("prompts").joinpath(name).read_text(encoding="utf-8"))


def _lists(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in data.items()}


def _check_singulars(types: Mapping[str, Mapping[str, str]]) -> None:
    owner: dict[str, str] = {}
    for name, entry in types.items():
        one = entry.get("one", name)
        if one in owner and name != "entity":
            raise PhraseError(f"types {name!r} and {owner[one]!r} share the singular {one!r}")
        owner[one] = name


@lru_cache(maxsize=1)
def phrase_book() -> PhraseBook:
    """The shipped phrase book; raises `PhraseError` if its data is not well formed."""
    rows, symmetric = _relations(_load("relations.toml"))
    nouns = _load("nouns.toml")
    generic = {word: kind for kind, words in nouns["generic"].items() for word in words}
    _check_singulars(nouns["types"])
    return PhraseBook(
        relations=rows,
        symmetric=symmetric,
        types=nouns["types"],
        generic=generic,
        called={entry.get("one", name): entry["called"] for name, entry in nouns["types"].items() if "called" in entry},
        roles=_lists(nouns["roles"]),
        articles=_lists(nouns["articles"]),
        forms=_lists(nouns["forms"]),
        units={unit: (one, many) for unit, (one, many) in nouns["units"].items()},
        predicates=nouns["predicates"],
        categories={key: frozenset(words) for key, words in nouns["categories"].items()},
    )


@lru_cache(maxsize=1)
def digest() -> str:
    """sha256 over the phrase book's files, so that a record says which wording it was made with."""
    found = hashlib.sha256()
    for name in ("nouns.toml", "relations.toml"):
        found.update(files("prompts").joinpath(name).read_bytes())
    return found.hexdigest()
