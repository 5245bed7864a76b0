"""Ties that are known not to hold, against every way in which what is unknown may turn out."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import Direction, RelationConstraint, ToEntity, TypeConstraint
from worlds.known import Known, Tied, renumbered
from worlds.snapshot import Snapshot
from worlds.tied import Rows

SIZE = 4
EVERYBODY = range(SIZE)
PAIRS = list(product(EVERYBODY, EVERYBODY))

pairs = st.frozensets(st.sampled_from(PAIRS))
some = st.frozensets(st.sampled_from(EVERYBODY))


def rows(of: frozenset[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    return {s: tuple(o for o in EVERYBODY if (s, o) in of) for s in EVERYBODY}


@given(pairs, pairs, some, some, st.sampled_from(("out", "in")), some, some)
def test_the_upper_end_holds_whoever_may_be_tied_and_nobody_else(
    known: frozenset[tuple[int, int]],
    denied: frozenset[tuple[int, int]],
    subjects: frozenset[int],
    objects: frozenset[int],
    direction: Direction,
    least: frozenset[int],
    more: frozenset[int],
) -> None:
    """A pair holds if it is known, may hold if nothing rules it out: it is denied, or one of its ends is told whole."""
    tied = Tied(pairs=rows(known), denied=rows(denied), subjects=tuple(subjects), objects=tuple(objects))
    targets, everyone = Bounds(BitMap(least), BitMap(least | more)), Bounds.exactly(BitMap(EVERYBODY))
    may = {(s, o) for s, o in PAIRS if (s, o) in known or not ((s, o) in denied or s in subjects or o in objects)}
    turn = (lambda s, o: (s, o)) if direction == "out" else (lambda s, o: (o, s))
    lower, upper = Rows(tied).leading(direction, targets).within(everyone)
    assert set(lower) == {x for x in EVERYBODY if any(turn(x, t) in known for t in targets.lower)}
    assert set(upper) == {x for x in EVERYBODY if any(turn(x, t) in may for t in targets.upper)}


@given(pairs, pairs)
def test_denying_more_takes_from_upper_ends_alone(
    denied: frozenset[tuple[int, int]], more: frozenset[tuple[int, int]]
) -> None:
    known = frozenset({(0, 3), (1, 3)})
    clue = RelationConstraint(
        id="c", vertex="A", relation="P166", direction="out", target=ToEntity(entity="3", label="")
    )
    sizes = [_source(known, ruled_out).members(clue) for ruled_out in (denied, denied | more)]
    assert sizes[0].lower == sizes[1].lower == BitMap([0, 1])
    assert sizes[1].lower <= sizes[1].upper <= sizes[0].upper
    assert sizes[0].upper == BitMap(x for x in EVERYBODY if x < 2 or (x, 3) not in denied)


def test_what_is_denied_is_kept_counted_anew_and_goes_to_disk() -> None:
    clue = RelationConstraint(
        id="c", vertex="A", relation="P166", direction="out", target=ToEntity(entity="Q7", label="")
    )
    items = Known(size=100, names=(), ties={"P166": Tied(pairs={5: (7,)}, denied={9: (7,), 30: (7,)})})
    source = Snapshot(renumbered(items))
    again = Snapshot(Known.model_validate_json(source.known.model_dump_json()))
    for each in (source, again):
        lower, upper = each.members(clue)
        assert lower == BitMap([each.index("Q5")])
        assert not upper & BitMap([each.index("Q9"), each.index("Q30")])
        assert len(upper) == 98


def test_who_is_beyond_the_universe_is_led_to_and_never_a_candidate() -> None:
    source = Snapshot(Known(size=2, names=("a", "b", "far"), ties={"P19": Tied(pairs={0: (2,)})}))
    clue = RelationConstraint(
        id="c", vertex="A", relation="P19", direction="out", target=ToEntity(entity="far", label="")
    )
    assert source.members(clue) == Bounds(BitMap([0]), BitMap([0, 1]))
    assert source.members(TypeConstraint(id="n", vertex="A", type="entity")).upper == BitMap([0, 1])
    turned = clue.model_copy(update={"direction": "in", "target": ToEntity(entity="a", label="")})
    assert source.members(turned).lower == BitMap()
    with pytest.raises(KeyError):
        source.index("nobody")


def _source(known: frozenset[tuple[int, int]], denied: frozenset[tuple[int, int]]) -> Snapshot:
    tied = Tied(pairs=rows(known), denied=rows(denied))
    return Snapshot(Known(size=SIZE, names=tuple(map(str, EVERYBODY)), ties={"P166": tied}))
