"""What the teacher knows of a task: its clauses, where each fact stands, and the queries that it may ask."""

from functools import cached_property

from hcsp.frozen import Frozen


class Clause(Frozen):
    """A clue or an edge.

    Attributes:
        text: its words in the question.
        claim: the same as a sentence with the names of the entities.
        vertex: the variable that it is said of.
        at: the lowest variable with all that it speaks of at or below it: but for chords the same.
        names: the hidden entities that it speaks of.
    """

    text: str
    claim: str
    vertex: str
    at: str
    names: frozenset[str]


class Hidden(Frozen):
    """A variable: the noun that the question has for it, its entity, the names of that, and the variables below."""

    noun: str
    entity: str
    names: tuple[str, ...]
    below: tuple[str, ...] = ()


class Told(Frozen):
    """A fact behind a clause, and every page that states it."""

    clause: str
    pages: frozenset[str]


class Allowed(Frozen):
    """A query of the tree's language (design 1.3).

    Attributes:
        text: what is asked.
        name: the entity whose name has to be seen before; `None` for what stands in the question.
        clauses: the clauses that it holds.
        about: the entities that it names.
    """

    text: str
    name: str | None
    clauses: tuple[str, ...]
    about: tuple[str, ...]


class Lesson(Frozen):
    """All that the teacher goes by.

    Attributes:
        question: as asked, which is the first query too.
        answer: what it answers in the end.
        clauses: by id.
        variables: by id, the root first.
        facts: what the pages have to state before it answers.
        queries: the whole language; it asks nothing else.
        route: the queries of the certificate's cheapest route; empty where there is none.
    """

    question: str
    answer: str
    clauses: dict[str, Clause]
    variables: dict[str, Hidden]
    facts: tuple[Told, ...]
    queries: tuple[Allowed, ...]
    route: tuple[str, ...] = ()

    @cached_property
    def called(self) -> dict[str, str]:
        """What the teacher calls each hidden entity."""
        return {hidden.entity: hidden.names[0] for hidden in self.variables.values()}

    @property
    def root(self) -> str:
        """The variable of the answer."""
        return next(iter(self.variables))
