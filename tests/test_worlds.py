"""Worlds: literals, closure, building, reading, searching, and the command's answers to bad input."""

import gzip
import json
import subprocess
import sys
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.names import key, occurs
from hcsp.tree import RangeConstraint, RelationConstraint, ToEntity, ToVertex
from worlds.__main__ import main
from worlds.build import build
from worlds.closure import close
from worlds.literals import quantity_interval, time_interval
from worlds.local import LocalWorld
from worlds.model import Entity, Fact, Relation, WorldData
from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples

RELATIONS = {
    r.id: r
    for r in (
        Relation(id="borders", label="borders", symmetric=True),
        Relation(id="contains", label="contains", inverse_of="inside"),
        Relation(id="inside", label="lies in", transitive=True, inverse_of="contains"),
        Relation(id="knows", label="knows"),
        Relation(id="born", label="born", kind="time"),
        Relation(id="weighs", label="weighs", kind="quantity"),
    )
}
IDS = tuple("abcdef")
entity_facts = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from(["borders", "contains", "inside", "knows"]), st.sampled_from(IDS))
    .filter(lambda f: f[0] != f[2])
    .map(lambda f: Fact(*f)),
    max_size=14,
)


def data(facts: list[Fact], name: str = "small") -> WorldData:
    entities = [Entity(id=e, label=f"Label {e}", aliases=(f"Alias {e}",), types=("thing",)) for e in IDS]
    return WorldData(name, entities, facts, list(RELATIONS.values()))


def built(facts: list[Fact], out: Path, seed: int = 0) -> LocalWorld:
    world = data(facts)
    build(world, render_pages(world, plain_sentences(RELATIONS, {}), seed), out)
    return LocalWorld(out)


def entailed(facts: list[Fact]) -> set[Fact]:
    """The closure by applying each rule to a fixed point."""
    found = set(facts)
    while True:
        more = {Fact(f.object, "borders", f.subject) for f in found if f.relation == "borders"}
        more |= {Fact(f.object, "inside", f.subject) for f in found if f.relation == "contains"}
        more |= {Fact(f.object, "contains", f.subject) for f in found if f.relation == "inside"}
        within = [f for f in found if f.relation == "inside"]
        chains = ((a, b) for a, b in product(within, within) if a.object == b.subject and a.subject != b.object)
        more |= {Fact(a.subject, "inside", b.object) for a, b in chains}
        if more <= found:
            return found
        found |= more


@given(entity_facts)
def test_the_closure_is_the_fixed_point_of_its_rules(facts: list[Fact]) -> None:
    assert set(close(facts, RELATIONS)) == entailed(facts)


