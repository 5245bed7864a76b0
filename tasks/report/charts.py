"""Counts that a page draws: bars over values and over ranges of values."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, pairwise
from math import ceil, floor, log10
from typing import Any

NEVER, UNMEASURED = "never", "not measured"
"""Stand in for a number that there is none of."""
MOST = 14
"""Bars of equal width at most."""
NEAR = 12
"""Up to this ratio of largest to smallest, bars have equal widths."""
Value = float | str | None


def histogram(series: Mapping[str, Sequence[Value]]) -> dict[str, Any]:
    """Bars over the values of several series, smallest first.

    Whole numbers of about one size get bars of equal width, others from 1 to 2, 2 to 5, 5 to 10 and so on. Words among
    the values stand at the end; `None` is left out. Gives `labels`, and `counts` per series.
    """
    numbers = [v for values in series.values() for v in values if isinstance(v, int | float)]
    words = [w for w in (NEVER, UNMEASURED) if any(w in values for values in series.values())]
    whole = all(float(n).is_integer() for n in numbers)
    edges = _edges(numbers, whole)
    return {
        "labels": [_label(a, b, whole) for a, b in pairwise(edges)] + words,
        "counts": {name: _counts(values, edges, words) for name, values in series.items()},
    }


def median(values: Sequence[float]) -> float | None:
    """The lower one of the two in the middle, `None` of nothing."""
    return sorted(values)[(len(values) - 1) // 2] if values else None


def shares(reached: Counter[str], wanted: Mapping[str, float]) -> list[dict[str, Any]]:
    """Per value of a dimension its count and, where the mix names it, the share that it should have."""
    known = [*wanted, *sorted(reached.keys() - wanted.keys(), key=lambda v: (-reached[v], v))]
    total = sum(wanted.values()) or 1
    return [{"value": v, "count": reached[v], "wanted": wanted[v] / total if v in wanted else None} for v in known]


def _edges(numbers: Sequence[float], whole: bool) -> list[float]:
    """Where bars begin, and where the last one ends; nothing of no numbers."""
    if not numbers:
        return []
    least, most = min(numbers), max(numbers)
    if whole and (most - least < MOST or most <= NEAR * least):
        return _equal(int(least), int(most))
    smallest = min((n for n in numbers if n > 0), default=1.0)
    steps = [round(m * 10.0**e, 9) for e in range(floor(log10(smallest)), ceil(log10(most)) + 2) for m in (1, 2, 5)]
    found = [0.0, *steps]
    first, last = bisect_right(found, least) - 1, bisect_right(found, most)
    return found[first : last + 1]


def _equal(least: int, most: int) -> list[float]:
    width = next(w for w in _widths() if most // w - least // w < MOST)
    return [float(n * width) for n in range(least // width, most // width + 2)]


def _widths() -> Iterator[int]:
    """1, 2, 5, 10, 20 and so on."""
    return (m * 10**e for e in count() for m in (1, 2, 5))


def _counts(values: Sequence[Value], edges: Sequence[float], words: Sequence[str]) -> list[int]:
    found = Counter(bisect_right(edges, v) - 1 for v in values if isinstance(v, int | float))
    said = Counter(v for v in values if isinstance(v, str))
    return [found[i] for i in range(max(0, len(edges) - 1))] + [said[w] for w in words]


def _label(start: float, end: float, whole: bool) -> str:
    if not whole:
        return f"{start:g}–{end:g}"
    return f"{start:.0f}" if end - start <= 1 else f"{start:.0f}–{end - 1:.0f}"
