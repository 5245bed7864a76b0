"""Worlds that know of some facts only that they may hold: each end of a bound is the set of a world of its own."""

import asyncio
from pathlib import Path
from random import Random

import pytest
from conftest import world_data
from drawn_world import ABOUT, LINKS, SIZE, draw_world, unary
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import CountConstraint, RelationConstraint, SameConstraint, ToVertex
from hcsp.tree import seedling
from worlds.build import build
from worlds.export import export
from worlds.local import LocalWorld
from worlds.model import Fact
from worlds.statements import plain_sentences, render_pages


def three(seed: int, folder: Path) -> tuple[LocalWorld, LocalWorld, LocalWorld]:
    """A world of some facts, one where the others may hold as well, and one where all hold."""
    rows, entities = draw_world(Random(seed))
    chance = Random(f"{seed}:possible")
    some = [row for row in rows if chance.random() < 0.6]
    possible = [Fact(*row) for row in rows if row not in some]
    worlds = []
    for name, facts, open_ in (("some", some, ()), ("between", some, possible), ("all", rows, ())):
        data = world_data(facts, entities)
        sentences = plain_sentences({r.id: r for r in data.relations}, {})
        build(data, render_pages(data, sentences, 0), folder / name, possible=open_)
        worlds.append(LocalWorld(folder / name))
    return worlds[0], worlds[1], worlds[2]


@pytest.mark.parametrize("seed", range(4))
def test_every_candidate_set_lies_between_those_of_the_two_worlds(seed: int, tmp_path: Path) -> None:
    some, between, every = three(seed, tmp_path)
    rng, open_ = Random(f"{seed}:clues"), 0
    for _ in range(60):
        for clue in unary(rng):
            found = between.source.members(clue)
            if isinstance(clue, CountConstraint) and clue.high is not None:
                assert not found.lower
            else:
                assert found.lower == some.source.members(clue).lower
                assert found.upper == every.source.members(clue).upper
            assert found.lower <= found.upper
            open_ += not found.exact
    assert open_ > 10


@pytest.mark.parametrize("seed", range(4))
def test_preimages_are_bounded_by_both_ends(seed: int, tmp_path: Path) -> None:
    some, between, every = three(seed, tmp_path)
    rng = Random(f"{seed}:preimages")
    for _ in range(60):
        relation, way = rng.choice(LINKS), rng.choice(["out", "in"])
        far = ToVertex(vertex="B")
        ties = (
            RelationConstraint(**ABOUT, relation=relation, direction=way, target=far),
            SameConstraint(**ABOUT, relation=relation, anchor=far),
        )
        lower, pool = (BitMap(rng.sample(range(SIZE), n)) for n in (3, 30))
        targets = Bounds(lower, lower | BitMap(rng.sample(range(SIZE), 5)))
        for tie in ties:
            found = between.source.preimage(tie, targets, Bounds.exactly(pool))
            here, there = (Bounds.exactly(end) for end in targets)
            assert found.lower == some.source.preimage(tie, here, Bounds.exactly(pool)).lower
            assert found.upper == every.source.preimage(tie, there, Bounds.exactly(pool)).upper


def test_what_may_hold_is_part_of_what_the_world_is(tmp_path: Path) -> None:
    some, between, every = three(7, tmp_path)
    assert len({world.sha256 for world in (some, between, every)}) == 3
    assert some.possible() == every.possible() == []
    assert between.counts["possible"] == len(between.possible()) > 0
    closed = {fact for e in between.entity_ids for fact in asyncio.run(between.facts(e))}
    assert closed.isdisjoint(between.possible())
    asyncio.run(export(between, tmp_path / "neutral"))
    lines = (tmp_path / "neutral" / "possible.tsv").read_text().splitlines()
    assert lines == ["\t".join(fact) for fact in between.possible()]
    assert asyncio.run(between.frame(seedling("e00", "thing"))) is between.source
