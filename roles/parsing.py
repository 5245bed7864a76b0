"""All ways to parse a question, with the phrases that it was written with."""

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


class Parser:
    """Parses one text; every method gives each way to read on from a place, and where that way ends."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self._lexicon = lexicon
        self._memo: dict[tuple[int, str, str], list[tuple[int, Facts]]] = {}

    def sentences(self, at: int = 0) -> Iterator[tuple[Told, ...]]:
        """Statements, then the question that ends the text."""
        for question in self._question(at):
            yield (question,)
        for end, statement in self._statement(at):
            if self.text.startswith(" ", end):
                for rest in self.sentences(end + 1):
                    yield (statement, *rest)

    def _statement(self, at: int) -> Iterator[tuple[int, Told]]:
        yield from self._bare_statement(at)
        for end, word, sense in self._opening(at):
            for stop, told in self._with_clauses(end, word, sense, lambda p, s: self._after(p, s, " ")):
                if self.text.startswith(".", stop):
                    yield stop + 1, told

    def _bare_statement(self, at: int) -> Iterator[tuple[int, Told]]:
        """A variable of which only later sentences say anything: "There is a person."."""
        if match := re.compile(r"There is (?:an? |(?=something\b))").match(self.text, at):
            named = self._lexicon.nouns(self.text, match.end())
            for end, word, sense in (*named, *self._something(match.end())):
                if self.text.startswith(".", end):
                    yield end + 1, Told(word, sense, _role(sense))

    def _something(self, at: int) -> Iterator[tuple[int, str, Sense]]:
        if self.text.startswith("something", at):
            yield from ((at + len("something"), sense.noun.one, sense) for sense in _pronouns("something"))

    def _opening(self, at: int) -> Iterator[tuple[int, str, Sense]]:
        """The noun that a statement is about; one of unknown type is called by its noun later ("this thing")."""
        if self.text.startswith("Something ", at):
            yield from ((at + len("Something"), sense.noun.one, sense) for sense in _pronouns("something"))
        if match := re.compile(r"An? ").match(self.text, at):
            yield from self._lexicon.nouns(self.text, match.end())

    def _question(self, at: int) -> Iterator[Told]:
        for end, told in self._asked(at):
            if self.text[end:] == "?":
                yield told

    def _asked(self, at: int) -> Iterator[tuple[int, Told]]:
        for word, pronoun in (("Who", "someone"), ("What", "something")):
            if self.text.startswith(word + " ", at):
                for sense in _pronouns(pronoun):
                    for end, facts in self._clauses(at + len(word) + 1, sense.noun.kind):
                        yield end, Told(word, sense, facts)
        if self.text.startswith("Which ", at):
            for end, word, sense in self._lexicon.nouns(self.text, at + 6):
                if self.text.startswith(" is it?", end):
                    yield end + 6, Told(word, sense, _role(sense))
                yield from self._with_clauses(end, word, sense, lambda p, s: self._after(p, s, " "))

        yield from self._inverted(at)

    def _inverted(self, at: int) -> Iterator[tuple[int, Told]]:
        for entry in self._lexicon.questions():
            before, _, after = entry.template.lead.partition("_")
            opening = f"{before}which "
            if self.text.startswith(opening[0].upper() + opening[1:], at):
                for end, word, sense in self._lexicon.nouns(self.text, at + len(opening)):
                    if entry.row.suits(sense.noun.kind):
                        yield from self._with_clauses(end, word, sense, _opener(self, entry, after))

    def opened(self, at: int, entry: Entry, before: str) -> Iterator[tuple[int, Facts]]:
        """The verb and the subject that follow what is asked for: " did this person direct"."""
        if self.text.startswith(before, at):
            for end, target in self._reference(at + len(before)):
                if self.text.startswith(entry.template.tail, end):
                    yield end + len(entry.template.tail), (Fact(entry.relation, entry.way, target),)

    def _with_clauses(
        self, at: int, word: str, sense: Sense, clauses: Callable[[int, Sense], Iterator[tuple[int, Facts]]]
    ) -> Iterator[tuple[int, Told]]:
        """A noun's reduced phrase, if any, and its clauses."""
        for middle, reduced in self._post(at, sense.noun.kind):
            for end, facts in clauses(middle, sense):
                yield end, Told(word, sense, (*_role(sense), *reduced, *facts))

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
                for stop, more in self._part(end + 1, entry):
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
            if entry.template.closes and isinstance(first, Name | Kind | Reference | Told):
                yield from self._others(end, (first,), entry)
        if entry.nests:
            yield from ((end, (told,)) for end, told in self._introduced(at) if told.facts)

    def _others(self, at: int, targets: tuple[Target, ...], entry: Entry) -> Iterator[tuple[int, tuple[Target, ...]]]:
        for joint in (", ", " and "):
            if self.text.startswith(joint, at):
                for end, target in self._target(at + len(joint), entry):
                    if joint == " and ":
                        yield end, (*targets, target)
                        yield from self._clause_after(end, (*targets, target), entry)
                    else:
                        yield from self._others(end, (*targets, target), entry)
        if len(targets) == 1:
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
            elif told.facts == _role(told.sense):
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
                for end, name, _ in self._lexicon.nouns(self.text, at + len(word) + 1):
                    yield end, Reference(name, nth)

    def _introduced(self, at: int) -> Iterator[tuple[int, Told]]:
        for pronoun in ("someone", "something"):
            if self.text.startswith(pronoun, at):
                for sense in _pronouns(pronoun):
                    yield from self._with_clauses(at + len(pronoun), pronoun, sense, self._relative)
        if match := re.compile(r"an? ").match(self.text, at):
            for end, word, sense in self._lexicon.nouns(self.text, match.end()):
                yield from self._with_clauses(end, word, sense, self._relative)


def _opener(parser: Parser, entry: Entry, before: str) -> Callable[[int, Sense], Iterator[tuple[int, Facts]]]:
    return lambda at, _: parser.opened(at, entry, before)


def _role(sense: Sense) -> Facts:
    return (Fact(sense.role[0], "out", Name(sense.role[1])),) if sense.role else ()


def _pronouns(pronoun: str) -> Iterator[Sense]:
    for kind, entry in phrase_book().types.items():
        if entry.get("pronoun") == pronoun:
            yield Sense(kind, noun(kind))
