"""Candidate sets of a world that knows of some facts only that they may hold: two sets of facts, one bound each."""

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import Constraint, CountConstraint
from hcsp.ties import Tie
from worlds.frame import KEPT, FactSource, content


class BoundedSource:
    """A `CandidateSource` between what surely holds and what may hold (design 1.2).

    `surely` has the facts that pages state, `possibly` these and those that are not ruled out, over the same entities.
    Every kind of constraint is monotone in the facts, but for "at most so many", which nobody is sure of here: so what
    one source makes certain bounds the set from below, and what the other one leaves open from above.
    """

    def __init__(self, surely: FactSource, possibly: FactSource) -> None:
        self._surely, self._possibly = surely, possibly
        self.size, self.index, self.entity, self.namesakes = (
            surely.size,
            surely.index,
            surely.entity,
            surely.namesakes,
        )
        self._sets: dict[tuple[object, ...], Bounds] = {}

    def members(self, clue: Constraint) -> Bounds:
        """`S(c)`; see `FactSource.members`."""
        asked = content(clue)
        found = self._sets.get(asked)
        if found is None:
            if len(self._sets) >= KEPT:
                del self._sets[next(iter(self._sets))]
            found = self._sets[asked] = self._found(clue)
        return found

    def _found(self, clue: Constraint) -> Bounds:
        if isinstance(clue, CountConstraint) and clue.high is not None:
            at_least = clue.model_copy(update={"high": None})
            return Bounds(BitMap(), self._possibly.members(at_least).upper)
        return _between(self._surely.members(clue).lower, self._possibly.members(clue).upper)

    def restrict(self, clue: Constraint, pool: Bounds) -> Bounds:
        """`S(c) ∩ pool`."""
        return self.members(clue) & pool

    def preimage(self, tie: Tie, targets: Bounds, pool: Bounds) -> Bounds:
        """Those of `pool` surely tied to who surely is a target, and possibly to who may be one."""
        lower = self._surely.preimage(tie, Bounds.exactly(targets.lower), Bounds.exactly(pool.lower)).lower
        upper = self._possibly.preimage(tie, Bounds.exactly(targets.upper), Bounds.exactly(pool.upper)).upper
        return _between(lower, upper)


def _between(lower: BitMap, upper: BitMap) -> Bounds:
    return Bounds.exactly(lower) if lower == upper else Bounds(lower, upper)
