"""Reading back: every kind of constraint, chords on any pair of variables, over two vocabularies."""

import gzip
import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from worded import Words, worded_tree

from hcsp.constraints import TURNED, CompareConstraint
from hcsp.ties import turned
from hcsp.tree import ResearchTree
from roles import english
from roles.lexicon import Vocabulary
from roles.reading import readings, reads_as, structure
from roles.styles import Style
from roles.symbolic_writer import render
from worlds.local import LocalWorld
from worlds.opening import open_world
from worlds.relations import known_relations

CODEX = Path(__file__).parents[2] / "shared" / "data" / "codex-labelled.json.gz"
INVERSES = ("P1376", "P185", "P527", "P398", "P749", "P802")
"""Either of two inverse relations is enough: by rule from their labels they are told in the same words."""
UNKNOWN = {"P9001": ("home port", "entity"), "P9002": ("owner of", "entity"), "P9003": ("moored at", "entity")}
LABELS = {r: known.label for r, known in known_relations().items()} | {r: label for r, (label, _) in UNKNOWN.items()}


def words(labels: list[str], types: list[str]) -> Words:
    kinds: dict[str, str] = {r: known.kind for r, known in known_relations().items() if r not in INVERSES}
    kinds |= {r: kind for r, (_, kind) in UNKNOWN.items()}
    return Words([label for label in labels if not english.is_role(label)], types, kinds)


@pytest.fixture(scope="module")
def atlas() -> Words:
    world = open_world("atlas")
    assert isinstance(world, LocalWorld)
    entities = [world._entity(n) for n in range(len(world.entity_ids))]
    return words([e.label for e in entities], sorted({t for e in entities for t in e.types}))


@pytest.fixture(scope="module")
def codex() -> Words:
    if not CODEX.exists():
        pytest.skip("codex-labelled.json.gz is not at hand")
    data = json.loads(gzip.decompress(CODEX.read_bytes()))
    counts = Counter(kind for kinds in data["types"].values() for kind in kinds)
    return words(sorted(data["labels"].values()), sorted(t for t, n in counts.items() if n >= 15))


def trees(source: Words, name: str, number: int) -> list[ResearchTree]:
    return [worded_tree(source, Random(f"{name}:{n}")) for n in range(number)]


@pytest.mark.parametrize("name", ["atlas", "codex"])
def test_any_tree_is_worded_so_that_it_reads_back(name: str, request: pytest.FixtureRequest) -> None:
    for n, tree in enumerate(trees(request.getfixturevalue(name), name, 150)):
        wording = render(tree, {v.entity: f"Name of {v.id}" for v in tree.variables}, LABELS, str(n))
        vocabulary = Vocabulary.of(tree, LABELS)
        assert reads_as(wording.question, tree, vocabulary), wording.question
        assert set(wording.surfaces) == set(wording.claims) == {c.id for c in tree.constraints}
        for step in wording.steps:
            assert reads_as(step.question, tree.subtree(step.vertex), vocabulary), step.question
        assert all(readings(rung.question, vocabulary) for rung in wording.ladder)


@pytest.mark.parametrize("style", ["terse", "narrative"])
def test_any_tree_reads_back_in_every_style(style: Style, atlas: Words) -> None:
    for n, tree in enumerate(trees(atlas, style, 60)):
        wording = render(tree, {v.entity: f"Name of {v.id}" for v in tree.variables}, LABELS, str(n), style)
        vocabulary = Vocabulary.of(tree, LABELS)
        assert reads_as(wording.question, tree, vocabulary), wording.question
        assert set(wording.surfaces) == {c.id for c in tree.constraints}
        for step in wording.steps:
            assert reads_as(step.question, tree.subtree(step.vertex), vocabulary), step.question


def test_the_trees_hold_every_kind_and_chords_between_all_pairs(atlas: Words) -> None:
    drawn = trees(atlas, "atlas", 300)
    kinds = Counter(c.kind for tree in drawn for c in tree.constraints)
    assert min(kinds[k] for k in ("relation", "range", "count", "compare", "same", "predicate")) > 50
    ends = Counter(tree.root in (c.vertex, c.anchor.vertex) for tree in drawn for c in tree.chords)  # type: ignore[union-attr]
    assert min(ends.values()) > 30


def test_a_chord_reads_the_same_from_either_end(atlas: Words) -> None:
    told = [tree for tree in trees(atlas, "ends", 100) if tree.chords]
    assert len(told) > 30
    for tree in told:
        chord = tree.chords[0]
        other = tuple(turned(chord) if c == chord else c for c in tree.constraints)
        assert structure(ResearchTree(variables=tree.variables, constraints=other)) == structure(tree)


def test_a_comparison_that_is_flipped_reads_otherwise(atlas: Words) -> None:
    told = [(tree, tree.chords[0]) for tree in trees(atlas, "flipped", 100) if len(tree.chords) == 1]
    compared = [(tree, chord) for tree, chord in told if isinstance(chord, CompareConstraint)]
    assert len(compared) > 5
    for tree, chord in compared:
        flipped = chord.model_copy(update={"op": TURNED[chord.op]})
        other = tuple(flipped if c == chord else c for c in tree.constraints)
        assert structure(ResearchTree(variables=tree.variables, constraints=other)) != structure(tree)


VOCABULARY = Vocabulary(
    frozenset({"Vienna", "Lise Meitner", "keyboard instrument"}), frozenset({"human", "city", "keyboard instrument"})
)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Who was born in a city?", 1),
        ("Who was born in the same place as Lise Meitner?", 1),
        ("Who was born in the same place as Vienna and Lise Meitner?", 1),
        ("Who won exactly one award?", 1),
        ("Who won exactly one awards?", 0),
        ("Who won at least two award?", 0),
        ("Who was born before this person?", 0),
        ("A person died in Vienna. Who was a student of this person and was born before this person?", 1),
        ("A person died in Vienna. Who was born before this person?", 0),
        ("Who was born in the same place as a person?", 0),
        # both a constant, which takes the article, and any member of a type
        ("Who played a keyboard instrument?", 2),
    ],
)
def test_readings_of_derived_clues(question: str, number: int) -> None:
    assert len(readings(question, VOCABULARY)) == number
