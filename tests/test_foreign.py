"""Other people's questions, read and certified: forms, names, words, values, structure, and never a traceback."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeWorld
from hypothesis import given
from hypothesis import strategies as st
from paper_world import BIRDS, COUPLES, PLAYERS, SPARROW, build_paper_world

from tasks.foreign.certifying import audit
from tasks.foreign.findings import Finding
from tasks.foreign.formalisation import read_formalisation
from tasks.foreign.nested import read_nested
from tasks.foreign.values import units, values
from tasks.foreign.wordings import Meaning, Phrase, Wordings
from worlds.local import LocalWorld
from worlds.model import Entity, Relation


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> LocalWorld:
    return LocalWorld(build_paper_world(tmp_path_factory.mktemp("paper")))


def nested(world: LocalWorld, root: dict[str, Any]) -> Finding:
    return asyncio.run(audit(read_nested({"root": root}, "item 1"), world))


def formal(world: LocalWorld, answer: str, *triples: list[str]) -> Finding:
    item = {"id": "w", "question": "Who?", "answer": answer, "formalization": list(triples)}
    return asyncio.run(audit(read_formalisation(item, "line 1"), world))


def node(identifier: object, entity: object, *claims: tuple[str, str], children: Any = ()) -> dict[str, Any]:
    told = [{"target_id": target, "claim": text} for target, text in claims]
    return {"id": identifier, "entity": entity, "claims": told, "children": list(children)}


def reasons(finding: Finding) -> dict[str, str]:
    return {x.part: x.why for x in finding.unresolved}


def read(finding: Finding) -> dict[str, str]:
    return {c.id: c.read for c in finding.claims}


# Formalisations


def test_a_formalisation_is_solved_and_its_answer_compared(paper: LocalWorld) -> None:
    claims = (["V@X", "taxon_author", "V@Y"], ["V@Y", "spouse", "C@Elizabeth_Gould"], ["V@X", "has name", "?"])
    found = formal(paper, "Russet sparrow", *claims)
    assert found.verdict.startswith("not unique: 4 answers")
    assert {n.label for n in found.listed} == {bird for bird, author, *_ in BIRDS if author == "John Gould"}
    small = formal(paper, "Russet sparrow", *claims, ["V@X", "body length", "C@5.5 inches"])
    assert [n.label for n in small.listed] == ["Russet sparrow"]
    wrong = formal(paper, "Ember finch", *claims, ["V@X", "body length", "C@5.5 inch"])
    assert "the given answer 'Ember finch' is not what the world gives" in wrong.verdict
    assert wrong.variables[0].found_by == "solving"


def test_joined_relations_are_read_apart_and_the_root_may_be_the_question_mark(paper: LocalWorld) -> None:
    found = formal(
        paper,
        "John Gould",
        ["?T", "is a & spouse", "C@human & C@Elizabeth Gould"],
        ["V@B", "taxon author & body length", "?T & C@9 inch"],
    )
    assert found.variables[0].entity.label == "John Gould"
    assert read(found) == {
        "c1": "is a human",
        "c2": "spouse → Elizabeth Gould",
        "c3": "taxon author ← B",
        "c4": "body length: from 8.5 to 9.5 inch",
    }


def test_what_is_asked_may_be_a_value_of_the_root(paper: LocalWorld) -> None:
    found = formal(paper, "5.5 inch", ["V@X", "subspecies", "C@Russet sparrow 1"], ["V@X", "body length", "?"])
    assert (found.asks, found.listed[0].label) == ("body length", "Russet sparrow")


def test_what_no_tree_can_hold_is_named(paper: LocalWorld) -> None:
    found = formal(
        paper,
        "Doreen Nabwire",
        ["V@X", "has name", "?"],
        ["V@X", "member of sports team", "V@T"],
        ["V@T", "first goals in the 2. Bundesliga scored by", "V@X"],
        ["V@Far", "member of sports team", "V@Away"],
        ["V@X", "and", "V@T", "in", "V@S"],
        ["V@X", "likes", "V@T"],
        ["V@X", "is a", "C@human"],
        ["V@X", "is a", "C@place"],
        ["C@Korogocho", "lies in", "C@Nairobi"],
        ["V@X", "took place on", "C@16 August 1986"],
    )
    why = reasons(found)
    assert "closes a cycle" in why["c3"] or "closes a cycle" in why["c2"]
    assert "ties" in why["c4"]
    assert "5 parts" in why["c5"]
    assert "not understood" in why["c6"]
    assert "second type" in why["c8"]
    assert [x.part for x in found.idle] == ["c9"]
    assert why["c10"] == "its relation words are not understood; map them with --relations"
    assert not found.holds


def test_two_that_share_only_a_value_are_read_as_same(make_world: MakeWorld) -> None:
    school = [("ann", "P69", "north"), ("bob", "P69", "north"), ("cid", "P69", "south"), ("dot", "P69", "west")]
    world = make_world([*school, ("ann", "P184", "bob"), ("cid", "P184", "dot")])
    found = formal(
        world,
        "ann",
        ["V@X", "has name", "?"],
        ["V@X", "doctoral advisor", "V@Y"],
        ["V@X", "educated at", "V@School"],
        ["V@Y", "educated at", "V@School"],
    )
    assert sorted(read(found).values()) == ["doctoral advisor → Y", "same educated at as Y"]
    assert "as one clue" in " ".join(c.note for c in found.claims)
    assert [n.label for n in found.listed] == ["ann"]


def test_nothing_fits_says_which_claim_is_in_the_way(paper: LocalWorld) -> None:
    found = formal(
        paper,
        "",
        ["V@X", "spouse", "C@Elizabeth Gould"],
        ["V@X", "place of birth", "C@Korogocho"],
        ["V@X", "has name", "?"],
    )
    assert found.answers == 0
    assert found.without == {"c1": 1, "c2": 1}
    assert found.certificate is None


# Names and words


def test_an_ambiguous_name_goes_to_the_one_bearer_that_the_claims_fit(make_world: MakeWorld) -> None:
    twins = [Entity(id=i, label="Mercury", types=("thing",)) for i in ("m1", "m2", "m3")]
    world = make_world(
        [("m1", "P138", "god"), ("m2", "P138", "hill"), ("m3", "P138", "lake"), ("moon", "P138", "hill")], twins
    )
    fits = nested(world, node("A", "Mercury", ("B", "A is named after B"), children=[node("B", "god")]))
    assert (fits.variables[0].entity.entity, reasons(fits)) == ("m1", {})
    nobody = nested(world, node("A", "Mercury", ("B", "A is named after B"), children=[node("B", "moon")]))
    assert "ambiguous" in reasons(nobody)["A"]


def test_a_claim_in_unknown_words_takes_the_only_relation_that_the_world_states(make_world: MakeWorld) -> None:
    facts = [("ann", "P19", "rome"), ("bob", "P19", "rome"), ("cid", "P19", "oslo"), ("bob", "P20", "rome")]
    world = make_world(facts)
    one = nested(world, node("A", "ann", ("B", "A first cried in B"), children=[node("B", "rome")]))
    assert one.claims[0].how == "inferred"
    assert "all that the world states" in one.claims[0].note
    two = nested(world, node("A", "bob", ("B", "A first cried in B"), children=[node("B", "rome")]))
    assert "several relations" in reasons(two)["c1"]
    none = nested(world, node("A", "cid", ("B", "A first cried in B"), children=[node("B", "rome")]))
    assert "states nothing" in reasons(none)["c1"]
    false = nested(world, node("A", "cid", ("B", "A was born in B"), children=[node("B", "rome")]))
    assert "does not state 'place of birth'" in reasons(false)["c1"]


@pytest.mark.parametrize(
    "said", ["B was taught by A", "A taught B.", "Ann taught B", "the doctoral student of A was B"]
)
def test_either_end_may_come_first(make_world: MakeWorld, said: str) -> None:
    people = [Entity(id=n.lower(), label=n, types=("human",)) for n in ("Ann", "Bob", "Cid")]
    world = make_world([("ann", "P185", "bob"), ("cid", "P185", "ann")], people)
    found = nested(world, node("A", "Ann", ("B", said), children=[node("B", "Bob")]))
    assert [(c.vertex, c.read) for c in found.claims] == [("A", found.claims[0].read)]
    assert "Bob" in found.claims[0].read


def test_rules_are_tried_surest_first() -> None:
    relations = {r.id: r for r in (Relation(id="P19", label="place of birth"), Relation(id="P9", label="was born in"))}
    plain = Wordings(relations, {})
    assert plain.meanings(Phrase.of("was born in")) == [Meaning("P9", "out", "label")]
    assert plain.meanings(Phrase.of("P19")) == [Meaning("P19", "out", "id")]
    assert plain.meanings(Phrase.of("is the place of birth of")) == [Meaning("P19", "in", "label")]
    assert plain.meanings(Phrase.of("had as a placeOfBirth")) == [Meaning("P19", "out", "core")]
    assert plain.meanings(Phrase.of("sang in")) == []
    mapped = Wordings(relations, {Phrase.of("was born in"): ("P19", "out")})
    assert mapped.meanings(Phrase.of("was born in")) == [Meaning("P19", "out", "mapping")]


@pytest.mark.parametrize(
    ("said", "kind", "low", "high"),
    [
        ("in 1885", "time", 1885, 1885),
        ("in the 1920s", "time", 1920, 1929),
        ("between 1818 and 1824", "time", 1818, 1824),
        ("1978–1988", "time", 1978, 1988),
        ("in the 19th century", "time", 1801, 1900),
        ("16 August 1986", "time", 1986, 1986),
        ("October 7, 1885", "time", 1885, 1885),
        ("1885-10-07", "time", 1885, 1885),
        ("before 1900", "time", -(10**12), 1899),
        ("12,000", "quantity", 12000, 12000),
        ("three", "quantity", 3, 3),
        ("at least 40", "quantity", 40, 10**12),
        ("no more than 6 inches", "quantity", -(10**12), 6),
    ],
)
def test_values_are_read(said: str, kind: str, low: int, high: int) -> None:
    found = [v for v in values(f"It says {said}") if v.kind == kind]
    assert (low, high) in {(v.low, v.high) for v in found}


def test_a_unit_is_known_in_both_numbers() -> None:
    assert "inch" in units("inches")
    assert "day" in units("days")
    assert units("") == []


@given(st.text(max_size=60))
def test_values_lie_in_the_text(text: str) -> None:
    for value in values(text):
        assert 0 <= value.start < value.end <= len(text)
        assert value.low <= value.high


# Trees that are broken


def test_duplicate_missing_and_cyclic_ids_are_named(paper: LocalWorld) -> None:
    children = [
        node("B", "John Gould", ("A", "B named A"), children=[node("A", "Russet sparrow", ("B", "A was named by B"))]),
        node("B", "Asa Fenn"),
        node(None, "Tobias Lark"),
        node("L", "Ember finch"),
        7,
    ]
    root = node("A", "Russet sparrow", ("B", "A was named by B"), ("Z", "A is seen by Z"), ("", ""), children=children)
    found = nested(paper, root)
    why = [(x.part, x.why) for x in found.unresolved]
    assert [part for part, said in why if "stands for another node already" in said] == ["A", "B"]
    assert ("a child of A", "has no id") in why
    assert ("a child of A", "is no JSON object") in why
    assert ("c2", "leads to 'Z', which is no node") in why
    assert ("L", "no claim leads to it") in why
    assert not found.holds


def test_one_entity_for_two_variables_and_a_variable_as_constant_are_named(paper: LocalWorld) -> None:
    gould = node("B", "John Gould", ("F", "B's wife was F"), children=[node("F", "Elizabeth Gould")])
    again = node("C", "John Gould", ("G", "C's wife was G"), children=[node("G", "Elizabeth Gould")])
    root = node("A", "Russet sparrow", ("B", "A was named by B"), ("C", "A was named by C"), children=[gould, again])
    assert "the same entity as B" in reasons(nested(paper, root))["C"]
    goals = "B's first goals in the 2. Bundesliga were scored by P"
    team = node("B", "SC Lindenau (women)", ("P", goals), children=[node("P", "Esther Kioko")])
    found = nested(paper, node("A", "Esther Kioko", ("B", "A P54 B"), children=[team]))
    assert "as a constant" in reasons(found)["c2"]


def test_an_unknown_inner_name_is_named_and_the_variable_solved_for(paper: LocalWorld) -> None:
    tree = json.loads(json.dumps(SPARROW["root"]))
    tree["children"][0]["entity"] = "Jon Gold"
    found = nested(paper, tree)
    assert "Jon Gold" in reasons(found)["B"]
    assert "c1" in reasons(found)


def test_too_much_is_refused_by_name(paper: LocalWorld) -> None:
    claims = [(str(n), f"A is tied to {n}") for n in range(500)]
    root = node("A", "Russet sparrow", *claims, children=[node(str(n), "Asa Fenn") for n in range(500)])
    assert "500 claims" in reasons_with_what(nested(paper, root))
    long = node("A", "Russet sparrow", ("", "A " + "x" * 100_000))
    assert "characters long" in reasons(nested(paper, long))["c1"]


def reasons_with_what(finding: Finding) -> str:
    return "; ".join(f"{x.what}: {x.why}" for x in finding.unresolved)


NAMES = [bird for bird, *_ in BIRDS] + [n for c in COUPLES for n in c] + [n for p in PLAYERS for n in p]
names = st.sampled_from([*NAMES, "None", "Nobody at all", ""]) | st.none()
words = st.sampled_from(["was named by", "'s wife was", "was born in", "has three subspecies", "is a human", "likes"])
ids = st.sampled_from("ABCDEF") | st.none()
claims = st.builds(lambda t, w, v: {"target_id": t, "claim": f"{v} {w} {t}"}, ids, words, ids) | st.integers()
nodes = st.recursive(
    st.builds(node, ids, names),
    lambda below: st.builds(
        lambda i, e, c, k: {"id": i, "entity": e, "claims": c, "children": k},
        ids,
        names,
        st.lists(claims, max_size=4),
        st.lists(below, max_size=3),
    ),
    max_leaves=8,
)
terms = st.sampled_from(["V@X", "V@Y", "V@Z", "?", *(f"C@{n}" for n in NAMES[:6]), "C@5 inch", "C@human", ""])
triple = st.tuples(terms, words | st.sampled_from(["taxon author", "spouse", "has name", "is a", "P54"]), terms)


@given(nodes.filter(lambda n: n["claims"] or n["children"]))
def test_no_nested_tree_raises(paper: LocalWorld, root: dict[str, Any]) -> None:
    sound(nested(paper, root))


@given(st.lists(triple.map(list), min_size=1, max_size=8), st.sampled_from([*NAMES[:4], "1997", ""]))
def test_no_formalisation_raises(paper: LocalWorld, triples: list[list[str]], answer: str) -> None:
    sound(formal(paper, answer, *triples))


def sound(found: Finding) -> None:
    """What a finding must say, whatever it is about."""
    assert found.verdict
    assert not (found.holds and found.unresolved)
    if found.holds:
        assert found.certificate is not None
        assert found.certificate["unique"]
        assert all(n >= 2 for n in found.certificate["necessary"].values())
    assert set(found.drop.redundant) | set(found.drop.alone) <= set((found.certificate or {}).get("necessary", {}))
    assert Finding.model_validate_json(found.model_dump_json()) == found


def test_equal_input_gives_equal_findings(paper: LocalWorld, tmp_path: Path) -> None:
    again = LocalWorld(build_paper_world(tmp_path))
    assert nested(paper, SPARROW["root"]) == nested(again, SPARROW["root"])
