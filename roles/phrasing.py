"""All ways to parse the phrases of a question, with the wordings that it was written with."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from prompts.phrases import phrase_book
from roles.english import is_role, noun
from roles.fallback import PREPOSITIONS
from roles.lexicon import Entry, Form, Lexicon, Sense
from roles.plans import ORDINALS
from roles.told import (
    Fact,
    Facts,
    Kind,
    Name,
    Number,
    Range,
    Reference,
    Target,
    Told,
    amounts,
    counts,
    qualities,
    spans,
)


class Phrases:
    """Parses the phrases of one text; every method gives each way to read on from a place, and where that way ends."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self._lexicon = lexicon
        self._memo: dict[tuple[int, str, str], list[tuple[int, Facts]]] = {}

    def _with_clauses(
        self, at: int, word: str, sense: Sense, clauses: Callable[[int, Sense], Iterator[tuple[int, Facts]]]
    ) -> Iterator[tuple[int, Told]]:
        """A noun's reduced phrase, if any, and its clauses."""
        for middle, reduced in self._post(at, sense.noun.kind):
            for end, facts in clauses(middle, sense):
                yield end, Told(word, sense, (*role_of(sense), *reduced, *facts))

    def _after(self, at: int, sense: Sense, before: str) -> Iterator[tuple[int, Facts]]:
        if self.text.startswith(before, at):
            yield from self._clauses(at + len(before), sense.noun.kind)

    def _relative(self, at: int, sense: Sense) -> Iterator[tuple[int, Facts]]:
        yield at, ()
        which = "who " if sense.noun.person else "that "
        if self.text.startswith(" " + which, at):
            yield from self._clauses(at + 1 + len(which), sense.noun.kind)
            yield from ((e, f) for e, f in self._clauses(at + 1, sense.noun.kind, which) if len(f) > 1)
        elif self.text.startswith(" whose ", at):
            yield from self._clauses(at + 1, sense.noun.kind, which)

    def _post(self, at: int, kind: str) -> Iterator[tuple[int, Facts]]:
        yield at, ()
        if self.text.startswith(" ", at):
            for entry in self._lexicon.phrases(self.text, at + 1, "post"):
                for end, facts in self._phrase(at + 1, entry, kind, "post"):
                    yield end, facts
                    if self.text.startswith(", ", end):
                        yield end + 1, facts

    def _clauses(self, at: int, kind: str, before: str = "") -> list[tuple[int, Facts]]:
        """Verb phrases in a row: `a`, `a and b`, `a, and b`, `a, b, and c`."""
        key = (at, kind, before)
        if key not in self._memo:
            self._memo[key] = list(dict.fromkeys(self._row(at, kind, before)))
        return self._memo[key]

    def _row(self, at: int, kind: str, before: str) -> Iterator[tuple[int, Facts]]:
        for end, first in self._verb(at, kind, before):
            yield end, first
            for last in (" and ", ", and "):
                for stop, second in self._verb_after(end, last, kind, before):
                    yield stop, first + second
            for middle, more in self._middle(end, kind, before):
                yield middle, first + more

    def _middle(self, at: int, kind: str, before: str) -> Iterator[tuple[int, Facts]]:
        for end, facts in self._verb_after(at, ", ", kind, before):
            for stop, last in self._verb_after(end, ", and ", kind, before):
                yield stop, facts + last
            for stop, more in self._middle(end, kind, before):
                yield stop, facts + more

    def _verb_after(self, at: int, joint: str, kind: str, before: str) -> Iterator[tuple[int, Facts]]:
        if self.text.startswith(joint, at):
            yield from self._verb(at + len(joint), kind, before)

    def _verb(self, at: int, kind: str, before: str) -> Iterator[tuple[int, Facts]]:
        if self.text.startswith(before, at):
            start = at + len(before)
            for entry in self._lexicon.phrases(self.text, start, "verb"):
                yield from self._phrase(start, entry, kind, "verb")
        if before and self.text.startswith("whose ", at):
            for entry in self._lexicon.phrases(self.text, at + 6, "whose"):
                yield from self._phrase(at + 6, entry, kind, "whose")

    def _phrase(self, at: int, entry: Entry, kind: str, form: Form) -> Iterator[tuple[int, Facts]]:
        """A phrase, and further ones that share its stem."""
        if not entry.row.suits(kind):
            return
        start = at + len(entry.template.stem)
        for end, facts in self._part(start, entry):
            yield end, facts
            if entry.template.stem:
                yield from self._more(at, end, facts, (entry,), kind, form)

    def _more(
        self, at: int, end: int, facts: Facts, used: tuple[Entry, ...], kind: str, form: Form
    ) -> Iterator[tuple[int, Facts]]:
        for entry in self._lexicon.phrases(self.text, at, form) if self.text.startswith(" ", end) else ():
            if entry.template.stem == used[0].template.stem and entry not in used and entry.row.suits(kind):
                but = " but " if {entry.way, used[-1].way} == {"more", "less"} else " "
                for stop, more in self._part(end + len(but), entry) if self.text.startswith(but, end) else ():
                    yield stop, facts + more
                    yield from self._more(at, stop, facts + more, (*used, entry), kind, form)

    def _part(self, at: int, entry: Entry) -> Iterator[tuple[int, Facts]]:
        template = entry.template
        if self.text.startswith(template.lead, at):
            for end, targets in self._targets(at + len(template.lead), entry):
                if self.text.startswith(template.tail, end):
                    facts = tuple(Fact(entry.relation, entry.way, target) for target in targets)
                    yield end + len(template.tail), facts

    def _targets(self, at: int, entry: Entry) -> Iterator[tuple[int, tuple[Target, ...]]]:
        for end, first in self._target(at, entry):
            yield end, (first,)
            if (entry.template.closes or entry.lists) and isinstance(first, Name | Kind | Reference | Told):
                yield from self._others(end, (first,), entry)
        if entry.nests:
            yield from ((end, (told,)) for end, told in self._introduced(at) if told.facts)

    def _others(self, at: int, targets: tuple[Target, ...], entry: Entry) -> Iterator[tuple[int, tuple[Target, ...]]]:
        for joint in (", ", " and "):
            if self.text.startswith(joint, at):
                for end, target in self._target(at + len(joint), entry):
                    if joint == " and ":
                        yield end, (*targets, target)
                        if entry.template.closes:
                            yield from self._clause_after(end, (*targets, target), entry)
                    else:
                        yield from self._others(end, (*targets, target), entry)
        if len(targets) == 1 and entry.template.closes:
            yield from self._clause_after(at, targets, entry)

    def _clause_after(
        self, at: int, targets: tuple[Target, ...], entry: Entry
    ) -> Iterator[tuple[int, tuple[Target, ...]]]:
        last = entry.template.lead.split()[-1]
        joint = ("," if len(targets) > 1 else "") + (f" and {last} " if last in PREPOSITIONS else " and ")
        if entry.nests and self.text.startswith(joint, at):
            yield from ((end, (*targets, told)) for end, told in self._introduced(at + len(joint)) if told.facts)

    def _target(self, at: int, entry: Entry) -> Iterator[tuple[int, Target]]:
        slot = entry.template.slot
        if slot == "when":
            yield from spans(self.text, at)
        elif slot == "amount":
            yield from self._amount(at)
        elif slot == "count":
            single = entry.template in entry.row.single
            plural = entry.template in entry.row.vp
            yield from ((e, n) for e, n in counts(self.text, at) if (single if n == Number(1, 1) else plural))
        elif slot in phrase_book().predicates:
            yield from qualities(self.text, at, slot)
        elif entry.takes_names:
            yield from ((end, Name(label)) for end, label in self._lexicon.names(self.text, at, slot))
        if entry.takes_variables:
            yield from self._reference(at)
        if entry.nests:
            yield from self._unsaid(at)

    def _unsaid(self, at: int) -> Iterator[tuple[int, Target]]:
        """A noun of which nothing more is said: a type, or a role, which says something by itself."""
        for end, told in self._introduced(at):
            if not told.facts:
                yield end, Kind(told.sense.type)
            elif told.facts == role_of(told.sense):
                yield end, told
        if self.text.startswith("a kind of ", at):
            for end, _, sense in self._lexicon.nouns(self.text, at + len("a kind of ")):
                if sense.role is None and is_role(sense.noun.one):
                    yield end, Kind(sense.type)

    def _amount(self, at: int) -> Iterator[tuple[int, Range]]:
        for end, bare in amounts(self.text, at):
            yield end, bare
            if self.text.startswith(" ", end):
                for stop, unit in self._lexicon.units(self.text, end + 1):
                    yield stop, replace(bare, unit=unit)

    def _reference(self, at: int) -> Iterator[tuple[int, Target]]:
        for nth, word in enumerate(("this", *(f"the {o}" for o in ORDINALS))):
            if self.text.startswith(word + " ", at):
                for end, name in self._lexicon.references(self.text, at + len(word) + 1):
                    yield end, Reference(name, nth)

    def _introduced(self, at: int) -> Iterator[tuple[int, Told]]:
        for pronoun in ("someone", "something"):
            if self.text.startswith(pronoun, at):
                for sense in pronouns(pronoun):
                    yield from self._with_clauses(at + len(pronoun), pronoun, sense, self._relative)
        if match := re.compile(r"an? ").match(self.text, at):
            for end, word, sense in self._lexicon.nouns(self.text, match.end()):
                yield from self._with_clauses(end, word, sense, self._relative)
            yield from self._entitled(match.end(), self._relative)

    def _entitled(
        self, at: int, clauses: Callable[[int, Sense], Iterator[tuple[int, Facts]]]
    ) -> Iterator[tuple[int, Told]]:
        """A person called by what a clue tells: "student of Planck", with what else is said."""
        for entry in self._lexicon.phrases(self.text, at, "noun"):
            for end, title in self._phrase(at, entry, "person", "noun"):
                for sense in pronouns("someone"):
                    for stop, told in self._with_clauses(end, sense.noun.one, sense, clauses):
                        yield stop, replace(told, facts=(*title, *told.facts))


def role_of(sense: Sense) -> Facts:
    return (Fact(sense.role[0], "out", Name(sense.role[1])),) if sense.role else ()


def pronouns(pronoun: str) -> Iterator[Sense]:
    for kind, entry in phrase_book().types.items():
        if entry.get("pronoun") == pronoun:
            yield Sense(kind, noun(kind))
