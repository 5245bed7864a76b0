"""A running quota on relations, so that no one relation makes up a dataset."""

from collections import Counter
from collections.abc import Iterable

from graph.context import Context

SHARE = 0.2
"""The largest share of all clues and edges that a relation should have."""
MARGIN = 0.96
"""Part of the share above which a relation is no longer used, so that the next tree does not take it past the share."""
SCARCE = 0.25
"""Part of the share above which it is used only where nothing else does."""
HEAD_START = 8
"""Clues and edges that are taken to be there before the first, so that the first tree is not stopped by itself."""


def share_in(relations: int) -> float:
    """The share in a world of so many relations: of a few none can keep to what is right for many."""
    return max(SHARE, 2 / max(1, relations))


class Quota:
    """Counts the relations of accepted trees and narrows the settings of the next run."""

    def __init__(self, share: float = SHARE) -> None:
        self.counts: Counter[str] = Counter()
        self._share = share

    def add(self, relations: Iterable[str]) -> None:
        """The relations of the clues and edges of one accepted tree."""
        self.counts.update(relations)

    def narrow(self, settings: Context) -> Context:
        """The settings with spent and scarce relations added to those that they already name."""
        avoid = {*settings.avoid, *(r for r, n in self.counts.items() if n + 1 > self._limit(MARGIN))}
        scarce = {*settings.scarce, *(r for r, n in self.counts.items() if n > self._limit(SCARCE))}
        return settings.model_copy(update={"avoid": tuple(sorted(avoid)), "scarce": tuple(sorted(scarce - avoid))})

    def _limit(self, part: float) -> float:
        return part * self._share * (self.counts.total() + HEAD_START)
