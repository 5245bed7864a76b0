"""Four solvers without a model, of rising skill, under a budget of retrievals.

Each knows the question, the wording of each clause and which variable it belongs to; the two upper ones also what the
clauses mean, as a reader does, and read the facts off the pages that they hold. None knows the answer or the world.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import combinations
from typing import ClassVar, NamedTuple

from benchmarks.cases import Case
from benchmarks.reading import Library, Notes
from benchmarks.standing import Standing
from hcsp.constraints import Constraint, child_of, constant_of, is_edge
from hcsp.names import occurs
from tasks.queries import TOP
from worlds.local import LocalWorld

BUDGET = 30
"""Most retrievals of a solver, each of the `TOP` best pages."""
NAMES = 3
"""Most candidates of one variable that a solver asks for by name at a time."""


class Outcome(NamedTuple):
    """How one solver fared with one question.

    Attributes:
        success: whether it names the answer, alone, when it stops.
        retrievals: after how many it named the answer for good; the budget plus one when it never did.
        used: how many it made until it was sure or out of queries or budget.
        held_at: after how many the pages held stated every clue and edge; `None` when they never did.
        evidence: the share of what the tree needs that the pages state in the end.
        answer: what it names; `None` when it cannot tell several apart.
    """

    solver: str
    success: bool
    retrievals: int
    used: int
    held_at: int | None
    evidence: float
    answer: str | None


class Solver:
    """The base: keeps what came; a subclass says what to ask next and whom it would name now."""

    name: ClassVar[str]

    def __init__(self, case: Case, library: Library) -> None:
        self.case, self.library, self.tree = case, library, case.tree
        self.results: list[tuple[str, tuple[str, ...]]] = []

    def queries(self) -> Iterator[str]:
        """What to ask, each decided when the pages of the one before are there; may repeat itself."""
        raise NotImplementedError

    def answer(self) -> str | None:
        """Whom the solver would name now."""
        raise NotImplementedError

    def sure(self) -> bool:
        """Whether it needs to ask no more."""
        return False

    def take(self, query: str, pages: tuple[str, ...]) -> None:
        """The pages of a retrieval."""
        self.results.append((query, pages))

    def fits(self, entity: str, vertex: str) -> bool:
        """Whether what a page is about is of the variable's noun and not named in the question."""
        if self.tree.noun(vertex).type not in self.library.types.get(entity, ()):
            return False
        return not occurs(self.library.labels[entity], self.case.question)

    def clauses(self, vertex: str) -> list[Constraint]:
        """The clues and edges of one variable."""
        return [*self.tree.clues_of(vertex), *self.tree.edges_of(vertex)]

    def words(self, constraints: Iterable[Constraint]) -> str:
        """The wording of constraints, one after the other."""
        return " ".join(self.case.surfaces[c.id] for c in constraints)


class Titles(Solver):
    """Asks the question, then the title of every page that came, in order; names the title that came most often."""

    name = "1 titles"

    def queries(self) -> Iterator[str]:
        yield self.case.question
        for _, pages in self.results:  # grows while it is walked
            yield from (self.library.labels[p] for p in pages if p in self.library.labels)

    def answer(self) -> str | None:
        counts = Counter(p for _, pages in self.results for p in pages if self.fits(p, self.tree.root))
        return _most_frequent(counts)


class Clauses(Solver):
    """Asks clause by clause, leaves first, then the fitting names that came most often, with the clause above them."""

    name = "2 clauses"

    def __init__(self, case: Case, library: Library) -> None:
        super().__init__(case, library)
        self._came: dict[str, Counter[str]] = {v: Counter() for v in self.tree.entities}
        self._about = self.tree.root

    def queries(self) -> Iterator[str]:
        for vertex in self.tree.bottom_up():
            for clause in self.clauses(vertex):
                yield from self._ask(vertex, [self.words([clause])])
            yield from self._named(vertex, 2)
        yield from self._ask(self.tree.root, [self.case.question])
        for rank in range(3, BUDGET):
            for vertex in self.tree.bottom_up():
                yield from self._named(vertex, rank)

    def _named(self, vertex: str, most: int) -> Iterator[str]:
        """The names seen most often, with what the question says of them one variable up."""
        edge = self.tree.parent_edge(vertex)
        above = vertex if edge is None else edge.vertex
        said = self.words(self.clauses(vertex) if edge is None else [edge])
        for entity, _ in self._came[vertex].most_common(most):
            yield from self._ask(above, [self.library.labels[entity], f"{self.library.labels[entity]} {said}"])

    def _ask(self, about: str, texts: Sequence[str]) -> Iterator[str]:
        for text in texts:
            self._about = about
            yield text

    def take(self, query: str, pages: tuple[str, ...]) -> None:
        super().take(query, pages)
        self._came[self._about].update(p for p in pages if self.fits(p, self._about))

    def answer(self) -> str | None:
        return _most_frequent(self._came[self.tree.root])


