"""Building, opening and exporting worlds."""

import json
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any

import pytest
from closing import closed
from conftest import MakeWorld, build_small, world_data
from tiny_world import build_tiny_world

from hcsp.bounds import Bounds
from hcsp.constraints import RangeConstraint, RelationConstraint, ToEntity, ToVertex, TypeConstraint
from worlds.build import build
from worlds.canonical import FILES
from worlds.export import export
from worlds.local import LocalWorld
from worlds.manifest import MANIFEST
from worlds.model import Entity, Fact, Page, Relation, Rendered, Statement, WorldData
from worlds.relations import with_inverses

PLAIN = [("ada", "P19", "brenz"), ("ada", "P569", "1815", "time"), ("bela", "P19", "brenz"), ("bela", "P26", "ada")]
TRIED = ("P19", "P26", "P131", "P184")
"""Without flags, symmetric, transitive, and one with an inverse."""


def page(identifier: str, text: str = "", statements: tuple[Statement, ...] = ()) -> Rendered:
    return Rendered(Page(id=identifier, title=identifier, url="", text=text), statements)


def random_data(seed: int) -> WorldData:
    rng = Random(seed)
    entities = [
        Entity(id=f"e{n}", label=f"Name {n}", types=tuple(rng.sample(["city", "human"], rng.randint(0, 2))))
        for n in range(12)
    ]
    names = [e.id for e in entities]
    facts = {(rng.choice(names), rng.choice(TRIED), rng.choice(names)) for _ in range(40)}
    facts |= {(e, "P569", f"{rng.randint(1900, 1905)}-0{rng.randint(1, 9)}", "time") for e in rng.sample(names, 6)}
    facts |= {(e, "P2067", f"{rng.randint(1, 9)}.5 kg", "quantity") for e in rng.sample(names, 6)}
    facts |= {(e, "P246", rng.choice("ABC"), "string") for e in rng.sample(names, 3)}
    return world_data(sorted(facts), entities)


@pytest.mark.parametrize("seed", range(6))
async def test_a_world_holds_the_closure_of_what_it_was_built_from(seed: int, tmp_path: Path) -> None:
    data = random_data(seed)
    world = build_small(data, tmp_path / "w", seed)
    every = closed(data.facts, with_inverses(data.relations))
    assert sorted({f for e in world.entity_ids for f in await world.facts(e)}) == every
    for entity in data.entities:
        assert await world.facts(entity.id) == [
            f for f in every if entity.id in (f.subject, f.object if f.kind == "entity" else "")
        ]
        assert await world.entity(entity.id) == entity.model_copy(
            update={"types": tuple(sorted({*entity.types, "entity"}))}
        )
    assert world.counts == {"entities": 12, "facts": len(every), "stated": len(data.facts), "pages": 12}
    for fact in every:
        assert set(await world.steps(fact)) <= set(data.facts)


@pytest.mark.parametrize("seed", range(6))
def test_candidate_sets_are_those_of_plain_sets(seed: int, tmp_path: Path) -> None:
    data = random_data(seed)
    source = build_small(data, tmp_path / "w", seed).source
    tied: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for fact in closed(data.facts, with_inverses(data.relations)):
        tied[fact.relation, "out", fact.object].add(fact.subject)
        tied[fact.relation, "in", fact.subject].add(fact.object)
    names = [e.id for e in data.entities]

    def found(bounds: Bounds) -> set[str]:
        assert bounds.exact
        return {source.entity(n) for n in bounds.lower}

    for relation in (*TRIED, "P185"):
        for direction in ("out", "in"):
            edge = RelationConstraint(
                id="e", vertex="A", relation=relation, direction=direction, target=ToVertex(vertex="B")
            )
            for name in names:
                clue = edge.model_copy(update={"target": ToEntity(entity=name, label="")})
                assert found(source.members(clue)) == tied[relation, direction, name]
            everyone = source.members(TypeConstraint(id="t", vertex="A", type="entity"))
            cities = source.members(TypeConstraint(id="t", vertex="A", type="city"))
            expected = set().union(*(tied[relation, direction, c] for c in found(cities)))
            assert found(source.preimage(edge, cities, everyone)) == expected
            assert found(source.preimage(edge, cities, cities)) == expected & found(cities)
    for low in range(1898, 1908):
        clue = RangeConstraint(id="c", vertex="A", relation="P569", low=str(low), high=str(low + 2))
        years = {f.subject: int(f.object[:4]) for f in data.facts if f.relation == "P569"}
        assert found(source.members(clue)) == {e for e, year in years.items() if low <= year <= low + 2}


