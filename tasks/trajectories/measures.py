"""What a trajectory did, measured against its reward sheet.

Time is counted in retrievals: what was said before the first one was said at 0. The signatures are those of FORT
(arXiv 2606.12087, section 2.4), which takes them over successful trajectories.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from hcsp.frozen import Frozen
from hcsp.names import key
from tasks.matching import matches
from tasks.trajectories.sheet import TOP, Sheet
from tasks.trajectories.trajectory import Search, Turn

LONGEST = 1000
"""An answer of more code points is none, whatever stands in it."""


class Measures(Frozen):
    """The figures of one trajectory.

    Attributes:
        right: whether the answer is one.
        retrievals: how many were made (FORT eq. 15, of one trajectory).
        turns: how many turns were taken, faults included.
        faults: how many of these were no turns.
        t_tool: the first retrieval whose pages name the answer.
        t_model: the retrievals made when the solver first named the answer.
        t_hit: the earlier of the two (FORT eq. 16).
        prior: whether the solver named the answer before any page held did (FORT eq. 18).
        covered: per retrieval the share of the tree's facts that the pages held state after it.
        told_at: per clue and edge after how many retrievals the pages held state all of it.
        reached: per variable after how many retrievals the pages held state all that is said at and below it and the
            solver has named its entity; the root's has to be the answer.
        overlap: the share of the cheapest route's pages that are held in the end; `None` without a route.
        repeats: queries that had been asked before.
        blocked: pages held that nobody may use.
    """

    right: bool
    retrievals: int
    turns: int
    faults: int
    t_tool: int | None
    t_model: int | None
    t_hit: int | None
    prior: bool
    covered: tuple[float, ...]
    told_at: dict[str, int | None]
    reached: dict[str, int | None]
    overlap: float | None
    repeats: int
    blocked: tuple[str, ...]


class Remark(NamedTuple):
    """What was said in a turn, as names are looked for in it, and the retrievals made before."""

    after: int
    text: str


class Course:
    """The turns of a trajectory beside a sheet; each figure is computed when it is first asked for."""

    def __init__(self, turns: Sequence[Turn], sheet: Sheet) -> None:
        self.turns, self.sheet = turns, sheet

    @cached_property
    def answer(self) -> str | None:
        """What the last turn answers."""
        return self.turns[-1].answer if self.turns else None

    @cached_property
    def right(self) -> bool:
        """Whether that is the answer (`tasks.matching`)."""
        return self.answer is not None and len(self.answer) <= LONGEST and matches(self.answer, self.sheet.answers)

    @cached_property
    def searches(self) -> tuple[Search, ...]:
        """All retrievals in order."""
        return tuple(search for turn in self.turns for search in turn.searches)

    @cached_property
    def told(self) -> tuple[int | None, ...]:
        """Per fact of the sheet the first retrieval whose best pages state it."""
        states, first = self.sheet.states, dict[int, int]()
        for number, search in enumerate(self.searches, start=1):
            for page in search.pages[:TOP]:
                for fact in states.get(page, ()):
                    first.setdefault(fact, number)
        return tuple(first.get(n) for n in range(len(self.sheet.facts)))

    @cached_property
    def holds_all(self) -> bool:
        """Whether the pages held state the whole tree; never for a tree of which nothing is stated."""
        return bool(self.told) and None not in self.told

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """What was said, turn by turn."""
        found, after = [], 0
        for turn in self.turns:
            found.append(Remark(after, f" {key(turn.said)} "))
            after += len(turn.searches)
        return tuple(found)

    def named(self, keys: Sequence[str]) -> int | None:
        """The retrievals made when one of these names was first said."""
        return next((said.after for said in self.remarks if any(k in said.text for k in keys)), None)

    @cached_property
    def t_tool(self) -> int | None:
        """The first retrieval whose pages name the answer."""
        return next((n for n, search in enumerate(self.searches, start=1) if self._shows(search)), None)

    def _shows(self, search: Search) -> bool:
        if not self.sheet.names_answer.isdisjoint(search.pages):
            return True
        if self.sheet.whole:
            return False
        shown = f" {key(' '.join(f'{p.title} {p.text}' for p in search.information))} "
        return any(k in shown for k in self.sheet.answer_keys)

    @cached_property
    def t_model(self) -> int | None:
        """The retrievals made when the solver first named the answer."""
        return self.named(self.sheet.answer_keys)

    @cached_property
    def prior(self) -> bool:
        """Whether the solver named the answer before any page held did."""
        return self.t_model is not None and (self.t_tool is None or self.t_model < self.t_tool)

    @cached_property
    def reached(self) -> dict[str, int | None]:
        """Per variable, the root first, when its sub-answer was named and stated."""
        return {sought.vertex: self._reached(n, sought.vertex) for n, sought in enumerate(self.sheet.variables)}

    def _reached(self, number: int, vertex: str) -> int | None:
        stated = [self.told[fact] for fact in self.sheet.needs[vertex]]
        last = [at for at in stated if at is not None]
        if not stated or len(last) < len(stated):
            return None
        if number == 0:
            return len(self.searches) if self.right else None
        said = self.named(self.sheet.variable_keys[vertex])
        return None if said is None else max(said, *last)

    @cached_property
    def repeats(self) -> int:
        """Queries that had been asked before, in other order of words or not."""
        asked = {tuple(sorted(key(search.query).split())) for search in self.searches}
        return len(self.searches) - len(asked)

    @cached_property
    def held(self) -> frozenset[str]:
        """All pages that came."""
        return frozenset(page for search in self.searches for page in search.pages)

    @property
    def overlap(self) -> float | None:
        """The share of the cheapest route's pages that are held."""
        route = self.sheet.route_pages
        return len(route & self.held) / len(route) if route else None

    def covered(self) -> tuple[float, ...]:
        """Per retrieval the share of the facts that the pages held state after it."""
        total = len(self.told) or 1
        times = [at for at in self.told if at is not None]
        return tuple(sum(at <= n for at in times) / total for n in range(1, len(self.searches) + 1))

    def told_at(self) -> dict[str, int | None]:
        """Per constraint the retrieval after which all of its facts are stated."""
        found: dict[str, int | None] = {}
        for fact, at in zip(self.sheet.facts, self.told, strict=True):
            before = found.get(fact.constraint, 0)
            found[fact.constraint] = None if at is None or before is None else max(at, before)
        return found


def measure(turns: Sequence[Turn], sheet: Sheet) -> Measures:
    """All figures of a trajectory."""
    course = Course(turns, sheet)
    hits = [at for at in (course.t_tool, course.t_model) if at is not None]
    return Measures(
        right=course.right,
        retrievals=len(course.searches),
        turns=len(turns),
        faults=sum(bool(turn.fault) for turn in turns),
        t_tool=course.t_tool,
        t_model=course.t_model,
        t_hit=min(hits, default=None),
        prior=course.prior,
        covered=course.covered(),
        told_at=course.told_at(),
        reached=course.reached,
        overlap=course.overlap,
        repeats=course.repeats,
        blocked=tuple(sorted(page for page in course.held if sheet.is_blocked(page))),
    )
