"""One solver at one task: what was said and shown so far, and whether it is over."""

from collections.abc import Sequence
from typing import Protocol

from pydantic import Field

from hcsp.frozen import Frozen
from tasks.trajectories.trajectory import Outcome, Player, Trajectory, Turn, identify


class Asked(Protocol):
    """What an episode needs of a task; a `TaskRecord` is one."""

    @property
    def id(self) -> str:
        """Of the task."""
        ...

    @property
    def question(self) -> str:
        """What is asked."""
        ...


class Budget(Frozen):
    """How much a solver may do."""

    turns: int = Field(default=30, ge=1, description="most turns, faults included")
    searches: int = Field(default=60, ge=0, description="most retrievals")
    at_once: int = Field(default=10, ge=1, description="most retrievals of one turn; what is beyond is not made")
    faults: int = Field(default=3, ge=1, description="turns in a row that do not parse before it is over")


class Episode(Frozen):
    """Where an episode stands. A step gives a new one, so that one may be gone on with in several ways.

    Attributes:
        task: the id of the task.
        question: what is asked.
        turns: so far.
        outcome: how it ended; `None` while it goes on.
    """

    task: str
    question: str
    turns: tuple[Turn, ...] = ()
    outcome: Outcome | None = None

    @property
    def done(self) -> bool:
        """Whether it is over."""
        return self.outcome is not None

    @property
    def searches(self) -> int:
        """How many retrievals were made."""
        return sum(len(turn.searches) for turn in self.turns)

    @property
    def faults(self) -> int:
        """How many of the last turns were none."""
        return next((n for n, turn in enumerate(reversed(self.turns)) if not turn.fault), len(self.turns))

    def ended(self, budget: Budget) -> "Outcome | None":
        """How it ends with its last turn, if it does."""
        if self.turns and self.turns[-1].answer is not None:
            return "answered"
        if self.faults >= budget.faults:
            return "malformed"
        return "out_of_turns" if len(self.turns) >= budget.turns else None

    def trajectory(
        self, solver: Player, world: dict[str, str], k: int, seed: int = 0, sample: int = 0, detail: str = ""
    ) -> Trajectory:
        """What it comes to, as it is kept. Raises `ValueError` while it goes on."""
        if self.outcome is None:
            raise ValueError(f"the episode of task {self.task!r} is not over; step it until it is done")
        return Trajectory(
            id=identify(self.task, solver, seed, sample),
            task=self.task,
            question=self.question,
            sample=sample,
            seed=seed,
            solver=solver,
            world=world,
            k=k,
            turns=self.turns,
            outcome=self.outcome,
            detail=detail,
        )


def begun(task: Asked) -> Episode:
    """An episode before its first turn."""
    return Episode(task=task.id, question=task.question)


def queries(turn: Turn, left: int, budget: Budget) -> Sequence[str]:
    """Those of a turn's queries that are asked when so many retrievals are left."""
    return [search.query for search in turn.searches][: min(left, budget.at_once)]
