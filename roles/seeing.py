"""Looking around on the web for all that certifying a tree needs, and putting it into one snapshot."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hcsp.constraints import Direction, RelationConstraint, child_of, constant_of
from hcsp.tree import ResearchTree
from roles.asking import together
from roles.goals import Goal, goal_of, goals_of
from roles.options import other_end
from roles.reader import Reader
from roles.rival_names import Rumours, distinct, ranked
from worlds.known import Known, Tied, Told
from worlds.literals import interval
from worlds.model import Fact, Relation
from worlds.snapshot import Snapshot

MOST_CLUES = 6
"""Clues about one entity that others are held against, beside those that the tree has."""
LOOKED_UP = 10
"""Facts about one entity whose other ends are looked up in search of these."""
MOST_RIVALS = 12
"""Rivals of one variable."""
SPARE = 4
"""Names that are looked up beyond these, in place of those that no page is about."""
MOST_PARTNERS = 3
"""Things beside a clue's constant that rivals are tied to by its relation: without them no sub-question has rivals."""

Pairs = dict[str, dict[int, set[int]]]


class Seeing:
    """One frame in the making. Variables are looked at from the root down, everything else in the order of names."""

    def __init__(
        self, tree: ResearchTree, limit: int, reader: Reader, rumours: Rumours, suspects: Sequence[str] = ()
    ) -> None:
        self._tree, self._reader, self._rumours = tree, reader, rumours
        self._most = min(limit, MOST_RIVALS)
        self._suspects = suspects
        self._goals: dict[str, list[Sequence[Goal]]] = {}
        self._rivals: dict[str, list[str]] = {}
        self._partners: dict[str, list[str]] = {}
        self._at: dict[str, int] = {}

    async def snapshot(self) -> Snapshot:
        """Look, read and judge, and put together what was found."""
        tree, reader = self._tree, self._reader
        await reader.read(tree.entities.values())
        for vertex in tree.below(tree.root):
            self._goals[vertex] = [await self._own(tree.entities[vertex]), self._asked(vertex)]
            self._rivals[vertex] = await self._found(vertex)
            await reader.read(self._rivals[vertex])
            self._partners[vertex] = await self._tied(vertex)
        everyone = self._everyone()
        await together(reader.library.about(name) for name in everyone)
        groups = [goals for own in self._goals.values() for goals in own]
        await together(self._judge(name, groups) for name in everyone)
        names = (*everyone, *sorted(self._ends() - set(everyone)))
        self._at = {name: n for n, name in enumerate(names)}
        known = Known(
            size=len(everyone),
            names=names,
            ties=await self._ties(everyone),
            literals=self._literals(everyone),
            namesakes={name: await reader.namesakes(name) for name in everyone},
        )
        return Snapshot(known, dict(reader.relations))

    async def _own(self, entity: str) -> list[Goal]:
        """What an entity's facts offer, whatever tree it stands in: towards what has a page and no namesake."""
        offered = goals_of(entity, self._reader.facts(entity), self._reader.relations)[:LOOKED_UP]
        about = await together(self._reader.library.about(goal.constant) for goal in offered)
        kept = [goal for goal, found in zip(offered, about, strict=True) if found.home and not found.namesakes]
        return kept[:MOST_CLUES]

    def _asked(self, vertex: str) -> list[Goal]:
        """What the tree asks of a variable: its clues, and its edges with their far ends solved."""
        clues = [c for c in self._tree.clues_of(vertex) if isinstance(c, RelationConstraint)]
        asked = [Goal(c.relation, c.direction, named.entity) for c in clues if (named := constant_of(c)) is not None]
        edges = self._tree.edges_of(vertex)
        return [*asked, *(Goal(e.relation, e.direction, self._tree.entities[child_of(e)]) for e in edges)]

    async def _found(self, vertex: str) -> list[str]:
        """The rivals of a variable: suspected, remembered, then what searches and the rivals of its parent bring."""
        tree = self._tree
        entity, root = tree.entities[vertex], vertex == tree.root
        goals = dict.fromkeys(goal for own in self._goals[vertex] for goal in own)
        clues = [goal.held(self._reader.relations).clue for goal in goals]
        told = [*(self._suspects if root else ()), *await self._rumours.remembered(clues, entity, root=root)]
        edge = tree.parent_edge(vertex)
        found = await self._rumours.searched(clues)
        found += Counter() if edge is None else self._ends_of(edge.vertex, edge.relation, edge.direction)
        names = distinct([*told, *ranked(found)], {*tree.entities.values(), *self._constants()})
        return await self._with_pages(names, self._most)

    async def _tied(self, vertex: str) -> list[str]:
        """What a variable's nearest rivals are tied to by each of the relations of its clues."""
        taken = {*self._tree.entities.values(), *self._constants(), *self._rivals[vertex]}
        kept: list[str] = []
        for relation, direction in dict.fromkeys(goal[:2] for goals in self._goals[vertex] for goal in goals):
            ends = ranked(self._ends_of(vertex, relation, direction))
            kept += await self._with_pages(distinct(ends, {*taken, *kept}), MOST_PARTNERS)
        return kept

    async def _with_pages(self, names: Sequence[str], most: int) -> list[str]:
        """The first `most` of some names that a page is about."""
        some = [self._reader.seen(name) or name for name in names[: most + SPARE]]
        about = await together(self._reader.library.about(name) for name in some)
        kept = [name for name, found in zip(some, about, strict=True) if found.home is not None]
        return [self._reader.spelled(name) for name in kept[:most]]

    def _ends_of(self, vertex: str, relation: str, direction: Direction) -> Counter[str]:
        """Where facts of a relation about a variable's rivals lead, with the most clues that such a rival meets."""
        goals = {goal for own in self._goals[vertex] for goal in own}
        found: Counter[str] = Counter()
        for rival in self._rivals[vertex]:
            told = [goal for fact in self._reader.facts(rival) if (goal := goal_of(fact, rival)) is not None]
            met = 1 + len(goals.intersection(told))
            found |= Counter({g.constant: met for g in told if g[:2] == (relation, direction)})
        return found

    def _constants(self) -> set[str]:
        """What the clues at hand lead to."""
        return {goal.constant for own in self._goals.values() for goals in own for goal in goals}

    def _everyone(self) -> list[str]:
        """All that were seen: the tree's entities, the constants of clues at hand, rivals, their partners; sorted."""
        found = {name for names in (*self._rivals.values(), *self._partners.values()) for name in names}
        return sorted({*self._tree.entities.values(), *self._tree.constants, *self._constants(), *found})

    def _ends(self) -> set[str]:
        """What facts about the tree's entities lead to."""
        told = [(f, e) for e in self._tree.entities.values() for f in self._reader.facts(e)]
        return {far for fact, e in told if (far := other_end(fact, e)) is not None}

    async def _judge(self, name: str, groups: Iterable[Sequence[Goal]]) -> None:
        for goals in groups:
            await self._reader.judge(name, goals)

    async def _ties(self, everyone: Sequence[str]) -> dict[str, Tied]:
        """Who is tied to whom by what was read and what was judged, and who is not; mirrored where a relation is."""
        pairs: Pairs = defaultdict(lambda: defaultdict(set))
        denied: Pairs = defaultdict(lambda: defaultdict(set))
        for name in everyone:
            for fact in (*self._reader.facts(name), *self._reader.confirmed(name)):
                self._enter(pairs, fact)
        for goal in {goal for own in self._goals.values() for goals in own for goal in goals}:
            for name in everyone:
                if await self._reader.verdict(name, goal) == "no":
                    self._enter(denied, goal.fact(name))
        return {r: Tied(pairs=_rows(pairs[r]), denied=_rows(denied[r])) for r in sorted({*pairs, *denied})}

    def _enter(self, pairs: Pairs, fact: Fact) -> None:
        relation = self._reader.relations.get(fact.relation)
        if fact.kind != "entity" or fact.subject not in self._at or fact.object not in self._at:
            return
        subject, target = self._at[fact.subject], self._at[fact.object]
        pairs[fact.relation][subject].add(target)
        if relation is not None and (mirror := fact.relation if relation.symmetric else relation.inverse_of):
            pairs[mirror][target].add(subject)

    def _literals(self, everyone: Sequence[str]) -> dict[str, Told]:
        """Of a functional relation one literal is all there is; where units differ nobody is ruled out."""
        texts: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for name in everyone:
            for fact in self._reader.facts(name):
                if fact.kind != "entity":
                    texts[fact.relation][self._at[name]].append(fact.object)
        return {r: _told(self._reader.relations[r], found) for r, found in sorted(texts.items())}


def _rows(pairs: Mapping[int, set[int]]) -> dict[int, tuple[int, ...]]:
    return {subject: tuple(sorted(targets)) for subject, targets in sorted(pairs.items())}


def _told(relation: Relation, texts: Mapping[int, Sequence[str]]) -> Told:
    measured = relation.kind in ("time", "quantity")
    units = {interval(text, relation.kind).unit for own in texts.values() for text in own} if measured else set()
    whole = tuple(sorted(texts)) if relation.functional and len(units) < 2 else ()
    return Told(kind=relation.kind, texts={n: tuple(own) for n, own in sorted(texts.items())}, subjects=whole)
