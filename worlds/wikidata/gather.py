"""Gathering over HTTP what certifying a tree needs, and what choosing its clues does, into one snapshot."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeGuard

from hcsp.constraints import (
    Asserting,
    Constraint,
    CountConstraint,
    Direction,
    RelationConstraint,
    SameConstraint,
    anchor_of,
    constant_of,
)
from hcsp.tree import ResearchTree
from worlds.known import Known, Tied, Told, renumbered
from worlds.model import Fact, Relation
from worlds.snapshot import Snapshot
from worlds.wikidata.lookup import Lookup, Way, number
from worlds.wikidata.queries import Goal

UNIVERSE = 1 << 28
"""Numbers of items, seen or not: beyond the newest, and the same on every day."""

About = Callable[[str], Awaitable[Sequence[Fact]]]
Names = Callable[[Iterable[str]], Awaitable[Mapping[str, Sequence[str]]]]


class Gathering:
    """One frame in the making. The same tree and limit ask the same questions, whatever was asked before."""

    def __init__(
        self, tree: ResearchTree, limit: int, lookup: Lookup, relations: Mapping[str, Relation], about: About
    ) -> None:
        self._tree, self._lookup, self._relations, self._about = tree, lookup, relations, about
        self._limit = min(limit, lookup.settings.most)
        self._goals: dict[str, list[Goal]] = {}
        self._asked: dict[str, list[Goal]] = {}
        self._literal: dict[str, set[str]] = {}
        self._sets: dict[Goal, frozenset[int] | None] = {}
        self._pools: dict[str, set[int]] = {}
        self._rows: dict[tuple[Way, int], tuple[int, ...]] = {}
        self._texts: dict[str, dict[int, tuple[str, ...]]] = defaultdict(dict)
        self._told: dict[str, set[int]] = defaultdict(set)
        self._vague: dict[str, set[int]] = defaultdict(set)

    async def snapshot(self, names: Names) -> Snapshot:
        """Ask, variable by variable from the root down, and put together what came."""
        tree = self._tree
        for vertex in tree.below(tree.root):
            await self._plan(vertex)
        self._sets = await self._lookup.sets(chain.from_iterable(self._goals.values()), self._limit)
        for vertex in tree.below(tree.root):
            await self._fill(vertex)
        everyone = set().union(*self._pools.values()) | self._ends()
        types = await self._lookup.types(everyone)
        constants = {g.item for own in self._goals.values() for g in own} | tree.constants
        called = await names({*tree.entities.values(), *constants})
        known = Known(
            size=UNIVERSE,
            names=(),
            ties=self._ties(),
            literals=self._literals(),
            types=_members(types, await self._lookup.samples()),
            typed=tuple(sorted(types)),
            namesakes=await self._lookup.namesakes(called),
        )
        return Snapshot(renumbered(known), dict(self._relations))

    async def _plan(self, vertex: str) -> None:
        """What could be asked of a variable: of its clues first, then of all that is known of its entity."""
        entity, clues = self._tree.entities[vertex], self._tree.clues_of(vertex)
        facts = await self._about(entity)
        asked = [_goal(c) for c in clues if isinstance(c, RelationConstraint) and constant_of(c) is not None]
        for clue in clues:
            if isinstance(clue, SameConstraint) and (constant := constant_of(clue)) is not None:
                asked += _holders(clue.relation, constant.entity, await self._about(constant.entity))
        offered = [_seen_from(fact, entity) for fact in facts if fact.kind == "entity"]
        self._asked[vertex] = asked
        self._goals[vertex] = list(dict.fromkeys([*asked, *offered]))
        used = {c.relation for c in clues if isinstance(c, Asserting)} | {f.relation for f in facts}
        self._literal[vertex] = {r for r in used if r in self._relations and self._relations[r].kind != "entity"}

    async def _fill(self, vertex: str) -> None:
        """The pool of a variable, and the facts that decide which of them qualify."""
        pool = self._pools[vertex] = self._pool(vertex)
        ways = self._ways(vertex)
        self._rows |= await self._lookup.rows(ways, pool)
        literals, vague = await self._lookup.literals(self._literal[vertex], pool)
        for (relation, x), texts in literals.items():
            self._texts[relation][x] = texts
            self._told[relation].add(x)
        for relation, items in vague.items():
            self._vague[relation] |= items

    def _pool(self, vertex: str) -> set[int]:
        """Its entity, who meets one of its clues, the partners of its parent's pool, then who meets what else holds."""
        most = self._lookup.settings.pool
        asked = [self._sets[goal] for goal in self._asked[vertex]]
        offered = [self._sets[goal] for goal in self._goals[vertex] if goal not in self._asked[vertex]]
        found = {n for n in [number(self._tree.entities[vertex])] if n is not None}
        for group in (_listed(asked), [self._partners(vertex)], _listed(offered)):
            for items in group:
                if len(found) < most:
                    found |= set(sorted(items - found)[: most - len(found)])
        return found

    def _partners(self, vertex: str) -> frozenset[int]:
        edge = self._tree.parent_edge(vertex)
        if edge is None:
            return frozenset()
        way, parents = (edge.relation, edge.direction), self._pools[edge.vertex]
        return frozenset(chain.from_iterable(self._rows.get((way, x), ()) for x in parents))

    def _ways(self, vertex: str) -> set[Way]:
        """The facts to ask of a pool: those whose sets are too large, those of edges, and those that clues rest on."""
        tree = self._tree
        found: set[Way] = {(g.relation, g.direction) for g in self._goals[vertex] if self._sets[g] is None}
        found |= {(e.relation, e.direction) for e in tree.edges_of(vertex)}
        for clue in tree.clues:
            if vertex in (clue.vertex, anchor_of(clue)) and isinstance(clue, SameConstraint):
                found.add((clue.relation, "out"))
            elif clue.vertex == vertex and _spreads(clue):
                found.add((clue.relation, clue.direction))
        return {way for way in found if way[0] in self._relations and self._relations[way[0]].kind == "entity"}

    def _ends(self) -> set[int]:
        """Those at the far ends of clues towards a type: whether any is of it has to be known."""
        ways = {
            (c.relation, c.direction)
            for c in self._tree.clues
            if isinstance(c, RelationConstraint) and constant_of(c) is None
        }
        return set(chain.from_iterable(ys for (way, _), ys in self._rows.items() if way in ways))

    def _ties(self) -> dict[str, Tied]:
        pairs: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        whole: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
        rows = dict(self._rows)
        for goal, items in self._sets.items():
            if items is not None and (item := number(goal.item)) is not None:
                rows[(goal.relation, _turned(goal.direction)), item] = tuple(items)
        for ((relation, direction), x), ys in rows.items():
            outward = direction == "out"
            whole[relation][0 if outward else 1].add(x)
            for y in ys:
                subject, target = (x, y) if outward else (y, x)
                pairs[relation][subject].add(target)
        return {
            r: Tied(
                pairs={s: tuple(sorted(os)) for s, os in sorted(pairs[r].items())},
                subjects=tuple(sorted(subjects)),
                objects=tuple(sorted(objects)),
            )
            for r, (subjects, objects) in sorted(whole.items())
        }

    def _literals(self) -> dict[str, Told]:
        return {
            r: Told(
                kind=self._relations[r].kind,
                texts={x: texts for x, texts in sorted(self._texts[r].items()) if texts},
                subjects=tuple(sorted(self._told[r])),
                vague=tuple(sorted(self._vague[r])),
            )
            for r in sorted(self._told)
        }


