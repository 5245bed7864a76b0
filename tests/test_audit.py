"""The audit of a written question: what it finds when something is planted, and that it keeps quiet when nothing is."""

import asyncio
from itertools import combinations
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from conftest import MakeWorld
from hypothesis import given
from hypothesis import strategies as st
from sketched import clue, sketched
from tiny_world import build_tiny_world

from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from graph.state import Growth
from hcsp.constraints import CountConstraint, RangeConstraint, RelationConstraint, ToEntity
from hcsp.names import occurs
from hcsp.preset import Difficulty
from hcsp.tree import ResearchTree
from roles.exposure import Exposed, exposed
from tasks.audit import Audit, Ranks, Seen, audit, depth_of, failed
from worlds.local import LocalWorld
from worlds.model import Entity
from worlds.opening import open_world
from worlds.popularity import degrees, page_count, percentiles, popularity

QUIET = Audit(
    leaks={},
    exposed=(),
    exposed_count=0,
    rare_words=0,
    ranks=Ranks(depth=20, answer_best=None, answer_query=None, answer_seen=(), inner_best={}),
)


async def last_of(runner: Runner, job: Job) -> Growth:
    """Where a run ends."""
    return await runner.run(job)


@pytest.fixture(scope="module")
def accepted() -> list[tuple[ResearchTree, str, dict[str, str]]]:
    """Accepted easy questions of atlas: the tree, its question, its surfaces."""
    runner = Runner(default_deps(), None)
    names = ("Niels Bohr", "Marie Curie", "Albert Einstein", "helium", "Sweden")
    grown = [asyncio.run(last_of(runner, Job(name, Context(difficulty="easy")))) for name in names]
    done = [g for g in grown if g.verdict and g.verdict.status == "accepted"]
    assert len(done) >= 3
    return [(g.grown, g.worded.question, dict(g.worded.surfaces)) for g in done]


async def test_no_alarm_on_what_the_graph_accepts(accepted: list[tuple[ResearchTree, str, dict[str, str]]]) -> None:
    world = open_world("atlas")
    for tree, question, surfaces in accepted:
        found = await audit(world, tree, question, surfaces, "easy")
        assert failed(found, "easy") == []
        assert (found.readings, found.single_reading) == (1, True)
        assert found.exposed_count == len(found.exposed) > 0
        assert all(e.clue in {c.id for c in tree.clues} for e in found.exposed)
        assert set(found.ranks.inner_best) == set(tree.inner)
        assert found.not_checked == ("closed_book", "from_pages", "alternatives")


async def test_an_audit_survives_json_and_is_the_same_each_time(
    accepted: list[tuple[ResearchTree, str, dict[str, str]]],
) -> None:
    world, (tree, question, surfaces) = open_world("atlas"), accepted[0]
    found = await audit(world, tree, question, surfaces, "medium")
    again = await audit(world, tree, question, surfaces, "medium")
    assert Audit.model_validate_json(found.model_dump_json()) == found == again
    assert found.differences(again) == {}
    assert found.differences(found.model_copy(update={"rare_words": -1})) == {"rare_words": (found.rare_words, -1)}


async def test_names_of_hidden_entities_in_the_question_are_leaks(
    accepted: list[tuple[ResearchTree, str, dict[str, str]]],
) -> None:
    world = open_world("atlas")
    for tree, question, surfaces in accepted:
        for vertex, entity in tree.entities.items():
            for name in ((told := await world.entity(entity)).label, *told.aliases):
                planted = question.replace(" ", f" {name} ", 1)
                found = failed(await audit(world, tree, planted, surfaces, "easy"), "easy")
                assert {f.check for f in found} >= {"leaks", "single_reading"}
                assert name in {f.name for f in found if f.check == "leaks" and f.vertex == vertex}


