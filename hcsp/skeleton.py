"""What a skeleton alone leaves of its variables: edges and nouns, no clue. The same few come back in every tree."""

from functools import lru_cache
from typing import NamedTuple

from hcsp.bounds import Bounds
from hcsp.constraints import Direction, RelationConstraint, ToVertex, TypeConstraint, child_of
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree

KEPT = 1 << 11
"""Most candidate sets that are remembered."""


class Skeleton(NamedTuple):
    """A variable and all below it, without names: its noun, and the relation to each child."""

    noun: str
    children: "tuple[tuple[str, Direction, Skeleton], ...]"


def skeleton_of(tree: ResearchTree, vertex: str) -> Skeleton:
    """What is at and below a variable of a tree."""
    children = [(e.relation, e.direction, skeleton_of(tree, child_of(e))) for e in tree.edges_of(vertex)]
    return Skeleton(tree.noun(vertex).type, tuple(children))


@lru_cache(maxsize=KEPT)
def reach(source: CandidateSource, noun: str, relation: str, direction: Direction, child: Skeleton) -> Bounds:
    """The entities of a noun that an edge leads from to some candidate of a child without clues."""
    pool = source.members(TypeConstraint(id="", vertex="A", type=noun))
    edge = RelationConstraint(id="", vertex="A", relation=relation, direction=direction, target=ToVertex(vertex="B"))
    return source.preimage(edge, _candidates(source, child), pool)


def _candidates(source: CandidateSource, skeleton: Skeleton) -> Bounds:
    noun, children = skeleton
    own = source.members(TypeConstraint(id="", vertex="A", type=noun))
    return Bounds.intersection([own, *(reach(source, noun, *child) for child in children)])
