"""What a solver without a model makes of pages: the facts that they state, and who meets a constraint by them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from hcsp.constraints import (
    CompareConstraint,
    Constraint,
    CountConstraint,
    RelationConstraint,
    SameConstraint,
    ToEntity,
    ToType,
    TypeConstraint,
    constant_of,
)
from hcsp.source import CandidateSource
from worlds.local import LocalWorld
from worlds.model import Fact


class Library:
    """Which facts each page states, and which facts follow from stated ones. Read once a world, by its open doors."""

    def __init__(self, source: CandidateSource) -> None:
        self.source = source
        self.labels: dict[str, str] = {}
        self.types: dict[str, frozenset[str]] = {}
        self.on_page: dict[str, list[Fact]] = defaultdict(list)
        self.follows: dict[Fact, list[tuple[Fact, tuple[Fact, ...]]]] = defaultdict(list)

    @classmethod
    async def of(cls, world: LocalWorld) -> "Library":
        """Look every fact of the world up once."""
        library = cls(world.source)
        for name in world.entity_ids:
            entity = await world.entity(name)
            library.labels[name], library.types[name] = entity.label, frozenset(entity.types)
            for fact in await world.facts(name):
                if fact.subject == name:
                    await library._shelve(world, fact)
        return library

    async def _shelve(self, world: LocalWorld, fact: Fact) -> None:
        steps = await world.steps(fact)
        for step in steps:
            if step != fact:
                self.follows[step].append((fact, steps))
        for page in dict.fromkeys(statement.page for statement in await world.stated(fact)):
            self.on_page[page].append(fact)


class Notes:
    """The facts read so far. `meeting` only ever grows as pages are read."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.pages: set[str] = set()
        self.known: set[Fact] = set()
        self.pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._out: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._in: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._subjects: dict[str, set[str]] = defaultdict(set)

    def read(self, pages: Iterable[str]) -> None:
        """Take down what pages state, and what follows from all that is known then."""
        for page in pages:
            if page not in self.pages:
                self.pages.add(page)
                for fact in self.library.on_page.get(page, ()):
                    self._learn(fact)

    def _learn(self, fact: Fact) -> None:
        if fact in self.known:
            return
        self.known.add(fact)
        self._out[fact.relation, fact.subject].add(fact.object)
        self._subjects[fact.relation].add(fact.subject)
        if fact.kind == "entity":
            self._in[fact.relation, fact.object].add(fact.subject)
            self.pairs[fact.relation].append((fact.subject, fact.object))
        for derived, steps in self.library.follows.get(fact, ()):
            if self.known.issuperset(steps):
                self._learn(derived)

    def is_a(self, entity: str, kind: str) -> bool:
        """Whether an entity is of a type; a reader knows what sort of thing a name stands for."""
        return kind in self.library.types[entity]

    def ties(self, edge: RelationConstraint) -> list[tuple[str, str]]:
        """The pairs of parent and child that facts of the edge's relation tie together."""
        pairs = self.pairs.get(edge.relation, [])
        return pairs if edge.direction == "out" else [(far, near) for near, far in pairs]

    def meeting(self, clue: Constraint) -> set[str]:
        """The entities that meet a clue by what was read; of a chord only once it is grounded."""
        if isinstance(clue, RelationConstraint):
            return self._related(clue)
        if isinstance(clue, CountConstraint):
            return {e for e in self._ends(clue) if len(self._partners(clue.relation, clue.direction, e)) >= clue.low}
        if isinstance(clue, TypeConstraint):
            return set()
        constant = constant_of(clue)
        anchor = "" if constant is None else constant.entity
        if isinstance(clue, SameConstraint):
            shared = self._out.get((clue.relation, anchor), set())
            return {e for e in self._subjects[clue.relation] if shared & self._out[clue.relation, e]} - {anchor}
        if isinstance(clue, CompareConstraint) and anchor not in self._subjects[clue.relation]:
            return set()
        return self._qualifying(clue, self._subjects[clue.relation])

    def _related(self, clue: RelationConstraint) -> set[str]:
        if isinstance(clue.target, ToEntity):
            return self._partners(clue.relation, "in" if clue.direction == "out" else "out", clue.target.entity)
        if isinstance(clue.target, ToType):
            return {near for near, far in self.ties(clue) if self.is_a(far, clue.target.type)}
        return {near for near, _ in self.ties(clue)}

    def _partners(self, relation: str, direction: str, entity: str) -> set[str]:
        side: Mapping[tuple[str, str], set[str]] = self._out if direction == "out" else self._in
        return side.get((relation, entity), set())

    def _ends(self, clue: CountConstraint) -> set[str]:
        pairs = self.pairs.get(clue.relation, [])
        return self._subjects[clue.relation] if clue.direction == "out" else {far for _, far in pairs}

    def _qualifying(self, clue: Constraint, subjects: set[str]) -> set[str]:
        """Those whose literal qualifies; to compare numbers is no question of what was read."""
        members = self.library.source.members(clue).lower
        return {e for e in subjects if self.library.source.index(e) in members}
