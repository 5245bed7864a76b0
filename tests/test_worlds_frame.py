"""Candidate sets of built worlds against plain enumeration over their neutral export, for every kind of constraint."""

import asyncio
from functools import cache
from pathlib import Path
from random import Random

import independent
import pytest
from conftest import MakeWorld, build_small, world_data
from drawn_world import ABOUT, LINKS, LITERALS, SIZE, draw_world, unary
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import (
    Anchored,
    CompareConstraint,
    CountConstraint,
    PredicateConstraint,
    SameConstraint,
    ToEntity,
    ToVertex,
)
from worlds import frame
from worlds.export import export
from worlds.local import LocalWorld
from worlds.model import Relation
from worlds.predicates import LARGEST, has_property, whole


@cache
def opened(seed: int, folder: Path) -> tuple[LocalWorld, independent.Export]:
    """A drawn world, and its export."""
    facts, entities = draw_world(Random(seed))
    world = build_small(world_data(facts, entities), folder / f"w{seed}")
    asyncio.run(export(world, folder / f"x{seed}"))
    return world, independent.Export(folder / f"x{seed}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("frames")


@pytest.mark.parametrize("seed", range(4))
def test_members_of_every_kind_are_those_of_the_export(seed: int, folder: Path) -> None:
    world, plain = opened(seed, folder)
    rng, filled = Random(f"{seed}:members"), set()
    for _ in range(60):
        for clue in unary(rng):
            found = world.source.members(clue)
            ends = [{world.source.entity(e) for e in end} for end in found]
            assert ends == list(plain.clue(clue.model_dump(mode="json"))), clue
            pool = BitMap(rng.sample(range(SIZE), 20))
            assert world.source.restrict(clue, Bounds.exactly(pool)) == Bounds(found.lower & pool, found.upper & pool)
            filled |= {clue.kind} if ends[0] else set()
    assert filled == {"type", "range", "relation", "count", "compare", "same", "predicate"}


@pytest.mark.parametrize("seed", range(4))
def test_preimages_of_chords_hold_for_every_pair_of_the_export(seed: int, folder: Path) -> None:
    """Few and many targets, small and large pools: each is read in a way of its own."""
    world, plain = opened(seed, folder)
    rng = Random(f"{seed}:chords")
    for _ in range(40):
        relation = rng.choice((*LINKS, *LITERALS))
        ties: list[Anchored] = [SameConstraint(**ABOUT, relation=relation, anchor=ToVertex(vertex="B"))]
        ties += [CompareConstraint(**ABOUT, relation=relation, op=op, anchor=ToVertex(vertex="B")) for op in "<>"]
        targets = BitMap(rng.sample(range(SIZE), rng.choice([0, 1, 2, 30, SIZE])))
        pool = BitMap(rng.sample(range(SIZE), rng.choice([0, 3, 40, SIZE])))
        for tie in ties:
            said, name = tie.model_dump(mode="json"), world.source.entity
            found = world.source.preimage(tie, Bounds.exactly(targets), Bounds.exactly(pool))
            expected = {e for e in pool if any(plain.tied(said, name(e), name(t)) for t in targets)}
            assert (set(found.lower), found.exact) == (expected, True)
            wider = world.source.preimage(tie, Bounds(BitMap(), targets), Bounds(BitMap(), pool))
            assert (set(wider.lower), set(wider.upper)) == (set(), expected)


@pytest.mark.parametrize("complete", [False, True])
def test_exactly_so_many_is_proved_of_complete_relations_alone(complete: bool, tmp_path: Path) -> None:
    data = world_data([("a", "r", "x"), ("a", "r", "y"), ("b", "r", "x")])
    data = data._replace(relations=[Relation(id="r", label="r", complete=complete)])
    source = build_small(data, tmp_path / "w").source
    found = source.members(CountConstraint(**ABOUT, relation="r", direction="out", low=1, high=1))
    assert {source.entity(e) for e in found.lower} == ({"b"} if complete else set())
    assert {source.entity(e) for e in found.upper} == ({"b"} if complete else {"a", "b"})


def test_a_chord_has_no_candidates_of_its_own(make_world: MakeWorld) -> None:
    source = make_world([("a", "r", "b")]).source
    with pytest.raises(TypeError, match="is a chord"):
        source.members(SameConstraint(**ABOUT, relation="r", anchor=ToVertex(vertex="B")))
    with pytest.raises(KeyError, match="nobody"):
        source.members(SameConstraint(**ABOUT, relation="r", anchor=ToEntity(entity="nobody", label="")))


def test_what_is_remembered_is_bounded_and_changes_nothing(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "KEPT", 3)
    source = make_world([(f"e{n}", "r", f"e{n % 5}") for n in range(12)]).source
    clues = [SameConstraint(**ABOUT, relation="r", anchor=ToEntity(entity=f"e{n}", label="")) for n in range(12)]
    first = [source.members(c) for c in clues]
    assert [source.members(c) for c in reversed(clues)] == first[::-1]
    assert len(source._sets) <= 3


@pytest.mark.parametrize(
    ("asked", "text", "kind", "met"),
    [
        (("prime",), "97", "quantity", True),
        (("prime",), "97.0", "quantity", False),
        (("prime",), "1", "quantity", False),
        (("prime",), "-7", "quantity", False),
        (("prime",), "3825123056546413051", "quantity", False),
        (("prime",), "2305843009213693951 kg", "quantity", True),
        (("prime",), "1901-05-06", "time", True),
        (("prime",), str(LARGEST + 2), "quantity", False),
        (("prime", 7), "7", "quantity", False),
        (("multiple_of", 12), "-24 m", "quantity", True),
        (("multiple_of", 0), "24", "quantity", False),
        (("multiple_of",), "24", "quantity", False),
        (("multiple_of", "12"), "24", "quantity", False),
        (("digit_sum", 10), "-1900-03", "time", True),
        (("digit_sum", 3), "1.2E+2", "quantity", True),
        (("palindrome",), "-121", "quantity", True),
        (("palindrome",), "Never odd, or even!", "string", True),
        (("palindrome",), "?!", "string", False),
        (("decade", 1880), "1889-12", "time", True),
        (("decade", 1880), "1890", "time", False),
        (("decade", 1880), "1885", "quantity", False),
        (("initial", "É"), "eau", "string", True),
        (("initial", "ea"), "eau", "string", False),
        (("initial", "1"), "1885", "time", False),
        (("prime",), "seven", "string", False),
    ],
)
def test_properties_of_exact_literals(asked: tuple, text: str, kind: str, met: bool) -> None:
    clue = PredicateConstraint(**ABOUT, relation="r", predicate=asked[0], args=asked[1:])
    assert has_property(clue, text, kind) is met


def test_primes_are_the_numbers_without_divisors() -> None:
    clue = PredicateConstraint(**ABOUT, relation="r", predicate="prime")
    found = [n for n in range(3000) if has_property(clue, str(n), "quantity")]
    assert found == [n for n in range(2, 3000) if all(n % d for d in range(2, n))]


def test_only_whole_numbers_are_exact() -> None:
    texts = ("12", "-3 kg", "1.5", "2E+3", "2E+99", "x")
    assert [whole(t, "quantity") for t in texts] == [12, -3, None, 2000, None, None]
