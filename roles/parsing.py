"""All ways to parse a question, sentence by sentence, in every style."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from prompts.phrases import phrase_book
from roles.lexicon import Entry, Sense
from roles.phrasing import Phrases, pronouns, role_of
from roles.plans import ORDINALS
from roles.told import Fact, Facts, Told

_OPENING = re.compile(rf"An? (?:(?:{'|'.join(ORDINALS[1:])}) )?")

_SECOND = re.compile(rf"an? (?:{'|'.join(ORDINALS[1:])}) ")

_ASKING = {"Who": "someone", "What": "something"}


class Parser(Phrases):
    """Parses the sentences of one text."""

    def sentences(self, at: int = 0) -> Iterator[tuple[Told, ...]]:
        """Statements, then the question that ends the text."""
        for question in self._question(at):
            yield (question,)
        for end, statement in self._continued(self._statement(at)):
            if self.text.startswith(" ", end):
                for rest in self.sentences(end + 1):
                    yield (statement, *rest)

    def _statement(self, at: int) -> Iterator[tuple[int, Told]]:
        yield from self._bare_statement(at)
        yield from self._thought(at, phrase_book().forms["thinking"])
        yield from self._fronted(at)
        yield from self._titled(at)
        for end, word, sense in self._opening(at):
            for stop, facts in self._fragments(end, sense.noun.kind):
                if self.text.startswith(".", stop):
                    yield stop + 1, Told(word, sense, (*role_of(sense), *facts))
            for stop, told in self._with_clauses(end, word, sense, self._predicate):
                if self.text.startswith(".", stop):
                    yield stop + 1, told

    def _bare_statement(self, at: int) -> Iterator[tuple[int, Told]]:
        """A variable of which only later sentences say anything: "There is a person."."""
        if match := re.compile(r"There is (?:an? |(?=something\b))").match(self.text, at):
            named = self._lexicon.nouns(self.text, match.end())
            for end, word, sense in (*named, *self._something(match.end())):
                if self.text.startswith(".", end):
                    yield end + 1, Told(word, sense, role_of(sense))

    def _something(self, at: int) -> Iterator[tuple[int, str, Sense]]:
        if self.text.startswith("something", at):
            yield from ((at + len("something"), sense.noun.one, sense) for sense in pronouns("something"))

    def _opening(self, at: int) -> Iterator[tuple[int, str, Sense]]:
        """The noun that a statement is about; one of unknown type is called by its noun later ("this thing")."""
        for pronoun in _ASKING.values():
            opening = pronoun.capitalize()
            if self.text.startswith((f"{opening} ", f"{opening}:"), at):
                yield from ((at + len(opening), sense.noun.one, sense) for sense in pronouns(pronoun))
        if match := _OPENING.match(self.text, at):
            yield from self._lexicon.nouns(self.text, match.end())

    def _titled(self, at: int) -> Iterator[tuple[int, Told]]:
        """A person called by what a clue tells: "A student of Planck was …"."""
        if match := re.compile(r"An? ").match(self.text, at):
            for end, told in self._entitled(match.end(), self._predicate):
                if self.text.startswith(".", end):
                    yield end + 1, told

    def _fronted(self, at: int) -> Iterator[tuple[int, Told]]:
        """A statement that begins with the other ends of a relation: "Planck and Bohr worked in a field that …"."""
        lowered = Parser(f"{self.text[:at]}{self.text[at : at + 1].lower()}{self.text[at + 1 :]}", self._lexicon)
        for parser in (self, lowered):
            for entry in self._lexicon.fronts():
                tail = entry.template.tail.removesuffix("_")
                for end, targets in parser._targets(at, entry):
                    if self.text.startswith(tail, end) and entry.counts(len(targets)):
                        facts = tuple(Fact(entry.relation, entry.way, target) for target in targets)
                        yield from self._object(end + len(tail), entry, facts)

    def _object(self, at: int, entry: Entry, facts: Facts) -> Iterator[tuple[int, Told]]:
        if match := re.compile(r"an? " if entry.template.introduces else "").match(self.text, at):
            for end, word, sense in self._lexicon.nouns(self.text, match.end()):
                if entry.row.suits(sense.noun.kind):
                    for stop, told in self._with_clauses(end, word, sense, self._relative):
                        if self.text.startswith(".", stop):
                            yield stop + 1, replace(told, facts=(*told.facts, *facts))

    def _continued(self, statements: Iterator[tuple[int, Told]]) -> Iterator[tuple[int, Told]]:
        """Statements with the sentences that go on about the same variable: "This person …"."""
        for end, told in statements:
            yield end, told
            opening = f" This {told.word} "
            if self.text.startswith(opening, end):
                yield from self._continued(self._more_of(end + len(opening), told))

    def _more_of(self, at: int, told: Told) -> Iterator[tuple[int, Told]]:
        for end, facts in self._clauses(at, told.sense.noun.kind):
            if self.text.startswith(".", end):
                yield end + 1, replace(told, facts=(*told.facts, *facts))

    def _thought(self, at: int, leads: tuple[str, ...]) -> Iterator[tuple[int, Told]]:
        """A variable as somebody has it in mind: "I am thinking of a person born in Ulm."."""
        for lead in leads:
            if self.text.startswith(lead, at):
                start = at + len(lead)
                for end, told in (*self._introduced(start), *self._second(start)):
                    if self.text.startswith(".", end):
                        yield end + 1, replace(told, word=told.sense.noun.one if told.sense.role is None else told.word)

    def _second(self, at: int) -> Iterator[tuple[int, Told]]:
        if match := _SECOND.match(self.text, at):
            for end, word, sense in self._lexicon.nouns(self.text, match.end()):
                yield from self._with_clauses(end, word, sense, self._relative)

    def _sought(self, at: int) -> Iterator[Told]:
        for end, told in self._continued(self._thought(at, phrase_book().forms["seeking"])):
            noun = told.sense.noun
            pronoun = noun.pronoun and told.sense.role is None and ("Who" if noun.person else "What")
            if self.text[end:] == f" {pronoun or f'Which {told.word}'} is it?":
                yield told

    def _fragments(self, at: int, kind: str) -> list[tuple[int, Facts]]:
        """What stands after a colon: ": born in Ulm; a student of Weyl"."""
        found: list[tuple[int, Facts]] = []
        ends: list[tuple[int, Facts]] = [(at, ())] if self.text.startswith(": ", at) else []
        while ends:
            ends = [(e, facts + more) for end, facts in ends for e, more in self._fragment(end + 2, kind)]
            found += ends
            ends = [(end, facts) for end, facts in dict.fromkeys(ends) if self.text.startswith("; ", end)]
        return found

    def _fragment(self, at: int, kind: str) -> Iterator[tuple[int, Facts]]:
        yield from self._verb(at, kind, "")
        for entry in self._lexicon.phrases(self.text, at, "post"):
            yield from self._phrase(at, entry, kind, "post")
        if match := re.compile(r"an? ").match(self.text, at):
            for entry in self._lexicon.phrases(self.text, match.end(), "noun"):
                yield from self._phrase(match.end(), entry, kind, "noun")

    def _question(self, at: int) -> Iterator[Told]:
        yield from self._sought(at)
        for end, told in self._asked(at):
            if self.text[end:] == "?":
                yield told

    def _asked(self, at: int) -> Iterator[tuple[int, Told]]:
        for word, pronoun in _ASKING.items():
            if self.text.startswith(word, at):
                for sense in pronouns(pronoun):
                    for end, facts in self._said(at + len(word), sense):
                        yield end, Told(word, sense, facts)
        if self.text.startswith("Which ", at):
            for end, word, sense in self._lexicon.nouns(self.text, at + 6):
                if self.text.startswith(" is it?", end):
                    yield end + 6, Told(word, sense, role_of(sense))
                for stop, facts in self._fragments(end, sense.noun.kind):
                    yield stop, Told(word, sense, (*role_of(sense), *facts))
                yield from self._with_clauses(end, word, sense, self._predicate)
            yield from self._entitled(at + 6, self._predicate)
        yield from self._inverted(at)

    def _predicate(self, at: int, sense: Sense) -> Iterator[tuple[int, Facts]]:
        """Verb phrases that a noun is the subject of."""
        yield from self._after(at, sense, " ")

    def _said(self, at: int, sense: Sense) -> Iterator[tuple[int, Facts]]:
        """What follows "Who": verb phrases, or fragments after a colon."""
        yield from self._fragments(at, sense.noun.kind)
        yield from self._predicate(at, sense)

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


def _opener(parser: Parser, entry: Entry, before: str) -> Callable[[int, Sense], Iterator[tuple[int, Facts]]]:
    return lambda at, _: parser.opened(at, entry, before)
