"""The view of a batch under way: a panel on a terminal, a line now and then elsewhere."""

import time
from collections import Counter
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from graph.batching.progress import Progress

PAUSE = 10.0
"""Seconds between two lines where there is no terminal."""
REASONS = 8
"""Rows of the funnel that are shown while the batch is under way."""


class View:
    """Shows progress as it is told of it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=4, transient=True) if console.is_terminal else None
        self._said = 0.0

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._live:
            self._live.stop()

    def __call__(self, progress: Progress) -> None:
        """Shows where it stands now."""
        if self._live:
            self._live.update(panel(progress))
        elif time.monotonic() - self._said >= PAUSE:
            self._said = time.monotonic()
            self._console.print(line(progress), soft_wrap=True)


def panel(progress: Progress) -> RenderableType:
    """Accepted of all, rate, time left, the cells of the mix, and where the others went."""
    bar = ProgressBar(total=progress.count, completed=progress.accepted, width=50)
    parts: list[RenderableType] = [line(progress), bar, *([mix_table(progress)] if progress.targets else [])]
    return Group(*parts, funnel_table(progress, REASONS))


def line(progress: Progress) -> str:
    """Progress in one line."""
    left = "" if progress.left is None else f", about {duration(progress.left)} left"
    cost = progress.cost["cost_usd"]
    price = f", {cost:.2f} USD" if cost else ""
    return (
        f"{progress.accepted:,} of {progress.count:,} accepted, {progress.tried:,} candidates tried"
        f" ({progress.rate:.1f} a second{left}; {_per_task(progress)} CPU s each{price})"
    )


def mix_table(progress: Progress) -> Table:
    """Reached and wanted for each value of each dimension of the mix."""
    table = Table("mix", "value", "accepted", "wanted")
    for dimension, wanted in progress.targets.items():
        reached = progress.cells.get(dimension, Counter())
        for value, n in wanted.items():
            table.add_row(dimension, value, f"{reached.get(value, 0):,}", f"{n:,}")
    return table


def funnel_table(progress: Progress, most: int | None = None) -> RenderableType:
    """Why candidates failed, the most frequent reasons first."""
    if not progress.funnel:
        return ""
    table = Table("rejected because", "questions", "")
    total = progress.funnel.total()
    for reason, n in progress.funnel.most_common(most):
        table.add_row(reason, f"{n:,}", f"{n / total:.0%}")
    return table


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _per_task(progress: Progress) -> str:
    return f"{progress.cost['cpu_s'] / progress.accepted:.2f}" if progress.accepted else "no"
