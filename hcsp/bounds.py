"""Candidate sets as intervals (design 1.2): what surely qualifies, and what may."""

from collections.abc import Sequence
from typing import NamedTuple

from pyroaring import BitMap


class Bounds(NamedTuple):
    """`lower ⊆ S ⊆ upper`, sets of dense entity ids. Treat both as immutable: they are shared."""

    lower: BitMap
    upper: BitMap

    @classmethod
    def exactly(cls, members: BitMap) -> "Bounds":
        """A set that is known."""
        return cls(members, members)

    @property
    def exact(self) -> bool:
        """Whether both ends are one and the same object, so that work on one serves both."""
        return self.lower is self.upper

    def __and__(self, other: "Bounds") -> "Bounds":
        if self.exact and other.exact:
            return Bounds.exactly(self.lower & other.lower)
        return Bounds(self.lower & other.lower, self.upper & other.upper)

    @classmethod
    def intersection(cls, sets: Sequence["Bounds"]) -> "Bounds":
        """What all of at least one set have in common."""
        lower, upper = sets[0]
        for low, high in sets[1:]:
            exact = lower is upper and low is high
            lower = lower & low
            upper = lower if exact else upper & high
        return cls(lower, upper)

    def proves_only(self, entity: int) -> bool:
        """Whether the set is proved to be `{entity}`: the upper end has one element and the lower is not empty."""
        return len(self.upper) == 1 and len(self.lower) == 1 and entity in self.lower