def _goal(clue: RelationConstraint) -> Goal:
    constant = constant_of(clue)
    assert constant is not None
    return Goal(clue.relation, clue.direction, constant.entity)


def _spreads(clue: Constraint) -> TypeGuard[CountConstraint | RelationConstraint]:
    """Whether a clue rests on all that its variable is tied to by a relation, and no constant is named."""
    return isinstance(clue, CountConstraint | RelationConstraint) and constant_of(clue) is None


def _seen_from(fact: Fact, entity: str) -> Goal:
    """Whoever stands where the entity does in a fact."""
    if fact.subject == entity:
        return Goal(fact.relation, "out", fact.object)
    return Goal(fact.relation, "in", fact.subject)


def _holders(relation: str, anchor: str, facts: Iterable[Fact]) -> list[Goal]:
    """All objects of an anchor, and who has each of them."""
    objects = [f.object for f in facts if f.subject == anchor and f.relation == relation and f.kind == "entity"]
    return [Goal(relation, "out", each) for each in objects] + ([Goal(relation, "in", anchor)] if objects else [])


def _turned(direction: Direction) -> Direction:
    return "in" if direction == "out" else "out"


def _listed(sets: Iterable[frozenset[int] | None]) -> list[frozenset[int]]:
    """Those that are whole, the smallest first."""
    return sorted((items for items in sets if items is not None), key=lambda items: (len(items), sorted(items)))


def _members(types: Mapping[int, Iterable[str]], samples: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = defaultdict(set)
    for name, items in samples.items():
        found[name] |= set(items)
    for item, names in types.items():
        for name in names:
            found[name].add(item)
    return {name: tuple(sorted(items)) for name, items in sorted(found.items())}
