"""Figures of a sample with the interval that they leave open, at 95 %."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from hcsp.frozen import Frozen

Z = 1.959964
"""The normal quantile of 97.5 %."""
DRAWS = 2000
"""Resamples of a bootstrap."""


class Figure(Frozen):
    """A share or a mean over `n` cases, and the ends of its interval; `None` of no cases."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def share(hits: int, n: int) -> Figure:
    """A share with the interval of Wilson (1927); raises `ValueError` for more hits than cases."""
    if not 0 <= hits <= n:
        raise ValueError(f"{hits!r} of {n!r} is no share")
    if n == 0:
        return Figure(value=None, low=None, high=None, n=0)
    p, z2 = hits / n, Z * Z
    middle, half = (p + z2 / (2 * n)) / (1 + z2 / n), Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Figure(value=p, low=max(0.0, middle - half) if hits else 0.0, high=min(1.0, middle + half), n=n)


def mean(values: Sequence[float], seed: int = 0) -> Figure:
    """A mean with the percentile interval of a seeded bootstrap (Efron 1979)."""
    if not values:
        return Figure(value=None, low=None, high=None, n=0)
    sample, draw = np.asarray(values, dtype=float), np.random.default_rng(seed)
    means = [float(sample[draw.integers(0, len(sample), len(sample))].mean()) for _ in range(DRAWS)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Figure(value=float(sample.mean()), low=float(low), high=float(high), n=len(sample))
