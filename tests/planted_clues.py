"""Clues to plant: true ones of an entity, looser ones, false ones; and trees with and without them."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from planted_world import Case

from hcsp.certificate import low, size
from hcsp.constraints import (
    Asserting,
    Constraint,
    CountConstraint,
    RangeConstraint,
    RelationConstraint,
    ToEntity,
    ToType,
)
from hcsp.solver import Solver
from hcsp.tree import ResearchTree
from roles import english
from roles.grammar import has_wording
from roles.leakage import names_of
from roles.options import ranges, usable_constant
from tasks.audit import LONGEST_NAME
from worlds.model import Fact

NEW = "new"
"""The id of a planted constraint."""


def added(tree: ResearchTree, clue: Constraint) -> ResearchTree:
    """The tree with one more clue."""
    return tree.with_clues(clue.vertex, (*tree.clues_of(clue.vertex), clue))


def replaced(tree: ResearchTree, old: Constraint, new: Constraint | None) -> ResearchTree:
    """The tree with another constraint in the place of one, or with none."""
    kept = [new if c.id == old.id else c for c in tree.constraints]
    return ResearchTree(variables=tree.variables, constraints=tuple(c for c in kept if c is not None))


def answers(case: Case, tree: ResearchTree) -> int:
    """How many answers a tree surely has in the case's world."""
    return low(size(Solver(tree, case.world.source).answers()))


async def true_clues(case: Case, vertex: str) -> list[Asserting]:
    """What else can be said of a variable's entity, in words and without a hidden name."""
    tree, source = case.tree, case.world.source
    entity, kind = tree.entities[vertex], english.noun(tree.noun(vertex).type).kind
    facts = [f for f in await case.world.facts(entity) if f.subject != f.object]
    offered = [*_counts(facts, entity, vertex), *(c for f in facts if f.kind != "entity" for c in ranges(f, vertex))]
    offered += [c for f in facts if (c := await _relation(case, f, vertex)) is not None]
    known = [c.model_dump(exclude={"id"}) for c in tree.clues]
    told = [c.model_copy(update={"id": NEW}) for c in offered if c.model_dump(exclude={"id"}) not in known]
    return [c for c in told if has_wording(c, kind) and source.index(entity) in source.members(c).lower]


def _counts(facts: list[Fact], entity: str, vertex: str) -> Iterator[CountConstraint]:
    ends = Counter((f.relation, "out" if f.subject == entity else "in") for f in facts)
    for (relation, direction), number in ends.items():
        if number > 1:
            yield CountConstraint.model_validate(
                {"id": NEW, "vertex": vertex, "relation": relation, "direction": direction, "low": number}
            )


async def _relation(case: Case, fact: Fact, vertex: str) -> RelationConstraint | None:
    entity = case.tree.entities[vertex]
    far = fact.object if fact.subject == entity else fact.subject
    if fact.kind != "entity" or far in case.tree.entities.values() or case.world.namesakes(far):
        return None
    secrets = [name for e in case.tree.entities.values() for name in names_of(await case.world.entity(e))]
    label = (await case.world.entity(far)).label
    if not usable_constant(label, secrets):
        return None
    return RelationConstraint(
        id=NEW,
        vertex=vertex,
        relation=fact.relation,
        direction="out" if fact.subject == entity else "in",
        target=ToEntity(entity=far, label=label),
    )


async def looser(case: Case, clue: Constraint) -> list[Constraint]:
    """What asks for less than a clue."""
    if isinstance(clue, RangeConstraint):
        wide = {"low": str(Decimal(clue.low) - 60), "high": str(Decimal(clue.high) + 60)}
        return [clue.model_copy(update=wide)]
    if isinstance(clue, CountConstraint) and clue.low > 2:
        return [clue.model_copy(update={"low": 2})]
    if isinstance(clue, RelationConstraint) and isinstance(clue.target, ToEntity):
        types = (await case.world.entity(clue.target.entity)).types
        return [clue.model_copy(update={"target": ToType(type=t)}) for t in types if english.is_common_noun(t)]
    return []


def falsified(clue: RangeConstraint | CountConstraint, rng: Random) -> Constraint:
    """A number that no entity has."""
    more = rng.randrange(3000, 6000)
    if isinstance(clue, CountConstraint):
        return clue.model_copy(update={"low": clue.low + more, "high": None})
    return clue.model_copy(update={end: str(Decimal(getattr(clue, end)) + more) for end in ("low", "high")})


def runs(question: str) -> list[str]:
    """The runs of words within a sentence of the question, up to the longest that are looked up as names."""
    found = []
    for sentence in question.removesuffix("?").split(". "):
        words = list(re.finditer(r"[^\s,]+", sentence))
        found += [sentence[a.start() : b.end()] for n, a in enumerate(words) for b in words[n : n + LONGEST_NAME]]
    return list(dict.fromkeys(found))


def pseudo_word(rng: Random) -> str:
    """A word that is in no world."""
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(4))
