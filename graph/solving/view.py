"""How far it has come, and what a set of trajectories comes to."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.table import Table

from tasks.trajectories.intervals import Figure
from tasks.trajectories.results import verdict_of
from tasks.trajectories.tables import signatures
from tasks.trajectories.trajectory import Trajectory

PAUSE = 10.0
"""Seconds between two lines."""


@dataclass
class Progress:
    """Says now and then where it stands."""

    console: Console
    made: int = 0
    kept: int = 0
    begun: float = field(default_factory=time.monotonic)
    _said: float = field(default_factory=time.monotonic)

    def __call__(self, trajectory: Trajectory) -> None:
        """Counts one more."""
        self.made += 1
        self.kept += bool(trajectory.kept)
        now = time.monotonic()
        if now - self._said >= PAUSE:
            self._said = now
            rate = self.made / max(now - self.begun, 1e-9)
            self.console.print(f"{self.made:,} trajectories made, {self.kept:,} kept ({rate:.1f} a second)")


def summary(trajectories: Iterable[Trajectory]) -> RenderableType:
    """Outcomes, what is kept and why the rest is not, and the signatures of all."""
    every = list(trajectories)
    found = signatures(map(verdict_of, every))
    ends = Table("outcome", "trajectories")
    for outcome, n in Counter(t.outcome for t in every).most_common():
        ends.add_row(outcome, f"{n:,}")
    table = Table("of all trajectories", f"{len(every):,}")
    for name, figure in (("right", found.solved), ("kept", found.kept)):
        table.add_row(name, percent(figure))
    table.add_row("facts of the tree covered", percent(found.covered))
    table.add_row("variables reached", percent(found.reached))
    for name, figure in (("retrievals, where right", found.omega), ("answer hit time, where right", found.t_hit)):
        table.add_row(name, number(figure))
    table.add_row("prior shortcut, where right", percent(found.p_prior))
    parts: list[RenderableType] = [ends, table]
    if found.reasons:
        parts.append(_reasons(found.reasons, len(every)))
    return Group(*parts)


def _reasons(reasons: dict[str, int], every: int) -> Table:
    table = Table("dropped because of", "trajectories", "")
    for reason, n in reasons.items():
        table.add_row(reason, f"{n:,}", f"{n / every:.0%}")
    return table


def percent(figure: Figure) -> str:
    """A share with its interval, as a reader expects it."""
    return _said(figure, scale=100, places=1, unit=" %")


def number(figure: Figure) -> str:
    """A mean with its interval."""
    return _said(figure, scale=1, places=2)


def _said(figure: Figure, scale: int, places: int, unit: str = "") -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return "none"
    value, low, high = (f"{scale * x:.{places}f}" for x in (figure.value, figure.low, figure.high))
    return f"{value}{unit} ({low} to {high})"
