"""The nearest wrong answers: entities that one clue alone keeps out."""

from collections.abc import Mapping

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.frozen import Frozen
from hcsp.solver import Solver

LISTED = 10


class Rival(Frozen):
    """An entity that meets every constraint but `fails`; `witness` says which entities stand for the variables then."""

    entity: str
    fails: tuple[str, ...]
    witness: dict[str, str]


def rivals_of(solver: Solver, singles: Mapping[str, Bounds]) -> tuple[tuple[Rival, ...], Bounds]:
    """At most `LISTED` rivals, one from each clue in turn, and the set of all of them without the answer.

    `singles` holds `Ans(C ∖ {c})` per clue. Only proved answers are listed.
    """
    answer = BitMap([solver.source.index(solver.tree.entities[solver.tree.root])])
    every = Bounds(
        BitMap.union(*(s.lower for s in singles.values())) - answer if singles else BitMap(),
        BitMap.union(*(s.upper for s in singles.values())) - answer if singles else BitMap(),
    )
    queues = {clue: iter(found.lower - answer) for clue, found in singles.items()}
    taken: dict[int, str] = {}
    while queues and len(taken) < LISTED:
        for clue in list(queues):
            entity = next((e for e in queues[clue] if e not in taken), None)
            if entity is None:
                del queues[clue]
            elif len(taken) < LISTED:
                taken[entity] = clue
    return tuple(_rival(solver, entity, clue) for entity, clue in taken.items()), every


def _rival(solver: Solver, entity: int, clue: str) -> Rival:
    name = solver.source.entity
    witness = solver.witness(entity, [clue])
    return Rival(entity=name(entity), fails=(clue,), witness={v: name(e) for v, e in witness.items()})
