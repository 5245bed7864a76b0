"""The run directory of a batch: what was asked for, what came out, what did not, and what each candidate cost.

manifest.json   what was asked for; written once
tasks.jsonl     accepted task records, in candidate order
rejected.jsonl  drafts sent back, runs given up, and questions that the dataset had no place for, with the reasons
ledger.jsonl    a line a candidate, written after its lines above: what it costs, and where those files end
events.jsonl    when the run was started, resumed, drained, mended and finished
frames/         a file a task: what a live world answered, where it was made in one, see `tasks.keeping`
review.jsonl    verdicts of a reader, where there are any; exports obey it
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from hcsp.frozen import Frozen
from tasks.cells import Dimension, cell, relations
from tasks.files import read
from tasks.record import TaskRecord, tree_of

Line = TypeVar("Line", bound=Frozen)

MANIFEST, TASKS, REJECTED, LEDGER, EVENTS, REVIEW = (
    "manifest.json",
    "tasks.jsonl",
    "rejected.jsonl",
    "ledger.jsonl",
    "events.jsonl",
    "review.jsonl",
)


class Manifest(Frozen):
    """What a run was asked for; a run goes on only under an equal one."""

    format: Literal[1] = 1
    graph_version: str
    world: dict[str, str] = Field(description="name, version and sha256")
    settings: dict[str, Any] = Field(description="the settings that every candidate starts from")
    count: int = Field(description="accepted tasks asked for")
    lanes: int = Field(description="rows of candidates that learn from themselves only: candidate i belongs to i mod n")
    per_diffusion: int = Field(description="most questions sampled from what one root grows into")
    mix: dict[str, dict[str, float]] = Field(description="per dimension the share of each of its values")
    rules: dict[str, Any] = Field(description="what the dataset as a whole has to keep to")
    entities: dict[str, Any] | None = Field(default=None, description="length and sha256 of a given list of roots")
    shard: tuple[int, int] | None = Field(default=None, description="(i, n): this part and their number")


class Traits(Frozen):
    """What a lane learns from a question that it made."""

    entities: tuple[str, ...]
    relations: tuple[str, ...]
    cell: dict[Dimension, str]

    @classmethod
    def of(cls, record: TaskRecord) -> "Traits":
        """The traits of a record; `entities` are those of its variables, the root's first."""
        return cls(
            entities=tuple(tree_of(record).entities.values()), relations=tuple(relations(record)), cell=cell(record)
        )


class Ends(Frozen):
    """Sizes in bytes."""

    tasks: int = Field(default=0, ge=0)
    rejected: int = Field(default=0, ge=0)


class Entry(Frozen):
    """A ledger line: one candidate, done.

    Attributes:
        index: its number, from 0 on.
        entity: the root that it began with.
        accepted: the ids of its tasks in the dataset.
        made: how many certified questions it came to, those without a place in the dataset included.
        refused: under which heading of the funnel each of its failures falls.
        traits: what its lane learns from each certified question.
        cost: `cpu_s`, `wall_s` (seconds), different `pages` read, `drafts` written.
        ends: the sizes of tasks and rejected once it is in them.
        crc32: of the bytes that it added to them, and of itself.
    """

    index: int
    entity: str
    accepted: tuple[str, ...] = ()
    made: int = 0
    refused: tuple[str, ...] = ()
    traits: tuple[Traits, ...] = ()
    cost: dict[str, float] = Field(default_factory=dict)
    ends: Ends = Ends()
    crc32: int = 0


@dataclass(frozen=True)
class Run:
    """A run directory, read."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path) -> "Run":
        """Raises `FileNotFoundError` or `ValueError` when there is no run at `path`."""
        if not (path / MANIFEST).is_file():
            raise FileNotFoundError(
                f"{path} is no run directory: it has no {MANIFEST}; python -m graph.batch makes one"
            )
        try:
            return cls(path, Manifest.model_validate_json((path / MANIFEST).read_bytes()))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "it"
            raise ValueError(f"{path / MANIFEST} is damaged: {where}: {first['msg'].lower()}") from None

    def tasks(self) -> Iterator[TaskRecord]:
        """The accepted tasks in order; raises `ValueError` naming the line that is none."""
        path = self.path / TASKS
        return read_records(path) if path.exists() else iter(())

    def rejected(self) -> Iterator[dict[str, Any]]:
        """What was not accepted, each with `candidate`, `kind` (its heading in the funnel) and `reasons`."""
        return (row for _, row in self._rows(REJECTED))

    def ledger(self) -> Iterator[Entry]:
        """A line a candidate, in order; raises `ValueError` naming the line that is none."""
        path = self.path / LEDGER
        return _read_as(path, Entry, "ledger entry") if path.exists() else iter(())

    def events(self) -> Iterator[dict[str, Any]]:
        """What happened to the run, each with `event` and `at` (ISO 8601, UTC)."""
        return (row for _, row in self._rows(EVENTS))

    def _rows(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        path = self.path / name
        return read(path) if path.exists() else iter(())


def read_records(path: Path) -> Iterator[TaskRecord]:
    """The task records of a file in order; raises `OSError`, or `ValueError` naming the line that is none."""
    return _read_as(path, TaskRecord, "task record")


def _read_as(path: Path, model: type[Line], what: str) -> Iterator[Line]:
    for number, row in read(path):
        try:
            yield model.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ValueError(f"{path} line {number}: no {what} ({where}: {first['msg']})") from None
