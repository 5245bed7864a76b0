"""The styles in which a tree can be worded; each reads back to the same tree."""

from collections.abc import Mapping, Sequence
from typing import Literal

from prompts.phrases import phrase_book
from roles import english
from roles.grammar import Piece
from roles.sentences import Speaker, relative

Style = Literal["plain", "terse", "narrative"]
Manner = Literal["plain", "terse", "narrative", "conversational", "browsecomp"]
"""How a model may be asked to word a tree; the last two take one."""
GRAMMAR: Mapping[Manner, Style] = {
    "plain": "plain",
    "terse": "terse",
    "narrative": "narrative",
    "conversational": "narrative",
    "browsecomp": "plain",
}
"""The grammar's style that a model is shown as an example, and that stands in where it refuses."""
_ASKED = 3
"""What a question may ask at once; where more is told of the answer, it is told before."""
_FIRST, _LATER = 2, 3
"""How much is told of a variable in its first sentence, and in those after it."""


class Terse(Speaker):
    """A line for each variable, its clues cut down to fragments: "A person: born in Ulm; a student of Weyl."."""

    inlines = False

    def _statement(self, vertex: str) -> str:
        noun = self.heads[vertex].noun
        self._name(vertex, noun.one if noun.person else noun.pronoun or noun.one)
        opening = self._opening(vertex)
        told = "; ".join(self._fragment(vertex, group) for group in self._groups(vertex))
        return f"{opening[0].upper()}{opening[1:]}: {told}." if told else f"There is {opening}."

    def _ask(self) -> str:
        root = self.tree.root
        noun = self.heads[root].noun
        told = "; ".join(self._fragment(root, group) for group in self._groups(root))
        word = "Who" if noun.person else "What"
        self._name(root, word if noun.pronoun and told else noun.one)
        opening = word if noun.pronoun and told else f"Which {noun.one}"
        return f"{opening}: {told}?" if told else f"{opening} is it?"

    def _fragment(self, vertex: str, group: Sequence[Piece]) -> str:
        title = group[0].as_noun() if len(group) == 1 and not self._ends_in_noun(group[0]) else None
        if title is not None and self.heads[vertex].noun.person:
            return english.indefinite(title.fill(self._values(group[0], title)[0]))
        return self._reduced(group) or self._item(vertex, group, alone=True).text


class Narrative(Speaker):
    """Short sentences, two things told in each: "I am thinking of a person born in Ulm. This person …"."""

    inlines = False

    def _statement(self, vertex: str) -> str:
        first, later = phrase_book().forms["thinking"]
        return self._thought(vertex, later if self._plan.stated.index(vertex) else first, self._openings[vertex])

    def _ask(self) -> str:
        root = self.tree.root
        noun = self.heads[root].noun
        alike = any(self.heads[v].noun.one == noun.one for v in self._plan.stated)
        if alike or len(self._groups(root)) <= _ASKED:  # of two films "this film" could be either
            return super()._ask()
        told = self._thought(root, phrase_book().forms["seeking"][0], f"{noun.article} {noun.one}")
        question = ("Who" if noun.person else "What") if noun.pronoun else f"Which {noun.one}"
        return f"{told} {question} is it?"

    def _thought(self, vertex: str, lead: str, opening: str) -> str:
        """What a variable is, with the first that is told of it; the rest in sentences of their own."""
        noun, groups = self.heads[vertex].noun, self._groups(vertex)
        called = noun.pronoun if noun.pronoun and opening == f"{noun.article} {noun.one}" else opening
        self._name(vertex, called.split(" ", 1)[-1])
        short = [group for group in groups[:_FIRST] if not any(map(self._nests, group))]
        post, items = self._told_of(short, vertex, 0, relative=True) if short else ("", [])
        sentences = [f"{lead}{called}{post}{relative(noun, items)}."]
        rest = groups[len(short) :]
        for n in range(0, len(rest), _LATER):
            told = rest[n : n + _LATER]
            said = english.clauses([self._item(vertex, group, alone=len(told) == 1).text for group in told])
            sentences.append(f"This {noun.one} {said}.")
        return " ".join(sentences)


STYLES: Mapping[Style, type[Speaker]] = {"plain": Speaker, "terse": Terse, "narrative": Narrative}
"""Who words a tree in each style."""
