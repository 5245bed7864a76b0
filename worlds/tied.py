"""Who is known to be tied to whom, who is known not to be, and the same for literals."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import Comparison, Direction, PredicateConstraint
from worlds.known import Tied, Told
from worlds.literals import Interval, interval
from worlds.predicates import has_property


class Bounded(NamedTuple):
    """Who surely qualifies, and who surely does not: among `most` everybody else may, or only they where it is set."""

    surely: BitMap
    ruled_out: BitMap = BitMap()
    most: BitMap | None = None

    def within(self, pool: Bounds) -> Bounds:
        """The bounds among the candidates of a pool; the two ends are one where nothing is open."""
        upper = pool.upper - self.ruled_out
        if self.most is not None:
            upper = upper & self.most
        lower = pool.lower & self.surely
        return Bounds.exactly(lower) if lower == upper else Bounds(lower, upper)


class Rows:
    """One relation, seen from either end."""

    def __init__(self, tied: Tied) -> None:
        self._subjects, self._objects = BitMap(tied.subjects), BitMap(tied.objects)
        self._outward = {s: BitMap(os) for s, os in tied.pairs.items() if os}
        self._inward = _turned(tied.pairs)
        self._not_outward = {s: BitMap(os) for s, os in tied.denied.items() if os}
        self._not_inward = _turned(tied.denied)

    def leading(self, direction: Direction, targets: Bounds) -> Bounded:
        """Those whose facts lead, in a direction, to a target.

        Ruled out is who is tied to none of the targets, if all that it is tied to is known, or if of each target either
        that is known or the tie to it is denied.
        """
        toward, near, far = self._sides(direction)
        surely, possibly = union(toward, targets.lower), union(toward, targets.upper)
        denied = self._denied(direction, targets.upper - far)
        return Bounded(surely, (near | denied) - possibly, possibly if targets.upper.issubset(far) else None)

    def _denied(self, direction: Direction, targets: BitMap) -> BitMap:
        """Those of whom it is known that they are tied, in a direction, to none of some targets; nobody for none."""
        against = self._not_inward if direction == "out" else self._not_outward
        if not targets or len(targets) > len(against):
            return BitMap()
        return BitMap.intersection(*(against.get(t, BitMap()) for t in targets))

    def numbering(self, direction: Direction, low: int) -> Bounded:
        """Those with at least so many facts in a direction."""
        rows = self._outward if direction == "out" else self._inward
        near = self._subjects if direction == "out" else self._objects
        enough = BitMap([entity for entity, row in rows.items() if len(row) >= low])
        return Bounded(enough, near - enough)

    def sharing(self, targets: Bounds) -> Bounded:
        """Those with an object in common with a target other than themselves."""
        surely = self._sharing(targets.lower)
        if not targets.upper.issubset(self._subjects):
            return Bounded(surely)
        held = union(self._outward, targets.upper)
        possibly = self._sharing(targets.upper)
        return Bounded(surely, self._subjects - possibly, possibly if held.issubset(self._objects) else None)

    def _sharing(self, anchors: BitMap) -> BitMap:
        found = BitMap()
        for shared in union(self._outward, anchors):
            holders = self._inward[shared]
            found |= holders if holders.intersection_cardinality(anchors) > 1 else holders - anchors
        return found

    def _sides(self, direction: Direction) -> tuple[Mapping[int, BitMap], BitMap, BitMap]:
        if direction == "out":
            return self._inward, self._subjects, self._objects
        return self._outward, self._objects, self._subjects


def _turned(pairs: Mapping[int, Iterable[int]]) -> dict[int, BitMap]:
    """Per object its subjects."""
    found: dict[int, list[int]] = defaultdict(list)
    for s, os in pairs.items():
        for o in os:
            found[o].append(s)
    return {o: BitMap(ss) for o, ss in found.items()}


def union(rows: Mapping[int, BitMap], of: BitMap) -> BitMap:
    """All that the rows of some entities hold."""
    known = [rows[e] for e in of if e in rows] if len(of) <= len(rows) else [row for e, row in rows.items() if e in of]
    return BitMap.union(*known) if known else BitMap()


class Literature:
    """The literals of one relation."""

    def __init__(self, told: Told) -> None:
        self._kind, self._texts = told.kind, told.texts
        self._known = BitMap(told.subjects) - BitMap(told.vague)

    def within(self, low: str, high: str, unit: str | None) -> Bounded:
        """Those with a literal of that unit whose whole interval lies in `low..high`, bounds inclusive."""
        least, most, of = float(low), float(high), unit or ""
        return self._where(
            lambda span: span.unit == of and least <= float(span.low) and float(span.high) <= most, self._spans
        )

    def passing(self, clue: PredicateConstraint) -> Bounded:
        """Those with a literal that has a property."""
        found = BitMap([e for e, texts in self._texts.items() if any(has_property(clue, t, self._kind) for t in texts)])
        return Bounded(found, self._known - found)

    def numbering(self, low: int, high: int | None) -> Bounded:
        """Those with at least so many literals; that somebody has at most so many is never proved."""
        found = BitMap([e for e, texts in self._texts.items() if len(texts) >= low])
        return Bounded(found if high is None else BitMap(), self._known - found)

    def beyond(self, op: Comparison, anchors: Bounds) -> Bounded:
        """Those with a literal wholly above or below one of an anchor's, in the same unit."""
        surely = self._where(_past(op, self._of(anchors.lower)), self._spans).surely
        if not anchors.upper.issubset(self._known):
            return Bounded(surely)
        possibly = self._where(_past(op, self._of(anchors.upper)), self._spans)
        return Bounded(surely, possibly.ruled_out)

    def _where(self, test: Callable[[Interval], bool], spans: Mapping[int, tuple[Interval, ...]]) -> Bounded:
        found = BitMap([e for e, own in spans.items() if any(map(test, own))])
        return Bounded(found, self._known - found)

    def _of(self, entities: BitMap) -> list[Interval]:
        if len(entities) > len(self._texts):
            return [span for e, own in self._spans.items() if e in entities for span in own]
        return [span for e in entities for span in self._spans.get(e, ())]

    @cached_property
    def _spans(self) -> Mapping[int, tuple[Interval, ...]]:
        measured = self._texts if self._kind in ("time", "quantity") else {}
        return {e: tuple(interval(text, self._kind) for text in texts) for e, texts in measured.items()}


def _past(op: Comparison, anchors: Iterable[Interval]) -> Callable[[Interval], bool]:
    """Whether a literal passes the anchor of its unit that is easiest to pass."""
    limits: dict[str, float] = {}
    for span in anchors:
        end = float(span.high if op == ">" else span.low)
        easiest = min if op == ">" else max
        limits[span.unit] = easiest(limits.get(span.unit, end), end)
    if op == ">":
        return lambda span: span.unit in limits and float(span.low) > limits[span.unit]
    return lambda span: span.unit in limits and float(span.high) < limits[span.unit]
