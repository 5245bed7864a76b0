"""Worlds with links and literals of every kind, and clues of every kind over them, drawn by a seed."""

from random import Random

from hcsp.constraints import (
    CompareConstraint,
    Constraint,
    CountConstraint,
    Direction,
    PredicateConstraint,
    RangeConstraint,
    RelationConstraint,
    SameConstraint,
    ToEntity,
    ToType,
    TypeConstraint,
)
from worlds.model import Entity

SIZE = 60
LINKS = ("P47", "P131", "r")
"""Symmetric, transitive, without flags."""
TIMES, AMOUNTS, WORDS = "P569", "P2067", "P246"
LITERALS = (TIMES, AMOUNTS, WORDS)
ABOUT = {"id": "c", "vertex": "A"}


def draw_world(rng: Random) -> tuple[list[tuple[str, ...]], list[Entity]]:
    """Entities of nested types with links, and none to three literals of each kind."""
    names = [f"e{n:02}" for n in range(SIZE)]
    entities = [Entity(id=e, label=e, types=("thing", *(("rare",) if n % 7 == 0 else ()))) for n, e in enumerate(names)]
    facts = {(rng.choice(names), rng.choice(LINKS), rng.choice(names)) for _ in range(220)}
    for e in names:
        literals = [
            *((TIMES, _time(rng), "time") for _ in range(rng.randrange(3))),
            *((AMOUNTS, _amount(rng), "quantity") for _ in range(rng.randrange(4))),
            *(
                (WORDS, rng.choice(["Ada", "anna", "Élan", "Otto", "Uhu", "7up", "-"]), "string")
                for _ in range(rng.randrange(2))
            ),
        ]
        facts |= {(e, *literal) for literal in literals}
    return sorted(facts), entities


def _time(rng: Random) -> str:
    year = f"{rng.randrange(1880, 1930)}"
    return rng.choice([year, f"{year}-05", f"{year}-05-0{rng.randrange(1, 9)}", f"-{year}"])


def _amount(rng: Random) -> str:
    number = rng.choice([str(rng.randrange(-30, 130)), f"{rng.randrange(40)}.{rng.randrange(10)}", "121", "97"])
    return number + rng.choice(["", " kg", " kg", " m"])


def unary(rng: Random) -> list[Constraint]:
    """A constraint of every kind that names no other variable."""
    link, literal = rng.choice(LINKS), rng.choice((TIMES, AMOUNTS))
    direction: Direction = rng.choice(["out", "in"])
    someone = ToEntity(entity=f"e{rng.randrange(SIZE):02}", label="")
    low = rng.randrange(-20, 1930)
    every = (*LINKS, *LITERALS)
    return [
        TypeConstraint(**ABOUT, type=rng.choice(["thing", "rare", "entity", "none"])),
        RangeConstraint(
            **ABOUT, relation=literal, low=str(low), high=str(low + 60), unit=rng.choice([None, "kg", "g"])
        ),
        RelationConstraint(**ABOUT, relation=link, direction=direction, target=someone),
        RelationConstraint(
            **ABOUT, relation=link, direction=direction, target=ToType(type=rng.choice(["rare", "none"]))
        ),
        CountConstraint(**ABOUT, relation=rng.choice(every), direction=direction, low=rng.randint(1, 5)),
        CountConstraint(**ABOUT, relation=rng.choice(every), direction=direction, low=2, high=rng.randint(2, 5)),
        CompareConstraint(**ABOUT, relation=rng.choice(every), op=rng.choice("<>"), anchor=someone),
        SameConstraint(**ABOUT, relation=rng.choice(every), anchor=someone),
        PredicateConstraint(**ABOUT, relation=rng.choice(LITERALS), **_property(rng)),
    ]


def _property(rng: Random) -> dict:
    name, *args = rng.choice(
        [
            ("prime",),
            ("palindrome",),
            ("multiple_of", rng.choice([2, 5, 11])),
            ("digit_sum", rng.randrange(20)),
            ("decade", rng.choice([1880, 1900, 1920, -1900])),
            ("initial", rng.choice(["a", "A", "é", "E", "7", "-"])),
        ]
    )
    return {"predicate": name, "args": tuple(args)}
