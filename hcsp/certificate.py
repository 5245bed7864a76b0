"""The certificate: what is proved about a research tree, computed from candidate sets (design 1.3)."""

from itertools import permutations
from typing import Any

from pydantic import Field
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import Anchored, Constraint, anchor_of, child_of
from hcsp.frozen import Frozen
from hcsp.retrieval import Hop, Retrieved, reach
from hcsp.rivals import Rival, rivals_of
from hcsp.solver import Solver
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree, variables_of

VERSION = "1"
RETRIEVAL = ("dispersion", "dependency", "search_floor", "blind_cost", "t_hit")
"""The fields that need a retriever."""


class Interval(Frozen):
    """A number known only between two ends, both inclusive."""

    low: int
    high: int


Count = int | Interval


class Certificate(Frozen):
    """The fields of design 1.3; a `Count` that is not exact is an interval.

    A chord, a clue that holds its variable v against another one, its anchor, counts among the clues of v. Every `H(v)`
    and `Ans` is the join over the variables that it speaks of, distinct ones standing for distinct entities as soon as
    a chord is among its constraints; to drop a chord is to drop its cycle.

    Attributes:
        unique: `H(root)` and `H(v)` of every inner variable have one element each, and the answer has no namesake.
        necessary: per clue `|Ans(C ∖ {c})|`.
        necessary_locally: per clue at vertex v `|H(v) without c|`, what `easy` asks for; per chord the same at the
            lowest variable that has both of its ends at or below it.
        antichain: at no vertex does one constraint's candidate set lie within another's (the paper's non-nested sets);
            that of a chord is taken with its anchor solved.
        hierarchy: per inner variable `|Ans(C without the clues at or below it)|`, skeleton kept; chords that other
            variables have towards it stay.
        selectivity: the smallest `|T_v ∩ S(c)|` over the clues, a chord with its anchor solved.
        edges: per inner variable w, `|T_v ∩ r⁻¹({w})|` of the edge from its parent v.
        rival_count: the size of the union over clues of `Ans(C ∖ {c})` without the answer.
        rivals: the first of them, in turn from each clue.
        universe: how many entities the candidate sets are of, and so all that is claimed of anybody: those of a world
            that is held whole; all numbers that an item of Wikidata may have; on the open web those that were seen.
        dispersion: the fewest pages that together state all clues and edges.
        dependency: the least longest chain of queries that each use a name first seen in the pages of the one before.
        search_floor: the fewest retrievals after which the pages held state everything; `None` when none do.
        route: the queries of one such sequence, each with its pages.
        blind_cost, t_hit: after how many retrievals the reference solver holds everything, and first sees the answer.
        not_checked: fields that were not computed.
    """

    unique: bool
    necessary: dict[str, Count]
    necessary_locally: dict[str, Count]
    antichain: bool
    hierarchy: dict[str, Count]
    selectivity: Count
    edges: dict[str, Count]
    rival_count: Count
    rivals: tuple[Rival, ...]
    universe: int
    dispersion: int | None = None
    dependency: int | None = None
    search_floor: Count | None = None
    route: tuple[Hop, ...] = ()
    blind_cost: int | None = None
    t_hit: int | None = None
    not_checked: tuple[str, ...] = RETRIEVAL
    version: str = Field(default=VERSION)

    def differences(self, other: "Certificate") -> dict[str, tuple[Any, Any]]:
        """The fields in which two certificates differ, with both values as plain JSON."""
        mine, theirs = self.model_dump(mode="json"), other.model_dump(mode="json")
        return {k: (mine[k], theirs[k]) for k in mine if mine[k] != theirs[k]}


def certify(tree: ResearchTree, source: CandidateSource, retrieved: Retrieved | None = None) -> Certificate:
    """Compute every field; those that need a retriever from `retrieved`, where it is given.

    Raises `KeyError` when an entity of the tree is not in the world.
    """
    solver = Solver(tree, source)
    singles = {c.id: solver.answers([c.id]) for c in tree.clues}
    rivals, count = rivals_of(solver, singles)
    return Certificate(
        unique=is_unique(solver),
        necessary={c: size(found) for c, found in singles.items()},
        necessary_locally={c.id: size(solver.candidates(spoken_at(tree, c), [c.id])) for c in tree.clues},
        antichain=is_antichain(solver),
        hierarchy={v: size(solver.answers(solver.clues_below(v))) for v in tree.inner},
        selectivity=_smallest(selectivity(solver)),
        edges=edge_sizes(solver),
        rival_count=size(count),
        rivals=rivals,
        universe=source.size,
        **({} if retrieved is None else _reach(retrieved)),
    )


