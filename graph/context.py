"""The settings of a run, and what its nodes may open. Flags and Studio read them from here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from langgraph.runtime import Runtime
from pydantic import Field

from hcsp.frozen import Frozen
from hcsp.preset import PRESETS, Difficulty, Preset
from roles.browser import Browser
from roles.planner import Planner
from roles.styles import Style
from roles.writer import Writer
from worlds.world import World


class Context(Frozen):
    """Settings of one run. The first node copies them into the state, where all others read them."""

    world: str = Field(default="atlas", description="the embedded world atlas, or the directory of a built world")
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
    style: Style = Field(
        default="plain", description="how the question is worded: in plain sentences, in fragments, or as a riddle"
    )
    avoid: tuple[str, ...] = Field(default=(), description="relations that no clue or edge may use")
    scarce: tuple[str, ...] = Field(default=(), description="relations used only where nothing else does")
    closed: tuple[str, ...] = Field(default=(), description="entities that no variable below the root may stand for")

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
    """Openers, not things that are open: the world is opened by its name, a role by the settings."""

    world: Callable[[str], Awaitable[World]]
    planner: Callable[[Context], Planner]
    browser: Callable[[Context], Browser]
    writer: Callable[[Context, World], Awaitable[Writer]]


def settings_of(runtime: Runtime[Context]) -> Context:
    """The run's settings; the defaults where none came with the run."""
    return runtime.context or Context()
