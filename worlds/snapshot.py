"""Candidate sets from what was gathered of a world: every end of a bound says only what is known.

Lower ends hold who is known to qualify. Upper ends leave out only those of whom everything is known that could make
them qualify, so that a list that was cut off never proves that anybody is the only one.
"""

import re
from collections.abc import Callable
from functools import cached_property, lru_cache

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
    ToType,
    TypeConstraint,
    constant_of,
)
from hcsp.nouns import ANYTHING
from hcsp.ties import Tie
from hcsp.tree import ResearchTree
from worlds.known import Known, Tied, Told
from worlds.model import Relation
from worlds.relations import known_relations
from worlds.tied import Bounded, Literature, Rows

UNSEEN = "unseen"
"""The namesake of every entity whose names nobody looked up: that it has none is not proved."""

_ITEM = re.compile(r"Q([1-9]\d*)")


class Snapshot:
    """A `CandidateSource` over `Known` facts: pure, picklable, and stored as the JSON of what it knows."""

    def __init__(self, known: Known, relations: dict[str, Relation] | None = None) -> None:
        self.known = known
        self.size = known.size
        self._relations = known_relations() if relations is None else relations
        self._numbers = {name: n for n, name in enumerate(known.names)}
        self._everything = _everything(known.size)
        self._typed = BitMap(known.typed)
        self._types = {name: BitMap(members) for name, members in known.types.items()}
        self._rows: dict[str, Rows] = {}
        self._literature: dict[str, Literature] = {}
        self._sets: dict[str, Bounds] = {}

    def __reduce__(self) -> tuple[type["Snapshot"], tuple[Known, dict[str, Relation]]]:
        return Snapshot, (self.known, self._relations)

    def index(self, entity: str) -> int:
        """The number of an entity; raises `KeyError` for what is none."""
        if entity in self._numbers:
            return self._numbers[entity]
        unseen = _ITEM.fullmatch(entity)
        if unseen is not None and (number := len(self._numbers) + int(unseen[1])) < self.size:
            return number
        raise KeyError(f"no entity {entity!r} in this snapshot")

    def entity(self, index: int) -> str:
        """The entity of a number."""
        seen = len(self.known.names)
        return self.known.names[index] if index < seen else f"Q{index - seen}"

    def namesakes(self, entity: str) -> tuple[str, ...]:
        """The other entities of the same name that were found; `UNSEEN` where nobody looked."""
        return self.known.namesakes.get(entity, (UNSEEN,))

    def members(self, clue: Constraint) -> Bounds:
        """`S(c)`: for what nobody asked, nobody is known to qualify and nobody is ruled out."""
        asked = clue.model_dump_json(exclude={"id", "vertex"})
        if asked not in self._sets:
            self._sets[asked] = self._found(clue)
        return self._sets[asked]

    def restrict(self, clue: Constraint, pool: Bounds) -> Bounds:
        """`S(c) ∩ pool`."""
        return self.members(clue) & pool

    def preimage(self, tie: Tie, targets: Bounds, pool: Bounds) -> Bounds:
        """Those of `pool` tied to a target: surely by a known fact, possibly unless all their facts are known."""
        if isinstance(tie, CompareConstraint):
            found = self._literals(tie.relation).beyond(tie.op, targets)
        elif isinstance(tie, SameConstraint):
            found = self._tied(tie.relation).sharing(targets)
        else:
            found = self._tied(tie.relation).leading(tie.direction, targets)
        return found.within(pool)

    def only(self, tree: ResearchTree) -> "Snapshot":
        """What certifying the tree needs, which is what a record has to keep."""
        used = {c.relation for c in tree.constraints if not isinstance(c, TypeConstraint)}
        types = {c.type for c in tree.constraints if isinstance(c, TypeConstraint)}
        types |= {
            c.target.type for c in tree.clues if isinstance(c, RelationConstraint) and isinstance(c.target, ToType)
        }
        named = {*tree.entities.values(), *tree.constants}
        known = self.known
        return Snapshot(
            known.model_copy(
                update={
                    "ties": {r: rows for r, rows in known.ties.items() if r in used},
                    "literals": {r: told for r, told in known.literals.items() if r in used},
                    "types": {t: members for t, members in known.types.items() if t in types},
                    "namesakes": {e: others for e, others in known.namesakes.items() if e in named},
                }
            ),
            self._relations,
        )

    @cached_property
    def _everybody(self) -> Bounds:
        return Bounds.exactly(self._everything)

    def _found(self, clue: Constraint) -> Bounds:
        if isinstance(clue, TypeConstraint):
            return self._of_type(clue.type)
        if isinstance(clue, RangeConstraint):
            return self._told(clue.relation, lambda told: told.within(clue.low, clue.high, clue.unit))
        if isinstance(clue, PredicateConstraint):
            return self._told(clue.relation, lambda told: told.passing(clue))
        if isinstance(clue, CountConstraint):
            return self._counted(clue)
        if isinstance(clue, RelationConstraint) and isinstance(clue.target, ToType):
            return self.preimage(clue, self._of_type(clue.target.type), self._everybody)
        return self.preimage(clue, self._constant(clue), self._everybody)

    def _constant(self, clue: RelationConstraint | CompareConstraint | SameConstraint) -> Bounds:
        constant = constant_of(clue)
        if constant is None:
            end = clue.target if isinstance(clue, RelationConstraint) else clue.anchor
            raise TypeError(f"{clue.id!r} leads to {end!r}; ask for its preimage")
        return Bounds.exactly(BitMap([self.index(constant.entity)]))

    def _of_type(self, name: str) -> Bounds:
        if name == ANYTHING:
            return self._everybody
        surely = self._types.get(name, BitMap())
        ruled_out = self._typed - surely if name in self._types else BitMap()
        return Bounds(surely, self._everything - ruled_out)

    def _counted(self, clue: CountConstraint) -> Bounds:
        if clue.relation in self.known.literals:
            return self._told(clue.relation, lambda told: told.numbering(clue.low, clue.high))
        found = self._tied(clue.relation).numbering(clue.direction, clue.low)
        if clue.high is None:
            return found.within(self._everybody)
        return Bounds(BitMap(), found.within(self._everybody).upper)

    def _told(self, relation: str, ask: Callable[[Literature], Bounded]) -> Bounds:
        return ask(self._literals(relation)).within(self._everybody)

    def _tied(self, relation: str) -> Rows:
        if relation not in self._rows:
            self._rows[relation] = Rows(self.known.ties.get(relation, Tied()))
        return self._rows[relation]

    def _literals(self, relation: str) -> Literature:
        if relation not in self._literature:
            kind = self._relations[relation].kind if relation in self._relations else "entity"
            self._literature[relation] = Literature(self.known.literals.get(relation, Told(kind=kind)))
        return self._literature[relation]


@lru_cache(maxsize=4)
def _everything(size: int) -> BitMap:
    return BitMap(range(size))
