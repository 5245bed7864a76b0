"""A running quota on relations, so that no one relation makes up a dataset."""

from collections import Counter
from collections.abc import Iterable

from graph.context import Context

SHARE = 0.192
"""Above this share of all clues and edges so far a relation is not used; a margin under the 20 % that is promised."""
SCARCE = 0.05
"""Above this share it is used only where nothing else does."""
HEAD_START = 8
"""Clues and edges that are taken to be there before the first, so that the first tree is not stopped by itself."""


class Quota:
    """Counts the relations of accepted trees and narrows the settings of the next run."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, relations: Iterable[str]) -> None:
        """The relations of the clues and edges of one accepted tree."""
        self.counts.update(relations)

    def narrow(self, settings: Context) -> Context:
        """The settings with spent and scarce relations added to those that they already name."""
        avoid = {*settings.avoid, *(r for r, n in self.counts.items() if n + 1 > self._limit(SHARE))}
        scarce = {*settings.scarce, *(r for r, n in self.counts.items() if n > self._limit(SCARCE))}
        return settings.model_copy(update={"avoid": tuple(sorted(avoid)), "scarce": tuple(sorted(scarce - avoid))})

    def _limit(self, share: float) -> float:
        return share * (self.counts.total() + HEAD_START)
