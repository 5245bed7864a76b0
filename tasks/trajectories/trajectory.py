"""A trajectory: what one solver thought, asked, was shown and answered, turn by turn."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from hcsp.frozen import Frozen
from tasks.exports.tables import read_rows

Outcome = Literal[
    "answered",
    "out_of_turns",
    "out_of_searches",
    "out_of_tokens",
    "malformed",
    "refused",
    "too_long",
    "no_world",
    "failed",
]
"""How a trajectory ended; only the first has an answer."""


class Passage(Frozen):
    """Words of a page as the solver was shown them.

    Attributes:
        page: the page's id.
        title: the page's title.
        start: code points into the page's text; `None` where the passage was read back from a transcript.
        end: the end, exclusive.
        text: `text[start:end]` of the page; as a transcript shows it, where it was read back from one.
    """

    page: str
    title: str = ""
    start: int | None = None
    end: int | None = None
    text: str


class Search(Frozen):
    """One retrieval.

    Attributes:
        query: what was asked.
        pages: the ids of the pages that came, best first; all of them are held from then on.
        information: what was shown of them, refined.
    """

    query: str
    pages: tuple[str, ...] = ()
    information: tuple[Passage, ...] = ()


class Turn(Frozen):
    """What a solver said once, and what came of it.

    Attributes:
        think: what stands between its `<think>` tags.
        searches: the retrievals that it asked for at once; none where there is a fault or an answer.
        answer: what it answered.
        said: what it said, verbatim.
        fault: why that is no turn (`tasks.trajectories.transcript.parse_turn`), else empty.
    """

    think: str = ""
    searches: tuple[Search, ...] = ()
    answer: str | None = None
    said: str = ""
    fault: str = ""


class Player(Frozen):
    """Who solved: what makes two trajectories of one task, seed and sample different ones.

    Attributes:
        solver: `teacher` knows the tree, `model` is a chat model, `scripted` anything else.
        model: the model, or the name of what is scripted.
        settings: what else decides what it does, such as a temperature.
    """

    solver: Literal["teacher", "model", "scripted"]
    model: str | None = None
    settings: dict[str, Any] = Field(default_factory=dict)


class Trajectory(Frozen):
    """A line of a trajectory file.

    Attributes:
        id: `identify(task, solver, seed, sample)`.
        task: the id of the task.
        question: what was asked, as the solver read it.
        sample: counts the tries of one solver at one task, from 0 on.
        seed: of the run.
        solver: who solved.
        world: name, version and sha256 of what was searched.
        k: pages that one retrieval brings.
        turns: in order.
        outcome: how it ended.
        detail: one line on that, where there is something to say.
        usage: `calls`, `input_tokens`, `output_tokens`, `cost_usd`, where a model was asked.
        kept: whether rejection sampling keeps it, where it was judged; `reasons` says why not, `measures` what it did
            (`tasks.trajectories.sampling.Judged`).
    """

    id: str
    task: str
    question: str
    sample: int = Field(ge=0)
    seed: int
    solver: Player
    world: dict[str, str]
    k: int = Field(ge=1)
    turns: tuple[Turn, ...]
    outcome: Outcome
    detail: str = ""
    usage: dict[str, float] = Field(default_factory=dict)
    kept: bool | None = None
    reasons: tuple[dict[str, Any], ...] = ()
    measures: dict[str, Any] | None = None

    @property
    def answer(self) -> str | None:
        """What was answered in the end."""
        return self.turns[-1].answer if self.turns and self.outcome == "answered" else None

    @property
    def searches(self) -> tuple[Search, ...]:
        """All retrievals in order."""
        return tuple(search for turn in self.turns for search in turn.searches)

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages held in the end, in the order in which they came."""
        return tuple(dict.fromkeys(page for search in self.searches for page in search.pages))


def identify(task: str, solver: Player, seed: int, sample: int) -> str:
    """The id of a trajectory: the first 16 hex digits of sha256 over what decides it."""
    decides = [task, solver.model_dump(mode="json"), seed, sample]
    canonical = json.dumps(decides, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def read_trajectories(path: Path) -> Iterator[Trajectory]:
    """The trajectories of a file in order; raises `OSError`, or `ValueError` naming the line that is none."""
    return read_rows(path, Trajectory, "trajectory")
