"""Literal facts in arrays: which subjects have one in a range, beyond another's, or with a property."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from hcsp.constraints import Comparison
from worlds.facts import FEW, Pairs, bitmap, dense

KEPT = 1 << 10
"""Most comparisons that are remembered: many anchors have the same year."""


class Literals:
    """Literal facts with the intervals that they stand for, and the literals as exported."""

    def __init__(
        self, facts: Pairs, spans: NDArray[np.float64], units: Sequence[str], texts: Sequence[str] = ()
    ) -> None:
        self.facts = facts
        self._low, self._high, self._unit = spans[:, 0], spans[:, 1], spans[:, 2]
        self._units, self._texts = list(units), texts
        self._beyond: dict[tuple[int, str, bytes], BitMap] = {}

    def within(self, relation: int, low: str, high: str, unit: str | None) -> BitMap:
        """The subjects with a literal of that unit whose whole interval lies in `low..high`, bounds inclusive."""
        if (unit or "") not in self._units:
            return BitMap()
        subjects, values = self.facts.relation(relation)
        inside = (self._low[values] >= float(low)) & (self._high[values] <= float(high))
        return bitmap(subjects[inside & (self._unit[values] == self._units.index(unit or ""))])

    def beyond(self, relation: int, op: Comparison, anchors: BitMap, pool: BitMap | None = None) -> BitMap:
        """The subjects, of `pool` where given, with a literal wholly above or below one of an anchor's of that unit."""
        limits = self._limits(relation, op, anchors)
        if pool is not None and len(pool) <= FEW:
            return BitMap([e for e in pool if self._past(dense(self.facts.row(relation, e)), op, limits).any()])
        asked = (relation, op, limits.tobytes())
        found = self._beyond.get(asked)
        if found is None:
            if len(self._beyond) >= KEPT:
                del self._beyond[next(iter(self._beyond))]
            subjects, values = self.facts.relation(relation)
            found = self._beyond[asked] = bitmap(subjects[self._past(values, op, limits)])
        return found if pool is None else found & pool

    def passing(self, relation: int, test: Callable[[str], bool]) -> BitMap:
        """The subjects with a literal whose text passes; every literal is looked at once."""
        subjects, values = self.facts.relation(relation)
        distinct, at = np.unique(values, return_inverse=True)
        passed = np.fromiter((test(self._texts[v]) for v in distinct.tolist()), dtype=bool, count=len(distinct))
        return bitmap(subjects[passed[at]])

    def _limits(self, relation: int, op: Comparison, anchors: BitMap) -> NDArray[np.float64]:
        """Per unit the end of the anchors' intervals that is easiest to pass; the last entry is for strings."""
        values = dense(self.facts.union(relation, anchors))
        units, inner = self._unit[values].astype(np.intp), self._high if op == ">" else self._low
        limits = np.full(len(self._units) + 1, np.inf if op == ">" else -np.inf)
        easiest = np.minimum if op == ">" else np.maximum
        measured = units >= 0
        easiest.at(limits, units[measured], inner[values[measured]])
        return limits

    def _past(self, values: NDArray[np.integer], op: Comparison, limits: NDArray[np.float64]) -> NDArray[np.bool_]:
        limit = limits[self._unit[values].astype(np.intp)]
        past: NDArray[np.bool_] = self._low[values] > limit if op == ">" else self._high[values] < limit
        return past


def sharing(subjects: NDArray[np.intp], objects: NDArray[np.intp], anchors: BitMap) -> BitMap:
    """The subjects of distinct pairs that have an object in common with an anchor other than themselves."""
    if not len(subjects):
        return BitMap()
    is_anchor = np.zeros(max(int(subjects.max()), anchors.max() if anchors else 0) + 1, dtype=bool)
    is_anchor[dense(anchors)] = True
    anchored = is_anchor[subjects]
    holders = np.bincount(objects[anchored], minlength=int(objects.max()) + 1)
    return bitmap(subjects[holders[objects] > anchored])
