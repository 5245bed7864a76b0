"""Small worlds as plain sets, and the formal problem solved on them by trying every assignment."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product

from hypothesis import strategies as st
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import (
    Constraint,
    RangeConstraint,
    RelationConstraint,
    ToEntity,
    ToVertex,
    TypeConstraint,
    child_of,
    is_edge,
)
from hcsp.tree import ResearchTree, Variable

RELATIONS = ("r", "s")
TYPES = ("t", "u")


@dataclass(eq=False)
class PlainSource:
    """A `CandidateSource` over sets. `doubt` names facts and types that only the upper end holds."""

    size: int
    facts: frozenset[tuple[int, str, int]]
    types: dict[str, frozenset[int]]
    years: dict[int, int]
    doubt: frozenset[tuple[int, str, int]] = frozenset()
    shared: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def index(self, entity: str) -> int:
        return int(entity)

    def entity(self, index: int) -> str:
        return str(index)

    def members(self, clue: Constraint) -> Bounds:
        if isinstance(clue, TypeConstraint):
            return Bounds.exactly(BitMap(self.types[clue.type]))
        if isinstance(clue, RangeConstraint):
            inside = (e for e, year in self.years.items() if int(clue.low) <= year <= int(clue.high))
            return Bounds.exactly(BitMap(inside))
        assert isinstance(clue.target, ToEntity)
        target = Bounds.exactly(BitMap([int(clue.target.entity)]))
        return self.preimage(clue, target, Bounds.exactly(BitMap(range(self.size))))

    def restrict(self, clue: Constraint, pool: Bounds) -> Bounds:
        return self.members(clue) & pool

    def preimage(self, edge: RelationConstraint, targets: Bounds, pool: Bounds) -> Bounds:
        lower = self._tied(edge, self.facts, targets.lower) & pool.lower
        upper = self._tied(edge, self.facts | self.doubt, targets.upper) & pool.upper
        return Bounds(lower, upper)

    def namesakes(self, entity: str) -> tuple[str, ...]:
        return self.shared.get(entity, ())

    def _tied(self, edge: RelationConstraint, facts: Iterable[tuple[int, str, int]], targets: BitMap) -> BitMap:
        ends = ((s, o) if edge.direction == "out" else (o, s) for s, r, o in facts if r == edge.relation)
        return BitMap(mine for mine, far in ends if far in targets)


def answers(tree: ResearchTree, source: PlainSource, vertex: str, without: Iterable[str] = ()) -> set[int]:
    """`H(vertex)` over the certain facts, by trying every assignment of the variables at and below it."""
    part, left_out = tree.subtree(vertex), set(without)
    names = [v.id for v in part.variables]
    kept = [c for c in part.constraints if c.id not in left_out]
    found = set()
    for values in product(range(source.size), repeat=len(names)):
        assignment = dict(zip(names, values, strict=True))
        if assignment[vertex] not in found and all(_holds(c, assignment, source) for c in kept):
            found.add(assignment[vertex])
    return found


def _holds(c: Constraint, values: dict[str, int], source: PlainSource) -> bool:
    mine = values[c.vertex]
    if isinstance(c, TypeConstraint):
        return mine in source.types[c.type]
    if isinstance(c, RangeConstraint):
        return mine in source.years and int(c.low) <= source.years[mine] <= int(c.high)
    far = values[child_of(c)] if isinstance(c.target, ToVertex) else int(c.target.entity)
    ends = (mine, far) if c.direction == "out" else (far, mine)
    return (ends[0], c.relation, ends[1]) in source.facts


@st.composite
def worlds(draw: st.DrawFn) -> PlainSource:
    """At most seven entities, two relations, two types, some years."""
    size = draw(st.integers(4, 7))
    ids = st.integers(0, size - 1)
    facts = draw(st.frozensets(st.tuples(ids, st.sampled_from(RELATIONS), ids), min_size=4, max_size=24))
    doubt = draw(st.frozensets(st.tuples(ids, st.sampled_from(RELATIONS), ids), max_size=4)) - facts
    types = {"t": frozenset(range(size)), "u": draw(st.frozensets(ids, min_size=1))}
    years = draw(st.dictionaries(ids, st.integers(1900, 1930)))
    return PlainSource(size, facts, types, years, doubt)


@st.composite
def problems(draw: st.DrawFn) -> tuple[ResearchTree, PlainSource]:
    """A world and a tree of one to three variables over it; nothing promises that the tree has any answer."""
    source = draw(worlds())
    entities = draw(st.permutations(range(source.size)))
    count = draw(st.integers(1, 3))
    variables = tuple(Variable(id="ABC"[n], entity=str(entities[n])) for n in range(count))
    constants = [str(e) for e in entities[count:]]
    constraints: list[Constraint] = []
    for n, variable in enumerate(variables):
        constraints.append(TypeConstraint(id=f"n{n}", vertex=variable.id, type=draw(st.sampled_from(TYPES))))
        if n:
            parent = variables[draw(st.integers(0, n - 1))].id
            constraints.append(_tie(draw, f"e{n}", parent, ToVertex(vertex=variable.id)))
        for m in range(draw(st.integers(0, 2))):
            clue = _tie(draw, f"c{n}{m}", variable.id, ToEntity(entity=draw(st.sampled_from(constants)), label=""))
            constraints.append(draw(st.sampled_from([clue, _range(draw, clue)])))
    return ResearchTree(variables=variables, constraints=tuple(constraints)), source


def _tie(draw: st.DrawFn, identifier: str, vertex: str, target: ToVertex | ToEntity) -> RelationConstraint:
    relation, direction = draw(st.sampled_from(RELATIONS)), draw(st.sampled_from(["out", "in"]))
    return RelationConstraint(id=identifier, vertex=vertex, relation=relation, direction=direction, target=target)


def _range(draw: st.DrawFn, clue: RelationConstraint) -> RangeConstraint:
    low = draw(st.integers(1895, 1930))
    high = low + draw(st.integers(0, 20))
    return RangeConstraint(id=clue.id, vertex=clue.vertex, relation="year", low=str(low), high=str(high))


def clue_ids(tree: ResearchTree, vertex: str) -> set[str]:
    """The clues at and below a variable."""
    return {c.id for c in tree.clues if c.vertex in tree.below(vertex) and not is_edge(c)}
