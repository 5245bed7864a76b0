"""Jaccard similarity, and all pairs above a threshold: exact, where MinHash only guesses."""

from collections.abc import Iterator, Sequence, Set
from math import ceil
from typing import Any


def jaccard(mine: Set[Any], theirs: Set[Any]) -> float:
    """The share of all features that both have; 0 for two empty sets."""
    both = len(mine & theirs)
    return both / (len(mine) + len(theirs) - both) if both else 0.0


def similar(sets: Sequence[Set[str]], threshold: float, start: int = 0) -> Iterator[tuple[int, int]]:
    """The pairs of places whose sets are as similar as that, the earlier first; the later one is `start` or beyond.

    A set with so much in common with another lacks few of its features there, so one of any few more than that is in
    both; the rarest are looked up (prefix filtering; Bayardo, Ma, Srikant 2007, "Scaling Up All Pairs Similarity
    Search").
    """
    having: dict[str, list[int]] = {}
    for n, own in enumerate(sets):
        for feature in own:
            having.setdefault(feature, []).append(n)
    for n in range(start, len(sets)):
        own = sets[n]
        most = len(own) - ceil(threshold * len(own) - 1e-9)
        rarest = sorted(own, key=lambda feature: len(having[feature]))[: most + 1]
        earlier = {m for feature in rarest for m in having[feature] if m < n}
        yield from ((m, n) for m in sorted(earlier) if jaccard(sets[m], own) >= threshold)
