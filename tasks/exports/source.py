"""What is exported: a run directory, the splits of one, or a plain file of tasks, less what a reader rejected."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks.files import read
from tasks.record import TaskRecord
from tasks.review import rejected, verdicts
from tasks.runs import MANIFEST, REVIEW, TASKS, Run, read_records

SPLITS = {"train": "train.jsonl", "validation": "dev.jsonl", "test": "test.jsonl"}
"""The file of each split in a directory of splits, under the names that loaders of datasets know."""
WHOLE = "train"
"""The one split of tasks that were not split."""


@dataclass(frozen=True)
class Source:
    """Tasks to export; records are read from their files each time they are asked for.

    Attributes:
        path: what was named.
        files: the task file of each split.
        ids: per split the tasks that are exported, in order.
        left_out: the tasks that a reader rejected.
        run: the run that the tasks come from: what was named, or the directory that it is in.
    """

    path: Path
    files: dict[str, Path]
    ids: dict[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    run: Run | None = None

    @classmethod
    def open(cls, path: Path) -> "Source":
        """Raises `OSError` or `ValueError` when there are no tasks at `path`, or none that a reader left."""
        files, folder = _files(path), path if path.is_dir() else path.parent
        run = next((f for f in (folder, folder.resolve().parent) if _is_run(f)), None)
        said = verdicts((run or folder) / REVIEW) | verdicts(folder / REVIEW)
        gone = rejected(said)
        every = {split: [str(row.get("id")) for _, row in read(file)] for split, file in files.items()}
        ids = {split: tuple(i for i in found if i not in gone) for split, found in every.items()}
        left_out = tuple(i for found in every.values() for i in found if i in gone)
        if not any(ids.values()):
            why = f"a reader rejected all {len(left_out)}" if left_out else "it holds no task records"
            raise ValueError(f"{path}: nothing to export, {why}")
        return cls(path, files, ids, left_out, Run.open(run) if run else None)

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that hold any task."""
        return tuple(split for split, ids in self.ids.items() if ids)

    def records(self, split: str) -> Iterator[TaskRecord]:
        """The exported tasks of a split, in order."""
        gone = frozenset(self.left_out)
        return (record for record in read_records(self.files[split]) if record.id not in gone)

    def everything(self) -> Iterator[TaskRecord]:
        """The exported tasks of all splits, in order."""
        return (record for split in self.splits for record in self.records(split))


def _files(path: Path) -> dict[str, Path]:
    if path.is_file():
        return {WHOLE: path}
    found = {split: path / name for split, name in SPLITS.items() if (path / name).is_file()}
    if not found and _is_run(path):
        found = {WHOLE: path / TASKS}
    if not found:
        raise FileNotFoundError(
            f"{path} holds no tasks: expected a run directory ({MANIFEST} and {TASKS}), "
            f"a directory of splits ({', '.join(SPLITS.values())}) or a file of task records"
        )
    return found


def _is_run(path: Path) -> bool:
    return (path / MANIFEST).is_file() and (path / TASKS).is_file()
