"""The mix of a dataset: along each dimension, how many tasks are to have each of its values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import inf
from random import Random

from hcsp.preset import PRESETS
from tasks.cells import DIMENSIONS, Dimension

STEERED: tuple[Dimension, ...] = ("preset", "levels", "type")
"""Dimensions that are decided before a candidate is tried; of the others what does not fit is refused afterwards."""
PULL = 8.0
"""How many times more often, at most, a value that lags behind is drawn than its share says."""

Shares = Mapping[Dimension, Mapping[str, float]]


class Mix:
    """Target shares per dimension; a dimension that is not named is free."""

    def __init__(self, shares: Shares) -> None:
        self.shares = shares

    def targets(self, count: int) -> dict[Dimension, dict[str, int]]:
        """How many of `count` tasks each value is to have, by largest remainder, earlier values first among equals."""
        return {dimension: _apportioned(shares, count) for dimension, shares in self.shares.items()}

    def draw(self, made: Mapping[Dimension, Counter[str]], rng: Random) -> dict[Dimension, str]:
        """A value for each steered dimension, drawn by its share and by how far what was made so far lags behind it."""
        drawn: dict[Dimension, str] = {}
        for dimension in STEERED:
            if shares := self._possible(dimension, drawn):
                weights = [_pulled(share, value, made.get(dimension, Counter())) for value, share in shares.items()]
                drawn[dimension] = rng.choices([*shares], weights)[0]
        return drawn

    def _possible(self, dimension: Dimension, drawn: Mapping[Dimension, str]) -> Mapping[str, float]:
        shares = self.shares.get(dimension, {})
        if dimension != "levels" or "preset" not in drawn:
            return shares
        fewest, most = PRESETS[drawn["preset"]].levels  # type: ignore[index]
        return {n: share for n, share in shares.items() if fewest <= int(n) <= most} or shares


def read_mix(given: Sequence[str]) -> dict[Dimension, dict[str, float]]:
    """Reads `preset=easy:1,medium:3` and the like, weights in any unit; raises `ValueError` with what was expected."""
    shares: dict[Dimension, dict[str, float]] = {}
    for text in given:
        name, _, values = text.partition("=")
        dimension = next((d for d in DIMENSIONS if d == name), None)
        if dimension is None or dimension in shares:
            raise ValueError(
                f"--mix {text!r}: expected one of {', '.join(DIMENSIONS)}, once each, then =value:weight,…"
            )
        shares[dimension] = _weights(values, text)
    _check(shares)
    return shares


def _weights(values: str, text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in _outer(values):
        value, _, weight = part.rpartition(":")
        try:
            found[value.strip()] = float(weight)
        except ValueError:
            raise ValueError(f"--mix {text!r}: {part!r} is not value:weight, such as easy:1") from None
    if "" in found or not all(0 < weight < inf for weight in found.values()):
        raise ValueError(f"--mix {text!r}: every value needs a weight above 0")
    total = sum(found.values())
    return {value: weight / total for value, weight in found.items()}


def _outer(values: str) -> list[str]:
    """Split at the commas that stand in no brackets: shapes such as `1(2,2)` hold some."""
    parts, depth = [""], 0
    for mark in values:
        depth += (mark == "(") - (mark == ")")
        if mark == "," and not depth:
            parts.append("")
        else:
            parts[-1] += mark
    return parts


def _check(shares: Shares) -> None:
    for value in shares.get("preset", {}):
        if value not in PRESETS:
            raise ValueError(f"--mix preset={value}: expected some of {', '.join(PRESETS)}")
    for value in shares.get("levels", {}):
        if not value.isdecimal() or not 2 <= int(value) <= 6:
            raise ValueError(f"--mix levels={value}: expected numbers from 2 to 6")


def _apportioned(shares: Mapping[str, float], count: int) -> dict[str, int]:
    exact = {value: share * count for value, share in shares.items()}
    whole = {value: int(n) for value, n in exact.items()}
    lacking = sorted(whole, key=lambda v: (whole[v] - exact[v], [*shares].index(v)))[: count - sum(whole.values())]
    return {value: n + (value in lacking) for value, n in whole.items()}


def _pulled(share: float, value: str, made: Counter[str]) -> float:
    expected = share * (made.total() + 1)
    return share * min(PULL, max(1 / PULL, expected / (made[value] + 0.5)))
