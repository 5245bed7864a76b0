"""Small worlds as plain sets, and the formal problem solved on them by trying every assignment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

from hypothesis import strategies as st
from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import (
    CompareConstraint,
    Constraint,
    CountConstraint,
    PredicateConstraint,
    RangeConstraint,
    RelationConstraint,
    SameConstraint,
    ToEntity,
    ToType,
    ToVertex,
    TypeConstraint,
    anchor_of,
    is_edge,
)
from hcsp.tree import ResearchTree, Variable

RELATIONS = ("r", "s")
TYPES = ("t", "u")
YEAR = "year"

Fact = tuple[int, str, int]


@dataclass(eq=False)
class PlainSource:
    """A `CandidateSource` over sets. `doubt` names facts that only the upper end holds; every relation is complete."""

    size: int
    facts: frozenset[Fact]
    types: dict[str, frozenset[int]]
    years: dict[int, int]
    doubt: frozenset[Fact] = frozenset()
    shared: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _tied: dict[tuple[Constraint, int], BitMap] = field(default_factory=dict, init=False)

    def index(self, entity: str) -> int:
        return int(entity)

    def entity(self, index: int) -> str:
        return str(index)

    def members(self, clue: Constraint) -> Bounds:
        if is_edge(clue) or anchor_of(clue) is not None:
            raise TypeError(f"{clue.id!r} has no candidates of its own")
        if isinstance(clue, CountConstraint) and clue.high is not None:
            return counted(clue, self, self.wider)
        return self._bounds([BitMap(who(clue, range(world.size), {}, world)) for world in (self, self.wider)])

    def restrict(self, clue: Constraint, pool: Bounds) -> Bounds:
        return self.members(clue) & pool

    def preimage(self, tie: RelationConstraint, targets: Bounds, pool: Bounds) -> Bounds:
        ends = [(self, targets.lower, pool.lower), (self.wider, targets.upper, pool.upper)]
        found = [BitMap().union(*(world.tied(tie, t) for t in there)) & mine for world, there, mine in ends]
        return Bounds.exactly(found[0]) if targets.exact and pool.exact and not self.doubt else Bounds(*found)

    def tied(self, tie: Constraint, target: int) -> BitMap:
        """Everyone for whom an edge or a chord holds with a target at its far end."""
        if (tie, target) not in self._tied:
            far = anchor_of(tie) or tie.target.vertex
            self._tied[tie, target] = who(tie, range(self.size), {far: target}, self)
        return self._tied[tie, target]

    def namesakes(self, entity: str) -> tuple[str, ...]:
        return self.shared.get(entity, ())

    @cached_property
    def wider(self) -> "PlainSource":
        """The world with what is doubtful."""
        return replace(self, facts=self.facts | self.doubt, doubt=frozenset()) if self.doubt else self

    @cached_property
    def ties(self) -> dict[tuple[int, str, str], set[int]]:
        """Per entity, relation and direction who is at the other end."""
        found: dict[tuple[int, str, str], set[int]] = defaultdict(set)
        for s, r, o in self.facts:
            found[s, r, "out"].add(o)
            found[o, r, "in"].add(s)
        return found

    def _bounds(self, ends: list[BitMap]) -> Bounds:
        return Bounds(*ends) if self.doubt else Bounds.exactly(ends[0])


def who(c: Constraint, pool: Iterable[int], others: Mapping[str, int], source: PlainSource) -> BitMap:
    """Those of `pool` that meet a constraint when the other variables are as given."""
    return BitMap([e for e in pool if holds(c, {**others, c.vertex: e}, source)])


def counted(clue: CountConstraint, within: PlainSource, around: PlainSource) -> Bounds:
    """Who surely and who may have that many facts when the truth lies between two worlds."""
    tied = [[len(w.ties.get((e, clue.relation, clue.direction), ())) for e in range(w.size)] for w in (within, around)]
    least, most = tied
    return Bounds(
        BitMap([e for e in range(within.size) if clue.low <= least[e] and most[e] <= clue.high]),
        BitMap([e for e in range(within.size) if clue.low <= most[e] and least[e] <= clue.high]),
    )


def answers(tree: ResearchTree, source: PlainSource, vertex: str, without: Iterable[str] = ()) -> set[int]:
    """`H(vertex)` over the certain facts, by trying every assignment of the variables at and below it."""
    part, left_out = tree.subtree(vertex), set(without)
    names = [v.id for v in part.variables]
    kept = [c for c in part.constraints if c.id not in left_out]
    found = set()
    for values in product(range(source.size), repeat=len(names)):
        assignment = dict(zip(names, values, strict=True))
        if assignment[vertex] not in found and fits(kept, assignment, source):
            found.add(assignment[vertex])
    return found


def fits(constraints: Iterable[Constraint], values: Mapping[str, int], source: PlainSource) -> bool:
    """Whether an assignment meets all constraints; it gives no entity twice when a chord is among them."""
    kept = list(constraints)
    cyclic = any(anchor_of(c) is not None for c in kept)
    return (not cyclic or len(set(values.values())) == len(values)) and all(holds(c, values, source) for c in kept)


def holds(c: Constraint, values: Mapping[str, int], source: PlainSource) -> bool:
    """Whether an assignment meets one constraint, as `hcsp.constraints` defines its kind."""
    mine = values[c.vertex]
    if isinstance(c, TypeConstraint):
        return mine in source.types[c.type]
    if isinstance(c, RangeConstraint):
        return mine in source.years and int(c.low) <= source.years[mine] <= int(c.high)
    if isinstance(c, PredicateConstraint):
        return mine in source.years and _has(c, source.years[mine])
    if isinstance(c, CountConstraint):
        times = len(_far(source, mine, c.relation, c.direction))
        return c.low <= times and (c.high is None or times <= c.high)
    if isinstance(c, CompareConstraint):
        years = source.years.get(mine), source.years.get(_value(c.anchor, values))
        return None not in years and (years[0] > years[1] if c.op == ">" else years[0] < years[1])
    if isinstance(c, SameConstraint):
        other = _value(c.anchor, values)
        return mine != other and bool(_objects(source, mine, c.relation) & _objects(source, other, c.relation))
    far = _far(source, mine, c.relation, c.direction)
    return bool(far & source.types[c.target.type]) if isinstance(c.target, ToType) else _value(c.target, values) in far


def _has(c: PredicateConstraint, year: int) -> bool:
    if c.predicate == "prime":
        return all(year % n for n in range(2, year))
    return {"multiple_of": lambda: year % c.args[0] == 0, "decade": lambda: year // 10 * 10 == c.args[0]}[c.predicate]()


def _value(end: ToVertex | ToEntity, values: Mapping[str, int]) -> int:
    return values[end.vertex] if isinstance(end, ToVertex) else int(end.entity)


def _far(source: PlainSource, entity: int, relation: str, direction: str) -> set[int]:
    return source.ties.get((entity, relation, direction), set())


def _objects(source: PlainSource, entity: int, relation: str) -> set[int]:
    if relation == YEAR:
        return {source.years[entity]} if entity in source.years else set()
    return _far(source, entity, relation, "out")


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
    names = [v.id for v in variables]
    constants = [str(e) for e in entities[count:]]
    constraints: list[Constraint] = []
    for n, variable in enumerate(variables):
        constraints.append(TypeConstraint(id=f"n{n}", vertex=variable.id, type=draw(st.sampled_from(TYPES))))
        if n:
            parent = variables[draw(st.integers(0, n - 1))].id
            constraints.append(_tie(draw, f"e{n}", parent, ToVertex(vertex=variable.id)))
        for m in range(draw(st.integers(0, 2))):
            ends: list[ToVertex | ToEntity] = [ToEntity(entity=draw(st.sampled_from(constants)), label="")]
            ends += [ToVertex(vertex=other) for other in names if other != variable.id]
            constraints.append(_clue(draw, f"c{n}{m}", variable.id, ends))
    return ResearchTree(variables=variables, constraints=tuple(constraints)), source


def _clue(draw: st.DrawFn, identifier: str, vertex: str, ends: list[ToVertex | ToEntity]) -> Constraint:
    """A clue of any kind, a chord where it is held against the last of `ends`."""
    about = {"id": identifier, "vertex": vertex}
    tied = about | {"relation": draw(_of(RELATIONS)), "direction": draw(_of(("out", "in")))}
    kind = draw(st.integers(0, 6))
    if kind == 0:
        return RelationConstraint(**tied, target=ends[0])
    if kind == 1:
        return RelationConstraint(**tied, target=ToType(type=draw(_of(TYPES))))
    if kind == 2:
        return CountConstraint(**tied, low=draw(st.integers(1, 2)), high=draw(_of((None, 2, 3))))
    if kind == 3:
        return SameConstraint(**about, relation=draw(_of((*RELATIONS, YEAR))), anchor=draw(_of(ends)))
    if kind == 4:
        return CompareConstraint(**about, relation=YEAR, op=draw(_of("<>")), anchor=draw(_of(ends)))
    if kind == 5:
        predicate, *args = draw(_of([("prime",), ("multiple_of", 3), ("decade", 1910)]))
        return PredicateConstraint(**about, relation=YEAR, predicate=predicate, args=tuple(args))
    low = draw(st.integers(1895, 1930))
    return RangeConstraint(**about, relation=YEAR, low=str(low), high=str(low + draw(st.integers(0, 20))))


def _of(options) -> st.SearchStrategy:
    return st.sampled_from(list(options))


def _tie(draw: st.DrawFn, identifier: str, vertex: str, target: ToVertex | ToEntity) -> RelationConstraint:
    relation, direction = draw(st.sampled_from(RELATIONS)), draw(st.sampled_from(["out", "in"]))
    return RelationConstraint(id=identifier, vertex=vertex, relation=relation, direction=direction, target=target)


def clue_ids(tree: ResearchTree, vertex: str) -> set[str]:
    """The clues at and below a variable."""
    return {c.id for c in tree.clues if c.vertex in tree.below(vertex)}


def lowest(tree: ResearchTree, clue: Constraint) -> str:
    """The lowest variable that has all variables of a clue at or below it."""
    ends = {clue.vertex, anchor_of(clue) or clue.vertex}
    return min((v for v in tree.entities if ends <= set(tree.below(v))), key=lambda v: len(tree.below(v)))
