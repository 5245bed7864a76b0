"""The settings of a run, and what its nodes may open. Flags and Studio read them from here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

from langgraph.runtime import Runtime
from pydantic import Field, model_validator

from hcsp.preset import PRESETS, Difficulty, Preset
from roles.browser import Browser
from roles.chat.ledger import Usage
from roles.chat.port import Chat
from roles.chat.settings import DECIDING, ChatSettings
from roles.planner import Planner
from roles.styles import STYLES, Manner
from roles.writer import Writer
from worlds.opening import is_live
from worlds.world import World


class Context(ChatSettings):
    """Settings of one run. The first node copies them into the state, where all others read them."""

    world: str = Field(
        default="atlas", description="the embedded world atlas, the directory of a built world, wikidata, or tavily"
    )
    difficulty: Difficulty = Field(default="medium", description="preset of the numbers that the certificate must meet")
    seed: int = Field(default=0, description="decides every draw; the same seed and world give the same record")
    levels: int | None = Field(default=None, ge=2, le=6, description="variables on the longest path from the root")
    vertices: int | None = Field(default=None, ge=3, le=30, description="fewest vertices, variables and clues together")
    time_varying: bool = Field(default=False, description="use relations whose facts change, such as head of state")
    max_claims: int = Field(
        default=60, ge=5, le=200, description="claims kept of one entity, in turn from each relation"
    )
    max_steps: int = Field(default=60, ge=10, le=2000, description="most actions of the Planner")
    repairs: int = Field(default=6, ge=0, le=40, description="how often validation may send a tree back")
    retrieval: bool = Field(
        default=True, description="measure the way to the evidence and judge by it; hard and extreme always do"
    )
    optimised: bool = Field(
        default=True, description="choose the clues that hide the evidence best, not just the most generic ones"
    )
    derived: bool = Field(
        default=True, description="offer clues that count, compare, share a value or name a category or property"
    )
    chords: bool = Field(default=True, description="hold the answer against what is below it, which closes cycles")
    max_popularity: float = Field(
        default=100, ge=0, le=100, description="percentile of the facts about an entity above which it is no root"
    )
    style: Manner = Field(
        default="plain",
        description="how the question is worded: in plain sentences, in fragments, as a riddle, or where a model is the"
        " Writer as to a friend, or as in BrowseComp",
    )
    closed_book: int = Field(
        default=3, ge=0, le=50, description="answers from memory that the Solver's model gives; any right one rejects"
    )
    from_pages: bool = Field(
        default=True, description="reject what the Solver's model cannot answer from its pages among others"
    )
    avoid: tuple[str, ...] = Field(default=(), description="relations that no clue or edge may use")
    scarce: tuple[str, ...] = Field(default=(), description="relations used only where nothing else does")
    closed: tuple[str, ...] = Field(default=(), description="entities that no variable below the root may stand for")

    @model_validator(mode="after")
    def _for_somebody(self) -> Self:
        self.check_named()
        return self

    @model_validator(mode="after")
    def _worded_by_someone(self) -> Self:
        if self.style not in STYLES and self.player_of("writer") is None:
            raise ValueError(f"--style {self.style} takes a model as Writer: give --model or --writer-model")
        return self

    @property
    def without_models(self) -> Self:
        """The same with every role left to code."""
        return self.model_copy(update={name: field.default for name, field in ChatSettings.model_fields.items()})

    @property
    def waits(self) -> bool:
        """Whether a run spends its time waiting: for models, or for a world that is far away."""
        return self.asks or is_live(self.world)

    @property
    def deciding(self) -> dict[str, Any]:
        """What of the settings decides the result, as plain JSON: all but how models are asked and the budget."""
        only_how = ChatSettings.model_fields.keys() - DECIDING
        return self.model_dump(mode="json", exclude=set(only_how))

    @property
    def retrieves(self) -> bool:
        """Whether the certificate's retrieval fields are computed."""
        return self.retrieval or "search_floor" in PRESETS[self.difficulty].defined_by

    @property
    def preset(self) -> Preset:
        """The preset, its tree sizes fitted to the levels and vertices asked for."""
        preset = PRESETS[self.difficulty]
        levels = preset.levels if self.levels is None else (self.levels, self.levels)
        fewest = max(preset.variables[0], levels[0])
        most = max(preset.variables[1], fewest + 1, (self.vertices or 0) // 2)
        return preset.model_copy(update={"levels": levels, "variables": (fewest, most)})


@dataclass(frozen=True)
class Deps:
    """Openers, not things that are open: all of them go by the settings of the run, which nodes read from the state.

    Attributes:
        world: the world that the settings name.
        planner, browser, writer: the roles, each symbolic or played by a model.
        solver: the chat that tries the finished question; `None` where no model does.
        spent: what the replies came to that the run with this thread id rests on, wherever they were taken from.
    """

    world: Callable[[Context], Awaitable[World]]
    planner: Callable[[Context, World], Awaitable[Planner]]
    browser: Callable[[Context], Awaitable[Browser]]
    writer: Callable[[Context, World], Awaitable[Writer]]
    solver: Callable[[Context], Awaitable[Chat | None]]
    spent: Callable[[Context, str], Awaitable[Usage]]


def settings_of(runtime: Runtime[Context]) -> Context:
    """The run's settings; the defaults where none came with the run."""
    return runtime.context or Context()
