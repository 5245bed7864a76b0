"""The tiny world twice: built, and as what a server on loopback answers from."""

from pathlib import Path
from random import Random
from typing import NamedTuple

from conftest import build_small
from tiny_world import write_triples
from wikidata_server import Mirror, numbered, pages_of

from hcsp.constraints import Constraint, RelationConstraint, ToEntity, ToVertex, TypeConstraint
from hcsp.tree import ResearchTree, Variable
from worlds.local import LocalWorld
from worlds.model import Fact
from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples


class Both(NamedTuple):
    """The same facts at hand and far away."""

    local: LocalWorld
    mirror: Mirror


def both_worlds(folder: Path) -> Both:
    """Each fact stands on its subject's and its object's page."""
    write_triples(folder / "tiny.tsv")
    triples = read_triples(folder / "tiny.tsv", "tiny")
    data = numbered(triples.data)
    relations = {r.id: r for r in data.relations}
    pages = pages_of(render_pages(data, plain_sentences(relations, {}), 0, "both"))
    return Both(build_small(data, folder / "built", layout="both"), Mirror(data, pages))


async def draw_tree(local: LocalWorld, rng: Random) -> ResearchTree:
    """A person with some true clues, and perhaps another person or a place below with some of their own."""
    people = [e for e in local.entity_ids if "human" in (await local.entity(e)).types]
    root = rng.choice(people)
    facts = [f for f in await local.facts(root) if f.kind == "entity" and f.subject != f.object]
    edge = rng.choice(facts)
    child = edge.object if edge.subject == root else edge.subject
    own = [f for f in facts if child not in (f.subject, f.object)]
    below = [f for f in await local.facts(child) if f.kind == "entity" and root not in (f.subject, f.object)]
    tie = RelationConstraint(
        id="e", vertex="A", relation=edge.relation, direction=_way(edge, root), target=ToVertex(vertex="B")
    )
    parts: list[Constraint] = [TypeConstraint(id="nA", vertex="A", type="human"), tie]
    parts.append(TypeConstraint(id="nB", vertex="B", type=_noun((await local.entity(child)).types)))
    for vertex, entity, known in (("A", root, own), ("B", child, below)):
        for n, fact in enumerate(rng.sample(known, min(len(known), rng.randint(1, 3)))):
            parts.append(clue_of(fact, entity, vertex, f"{vertex}{n}"))
    return ResearchTree(
        variables=(Variable(id="A", entity=root), Variable(id="B", entity=child)), constraints=tuple(parts)
    )


def clue_of(fact: Fact, entity: str, vertex: str, name: str) -> RelationConstraint:
    """What a fact says of an entity, as a clue."""
    far = fact.object if fact.subject == entity else fact.subject
    target = ToEntity(entity=far, label=far)
    return RelationConstraint(
        id=name, vertex=vertex, relation=fact.relation, direction=_way(fact, entity), target=target
    )


def _way(fact: Fact, entity: str) -> str:
    return "out" if fact.subject == entity else "in"


def _noun(types: tuple[str, ...]) -> str:
    return next((t for t in types if t != "entity"), "entity")