class Reader(Solver):
    """Reads facts off the pages it holds, carries candidates up the tree, asks for the names of those that lead."""

    name = "3 reader"

    def __init__(self, case: Case, library: Library) -> None:
        super().__init__(case, library)
        self.notes = Notes(library)
        self.standing = Standing(self.tree, self.notes)
        self.asked: set[str] = set()

    def take(self, query: str, pages: tuple[str, ...]) -> None:
        super().take(query, pages)
        self.asked.add(query)
        self.notes.read(pages)
        self.standing = Standing(self.tree, self.notes)

    def answer(self) -> str | None:
        leading = self.standing.answers()
        return leading[0] if len(leading) == 1 else None

    def sure(self) -> bool:
        return self.standing.proved() is not None

    def queries(self) -> Iterator[str]:
        while (query := self._next()) is not None:
            yield query

    def _next(self) -> str | None:
        options = (text for vertex in self.order() for text in self.options(vertex))
        return next((text for text in options if text not in self.asked), None)

    def order(self) -> list[str]:
        """Which variable to work on first."""
        return list(self.tree.bottom_up())

    def options(self, vertex: str) -> Iterator[str]:
        """What may be asked about a variable, best first."""
        clauses = self.clauses(vertex)
        if not self.standing.settled(vertex):
            yield self.words(clauses)
            yield from (self.words([c]) for c in clauses)
        yield from self.by_name(vertex, clauses)

    def by_name(self, vertex: str, clauses: Sequence[Constraint]) -> Iterator[str]:
        """The leading candidates alone, with each clause, and with the edge that leads to their variable."""
        edge = self.tree.parent_edge(vertex)
        for label in self.leaders(vertex):
            yield label
            if edge is not None:
                yield f"{label} {self.words([edge])}"
            if not self.standing.settled(vertex):
                yield from (f"{label} {self.words([c])}" for c in clauses)

    def leaders(self, vertex: str) -> list[str]:
        """The names of a few leading candidates."""
        return [self.library.labels[e] for e in self.standing.leading(vertex)[:NAMES]]


class Chooser(Reader):
    """As the reader, but carries candidates down the tree too and works where fewest of them are left.

    It reads the constants' own pages first, asks pairs of clauses, and only for what its candidates are not known to
    meet.
    """

    name = "4 chooser"

    def order(self) -> list[str]:
        settled = {v for v in self.tree.entities if self.standing.settled(v)}
        ready = [v for v in self.tree.bottom_up() if v not in settled and self._solved_below(v) <= settled]
        later = [v for v in self.tree.bottom_up() if v not in settled and v not in ready]
        step_up = [v for v in self.tree.bottom_up() if v in settled and self._untied(v)]
        return [*step_up, *sorted(ready, key=self._candidates), *later, *(v for v in self.tree.inner if v in settled)]

    def _solved_below(self, vertex: str) -> set[str]:
        return {child_of(edge) for edge in self.tree.edges_of(vertex)}

    def _untied(self, vertex: str) -> bool:
        """Whether nothing was read that ties a settled variable to its parent."""
        edge, settled = self.tree.parent_edge(vertex), self.standing.leading(vertex)
        return edge is not None and not any(far in settled for _, far in self.notes.ties(edge))

    def _candidates(self, vertex: str) -> int:
        return len(self.standing.leading_jointly(vertex)) or len(self.library.labels)

    def leaders(self, vertex: str) -> list[str]:
        return [self.library.labels[e] for e in self.standing.leading_jointly(vertex)[:NAMES]]

    def options(self, vertex: str) -> Iterator[str]:
        clauses = self.clauses(vertex)
        if self.standing.settled(vertex):
            yield from self.by_name(vertex, ())
            return
        open_ = [c for c in clauses if not self._met(c)]
        yield self.words(clauses)
        yield from (constant.label for c in open_ if (constant := constant_of(c)) is not None)
        yield from self.leaders(vertex)
        yield from (self.words(pair) for pair in combinations(open_, 2))
        yield from (self.words([c]) for c in open_)
        yield from (f"{label} {self.words([c])}" for label in self.leaders(vertex) for c in open_)
        yield from self.by_name(vertex, open_)

    def _met(self, clause: Constraint) -> bool:
        """Whether every leading candidate is known to meet a clause, so that asking for it does not tell them apart."""
        leading = self.standing.leading_jointly(clause.vertex)
        known = not is_edge(clause) or self.standing.settled(child_of(clause))
        return bool(leading) and known and set(leading) <= self.notes.meeting(clause)


SOLVERS: tuple[type[Solver], ...] = (Titles, Clauses, Reader, Chooser)


async def play(world: LocalWorld, case: Case, solver: Solver, budget: int = BUDGET) -> Outcome:
    """Let a solver ask until it is sure, has nothing to ask, or the budget is spent. Repeated queries cost nothing."""
    goal, said = case.retrieved.goal, case.retrieved.says
    held: set[tuple[str, int]] = set()
    named: list[str | None] = []
    asked: set[str] = set()
    held_at = None
    for query in solver.queries():
        if query in asked:
            continue
        asked.add(query)
        pages = tuple([hit.page for hit in await world.search(query, TOP)])
        solver.take(query, pages)
        held.update(*(said.get(page, frozenset()) for page in pages))
        named.append(solver.answer())
        held_at = len(named) if held_at is None and goal <= held else held_at
        if solver.sure() or len(named) >= budget:
            break
    answer = named[-1] if named else None
    right = case.tree.entities[case.tree.root]
    since = next((n for n, who in enumerate(reversed(named)) if who != right), len(named))
    retrievals = len(named) - since + 1 if answer == right else budget + 1
    share = len(held & goal) / len(goal)
    return Outcome(solver.name, answer == right, retrievals, len(named), held_at, round(share, 3), answer)


async def play_all(world: LocalWorld, case: Case, library: Library, budget: int = BUDGET) -> list[Outcome]:
    """All solvers on one question, in order of skill."""
    return [await play(world, case, solver(case, library), budget) for solver in SOLVERS]


async def outcomes(
    world: LocalWorld, questions: AsyncIterator[Case], budget: int = BUDGET
) -> list[tuple[Case, list[Outcome]]]:
    """Every solver on every question."""
    library = await Library.of(world)
    return [(case, await play_all(world, case, library, budget)) async for case in questions]


def _most_frequent(counts: Counter[str]) -> str | None:
    """The first seen of the most frequent."""
    return max(counts, key=counts.__getitem__, default=None)