@given(facts=entity_facts)
@settings(max_examples=25, deadline=None)
async def test_every_fact_of_the_closure_follows_from_its_steps_in_order(
    facts: list[Fact], tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = built(facts, tmp_path_factory.mktemp("closure") / "world")
    for entity in IDS:
        for fact in await world.facts(entity):
            steps = await world.steps(fact)
            assert set(steps) <= set(facts)
            assert fact in entailed(list(steps))
            for step in steps:
                for place in await world.stated(step):
                    quote = (await world.quote(place.page, place.start, place.end)).quote
                    assert f"Label {step.subject}" in quote
                    assert f"Label {step.object}" in quote


@given(facts=entity_facts, targets=st.frozensets(st.integers(0, 5)), pool=st.frozensets(st.integers(0, 5)))
@settings(max_examples=25, deadline=None)
def test_preimages_are_those_of_plain_sets(
    facts: list[Fact], targets: frozenset[int], pool: frozenset[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = built(facts, tmp_path_factory.mktemp("facts") / "world")
    closed = entailed(facts)
    for relation, direction in product(("knows", "inside", "borders"), ("out", "in")):
        edge = RelationConstraint(
            id="e", vertex="A", relation=relation, direction=direction, target=ToVertex(vertex="B")
        )
        ends = [
            (f.subject, f.object) if direction == "out" else (f.object, f.subject)
            for f in closed
            if f.relation == relation
        ]
        wanted = {IDS.index(near) for near, far in ends if IDS.index(far) in targets} & pool
        asked = Bounds.exactly(BitMap(targets)), Bounds.exactly(BitMap(pool))
        assert set(world.source.preimage(edge, *asked).lower) == wanted


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("183.84 u", "183.835", "183.845", "u"),
        ("72", "72", "72", ""),
        ("-38.8 °C", "-38.85", "-38.75", "°C"),
        ("1.0", "0.95", "1.05", ""),
    ],
)
def test_a_quantity_is_an_interval_at_its_precision(text: str, low: str, high: str, unit: str) -> None:
    assert quantity_interval(text) == (Decimal(low), Decimal(high), unit)


@pytest.mark.parametrize("text", ["1885", "1885-10", "1885-10-07", "-0384"])
def test_a_time_lies_in_its_year(text: str) -> None:
    year = int(text[:5] if text.startswith("-") else text[:4])
    assert time_interval(text)[:2] == (year, year)


@pytest.mark.parametrize("text", ["", "85", "1885-13", "October 1885", "1885-10-07T00:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        time_interval(text)


def test_a_range_holds_a_literal_only_with_its_whole_interval_and_its_unit(tmp_path: Path) -> None:
    facts = [Fact("a", "weighs", "183.84 u", "quantity"), Fact("b", "weighs", "183.84 kg", "quantity")]
    source = built(facts, tmp_path / "world").source

    def inside(low: str, high: str, unit: str | None = "u") -> set[str]:
        asked = RangeConstraint(id="c", vertex="A", relation="weighs", low=low, high=high, unit=unit)
        return {source.entity(e) for e in source.members(asked).lower}

    assert inside("183.8", "183.9") == {"a"}
    assert inside("183.84", "183.9") == set()
    assert inside("183.8", "183.9", "kg") == {"b"}
    assert inside("183.8", "183.9", None) == set()


async def test_a_world_is_built_the_same_each_time_and_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    facts = [Fact("a", "knows", "b"), Fact("b", "born", "1885-10-07", "time")]
    first, second = (built(facts, tmp_path / name) for name in ("one", "two"))
    assert first.sha256 == second.sha256
    with pytest.raises(FileExistsError, match="exists"):
        built(facts, tmp_path / "one")
    with pytest.raises(ValueError, match="'nobody'"):
        built([Fact("a", "knows", "nobody")], tmp_path / "three")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one", "two"]


async def test_names_resolve_by_id_label_and_alias_whatever_their_case_and_accents(tmp_path: Path) -> None:
    world = built([Fact("a", "knows", "b")], tmp_path / "world")
    for name in ("a", "label A", "ÁLIAS a"):
        assert [e.id for e in await world.resolve(name)] == ["a"]
    assert await world.resolve("nobody") == []
    assert "Label a" in await world.suggest("Labell a")


async def test_search_ranks_by_score_and_breaks_ties_by_page(tmp_path: Path) -> None:
    world = built([Fact("a", "knows", "b")], tmp_path / "world", seed=1)
    hits = await world.search("label thing", 6)
    assert hits == sorted(hits, key=lambda h: (-h.score, h.page))
    assert hits == await world.search("label thing", 6)
    assert await world.search("!?", 5) == []


def test_a_name_occurs_as_whole_words() -> None:
    assert key("Pyotr Kápitsa!") == "pyotr kapitsa"
    assert occurs("Bohr", "by Niels BOHR.")
    assert not occurs("Bohr", "bohrium")
    assert not occurs("", "anything")


def test_triples_are_read_from_tsv_and_json_plain_or_gzipped(tmp_path: Path) -> None:
    tsv = tmp_path / "facts.tsv"
    tsv.write_text("a\tlabel\tAda\na\ttype\thuman\na\tP19\tlondon\na\tP569\t1815-12-10\n")
    read = read_triples(tsv, "x").data
    assert Fact("a", "P569", "1815-12-10", "time") in read.facts
    assert next(e for e in read.entities if e.id == "a").label == "Ada"
    packed = tmp_path / "facts.json.gz"
    packed.write_bytes(gzip.compress(json.dumps({"triples": [["a", "P19", "b"]], "labels": {"a": "Ada"}}).encode()))
    assert read_triples(packed, "x").data.facts == [Fact("a", "P19", "b")]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.tsv", b"a\tP19\tb\na\tP19\n", "line 2"),
        ("a.tsv", b"a\tP569\tOctober\n", "line 1"),
        ("a.tsv", b"a\tP569\tb\tentity\n", "line 1"),
        ("a.tsv", b"", "holds no facts"),
        ("a.tsv", b"\xff\xfe\x00", "UTF-8"),
        ("a.json", b'{"triples": [', "not JSON"),
        ("a.json", b'{"triples": [["a", "b"]], "labels": {}}', "triples[0]"),
        ("a.json", b"[]", "'triples'"),
        ("a.json.gz", b"no gzip", "gzip"),
    ],
)
def test_a_malformed_triples_file_is_one_line_and_builds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, says: str
) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    assert main(["build", "triples", str(source), "--out", str(tmp_path / "world")]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_missing_world_is_one_line_without_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "worlds", "info", "--world", "/nowhere"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_the_commands_show_a_built_world(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "facts.tsv", tmp_path / "world"
    source.write_text("ada\tlabel\tAda Lovelace\nada\ttype\thuman\nada\tP19\tlondon\n")
    assert main(["build", "triples", str(source), "--out", str(out)]) == 0
    assert main(["info", "--world", str(out)]) == 0
    assert main(["search", "Lovelace", "--world", str(out)]) == 0
    assert main(["page", "Ada Lovelace", "--world", str(out)]) == 0
    assert main(["export", "--world", str(out), "--out", str(tmp_path / "neutral")]) == 0
    shown = capsys.readouterr().out
    assert "place of birth" in shown
    exported = (tmp_path / "neutral" / "facts.tsv").read_text()
    assert exported == "ada\tP19\tlondon\tentity\n"


def test_a_clue_names_a_constant(tmp_path: Path) -> None:
    source = built([Fact("a", "knows", "b"), Fact("c", "knows", "b")], tmp_path / "world").source
    clue = RelationConstraint(
        id="c", vertex="A", relation="knows", direction="out", target=ToEntity(entity="b", label="b")
    )
    assert {source.entity(e) for e in source.members(clue).lower} == {"a", "c"}
