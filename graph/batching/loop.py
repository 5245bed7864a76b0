"""The loop of a batch: hands out candidates, commits them in index order, and stops."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from pydantic import Field

from graph.batching.candidate import Outcome
from graph.batching.lanes import Lane
from graph.batching.progress import Progress
from graph.batching.sources import Source
from hcsp.frozen import Frozen
from tasks.admission import Admission, Everything
from tasks.journal import Commit, Journal
from tasks.keeping import frames_of, store
from tasks.record import TaskRecord
from tasks.runs import Entry

AHEAD = 8
"""How many rows of candidates may be made beyond the first that is not done yet."""
TICK = 0.25
"""Seconds between two looks at the clock."""

End = Literal["complete", "exhausted", "idle", "hours", "candidates", "drained", "starved"]


class Limits(Frozen):
    """When to stop short of the count. Nothing of this decides what a candidate comes to."""

    patience: int = Field(default=300, ge=1, description="candidates in a row without a task after which it gives up")
    max_hours: float | None = Field(default=None, gt=0, description="hours after which it stops, to be gone on with")
    candidates: int | None = Field(default=None, ge=1, description="make the first so many candidates and no more")


class Batch:
    """One run directory on its way. `lanes` are those that it is made of: all of them, unless it is a shard."""

    def __init__(
        self, journal: Journal, lanes: Sequence[Lane], width: int, admission: Admission, source: Source, limits: Limits
    ) -> None:
        self.journal = journal
        self.admission = admission
        self.progress = Progress(admission.count, admission.targets, cells=admission.cells)
        self.drain = False
        self._source, self._limits, self._width = source, limits, width
        self._lanes = {lane.number: lane for lane in lanes}
        self._done = dict.fromkeys(self._lanes, 0)
        self._busy: set[int] = set()
        self._spent: set[int] = set()
        self._waiting: dict[int, Outcome] = {}

    def replay(self) -> None:
        """Brings lanes, admission and progress to where the journal stands.

        Raises `ValueError` when the journal is not what these lanes make.
        """
        for task in self.journal.run.tasks():
            self.admission.add(task)
        for entry in self.journal.entries:
            lane = self._lanes.get(entry.index % self._width)
            made = lane.next() if lane else None
            if lane is None or made is None or (made.index, made.entity) != (entry.index, entry.entity):
                raise ValueError(
                    f"{self.journal.run.path} cannot go on: its candidate {entry.index} is {entry.entity}, and"
                    f" {made.entity if made else 'none'} is due; another version or another world has made it"
                )
            lane.learn(entry.traits)
            self._done[lane.number] += 1
        self.progress.add(self.journal.entries, earlier=True)

    def run(self, watch: Callable[[Progress], None]) -> End:
        """Goes on until there is a reason to stop; `watch` is called several times a second."""
        while (end := self._end()) is None:
            if not self.drain:
                self._fill()
            for outcome in self._source.done(TICK):
                lane = self._lanes[outcome.index % self._width]
                lane.learn(outcome.traits)
                self._busy.discard(lane.number)
                self._waiting[outcome.index] = outcome
            commits = [self._settled(outcome) for outcome in self._ready()]
            if commits:
                self.journal.commit(commits)
                self.progress.add([commit.entry for commit in commits])
            watch(self.progress)
        return end

    def _end(self) -> End | None:
        limits, progress = self._limits, self.progress
        if self._filled:
            return "complete"
        due = self._due()
        if due is None:
            return "exhausted"
        if limits.candidates is not None and due >= limits.candidates:
            return "candidates"
        if progress.idle >= limits.patience:
            return "idle"
        if self._source.starved and due not in self._waiting and self._handed(due):
            return "starved"
        late = limits.max_hours is not None and progress.hours >= limits.max_hours
        self.drain = self.drain or late
        if self.drain and not self._busy:
            return "hours" if late else "drained"
        return None

    @property
    def _filled(self) -> bool:
        """Whether there is nothing to add; a shard asked for so many candidates goes past its share, for a merge."""
        more = self._limits.candidates is not None and isinstance(self.admission, Everything)
        return self.admission.accepted >= self.admission.count and not more

    def _handed(self, index: int) -> bool:
        return index % self._width in self._busy

    def _due(self) -> int | None:
        """The index of the next candidate to commit; none when no lane has any left."""
        left = (n for n, lane in self._lanes.items() if n not in self._spent or self._done[n] < lane.tried)
        return min((self._done[n] * self._width + n for n in left), default=None)

    def _fill(self) -> None:
        """Hands out what is next in the lanes that wait for nothing, the lowest index first."""
        horizon = (self._due() or 0) + AHEAD * self._width
        if self._limits.candidates is not None:
            horizon = min(horizon, self._limits.candidates)
        while len(self._busy) < self._source.room:
            free = [lane for n, lane in self._lanes.items() if n not in self._busy | self._spent]
            lane = min(free, key=lambda lane: lane.index, default=None)
            if lane is None or lane.index >= horizon:
                return
            assignment = lane.next()
            if assignment is None:
                self._spent.add(lane.number)
            else:
                self._source.submit(assignment)
                self._busy.add(lane.number)

    def _ready(self) -> Iterator[Outcome]:
        while not self._filled and (due := self._due()) in self._waiting:
            assert due is not None
            self._done[due % self._width] += 1
            yield self._waiting.pop(due)

    def _settled(self, outcome: Outcome) -> Commit:
        """Gives each question its place in the dataset, or keeps it with the reason why there is none."""
        accepted: list[dict[str, Any]] = []
        rejected, refused = [*outcome.rejected], [*outcome.refused]
        for task in outcome.tasks:
            record = TaskRecord.model_validate(task)
            if why := self.admission.refusal(record):
                heading = why.partition(":")[0]
                candidate = task["provenance"]["candidate"]
                rejected.append({"candidate": candidate, "kind": heading, "reasons": [why], "task": task})
                refused.append(heading)
            else:
                if (answers := outcome.frames.get(record.id)) is not None:
                    store(frames_of(self.journal.run.path), record.id, answers)
                self.admission.add(record)
                accepted.append(task)
        entry = Entry(
            index=outcome.index,
            entity=outcome.entity,
            accepted=tuple(task["id"] for task in accepted),
            made=len(outcome.tasks),
            refused=tuple(refused),
            traits=tuple(outcome.traits),
            cost=outcome.cost,
        )
        return Commit(entry, accepted, rejected)
