"""The state of a solver: plain JSON, and no words of pages, which stay in the world."""

from typing import Any, NotRequired

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from graph.solver_context import SolverContext
from tasks.environments.episode import Episode
from tasks.environments.searched import Searched
from tasks.trajectories.compact import packed, unpacked
from tasks.trajectories.trajectory import Outcome, Turn


class Task(TypedDict):
    """What a solver starts from: a question, and where it is that of a task, the task's id and the sample's number."""

    question: str
    task: NotRequired[str]
    sample: NotRequired[int]


class SolverState(TypedDict):
    """What the nodes read and write; `Solving` is its typed form."""

    question: str
    task: NotRequired[str]
    sample: NotRequired[int]
    settings: NotRequired[dict[str, Any]]
    turns: NotRequired[list[list[Any]]]
    said: NotRequired[str]
    found: NotRequired[list[list[Any]]]
    outcome: NotRequired[Outcome | None]
    detail: NotRequired[str]


class Solving(BaseModel):
    """The state, parsed.

    Attributes:
        settings: copied from the run's context by the first node.
        turns: what was said and what came, see `tasks.trajectories.compact`; the budget bounds them.
        said: the turn that is under way; empty between turns.
        found: per query of that turn the ids of its pages.
        outcome: how it ended; `None` while it goes on.
        detail: one line on that, where there is something to say.
    """

    model_config = ConfigDict(extra="forbid")

    question: str
    task: str = ""
    sample: int = 0
    settings: SolverContext
    turns: list[list[Any]] = Field(default_factory=list)
    said: str = ""
    found: list[tuple[str, list[str]]] = Field(default_factory=list)
    outcome: Outcome | None = None
    detail: str = ""

    @property
    def searches(self) -> int:
        """How many retrievals were made."""
        return sum(len(searches) for _, _, searches in self.turns)

    async def episode(self, searched: Searched) -> Episode:
        """The episode so far, with the words of its pages."""
        turns = await unpacked(self.turns, searched.page)
        return Episode(task=self.task, question=self.question, turns=turns, outcome=self.outcome)

    def after(self, turn: Turn, ended: Outcome | None = None) -> dict[str, Any]:
        """The update that ends a turn: whether it is over, by the budget or for the reason that is given."""
        turns = [*self.turns, packed(turn)]
        settings = self.settings
        bare = [Turn(answer=None, said=said, fault=fault) for said, fault, _ in self.turns]
        outcome = ended or Episode(task=self.task, question=self.question, turns=(*bare, turn)).ended(settings)
        return {"turns": turns, "said": "", "found": [], "outcome": outcome}


def parse(state: SolverState) -> Solving:
    """The typed form of a state; raises `ValidationError` when an edited state does not fit."""
    return Solving.model_validate(state)
