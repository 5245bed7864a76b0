"""The settings of a solver, and what its nodes may open. Flags and Studio read them from here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Self

from langgraph.runtime import Runtime
from pydantic import Field, model_validator

from roles.chat.ledger import Usage
from roles.chat.settings import DECIDING, ChatSettings
from roles.solver import Solver
from tasks.environments.episode import Budget
from tasks.environments.refining import Refiner
from tasks.environments.searched import Searched
from tasks.trajectories.sheet import TOP
from tasks.trajectories.trajectory import Player

Who = Literal["model", "teacher"]


class Searching(ChatSettings, Budget):
    """How a solver searches, who it is and what it may do."""

    solver: Who = Field(
        default="model", description="who searches: a chat model, or the teacher, which knows the tree and asks nobody"
    )
    bridges: bool = Field(
        default=False,
        description="where there is no cheapest route, let the teacher also search for the title of a page that it"
        " lacks, such as of a label that two singers share, once a page that came has it",
    )
    tokens: int | None = Field(default=None, ge=1, description="most tokens, sent and received, of one trajectory")
    k: int = Field(default=TOP, ge=1, le=100, description="pages that one search brings")
    passages: int = Field(default=3, ge=1, le=50, description="most passages that are shown of one page")
    characters: int = Field(default=400, ge=20, le=10_000, description="most characters of one passage")
    seed: int = Field(default=0, description="another seed asks a model anew")

    @model_validator(mode="after")
    def _played_by_someone(self) -> Self:
        if self.solver == "model" and self.player_of("solver") is None:
            raise ValueError("nobody solves: give --model, such as openai:gpt-4.1-mini, or --solver teacher")
        if self.solver == "model" and self.bridges:
            raise ValueError("--bridges is about the teacher; a model searches for what it likes")
        if self.solver == "teacher" and self.asks:
            raise ValueError("--solver teacher asks no model: leave --model out, or say --solver model")
        return self

    @property
    def player(self) -> Player:
        """Who solves, as trajectories name it, with all that decides what it does."""
        decides = {*Searching.model_fields} - {*ChatSettings.model_fields, "solver", "seed"}
        settings = self.model_dump(mode="json", include=decides | (DECIDING & {"temperature", "max_tokens"}))
        return Player(solver=self.solver, model=self.model_of("solver"), settings=settings)


class SolverContext(Searching):
    """Settings of one trajectory. The first node copies them into the state, where all others read them."""

    world: str = Field(
        default="", description="atlas, the directory of a world or of a packed environment, wikidata, or tavily"
    )
    tasks: str = Field(default="", description="file of task records, in which the teacher finds its task")


@dataclass(frozen=True)
class SolverDeps:
    """Openers, not things that are open: they go by the settings and the task of the run.

    Attributes:
        searched: what is searched for a task.
        solver: who searches; the last argument numbers the samples of one task.
        refiner: what is shown of a page.
        spent: what the replies came to that the run with this thread id rests on.
    """

    searched: Callable[[SolverContext, str], Awaitable[Searched]]
    solver: Callable[[SolverContext, str, int], Awaitable[Solver]]
    refiner: Callable[[SolverContext, str], Awaitable[Refiner]]
    spent: Callable[[SolverContext, str], Awaitable[Usage]]


def settings_of(runtime: Runtime[SolverContext]) -> SolverContext:
    """The run's settings; the teacher's where none came with the run."""
    return runtime.context or SolverContext(solver="teacher")