async def test_a_name_that_is_no_constant_of_the_tree_is_found(
    accepted: list[tuple[ResearchTree, str, dict[str, str]]],
) -> None:
    for tree, question, surfaces in accepted:
        planted = f"{question[:-1]} and knew Ezekiel Quux?"
        found = failed(await audit(open_world("atlas"), tree, planted, surfaces, "easy"), "easy")
        assert [f.name for f in found if f.check == "exposed"] == ["Ezekiel Quux"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> LocalWorld:
    return LocalWorld(build_tiny_world(tmp_path_factory.mktemp("tiny")))


@given(st.data())
def test_ranks_are_the_best_places_over_all_queries(tiny: LocalWorld, data: st.DataObject) -> None:
    people = data.draw(st.lists(st.sampled_from(tiny.entity_ids), min_size=4, max_size=4, unique=True))
    said = st.sampled_from(["Aldau", "Ada", "Arnet", "Jade Prize", "was born in", "Bosk", "weaver", "1880"])
    tree = sketched(
        {"A": people[0], "B": people[1]},
        clue("c1", "A", "P19", people[2]),
        clue("c2", "A", "P184", "B"),
        clue("c3", "B", "P19", people[3]),
    )
    surfaces = {c.id: data.draw(said) for c in tree.constraints}
    question = data.draw(said)
    found = asyncio.run(audit(tiny, tree, question, surfaces, "medium", symbolic=False)).ranks
    texts = {(): question} | {(c,): surfaces[c] for c in ("c1", "c2", "c3")}
    texts |= {(a, b): f"{surfaces[a]} {surfaces[b]}" for a, b in combinations(("c1", "c2", "c3"), 2)}
    places = {c: [h.page for h in asyncio.run(tiny.search(text, found.depth))] for c, text in texts.items()}
    assert {s.clauses: s.rank for s in found.answer_seen} == {
        c: pages.index(people[0]) + 1 for c, pages in places.items() if people[0] in pages
    }
    assert found.answer_best == min((s.rank for s in found.answer_seen), default=None)
    assert (found.answer_query is None) == (not found.answer_seen)
    assert found.answer_query is None or found.answer_query in texts.values()
    best = [pages.index(people[1]) + 1 for pages in places.values() if people[1] in pages]
    assert found.inner_best == {"B": min(best, default=None)}


def humans(*names: str) -> list[Entity]:
    return [Entity(id=name, label=name, types=("human",)) for name in names]


async def test_a_pair_of_clauses_that_brings_the_answers_page_is_named(make_world: MakeWorld) -> None:
    others = [(f"Person{n}x{m}", f"Town{n}", f"Prize{m}") for n in range(12) for m in range(12) if n or m]
    facts = [(who, "P19", town) for who, town, _ in others] + [(who, "P166", prize) for who, _, prize in others]
    facts += [("Alone Ann", "P19", "Town0"), ("Alone Ann", "P166", "Prize0")]
    world = make_world(facts, humans(*sorted({who for who, *_ in facts})), layout="subject")
    tree = sketched({"A": "Alone Ann"}, clue("c1", "A", "P19", "Town0"), clue("c2", "A", "P166", "Prize0"))
    surfaces = {"nA": "Who", "c1": "was born in Town0", "c2": "won the Prize0"}
    found = await audit(world, tree, "Who is it?", surfaces, "medium", symbolic=False)
    rank = found.ranks.answer_best
    assert found.ranks.answer_seen == (Seen(clauses=("c1", "c2"), rank=rank),), "either clause alone is told of twelve"
    assert found.ranks.answer_query == "was born in Town0 won the Prize0"
    [finding] = failed(found, "medium")
    assert (finding.check, finding.clauses) == ("answer_rank", ("c1", "c2"))
    assert f"rank {rank} of 5" in str(finding)
    assert failed(found, "easy") == []


async def test_a_second_reading_is_told(make_world: MakeWorld) -> None:
    facts = [("Ann", "P737", "Bob"), ("Bob", "P19", "Vienna"), ("Bob", "P20", "Oxford")]
    world = make_world(facts, humans("Ann", "Bob"))
    edge, born, died = clue("c1", "A", "P737", "B"), clue("c2", "B", "P19", "Vienna"), clue("c3", "B", "P20", "Oxford")
    tree = sketched({"A": "Ann", "B": "Bob"}, edge, born, died)
    surfaces = {"nA": "Who", "nB": "someone", "c1": "was influenced by", "c2": "born in Vienna", "c3": "died in Oxford"}

    async def read(question: str) -> tuple[int | None, list[str]]:
        found = await audit(world, tree, question, surfaces, "easy")
        return found.readings, [f.check for f in failed(found, "easy")]

    ambiguous = "Who was influenced by someone who was born in Vienna and died in Oxford?"
    assert await read(ambiguous) == (2, ["single_reading"])
    assert await read(ambiguous.replace("and died", "and who died")) == (1, [])
    assert await read("Who was influenced by someone who was born in Vienna?") == (1, ["single_reading"])
    other = await audit(world, tree, ambiguous, surfaces, "easy", symbolic=False)
    assert (other.readings, other.single_reading) == (None, None)
    assert "single_reading" in other.not_checked
    assert failed(other, "easy") == []


BOHR = Entity(id="bohr", label="Niels Bohr", aliases=("N. Bohr",))
PRAGUE = Entity(id="prague", label="University of Prague", aliases=("Charles University",))
NUMBERS = sketched(
    {"A": "x"},
    RelationConstraint(
        id="c1", vertex="A", relation="P69", direction="out", target=ToEntity(entity="prague", label=PRAGUE.label)
    ),
    RelationConstraint(
        id="c2", vertex="A", relation="P184", direction="out", target=ToEntity(entity="bohr", label=BOHR.label)
    ),
    RangeConstraint(id="c3", vertex="A", relation="P569", low="1850", high="1859"),
    RangeConstraint(id="c4", vertex="A", relation="P2048", low="1234.5", high="1300", unit="metre"),
    RangeConstraint(id="c5", vertex="A", relation="P570", low="1801", high="1900"),
    CountConstraint(id="c6", vertex="A", relation="P166", direction="out", low=17),
)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Who studied at the University of Prague?", [("name", "University of Prague", "c1")]),
        ("Who left CHARLES university in Prague?", [("name", "CHARLES university", "c1"), ("name", "Prague", None)]),
        ("Who lived in Prague?", [("name", "Prague", None)]),
        ("Who met N. Bohr and Erwin Wex?", [("name", "N. Bohr", "c2"), ("name", "Erwin Wex", None)]),
        ("Someone wrote. Nobody read it. Who?", []),
        ("Who was born in the 1850s?", [("year", "1850", "c3")]),
        ("Who was born in 1861?", [("year", "1861", None)]),
        ("Who died in the 19th century?", [("year", "19", "c5")]),
        ("Who died in the 18th century?", [("year", "18", None)]),
        ("What is between 1,234.5 and 1,300 metres tall?", [("number", "1,234.5", "c4"), ("number", "1,300", "c4")]),
        ("Who won 17 prizes in 23 days?", [("number", "17", "c6"), ("number", "23", None)]),
        ('Who said "be quiet"?', [("quotation", "be quiet", None)]),
        ("Who wrote “Niels Bohr”?", [("quotation", "Niels Bohr", "c2"), ("name", "Niels Bohr", "c2")]),
        ("Who followed the Stoic school?", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_a_question_spells_out(question: str, found: list[tuple[str, str, str | None]]) -> None:
    surfaces = {c.id: "" for c in NUMBERS.constraints} | {"nA": "Stoic", "c1": "studied at the University of Prague"}
    told = exposed(question, NUMBERS, surfaces, {"bohr": BOHR, "prague": PRAGUE})
    assert told == tuple(Exposed(kind=kind, text=text, clue=c) for kind, text, c in found)


@given(st.text(), st.sampled_from(["Niels Bohr", "Charles University", "1850"]), st.text())
def test_a_constant_is_found_wherever_it_stands(before: str, constant: str, after: str) -> None:
    question = f"{before} {constant} {after}"
    told = exposed(question, NUMBERS, {c.id: "" for c in NUMBERS.constraints}, {"bohr": BOHR, "prague": PRAGUE})
    assert any(occurs(constant, e.text) and e.clue is not None for e in told)
    assert all(e.text in question for e in told)


@given(st.sampled_from(["easy", "medium", "hard", "extreme"]), st.integers(1, 10**6))
def test_the_depth_is_a_share_of_the_pages_between_two_ends(difficulty: str, pages: int) -> None:
    most = {"easy": 20, "medium": 20, "hard": 50, "extreme": 50}[difficulty]
    assert depth_of(difficulty, pages) == min(most, max(5, ceil(pages / 100)))
    assert depth_of(difficulty, None) == most


def test_an_answer_that_is_too_well_known_is_refused() -> None:
    known = QUIET.model_copy(update={"popularity": 90.0})
    assert failed(known, "medium") == failed(known, "medium", 90) == []
    assert [f.check for f in failed(known, "medium", 89)] == ["popularity"]
    assert failed(QUIET, "medium", 0) == []


@pytest.mark.parametrize(("difficulty", "most"), [("easy", 45), ("medium", 70), ("hard", 110), ("extreme", 110)])
async def test_a_question_of_too_many_words_is_refused(
    difficulty: Difficulty, most: int, accepted: list[tuple[ResearchTree, str, dict[str, str]]]
) -> None:
    tree, question, surfaces = accepted[0]
    fillers = most - len(question.split())
    for more, refused in ((0, []), (1, ["too_long"])):
        longer = " ".join([*question.split(), *["word"] * (fillers + more)])
        found = await audit(open_world("atlas"), tree, longer, surfaces, difficulty, symbolic=False)
        assert (found.words, found.most_words) == (most + more, most)
        assert [f.check for f in failed(found, "easy")] == refused


def test_only_easy_lets_the_answers_page_be_found() -> None:
    seen = QUIET.ranks.model_copy(update={"answer_seen": (Seen(clauses=("c1",), rank=3),)})
    found = QUIET.model_copy(update={"ranks": seen})
    refused = {d: [f.check for f in failed(found, d)] for d in ("easy", "medium", "hard", "extreme")}
    assert refused == {"easy": [], "medium": ["answer_rank"], "hard": ["answer_rank"], "extreme": ["answer_rank"]}


async def test_popularity_counts_the_facts_about_an_entity(make_world: MakeWorld) -> None:
    facts = [
        ("a", "P47", "b"),
        ("a", "P361", "c"),
        ("c", "P361", "d"),
        ("b", "P47", "b"),
        ("a", "P1082", "7", "quantity"),
    ]
    world = make_world(facts)  # fmt: skip
    counts = {e: len(await world.facts(e)) for e in world.entity_ids}
    for entity, count in counts.items():
        fewer = sum(other < count for other in counts.values())
        assert await popularity(world, entity) == round(100 * fewer / (len(counts) - 1), 1)
    with pytest.raises(KeyError):
        await popularity(world, "nobody")


async def test_popularity_over_a_whole_world(tiny: LocalWorld) -> None:
    counts = [len(await tiny.facts(e)) for e in tiny.entity_ids]
    ranked = [await popularity(tiny, e) for e in tiny.entity_ids]
    assert sorted(zip(counts, ranked, strict=True)) == sorted(zip(sorted(counts), sorted(ranked), strict=True))
    assert ranked == list(percentiles(np.array(counts)))
    assert page_count(tiny) == len(tiny.page_ids)


def test_a_world_of_one_has_nobody_less_known() -> None:
    empty = np.array([], dtype=np.uint64)
    assert list(percentiles(degrees(empty, empty, 1))) == [0.0]


def test_worlds_at_one_path_are_told_apart(make_world: MakeWorld, tmp_path: Path) -> None:
    first, second = make_world([("a", "P47", "b")]), make_world([("a", "P47", "b"), ("a", "P361", "c")])
    assert asyncio.run(popularity(first, "a")) == 0.0
    first.path.rename(tmp_path / "gone")
    second.path.rename(first.path)
    assert asyncio.run(popularity(LocalWorld(first.path), "a")) == 100.0
