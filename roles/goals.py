"""What others are held against: who stands towards a thing as the entity of a variable does."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hcsp.constraints import Direction, RelationConstraint, ToEntity
from roles import english, grammar
from roles.judge import Held
from roles.options import other_end, usable_constant
from roles.symbolic_browser import in_turn
from worlds.model import Fact, Relation


class Goal(NamedTuple):
    """Whoever is tied to a constant by a relation in a direction."""

    relation: str
    direction: Direction
    constant: str

    def fact(self, entity: str) -> Fact:
        """The fact that makes an entity one of them."""
        ends = (entity, self.constant) if self.direction == "out" else (self.constant, entity)
        return Fact(ends[0], self.relation, ends[1])

    def held(self, relations: Mapping[str, Relation]) -> Held:
        """The goal in words, "was born in Copenhagen", with the constant's name."""
        target = ToEntity(entity=self.constant, label=self.constant)
        clue = RelationConstraint(id="", vertex="", relation=self.relation, direction=self.direction, target=target)
        label = relations[self.relation].label if self.relation in relations else self.relation
        template = grammar.row_for(clue, grammar.Head(english.noun("entity")), None, label).vp[0]
        return Held(template.fill(english.constant(self.constant, template.slot)), self.constant)


def goal_of(fact: Fact, entity: str) -> Goal | None:
    """What a fact about an entity lets others be held against; `None` for a literal."""
    far = other_end(fact, entity)
    return None if far is None else Goal(fact.relation, "out" if fact.subject == entity else "in", far)


def goals_of(entity: str, facts: Iterable[Fact], relations: Mapping[str, Relation]) -> list[Goal]:
    """Those of an entity's facts, in turn from each relation: without constants that would give the entity away.

    What changes with time is left out.
    """
    kinds: dict[tuple[str, Direction], list[Goal]] = defaultdict(list)
    for goal in sorted({goal for fact in facts if (goal := goal_of(fact, entity)) is not None}):
        relation = relations.get(goal.relation)
        if relation is not None and not relation.time_varying and usable_constant(goal.constant, [entity]):
            kinds[goal.relation, goal.direction].append(goal)
    return list(in_turn(kinds.values()))


def question_of(clues: Sequence[str]) -> str:
    """A plain question that says some clues."""
    told = " and ".join(part for part in (", ".join(clues[:-1]), clues[-1]) if part)
    return f"Who or what {told}?"
