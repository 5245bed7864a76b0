"""Outcomes that shards have made already, read back from their run directories."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.batching.candidate import Outcome
from graph.batching.lanes import Assignment
from graph.batching.loop import Limits
from tasks.keeping import frame_of, frames_of
from tasks.recovery import seal
from tasks.runs import REJECTED, TASKS, Ends, Entry, Manifest, Run

EVERYTHING = Limits(patience=10**9)
"""Merging goes on for as long as there is something to merge."""


@dataclass(frozen=True)
class _Place:
    """Where a candidate's lines lie in a shard's files."""

    path: Path
    entry: Entry
    begin: Ends


class Shards:
    """A source that makes nothing itself; starved as soon as a candidate is in no shard."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.starved = False
        self.room = runs[0].manifest.lanes
        self._ready: list[Outcome] = []
        self._places = {place.entry.index: place for run in runs for place in _places(run)}

    def submit(self, assignment: Assignment) -> None:
        """Looks the outcome up; raises `ValueError` when the shard made it of another root."""
        place = self._places.get(assignment.index)
        if place is None:
            self.starved = True
            return
        if place.entry.entity != assignment.entity:
            raise ValueError(
                f"{place.path} was made otherwise: its candidate {assignment.index} is {place.entry.entity}, and"
                f" {assignment.entity} is due; make it again with this version"
            )
        self._ready.append(_outcome(place))

    def done(self, seconds: float) -> Sequence[Outcome]:
        """What has been asked for since the last call; never waits."""
        ready, self._ready = self._ready, []
        return ready

    def close(self) -> None:
        """Nothing is under way."""


def check_complete(runs: Sequence[Run]) -> Manifest:
    """What the shards are shards of. Raises `ValueError` when they are not all of one run, each once."""
    whole = [run.manifest.model_copy(update={"shard": None}) for run in runs]
    for run, manifest in zip(runs, whole, strict=True):
        if run.manifest.shard is None:
            raise ValueError(f"{run.path} is no shard; make shards by graph.batch --shard I/N")
        if manifest != whole[0]:
            raise ValueError(f"{run.path} and {runs[0].path} are shards of different runs")
    numbers = [run.manifest.shard for run in runs]
    parts = {shard[1] for shard in numbers if shard}
    if len(parts) > 1 or len(set(numbers)) < len(numbers):
        raise ValueError(f"the shards are {_listed(numbers)}: expected each part of one division, once")
    if missing := [(i, n) for n in parts for i in range(1, n + 1) if (i, n) not in numbers]:
        raise ValueError(f"shard {_listed(missing)} is missing")
    return whole[0]


def _listed(shards: Sequence[tuple[int, int] | None]) -> str:
    return ", ".join(f"{shard[0]}/{shard[1]}" for shard in shards if shard)


def _places(run: Run) -> list[_Place]:
    found, begin = [], Ends()
    for entry in run.ledger():
        found.append(_Place(run.path, entry, begin))
        begin = entry.ends
    return found


def _outcome(place: _Place) -> Outcome:
    entry = place.entry
    begin, ends = place.begin, entry.ends
    tasks = _cut(place.path / TASKS, begin.tasks, ends.tasks)
    rejected = _cut(place.path / REJECTED, begin.rejected, ends.rejected)
    if seal(entry, tasks, rejected) != entry.crc32:
        raise ValueError(f"{place.path} is damaged at candidate {entry.index}; run that shard again, which mends it")
    made, frames = _rows(tasks), frames_of(place.path)
    kept = {t["id"]: path.read_bytes() for t in made if (path := frame_of(frames, t["id"])).exists()}
    return Outcome(
        entry.index, entry.entity, made, _rows(rejected), [*entry.refused], [*entry.traits], entry.cost, kept
    )


def _cut(path: Path, begin: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(begin)
        return file.read(end - begin)


def _rows(lines: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]
