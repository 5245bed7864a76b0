"""What a question may be read with: phrases, nouns and names, indexed by how they begin."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from hcsp.constraints import RangeConstraint, constant_of
from hcsp.nouns import ANYTHING
from hcsp.tree import ResearchTree
from prompts.phrases import WAYS, Noun, Row, Template, Way, phrase_book
from roles import english
from roles.fallback import fallback
from roles.ways import far_type

Form = Literal["verb", "post", "whose", "noun", "front", "ask"]

_TO_VARIABLES: tuple[Way, ...] = ("out", "in", "more", "less", "same")

_WORD_END = re.compile(r"\W|$")


@dataclass(frozen=True)
class Entry:
    """A template with the relation that it tells, and the row that says of whom it can be told."""

    template: Template
    relation: str
    way: Way
    row: Row

    @cached_property
    def takes_names(self) -> bool:
        """Whether constants can fill the slot."""
        row = self.row
        return self.template in (*row.vp, *row.lists, *row.post, *row.whose, *row.noun, *row.front)

    @cached_property
    def takes_variables(self) -> bool:
        """Whether a variable can fill it."""
        row = self.row
        return (
            self.way in _TO_VARIABLES
            and not row.only
            and self.template in (*row.short, *row.long, *row.post, *row.whose, *row.noun, *row.front, *row.ask)
        )

    @property
    def nests(self) -> bool:
        """Whether a variable can be introduced in it, or a type named."""
        plain = self.template not in (*self.row.noun, *self.row.front)
        return self.way in ("out", "in") and self.takes_variables and plain

    @property
    def lists(self) -> bool:
        """Whether several can stand in the slot though words follow it: "where Planck and Bohr studied"."""
        return self.template in (*self.row.post, *self.row.front)

    def counts(self, number: int) -> bool:
        """Whether a sentence that opens with the other end can be of so many: one was a member, several were."""
        own = self.row.front
        return len(own) < 2 or self.template == own[0 if number == 1 else -1]

    @property
    def start(self) -> str:
        """The fixed words that the phrase begins with."""
        return self.template.stem or self.template.lead


@dataclass(frozen=True)
class Sense:
    """What a noun can stand for: a type, and for a role ("physicist") the relation and the label that it tells."""

    type: str
    noun: Noun
    role: tuple[str, str] | None = None


@dataclass(frozen=True)
class Vocabulary:
    """Names, types, units and relations (with their labels) that a question may speak of.

    Phrases of the book are always known; more labels than a tree's own let more second readings be found.
    """

    labels: frozenset[str]
    types: frozenset[str]
    relations: Mapping[str, str] = field(default_factory=dict)
    units: frozenset[str] = frozenset()

    @classmethod
    def of(cls, tree: ResearchTree, relation_labels: Mapping[str, str], labels: Iterable[str] = ()) -> "Vocabulary":
        """The vocabulary of a tree, with further `labels` that could be meant instead."""
        own = {constant.label for c in tree.constraints if (constant := constant_of(c)) is not None}
        asked = {kind for c in tree.constraints if (kind := far_type(c)) is not None}
        told = {c.relation for c in tree.constraints if c.kind != "type"}
        return cls(
            labels=frozenset(own | set(labels)),
            types=frozenset(tree.noun(v.id).type for v in tree.variables) | asked,
            relations={r: relation_labels.get(r, r) for r in told},
            units=frozenset(c.unit for c in tree.constraints if isinstance(c, RangeConstraint) and c.unit),
        )


class Lexicon:
    """A vocabulary with its indexes."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._names: dict[str, dict[str, list[tuple[str, str]]]] = {}

    def phrases(self, text: str, at: int, form: Form) -> Iterator[Entry]:
        """The phrases of a form whose fixed words stand at `at`."""
        end = text.find(" ", at)
        word = text[at:end] if end > 0 else text[at:]
        for entry in (*_index(form).get(word, ()), *(self._fallbacks.get(word, ()) if form == "verb" else ())):
            if text.startswith(entry.start, at):
                yield entry

    def questions(self) -> tuple[Entry, ...]:
        """The phrases that ask with the verb before the subject."""
        return _entries("ask")

    def fronts(self) -> tuple[Entry, ...]:
        """The phrases that begin with what is at the other end."""
        return _entries("front")

    def names(self, text: str, at: int, slot: str) -> Iterator[tuple[int, str]]:
        """The constants that stand at `at` in a slot: where each ends, and its label."""
        if slot not in self._names:
            self._names[slot] = self._forms(slot)
        for form, label in self._names[slot].get(_first(text, at), ()):
            end = at + len(form)
            if text.startswith(form, at) and _ends(text, end):
                yield end, label

    def nouns(self, text: str, at: int) -> Iterator[tuple[int, str, Sense]]:
        """The nouns that stand at `at`: where each ends, the word, and what it can stand for."""
        for one, senses in self._standing(text, at):
            for sense in self._meant(one, senses):
                yield at + len(one), one, sense

    def _standing(self, text: str, at: int) -> Iterator[tuple[str, Sequence[Sense]]]:
        first = _first(text, at)
        for one, senses in (*_book_nouns().get(first, ()), *self._own_nouns.get(first, ())):
            if text.startswith(one, at) and _ends(text, at + len(one)):
                yield one, senses

    def _meant(self, one: str, senses: Sequence[Sense]) -> Sequence[Sense]:
        """What a noun stands for: one that a relation may lend is of the type of that name where the tree has one."""
        if one not in phrase_book().generic:
            return senses
        typed = [sense for sense in senses if sense.type in self._vocabulary.types and sense.type != ANYTHING]
        return typed or [sense for sense in senses if sense.type == ANYTHING]

    def references(self, text: str, at: int) -> Iterator[tuple[int, str]]:
        """What a variable told earlier can be called at `at`: its noun, or less where that is enough."""
        for one, _ in self._standing(text, at):
            yield at + len(one), one
        short = _first(text, at)
        if short in self._short:
            yield at + len(short), short

    @cached_property
    def _short(self) -> frozenset[str]:
        """Words that are short for a noun and no nouns themselves."""
        nouns = [one for listed in (_book_nouns(), self._own_nouns) for told in listed.values() for one, _ in told]
        return frozenset(map(english.called, nouns)) - frozenset(nouns)

    def units(self, text: str, at: int) -> Iterator[tuple[int, str]]:
        """The units that stand at `at`: where each ends, and its plural."""
        for form, unit in self._units.items():
            if text.startswith(form, at) and _ends(text, at + len(form)):
                yield at + len(form), unit

    @cached_property
    def _units(self) -> dict[str, str]:
        known = (*phrase_book().units, *self._vocabulary.units)
        return {english.unit_name(u, one=one): english.unit_name(u) for u in known for one in (True, False)}

    def _forms(self, slot: str) -> dict[str, list[tuple[str, str]]]:
        index: dict[str, list[tuple[str, str]]] = {}
        for label in self._vocabulary.labels:
            form = english.constant(label, slot)
            index.setdefault(_first(form, 0), []).append((form, label))
        return index

    @cached_property
    def _fallbacks(self) -> dict[str, list[Entry]]:
        return _by_word(
            Entry(template, relation, way, row)
            for relation, label in self._vocabulary.relations.items()
            for way in WAYS
            for row in [fallback(relation, label, way)]
            for template in _of_form(row, "verb")
        )

    @cached_property
    def _own_nouns(self) -> dict[str, list[tuple[str, list[Sense]]]]:
        senses: dict[str, list[Sense]] = {}
        for kind in self._vocabulary.types - phrase_book().types.keys():
            noun = english.noun(kind)
            senses.setdefault(noun.one, []).append(Sense(kind, noun))
        for kind, relation in _roles():
            for label in filter(english.is_role, self._vocabulary.labels):
                senses.setdefault(label, []).append(Sense(kind, english.noun(kind), (relation, label)))
        return _indexed(senses)


