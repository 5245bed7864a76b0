"""How far a long job is, on a terminal: how much is done, how fast, and how long it will take where that is known."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

BYTES = "bytes"


class Steps:
    """The steps of a job, one after the other; use it in a `with` block. Nothing is shown where nobody looks."""

    def __init__(self, console: Console) -> None:
        self._shown = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            _Rate(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._step = ""
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._shown.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._shown.stop()

    def begin(self, step: str, total: int | None = None, unit: str = "") -> None:
        """A new step; the one before it is done."""
        if self._task is not None:
            self._shown.remove_task(self._task)
        self._step = step
        self._task = self._shown.add_task(step, total=total, unit=unit)

    def advance(self, by: int) -> None:
        """So much more of the step is done."""
        if self._task is not None:
            self._shown.advance(self._task, by)

    def at(self, step: str, done: int, of: int | None) -> None:
        """How far a step is that counts for itself; one without an end is told beside the step that is on."""
        if of is None:
            if self._task is not None:
                self._shown.update(self._task, description=f"{done:,} {step}")
            return
        if step != self._step:
            self.begin(step, of)
        if self._task is not None:
            self._shown.update(self._task, completed=done)


class _Rate(ProgressColumn):
    """How fast it goes."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        return Text(f"{decimal(int(speed)) if task.fields['unit'] == BYTES else f'{speed:,.0f}'}/s")
