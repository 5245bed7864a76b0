"""Jaccard similarity, and all pairs above a threshold: exact, where MinHash only guesses."""

from collections.abc import Iterator, Sequence, Set
from typing import Any

import numpy as np


def jaccard(mine: Set[Any], theirs: Set[Any]) -> float:
    """The share of all features that both have; 0 for two empty sets."""
    both = len(mine & theirs)
    return both / (len(mine) + len(theirs) - both) if both else 0.0


def similar(sets: Sequence[Set[str]], threshold: float) -> Iterator[tuple[int, int]]:
    """The pairs of places whose sets are as similar as that, the earlier place first; sets of nothing are like none."""
    having: dict[str, list[int]] = {}
    for n, own in enumerate(sets):
        for feature in own:
            having.setdefault(feature, []).append(n)
    places = {feature: np.array(found, np.int64) for feature, found in having.items() if len(found) > 1}
    sizes = np.array([len(own) for own in sets], np.int64)
    for n, own in enumerate(sets):
        if shared := [places[feature] for feature in own if feature in places]:
            both = np.bincount(np.concatenate(shared), minlength=len(sets))[:n]
            yield from (
                (int(m), n) for m in np.flatnonzero((both > 0) & (both >= threshold * (sizes[:n] + len(own) - both)))
            )
