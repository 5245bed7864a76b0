"""What a report is made of: a run directory, or a plain file of task records."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.record import TaskRecord
from tasks.review import Verdict, verdicts
from tasks.runs import REVIEW, Entry, Manifest, Run, read_records


@dataclass(frozen=True)
class Source:
    """Accepted tasks and, where a run made them, what was asked for, what was rejected and what it cost."""

    path: Path
    run: Run | None

    @classmethod
    def open(cls, path: Path) -> "Source":
        """Raises `FileNotFoundError` or `ValueError` when `path` is neither a run directory nor a file."""
        if path.is_file():
            return cls(path, None)
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist; name a run directory or a file of task records")
        return cls(path, Run.open(path))

    @property
    def manifest(self) -> Manifest | None:
        """What the run was asked for."""
        return self.run.manifest if self.run else None

    @property
    def review(self) -> Path:
        """Where the verdicts of a reader belong."""
        return (self.path if self.run else self.path.parent) / REVIEW

    def tasks(self) -> Iterator[TaskRecord]:
        """In order; raises `ValueError` naming the line that is no task."""
        return self.run.tasks() if self.run else read_records(self.path)

    def rejected(self) -> Iterator[dict[str, Any]]:
        """What was not accepted; nothing where no run is known."""
        return self.run.rejected() if self.run else iter(())

    def ledger(self) -> Iterator[Entry]:
        """A line a candidate; nothing where no run is known."""
        return self.run.ledger() if self.run else iter(())

    def events(self) -> Iterator[dict[str, Any]]:
        """What happened to the run; nothing where no run is known."""
        return self.run.events() if self.run else iter(())

    def verdicts(self) -> dict[str, Verdict]:
        """What a reader decided so far, by task."""
        return verdicts(self.review)
