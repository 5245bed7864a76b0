"""Random trees with every kind of constraint, whether true or not: what the Writer must be able to say of any tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from hcsp.constraints import (
    Constraint,
    CountConstraint,
    PredicateConstraint,
    RangeConstraint,
    RelationConstraint,
    ToEntity,
    ToType,
    ToVertex,
    TypeConstraint,
)
from hcsp.tree import NAMES, ResearchTree, Variable
from roles.pairs import compared, same

SHAPES: tuple[tuple[int, ...], ...] = (
    (),
    (0,),
    (0, 0),
    (0, 1),
    (0, 1, 1),
    (0, 0, 1),
    (0, 1, 2),
    (0, 0, 0),
    (0, 1, 0, 3),
)
"""`shape[i]` is the parent of variable i + 1."""
LITERALS = ("time", "quantity", "string")
PREDICATES = (("prime", ()), ("multiple_of", (7,)), ("digit_sum", (13,)), ("palindrome", ()), ("initial", ("H",)))


@dataclass(frozen=True)
class Words:
    """Labels of constants, types, and relations by kind, that trees are drawn from."""

    labels: Sequence[str]
    types: Sequence[str]
    kinds: dict[str, str]

    def relations(self, *kinds: str) -> list[str]:
        """The relations whose objects are of one of the kinds."""
        return [r for r, kind in self.kinds.items() if kind in kinds]


def worded_tree(words: Words, rng: Random) -> ResearchTree:
    """A tree of a random shape with up to three clues a variable and up to two chords."""
    shape = rng.choice(SHAPES)
    names = NAMES[: len(shape) + 1]
    told: list[Constraint] = [TypeConstraint(id="", vertex=v, type=rng.choice(words.types)) for v in names]
    entity_relations = words.relations("entity")
    for number, parent in enumerate(shape, start=1):
        told.append(_relation(names[parent], rng.choice(entity_relations), ToVertex(vertex=names[number]), rng))
    for vertex in names:
        told += {(c.kind, repr(c)): c for c in (_clue(vertex, words, rng) for _ in range(rng.randint(0, 3)))}.values()
    if len(names) > 1:
        told += [_chord(rng.sample(names, 2), words, rng) for _ in range(rng.randint(0, 2))]
    return ResearchTree(
        variables=tuple(Variable(id=v, entity=f"entity {v}") for v in names),
        constraints=tuple(c.model_copy(update={"id": f"c{n}"}) for n, c in enumerate(told)),
    )


def _constant(words: Words, rng: Random) -> ToEntity:
    label = rng.choice(words.labels)
    return ToEntity(entity=f"constant {label}", label=label)


def _relation(vertex: str, relation: str, target: ToVertex | ToEntity | ToType, rng: Random) -> RelationConstraint:
    way = rng.choice(("out", "in"))
    return RelationConstraint.model_validate(
        {"id": "", "vertex": vertex, "relation": relation, "direction": way, "target": target}
    )


def _clue(vertex: str, words: Words, rng: Random) -> Constraint:
    plain, literal = rng.choice(words.relations("entity")), rng.choice(words.relations(*LITERALS))
    match rng.randrange(7):
        case 0:
            return _relation(vertex, plain, _constant(words, rng), rng)
        case 1:
            return _relation(vertex, plain, ToType(type=rng.choice(words.types)), rng)
        case 2:
            return RangeConstraint(id="", vertex=vertex, relation=literal, low="1870", high="1879")
        case 3:
            low = rng.randint(1, 14)
            high = rng.choice((None, low, low + 3))
            way = rng.choice(("out", "in"))
            return CountConstraint(id="", vertex=vertex, relation=plain, direction=way, low=low, high=high)
        case 4:
            return compared(vertex, literal, rng.choice((">", "<")), _constant(words, rng))
        case 5:
            return same(vertex, plain, _constant(words, rng))
        case _:
            name, args = rng.choice(PREDICATES)
            return PredicateConstraint(id="", vertex=vertex, relation=literal, predicate=name, args=args)


def _chord(ends: Sequence[str], words: Words, rng: Random) -> Constraint:
    vertex, anchor = ends
    if rng.random() < 0.5:
        return same(vertex, rng.choice(words.relations("entity")), ToVertex(vertex=anchor))
    literal = rng.choice(words.relations("time", "quantity"))
    return compared(vertex, literal, rng.choice((">", "<")), ToVertex(vertex=anchor))
