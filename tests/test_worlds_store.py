"""Flat files: strings with offsets, literals as intervals, and fact arrays against plain sets."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import RangeConstraint, RelationConstraint, ToEntity, ToVertex, TypeConstraint
from worlds.facts import ENTITY_BITS, LAST_RELATION, Pairs, distinct, pack, unpack
from worlds.frame import FactSource, Literals
from worlds.literals import interval
from worlds.model import Relation
from worlds.store import Strings, spans, write_strings
from worlds.writing.numbering import Numbering

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
ids = st.integers(0, 40)
triples = st.frozensets(st.tuples(st.integers(0, 2), ids, ids), max_size=120)
subsets = st.frozensets(ids, max_size=41)


def stored(values: Iterable[str], folder: str) -> Strings:
    write_strings(Path(folder) / "values", values)
    return Strings(Path(folder) / "values")


def pairs_of(facts: Iterable[tuple[int, int, int]], folder: str, name: str = "facts") -> Pairs:
    table = np.array(list(facts), dtype=np.uint64).reshape(-1, 3)
    np.save(Path(folder) / f"{name}.npy", distinct(pack(table[:, 0], table[:, 1], table[:, 2])))
    return Pairs(Path(folder) / f"{name}.npy")


@given(st.lists(texts))
def test_strings_come_back_in_their_order(values: list[str]) -> None:
    with TemporaryDirectory() as folder:
        found = stored(values, folder)
        assert list(found) == values
        assert len(found) == len(values)
        assert found[1:3] == values[1:3]
        for outside in (-1, len(values)):
            with pytest.raises(IndexError):
                found[outside]


@given(st.frozensets(texts), texts)
def test_a_sorted_store_finds_exactly_what_it_holds(values: frozenset[str], other: str) -> None:
    with TemporaryDirectory() as folder:
        in_order = sorted(values)
        found = stored(in_order, folder)
        assert [found.find(value) for value in in_order] == list(range(len(in_order)))
        assert found.find(other) == (in_order.index(other) if other in values else None)
        assert found.find("\udc80") is None


@given(st.frozensets(st.integers(0, 60)), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9))))
def test_spans_list_the_keys_of_every_range(keys: frozenset[int], ranges: list[tuple[int, int]]) -> None:
    in_order = sorted(keys)
    low = np.array([start for start, _ in ranges], dtype=np.uint64)
    high = np.array([start + length for start, length in ranges], dtype=np.uint64)
    found = spans(np.array(in_order, dtype=np.uint64), low, high)
    assert [in_order[i] for i in found] == [k for s, n in ranges for k in in_order if s <= k < s + n]


@given(triples, subsets)
def test_rows_unions_and_partners_are_those_of_plain_sets(
    facts: frozenset[tuple[int, int, int]], chosen: frozenset[int]
) -> None:
    with TemporaryDirectory() as folder:
        pairs = pairs_of(facts, folder)
        assert len(pairs) == len(facts)
        for relation in range(3):
            expected = {e: {b for r, a, b in facts if (r, a) == (relation, e)} for e in range(41)}
            assert {e: set(pairs.row(relation, e)) for e in range(41)} == expected
            assert set(pairs.union(relation, BitMap(chosen))) == set().union(*(expected[e] for e in chosen))
            starts, ends = pairs.relation(relation)
            assert set(zip(starts.tolist(), ends.tolist(), strict=True)) == {f[1:] for f in facts if f[0] == relation}
        for entity in chosen:
            found = {r: set(ends.tolist()) for r, ends in pairs.partners(entity, 3)}
            assert found == {r: b for r in range(3) if (b := {f[2] for f in facts if f[:2] == (r, entity)})}


@pytest.mark.parametrize("relation", [1, LAST_RELATION - 1])
def test_the_last_entity_and_the_last_relation_are_found(relation: int, tmp_path: Path) -> None:
    last = (1 << ENTITY_BITS) - 1
    pairs = pairs_of([(relation, last, last), (relation, last, 0), (0, last, 7)], str(tmp_path))
    assert set(pairs.row(relation, last)) == {0, last}
    assert set(pairs.union(relation, BitMap(range(last - 40, last + 1)))) == {0, last}
    assert pairs.relation(relation)[1].tolist() == [0, last]
    assert [r for r, _ in pairs.partners(last, relation + 1)] == [0, relation]
    assert [part.tolist() for part in unpack(np.array([7], dtype=np.uint64))] == [[0], [0], [7]]


@pytest.mark.parametrize(("entities", "relations"), [((1 << ENTITY_BITS) + 1, 1), (1, LAST_RELATION + 1)])
def test_what_does_not_fit_the_layout_is_refused(entities: int, relations: int) -> None:
    named = {f"r{n}": Relation(id=f"r{n}", label="") for n in range(relations)}
    with pytest.raises(OverflowError, match="at most"):
        Numbering(cast(Sequence[str], range(entities)), named)


def source_of(facts: Iterable[tuple[int, int, int]], folder: str) -> FactSource:
    return FactSource(
        ids=int,
        names=str,
        size=41,
        relations={"r0": 0, "r1": 1, "r2": 2},
        types={},
        outward=pairs_of(facts, folder, "out"),
        inward=pairs_of(((r, o, s) for r, s, o in facts), folder, "in"),
        members=pairs_of([], folder, "types"),
        literals=Literals(pairs_of([], folder, "literals"), np.empty((0, 3)), []),
        namesakes=lambda _: (),
    )


@given(triples, subsets, subsets, st.sampled_from(["out", "in"]))
def test_a_preimage_is_the_same_from_either_side(
    facts: frozenset[tuple[int, int, int]], targets: frozenset[int], pool: frozenset[int], direction: str
) -> None:
    """Few targets are read from their side, a smaller pool from its own; sets of all sizes are drawn."""
    edge = RelationConstraint(id="e", vertex="A", relation="r1", direction=direction, target=ToVertex(vertex="B"))
    turn = (lambda s, o: (s, o)) if direction == "out" else (lambda s, o: (o, s))
    ends = [turn(s, o) for r, s, o in facts if r == 1]
    expected = {mine for mine, far in ends if far in targets and mine in pool}
    with TemporaryDirectory() as folder:
        source = source_of(facts, folder)
        exact = source.preimage(edge, Bounds.exactly(BitMap(targets)), Bounds.exactly(BitMap(pool)))
        assert exact.exact
        assert set(exact.lower) == expected
        between = source.preimage(edge, Bounds(BitMap(), BitMap(targets)), Bounds(BitMap(pool), BitMap(range(41))))
        assert not between.lower
        assert set(between.upper) == {mine for mine, far in ends if far in targets}


def test_what_the_world_does_not_know_has_no_candidates(tmp_path: Path) -> None:
    source = source_of([(0, 1, 2)], str(tmp_path))
    clue = RelationConstraint(
        id="c", vertex="A", relation="r9", direction="out", target=ToEntity(entity="2", label="two")
    )
    nothing = (
        clue,
        TypeConstraint(id="t", vertex="A", type="unheard of"),
        RangeConstraint(id="y", vertex="A", relation="r9", low="1", high="2"),
        RangeConstraint(id="u", vertex="A", relation="r0", low="1", high="2", unit="furlong"),
    )
    assert [len(source.members(c).upper) for c in nothing] == [0, 0, 0, 0]
    edge = RelationConstraint(id="e", vertex="A", relation="r9", direction="out", target=ToVertex(vertex="B"))
    everyone = Bounds.exactly(BitMap(range(41)))
    assert not source.preimage(edge, everyone, everyone).upper
    with pytest.raises(TypeError, match="is an edge"):
        source.members(edge)


@pytest.mark.parametrize(
    ("text", "kind", "low", "high", "unit"),
    [
        ("1885", "time", "1885", "1885", ""),
        ("1885-10", "time", "1885", "1885", ""),
        ("1885-10-07", "time", "1885", "1885", ""),
        ("-0384", "time", "-384", "-384", ""),
        ("12 kg", "quantity", "12", "12", "kg"),
        ("183.84 u", "quantity", "183.835", "183.845", "u"),
        ("-0.5", "quantity", "-0.55", "-0.45", ""),
        ("1.60 m/s", "quantity", "1.595", "1.605", "m/s"),
    ],
)
def test_a_literal_is_an_interval_at_its_precision(text: str, kind: str, low: str, high: str, unit: str) -> None:
    assert interval(text, kind) == (Decimal(low), Decimal(high), unit)


@pytest.mark.parametrize("text", ["", "85", "1885-13", "1885-1", "1885-10-32", "7 October 1885", "1885-10-07T00:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        interval(text, "time")


@pytest.mark.parametrize("text", ["", "kg", "1,5", "NaN", "Infinity kg", "twelve"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        interval(text, "quantity")
