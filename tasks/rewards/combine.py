"""The combination of rewards by named weights."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tasks.rewards.parts import PARTS, PENALTIES, REWARDS
from tasks.trajectories.measures import Course
from tasks.trajectories.sheet import Sheet
from tasks.trajectories.trajectory import Turn

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "outcome": 0.40,
        "grounded": 0.15,
        "format": 0.05,
        "evidence": 0.15,
        "progress": 0.15,
        "efficiency": 0.10,
        "repeated": 0.10,
        "prior": 0.20,
    }
)
"""Chosen so that a wrong answer, however well researched, is worth less than a right one with most of its evidence."""


def parts(turns: Sequence[Turn], sheet: Sheet) -> dict[str, float]:
    """Every reward and penalty that the sheet allows, by name."""
    course = Course(turns, sheet)
    found = {name: part(course) for name, part in PARTS.items()}
    return {name: value for name, value in found.items() if value is not None}


def combined(found: Mapping[str, float], weights: Mapping[str, float] = WEIGHTS) -> float:
    """The weighted mean of the rewards less the weighted penalties, in [0, 1].

    What could not be computed is left out of the mean. Raises `ValueError` for weights that are none.
    """
    checked(weights)
    earned = {name: weights[name] for name in REWARDS if name in found and name in weights}
    lost = sum(weight * found.get(name, 0.0) for name, weight in weights.items() if name in PENALTIES)
    mean = sum(weight * found[name] for name, weight in earned.items()) / (sum(earned.values()) or 1.0)
    return min(1.0, max(0.0, mean - lost))


def checked(weights: Mapping[str, float]) -> Mapping[str, float]:
    """The weights; raises `ValueError` naming one that is negative or of no part, or when no reward has any."""
    for name, weight in weights.items():
        if name not in PARTS:
            raise ValueError(f"no reward is called {name!r}; there are {', '.join(PARTS)}")
        if not weight >= 0:
            raise ValueError(f"the weight of {name!r} is {weight!r}; expected 0 or more")
    if not any(weights.get(name) for name in REWARDS):
        raise ValueError(f"no reward has a weight; give one to any of {', '.join(REWARDS)}")
    return weights


def reward(turns: Sequence[Turn], sheet: Sheet, weights: Mapping[str, float] = WEIGHTS) -> float:
    """The combined reward of a trajectory."""
    return combined(parts(turns, sheet), weights)
