"""How far a batch has come, for whoever watches it."""

import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks.cells import Dimension
from tasks.runs import Entry

WINDOW = 60.0
"""Seconds over which the rate is taken."""


@dataclass
class Progress:
    """Counts over all entries of a run directory; rates over what this process added."""

    count: int
    targets: Mapping[Dimension, Mapping[str, int]]
    accepted: int = 0
    tried: int = 0
    made: int = 0
    idle: int = 0
    funnel: Counter[str] = field(default_factory=Counter)
    cost: Counter[str] = field(default_factory=Counter)
    cells: dict[Dimension, Counter[str]] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)
    _recent: deque[tuple[float, int]] = field(default_factory=deque)

    def add(self, entries: Sequence[Entry], earlier: bool = False) -> None:
        """Counts entries; `earlier` ones were committed before this process began."""
        for entry in entries:
            self.tried += 1
            self.accepted += len(entry.accepted)
            self.made += entry.made
            self.funnel.update(entry.refused)
            self.cost.update(entry.cost)
            self.idle = 0 if entry.accepted or earlier else self.idle + 1
        if not earlier:
            self._recent.append((time.monotonic(), sum(len(e.accepted) for e in entries)))

    @property
    def rate(self) -> float:
        """Accepted tasks a second, lately."""
        now = time.monotonic()
        while self._recent and self._recent[0][0] < now - WINDOW:
            self._recent.popleft()
        return sum(n for _, n in self._recent) / max(min(WINDOW, now - self.begun), 1e-9)

    @property
    def left(self) -> float | None:
        """Seconds until all are accepted at that rate; none while nothing is."""
        return (self.count - self.accepted) / self.rate if self.rate else None

    @property
    def hours(self) -> float:
        """Hours since this process began."""
        return (time.monotonic() - self.begun) / 3600