def test_a_range_holds_a_literals_whole_interval_in_its_own_unit(make_world: MakeWorld) -> None:
    source = make_world(
        [("a", "P2067", "1.5 kg", "quantity"), ("b", "P2067", "1.5 u", "quantity"), ("a", "P246", "1.5", "string")]
    ).source

    def members(low: str, high: str, unit: str | None, relation: str = "P2067") -> list[str]:
        clue = RangeConstraint(id="c", vertex="A", relation=relation, low=low, high=high, unit=unit)
        return [source.entity(n) for n in source.members(clue).lower]

    assert members("1.45", "1.55", "kg") == ["a"]
    assert members("1.5", "1.55", "kg") == members("1.46", "9", "kg") == members("1", "2", None) == []
    assert members("0", "9", "u") == ["b"]
    assert members("0", "9", None, "P246") == []


async def test_two_builds_with_one_seed_export_the_same_bytes(tmp_path: Path) -> None:
    data = random_data(3)
    shuffled = data._replace(entities=list(reversed(data.entities)), facts=[*reversed(data.facts), *data.facts[:5]])
    first, second = build_small(data, tmp_path / "a", 5), build_small(shuffled, tmp_path / "b", 5)
    other = build_small(data, tmp_path / "c", 6)
    for name, world in (("a", first), ("b", second), ("c", other)):
        await export(world, tmp_path / f"{name}-out")
    files = {n: [(tmp_path / f"{n}-out" / file).read_bytes() for file in FILES] for n in "abc"}
    assert files["a"] == files["b"]
    assert (first.sha256, first.version) == (second.sha256, second.version)
    assert [a == c for a, c in zip(files["a"], files["c"], strict=True)] == [True, True, False, True]
    assert other.sha256 != first.sha256