def _reach(retrieved: Retrieved) -> dict[str, Any]:
    found = reach(retrieved)
    floor = found.floor
    return {
        "dispersion": found.dispersion,
        "dependency": found.dependency,
        "search_floor": None if floor is None else _count(floor.low, floor.high),
        "route": found.route,
        "blind_cost": found.blind_cost,
        "t_hit": found.t_hit,
        "not_checked": (),
    }


def size(found: Bounds) -> Count:
    """The number of elements: an `int` where the two ends agree."""
    return _count(len(found.lower), len(found.upper))


def _count(least: int, most: int) -> Count:
    return least if least == most else Interval(low=least, high=most)


def low(count: Count) -> int:
    """What is proved to be there: the lower end of a count."""
    return count if isinstance(count, int) else count.low


def high(count: Count) -> int:
    """What cannot be ruled out: the upper end of a count."""
    return count if isinstance(count, int) else count.high


def is_unique(solver: Solver) -> bool:
    """Whether every variable is proved to stand for its entity alone, and the answer's names denote nobody else."""
    tree, source = solver.tree, solver.source
    alone = all(solver.candidates(v.id).proves_only(source.index(v.entity)) for v in tree.variables)
    return alone and not source.namesakes(tree.entities[tree.root])


def spoken_at(tree: ResearchTree, clue: Constraint) -> str:
    """The variable whose sub-question a clue belongs to: its own, for a chord the lowest above both of its ends."""
    if anchor_of(clue) is None:
        return clue.vertex
    return next(v for v in tree.bottom_up() if variables_of(clue).issubset(tree.below(v)))


def selectivity(solver: Solver) -> dict[str, Count]:
    """Per clue `|T_v ∩ S(c)|`; a chord with its anchor solved."""
    source, tree = solver.source, solver.tree
    return {c.id: size(_admitted(solver, c, source.members(tree.noun(c.vertex)))) for c in tree.clues}


def _admitted(solver: Solver, clue: Constraint, pool: Bounds) -> Bounds:
    """`S(c) ∩ pool`; for a chord those of `pool` whom it ties to the entity of its anchor."""
    anchor = anchor_of(clue)
    if anchor is not None and isinstance(clue, Anchored):
        return solver.source.preimage(clue, _solved(solver, anchor), pool)
    return solver.source.restrict(clue, pool)


def edge_sizes(solver: Solver) -> dict[str, Count]:
    """Per inner variable w `|T_v ∩ r⁻¹({w})|`: how many of the parent's kind the solved child leaves."""
    source, tree = solver.source, solver.tree
    return {
        child_of(e): size(source.preimage(e, _solved(solver, child_of(e)), source.members(tree.noun(e.vertex))))
        for e in tree.edges
    }


def is_antichain(solver: Solver) -> bool:
    """Whether no constraint's candidates are, or may be, contained in another's at the same vertex."""
    source, tree = solver.source, solver.tree
    for variable in tree.variables:
        pool = source.members(tree.noun(variable.id))
        sets = [_admitted(solver, c, pool) for c in tree.clues_of(variable.id)]
        sets += [source.preimage(e, solver.candidates(child_of(e)), pool) for e in tree.edges_of(variable.id)]
        if any(_may_nest(a, b) for a, b in permutations(sets, 2)):
            return False
    return True


def _may_nest(inner: Bounds, outer: Bounds) -> bool:
    return inner.lower.issubset(outer.upper)


def _solved(solver: Solver, vertex: str) -> Bounds:
    return Bounds.exactly(BitMap([solver.source.index(solver.tree.entities[vertex])]))


def _smallest(counts: dict[str, Count]) -> Count:
    if not counts:
        return 0
    least, most = min(low(c) for c in counts.values()), min(high(c) for c in counts.values())
    return _count(least, most)
