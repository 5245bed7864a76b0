"""Lanes: rows of candidates that learn from themselves only, so that any number of processes makes the same ones.

Candidate `i` is the `i // n`-th of lane `i mod n`. What a lane tries next depends on what came of its own earlier
candidates and on nothing else: not on other lanes, on how many processes there are, or on which was faster.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from zlib import crc32

from graph.context import Context
from graph.quota import Quota
from tasks.cells import Dimension
from tasks.mix import Mix
from tasks.runs import Traits

ALL = 10**9
"""More roots than any world has."""
STRIDE = 1_000_003
"""What a seed grows by each time all roots have been tried."""


@dataclass(frozen=True)
class Assignment:
    """One candidate to be made: a root, and at most so many questions from what it grows into.

    `answered` are entities that its lane, one of `lanes`, has asked for as often as any answer may be.
    """

    index: int
    entity: str
    settings: Context
    questions: int = 1
    lanes: int = 1
    answered: frozenset[str] = frozenset()

    def owns(self, entity: str) -> bool:
        """Whether a hub is a root in this lane: each is one in a single lane, or all lanes would ask for it."""
        return crc32(entity.encode()) % self.lanes == self.index % self.lanes


@dataclass(frozen=True)
class Plan:
    """What all lanes of a run have in common. `kinds` gives each root's answer type where the mix steers by it."""

    settings: Context
    mix: Mix
    lanes: int
    questions: int
    passes: int
    share: float
    kinds: Mapping[str, str] = field(default_factory=dict)


class Lane:
    """One row of candidates over the roots that were dealt to it."""

    def __init__(self, number: int, roots: Sequence[str], plan: Plan) -> None:
        self.number = number
        self.tried = 0
        self._plan = plan
        self._roots: dict[str, list[str]] = {}
        for root in roots:
            self._roots.setdefault(plan.kinds.get(root, ""), []).append(root)
        self._queues = {kind: deque(found) for kind, found in self._roots.items()}
        self._passes: Counter[str] = Counter()
        self._quota = Quota(plan.share)
        self._made: dict[Dimension, Counter[str]] = {}
        self._answered: Counter[str] = Counter()

    @property
    def index(self) -> int:
        """The number of the lane's next candidate among all."""
        return self.tried * self._plan.lanes + self.number

    def next(self) -> Assignment | None:
        """The next candidate; none when all roots have been tried as often as they may."""
        rng = Random(f"{self._plan.settings.seed}:{self.index}:mix")
        wanted = self._plan.mix.draw(self._made, rng)
        found = self._root(wanted.get("type"))
        if found is None:
            return None
        root, again = found
        plan, index = self._plan, self.index
        answered = frozenset(e for e, n in self._answered.items() if n >= plan.passes)
        self.tried += 1
        return Assignment(index, root, self._settings(wanted, again), plan.questions, plan.lanes, answered)

    def learn(self, made: Sequence[Traits]) -> None:
        """What came of the last candidate."""
        for traits in made:
            self._quota.add(traits.relations)
            self._answered[traits.entities[0]] += 1
            for dimension, value in traits.cell.items():
                self._made.setdefault(dimension, Counter())[value] += 1

    def _settings(self, wanted: Mapping[Dimension, str], again: int) -> Context:
        settings = self._plan.settings
        changes: dict[str, object] = {"seed": settings.seed + again * STRIDE}
        if "preset" in wanted:
            changes["difficulty"] = wanted["preset"]
        if "levels" in wanted:
            changes["levels"] = int(wanted["levels"])
        return self._quota.narrow(settings.model_copy(update=changes))

    def _root(self, kind: str | None) -> tuple[str, int] | None:
        """A root of the wanted answer type, or else of another that the mix wants; and how often all were tried."""
        wanted = self._plan.mix.shares.get("type", {"": 1.0})
        kinds = [kind, *wanted] if kind is not None else [*wanted]
        for name in kinds:
            while (root := self._pop(name)) is not None:
                if self._answered[root[0]] <= root[1]:
                    return root
        return None

    def _pop(self, kind: str) -> tuple[str, int] | None:
        if not self._queues.get(kind):
            self._passes[kind] += 1
            if self._passes[kind] >= self._plan.passes or not self._roots.get(kind):
                return None
            self._queues[kind] = deque(self._roots[kind])
        return self._queues[kind].popleft(), self._passes[kind]


def deal(roots: Sequence[str], plan: Plan) -> list[Lane]:
    """All lanes of a run, each with its part of the roots, in the order in which they were drawn."""
    return [Lane(n, roots[n :: plan.lanes], plan) for n in range(plan.lanes)]