def _of_form(row: Row, form: Form) -> Iterable[Template]:
    if form == "verb":
        return dict.fromkeys((*row.vp, *row.var, *row.single))
    return {"post": row.post, "whose": row.whose, "noun": row.noun, "front": row.front, "ask": row.ask}[form]


@lru_cache(maxsize=6)
def _entries(form: Form) -> tuple[Entry, ...]:
    items = [(key, row) for key, rows in phrase_book().relations.items() for row in rows]
    return tuple(Entry(t, relation, way, row) for (relation, way), row in items for t in _of_form(row, form))


@lru_cache(maxsize=6)
def _index(form: Form) -> dict[str, list[Entry]]:
    return _by_word(_entries(form))


def _by_word(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    index: dict[str, list[Entry]] = {}
    for entry in entries:
        index.setdefault(entry.start.split(" ", 1)[0], []).append(entry)
    return index


@lru_cache(maxsize=1)
def _roles() -> tuple[tuple[str, str], ...]:
    rows = phrase_book().relations.items()
    return tuple((row.role, relation) for (relation, _), told in rows for row in told if row.role)


@lru_cache(maxsize=1)
def _book_nouns() -> dict[str, list[tuple[str, list[Sense]]]]:
    senses: dict[str, list[Sense]] = {}
    for kind in phrase_book().types:
        noun = english.noun(kind)
        senses.setdefault(noun.one, []).append(Sense(kind, noun))
    for word in phrase_book().generic:
        senses.setdefault(word, []).append(Sense(ANYTHING, english.generic_noun(word)))
    return _indexed(senses)


def _indexed(senses: Mapping[str, list[Sense]]) -> dict[str, list[tuple[str, list[Sense]]]]:
    index: dict[str, list[tuple[str, list[Sense]]]] = {}
    for one, meant in senses.items():
        index.setdefault(_first(one, 0), []).append((one, meant))
    return index


def _first(text: str, at: int) -> str:
    """What a text and each form that stands at its beginning share: the first word, or what stands for one."""
    match = _WORD_END.search(text, at + 1)
    return text[at : match.start()] if match else text[at:]


def _ends(text: str, at: int) -> bool:
    return at >= len(text) or not text[at].isalnum()
