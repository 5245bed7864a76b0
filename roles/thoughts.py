"""What the teacher thinks aloud: which clue it looks for, and what it has found."""

from collections.abc import Iterable, Sequence

from roles.lesson import Allowed, Clause, Lesson

FOUND, SO = "Found: ", "So "
"""How a line begins that is said once."""


class Thoughts:
    """The thoughts of one turn.

    An entity is named only once a page that is held names it; so what is thought never runs ahead of what was found.

    Args:
        lesson: what the teacher knows.
        seen: the hidden entities that pages held name.
        missing: the clauses that they do not state yet.
        before: what was said before, turn by turn.
    """

    def __init__(self, lesson: Lesson, seen: frozenset[str], missing: frozenset[str], before: Sequence[str]) -> None:
        self._lesson, self._seen, self._missing = lesson, seen, missing
        said = "\n".join(said.replace("<think>", "").replace("</think>", "") for said in before)
        self._said = frozenset(said.split("\n")) if said else frozenset()

    def done(self) -> str:
        """Before the answer."""
        return "\n".join((*self._news(), "Pages that came state every clue."))

    def before(self, queries: Sequence[Allowed]) -> str:
        """Before some queries."""
        root = self._lesson.variables[self._lesson.root]
        news = self._news() if self._said else [f"The question asks for {_a(root.noun)}."]
        return "\n".join((*news, *dict.fromkeys(map(self._aim, queries))))

    def _news(self) -> list[str]:
        return [line for line in (*self._found(), *self._settled()) if line not in self._said]

    def _found(self) -> Iterable[str]:
        for identifier, clause in self._lesson.clauses.items():
            if identifier not in self._missing:
                yield f"{FOUND}{self._told(clause)}."

    def _told(self, clause: Clause) -> str:
        """A clause with names where all of them are known, else in the words of the question."""
        if clause.names <= self._seen:
            return clause.claim.removesuffix(".")
        return f"of the {self._lesson.variables[clause.vertex].noun}, {_quoted(clause.text)}"

    def _settled(self) -> Iterable[str]:
        """The variables of which all is stated that is said at and below them, the deepest first."""
        for vertex, hidden in reversed(self._lesson.variables.items()):
            within = {vertex, *hidden.below}
            needed = {c for c, clause in self._lesson.clauses.items() if clause.at in within}
            if needed.isdisjoint(self._missing) and hidden.entity in self._seen:
                yield f"{SO}the {hidden.noun} is {hidden.names[0]}."

    def _aim(self, query: Allowed) -> str:
        """What a query is for: the missing clauses that it holds, else whom it names."""
        if query.text == self._lesson.question:
            return "I look for a page that fits the whole question."
        wanted = [c for c in query.clauses if c in self._missing] or query.clauses
        told = " and ".join(_quoted(self._lesson.clauses[c].text) for c in wanted)
        if query.name is None:
            return f"I look for a page that says {told}." if wanted else f"I look for the page of {query.text}."
        whose = f"{self._lesson.called[query.name]}, which a page names"
        return f"I look for what is said of {whose}: {told}." if wanted else f"I look for the page of {whose}."


def _quoted(text: str) -> str:
    return f"“{text}”"


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"
