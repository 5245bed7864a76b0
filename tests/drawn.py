"""Worlds and research trees drawn by a seed; every constraint of a tree is true of the entities it was drawn for."""

from collections.abc import Iterator
from random import Random

from plain import YEAR, PlainSource, counted, holds
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
)
from hcsp.tree import ResearchTree, Variable

RELATIONS = "pqrs"


def draw_world(rng: Random, size: int = 12, facts: int = 60) -> PlainSource:
    """Entities of two overlapping types, with facts of four relations and years."""
    drawn = {(rng.randrange(size), rng.choice(RELATIONS), rng.randrange(size)) for _ in range(facts)}
    some = frozenset(rng.sample(range(size), size * 2 // 3))
    years = {e: rng.randrange(1900, 1910) for e in range(size) if rng.random() < 0.7}
    return PlainSource(size, frozenset(drawn), {"entity": frozenset(range(size)), "some": some}, years)


def draw_skeleton(rng: Random, source: PlainSource, most: int = 3) -> ResearchTree | None:
    """At most `most` variables with nouns and edges; `None` where no fact leads anywhere."""
    entities, constraints = [rng.randrange(source.size)], list[Constraint]()
    for n in range(1, rng.randint(2, most)):
        at = rng.randrange(len(entities))
        options = [tie for tie in ties(source, entities[at]) if tie[2] not in entities]
        if not options:
            return None
        relation, direction, far = rng.choice(options)
        entities.append(far)
        constraints.append(_relation(f"e{n}", "ABCD"[at], relation, direction, ToVertex(vertex="ABCD"[n])))
    for n, entity in enumerate(entities):
        kinds = [t for t, members in sorted(source.types.items()) if entity in members]
        constraints.append(TypeConstraint(id=f"n{n}", vertex="ABCD"[n], type=rng.choice(kinds)))
    variables = tuple(Variable(id="ABCD"[n], entity=str(e)) for n, e in enumerate(entities))
    return ResearchTree(variables=variables, constraints=tuple(constraints))


def clues(source: PlainSource, tree: ResearchTree, vertex: str) -> list[Constraint]:
    """Every clue that is true of a variable's entity and names no entity of the tree."""
    mine, inside = int(tree.entities[vertex]), {int(e) for e in tree.entities.values()}
    usable = [tie for tie in ties(source, mine) if tie[2] not in inside]
    found: list[Constraint] = [
        _relation(f"{vertex}{n}", vertex, relation, direction, ToEntity(entity=str(far), label=""))
        for n, (relation, direction, far) in enumerate(usable)
    ]
    if mine in source.years:
        year = source.years[mine]
        ends = (str(year - year % 3), str(year - year % 3 + 2))
        found.append(RangeConstraint(id=f"{vertex}y", vertex=vertex, relation="year", low=ends[0], high=ends[1]))
    return found


def draw_problem(seed: int) -> tuple[ResearchTree, PlainSource] | None:
    """A tree of two or three variables with at most three clues each."""
    rng = Random(seed)
    source = draw_world(rng, facts=rng.choice([30, 60, 90]))
    tree = draw_skeleton(rng, source)
    for vertex in tree.entities if tree else ():
        usable = clues(source, tree, vertex)
        tree = tree.with_clues(vertex, rng.sample(usable, min(len(usable), rng.randint(0, 3))))
    return None if tree is None else (tree, source)


def derived(source: PlainSource, tree: ResearchTree, vertex: str) -> list[Constraint]:
    """Every clue of the other kinds that is true of a variable's entity, chords to other variables among them."""
    inside = {int(e) for e in tree.entities.values()}
    ends: list[ToVertex | ToEntity] = [ToVertex(vertex=v) for v in tree.entities if v != vertex] * 3
    ends += [ToEntity(entity=str(e), label="") for e in range(source.size) if e not in inside]
    found: list[Constraint] = []
    for relation in RELATIONS:
        for direction in ("out", "in"):
            about = {"id": "", "vertex": vertex, "relation": relation, "direction": direction}
            found += [RelationConstraint(**about, target=ToType(type=t)) for t in sorted(source.types)]
            found += [CountConstraint(**about, low=n, high=m) for n, m in ((2, None), (3, None), (1, 2), (2, 2))]
    for relation in (*RELATIONS, YEAR):
        found += [SameConstraint(id="", vertex=vertex, relation=relation, anchor=end) for end in ends]
    found += [CompareConstraint(id="", vertex=vertex, relation=YEAR, op=op, anchor=end) for end in ends for op in "<>"]
    for predicate, *args in (("prime",), ("multiple_of", 3), ("decade", 1900)):
        found.append(PredicateConstraint(id="", vertex=vertex, relation=YEAR, predicate=predicate, args=tuple(args)))
    values = {v: int(e) for v, e in tree.entities.items()}
    true = [c for c in found if holds(c, values, source)]
    return [c.model_copy(update={"id": f"{vertex}d{n}"}) for n, c in enumerate(true)]


def draw_derived(seed: int, most: int = 4) -> tuple[ResearchTree, PlainSource] | None:
    """A tree of two to `most` variables with at most three clues each, of all kinds; about half have chords."""
    rng = Random(f"derived:{seed}")
    source = draw_world(rng, rng.randint(6, 11), rng.choice([30, 60, 90]))
    tree = draw_skeleton(rng, source, most)
    while tree is not None and len(tree.entities) < 2:
        tree = draw_skeleton(rng, source, most)
    for vertex in tree.entities if tree else ():
        plain, other = clues(source, tree, vertex), derived(source, tree, vertex)
        chosen = rng.sample(plain, min(len(plain), rng.randint(0, 2))) + rng.sample(other, min(len(other), 1))
        tree = tree.with_clues(vertex, chosen)
    return None if tree is None else (tree, source)


def problems(seeds: range) -> Iterator[tuple[ResearchTree, PlainSource]]:
    """The problems of some seeds."""
    return (found for seed in seeds if (found := draw_problem(seed)) is not None)


def ties(source: PlainSource, entity: int) -> list[tuple[str, str, int]]:
    """The facts about an entity as relation, direction, other end; sorted."""
    outward = {(r, "out", o) for s, r, o in source.facts if s == entity}
    inward = {(r, "in", s) for s, r, o in source.facts if o == entity}
    return sorted(outward | inward)


def _relation(
    identifier: str, vertex: str, relation: str, direction: str, target: ToVertex | ToEntity
) -> RelationConstraint:
    return RelationConstraint(id=identifier, vertex=vertex, relation=relation, direction=direction, target=target)


class Between:
    """A `CandidateSource` that knows a world only between two others: one within it, one around it."""

    def __init__(self, within: PlainSource, around: PlainSource) -> None:
        self.within, self.around, self.size = within, around, within.size
        self.index, self.entity, self.namesakes = within.index, within.entity, within.namesakes

    def members(self, clue: Constraint) -> Bounds:
        if isinstance(clue, CountConstraint) and clue.high is not None:
            return counted(clue, self.within, self.around)
        return Bounds(self.within.members(clue).lower, self.around.members(clue).lower)

    def restrict(self, clue: Constraint, pool: Bounds) -> Bounds:
        return self.members(clue) & pool

    def preimage(self, edge: RelationConstraint, targets: Bounds, pool: Bounds) -> Bounds:
        lower = _preimage(self.within, edge, targets.lower, pool.lower)
        return Bounds(lower, _preimage(self.around, edge, targets.upper, pool.upper))


def _preimage(source: PlainSource, edge: RelationConstraint, targets: BitMap, pool: BitMap) -> BitMap:
    return source.preimage(edge, Bounds.exactly(targets), Bounds.exactly(pool)).lower


def blurred(rng: Random, truth: PlainSource) -> Between:
    """Bounds around the truth: some of it is uncertain, and more may hold."""
    sure = rng.choice([0.6, 0.9, 1.0])
    kept = frozenset(f for f in sorted(truth.facts) if rng.random() < sure)
    more = draw_world(rng, truth.size, rng.choice([0, 4, 15]))
    types = {t: frozenset(e for e in sorted(m) if rng.random() < sure) for t, m in truth.types.items()}
    years = {e: y for e, y in truth.years.items() if rng.random() < sure}
    wider = {t: m | (more.types[t] if rng.random() < 0.3 else frozenset()) for t, m in truth.types.items()}
    around = PlainSource(truth.size, truth.facts | more.facts, wider, more.years | truth.years)
    return Between(PlainSource(truth.size, kept, types, years), around)