async def test_the_export_is_the_neutral_form(make_world: MakeWorld, tmp_path: Path) -> None:
    ada = Entity(id="ada", label="Ada\tL.", aliases=("A. L.",), types=("human",))
    world = make_world([*PLAIN, ("ada", "note", "two\nlines\tand a tab", "string")], [ada])
    await export(world, tmp_path / "out")
    read = {name: (tmp_path / "out" / name).read_text("utf-8").split("\n") for name in FILES}
    assert all(lines.pop() == "" for lines in read.values())
    entities = [json.loads(line) for line in read["entities.jsonl"]]
    assert entities[0] == {"id": "ada", "label": "Ada\tL.", "aliases": ["A. L."], "types": ["entity", "human"]}
    assert "ada\tP26\tbela\tentity" in read["facts.tsv"]
    assert "ada\tP569\t1815\ttime" in read["facts.tsv"]
    assert {line.count("\t") for line in read["facts.tsv"]} == {3}
    assert set(json.loads(read["pages.jsonl"][0])) == {"id", "title", "url", "text", "links"}
    assert "P26\tspouse\tsymmetric" in read["relations.tsv"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"facts": [Fact("ada", "P19", "nowhere")]}, "names 'nowhere', which is no entity"),
        ({"facts": [Fact("nobody", "P19", "ada")]}, "names 'nobody'"),
        ({"facts": [Fact("ada", "P999", "ada")]}, "'P999', which is no relation"),
        ({"facts": [Fact("ada", "P569", "long ago", "time")]}, "'long ago' is not a time"),
        ({"facts": [Fact("ada", "P19", "1815", "time")]}, "of kind 'time'"),
        ({"entities": [Entity(id="ada", label="a"), Entity(id="ada", label="b")]}, "'ada' stands twice"),
        ({"pages": [page("p"), page("p")]}, "page 'p' stands twice"),
        ({"pages": [page("p", "x", (Statement(Fact("ada", "P19", "ada"), "p", 0, 1),))]}, "not among the facts"),
    ],
)
def test_a_build_that_fails_says_why_and_leaves_nothing(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    parts = {"name": "w", "entities": [Entity(id="ada", label="Ada")], "facts": [Fact("ada", "P569", "1815", "time")]}
    relations = [Relation(id="P19", label="born in"), Relation(id="P569", label="born", kind="time")]
    pages = change.pop("pages", [page("ada", "Ada was born in 1815.")])
    with pytest.raises(ValueError, match=says):
        build(WorldData(**{**parts, "relations": relations, **change}), pages, tmp_path / "new" / "w")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    def breaking() -> Any:
        yield page("ada")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(world_data(PLAIN), breaking(), tmp_path / "w")
    assert list(tmp_path.iterdir()) == []


def test_what_stands_at_out_is_not_touched(tmp_path: Path) -> None:
    for taken in (tmp_path / "file", tmp_path / "folder"):
        if taken.name == "file":
            taken.write_text("mine")
        else:
            taken.mkdir()
        with pytest.raises(FileExistsError, match="choose another --out"):
            build(world_data(PLAIN), [], taken)
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize("content", ["", "{", "[]", '"world"', '{"format": 99}'])
def test_a_damaged_manifest_is_named(content: str, make_world: MakeWorld) -> None:
    path = make_world(PLAIN).path
    (path / MANIFEST).write_text(content)
    with pytest.raises(ValueError, match="build") as refused:
        LocalWorld(path)
    assert str(path) in str(refused.value)


async def test_names_resolve_by_id_label_and_alias(make_world: MakeWorld) -> None:
    entities = [
        Entity(id="x", label="Zoë Bell", aliases=("Z. Bell", "Bell")),
        Entity(id="y", label="Bell", types=("instrument",)),
        Entity(id="bell", label="Clock"),
    ]
    world = make_world([("x", "likes", "y"), ("y", "likes", "bell")], entities)
    assert [e.id for e in await world.resolve("zoe bell")] == ["x"]
    assert [e.id for e in await world.resolve("bell")] == ["bell"]
    assert [e.id for e in await world.resolve("BELL")] == ["y", "bell", "x"]
    assert await world.resolve("nobody") == []
    assert await world.suggest("Zoe Bel") == ["Zoë Bell", "Bell"]
    for ask in (world.entity, world.facts, world.page):
        with pytest.raises(KeyError, match="nobody"):
            await ask("nobody")


def test_namesakes_share_a_label_or_alias_and_not_an_id(make_world: MakeWorld) -> None:
    entities = [
        Entity(id="x", label="Zoë Bell", aliases=("Bell",)),
        Entity(id="y", label="bell"),
        Entity(id="bell", label="Clock"),
        Entity(id="z", label="Clock tower", aliases=("X",)),
    ]
    world = make_world([("x", "likes", "y"), ("z", "likes", "bell")], entities)
    assert {e: world.namesakes(e) for e in world.entity_ids} == {"bell": (), "x": ("y",), "y": ("x",), "z": ()}


async def test_a_sample_has_facts_of_its_own_and_is_no_hub(make_world: MakeWorld) -> None:
    facts = [(f"e{n:02}", r, "hub") for n in range(60) for r in ("P19", "P20", "P27")]
    facts += [("hub", r, "e00") for r in ("P19", "P20", "P27")] + [("poor", "P19", "e00"), ("poor", "P20", "e00")]
    world = make_world(facts)
    drawn = await world.sample(100, "1")
    assert sorted(drawn) == [f"e{n:02}" for n in range(60)]
    assert drawn == await world.sample(100, "1") != await world.sample(100, "2")
    assert len(await world.sample(7, "1")) == 7


def test_a_file_cut_short_is_noticed_when_the_world_is_opened(tmp_path: Path) -> None:
    home = build_tiny_world(tmp_path)
    pages = home / "pages.bin"
    pages.write_bytes(pages.read_bytes()[:100])
    with pytest.raises(ValueError, match=r"cannot be read .*build it again"):
        LocalWorld(home)
