"""A file of trajectories that is only ever appended to, each once, by one process at a time."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from tasks.files import append, check_appendable, claim
from tasks.trajectories.measures import Measures
from tasks.trajectories.sampling import Judged, Reason
from tasks.trajectories.trajectory import Trajectory, read_trajectories

_BEGINS = b'{"id":"'


class Results:
    """The trajectories at `path`; `mended` says what a killed process had left half written, and was cut off.

    Open it with `Results.open`, and use it in a `with`: the claim on the file ends with it, or with the process.
    """

    def __init__(self, path: Path, handle: int, mended: str, done: set[str]) -> None:
        self.path, self.mended, self.done = path, mended, done
        self._handle = handle

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises `BlockingIOError` when another process appends to it, `OSError` or `ValueError` when it cannot be."""
        if not path.is_file():
            check_appendable(path)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            claim(handle, path)
            mended = _mend(handle, path)
            return cls(path, handle, mended, {trajectory.id for trajectory in read_trajectories(path)})
        except BaseException:
            os.close(handle)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def add(self, trajectory: Trajectory) -> None:
        """Appends a trajectory; raises `ValueError` when it is there already."""
        if trajectory.id in self.done:
            raise ValueError(f"trajectory {trajectory.id} is in {self.path} already")
        append(self.path, trajectory.model_dump(mode="json"))
        self.done.add(trajectory.id)


def _mend(handle: int, path: Path) -> str:
    """Cuts off what stands after the last line break: what a process that was killed had not written whole.

    Raises `ValueError` where it is a file of something else.
    """
    size, at = os.fstat(handle).st_size, os.fstat(handle).st_size
    while at:
        begin = max(0, at - (1 << 16))
        found = os.pread(handle, at - begin, begin).rfind(b"\n")
        if found >= 0:
            at = begin + found + 1
            break
        at = begin
    if at == size:
        return ""
    if at:
        next(read_trajectories(path), None)
    if (torn := os.pread(handle, len(_BEGINS), at)) != _BEGINS[: len(torn)]:
        raise ValueError(f"{path} ends in the middle of a line that is no trajectory; name another --out")
    os.ftruncate(handle, at)
    return f"{path} ended in the middle of a line, of which {size - at} bytes were cut off; it is made again"


def with_verdict(trajectory: Trajectory, verdict: Judged) -> Trajectory:
    """The trajectory with what rejection sampling says of it."""
    told = verdict.model_dump(mode="json", include={"kept", "reasons", "measures"})
    return trajectory.model_copy(update={**told, "reasons": tuple(told["reasons"])})


def verdict_of(trajectory: Trajectory) -> Judged:
    """What was said of a trajectory when it was made."""
    return Judged(
        id=trajectory.id,
        task=trajectory.task,
        kept=bool(trajectory.kept),
        reasons=tuple(Reason.model_validate(reason) for reason in trajectory.reasons),
        measures=None if trajectory.measures is None else Measures.model_validate(trajectory.measures),
    )


def verdicts(path: Path) -> Iterator[Judged]:
    """The verdicts of a file in order."""
    return map(verdict_of, read_trajectories(path))
