"""Wrong answers held against the question: whoever was named instead, and the constraints that rule them out."""

from collections.abc import Iterable, Iterator

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import RelationConstraint, anchor_of, child_of
from hcsp.frozen import Frozen
from hcsp.solver import Solver
from hcsp.tree import ResearchTree, variables_of
from tasks.attempts import ALTERNATIVES
from tasks.finding import Finding
from worlds.world import World


class Alternative(Frozen):
    """An answer that was given and is not the right one.

    Attributes:
        answer: as it was given.
        entity: whom that denotes in the world; `None` for nobody, or for several.
        fails: the constraints of the root that surely rule this entity out, its noun among them.
    """

    answer: str
    entity: str | None = None
    fails: tuple[str, ...] = ()


async def alternatives(world: World, tree: ResearchTree, answers: Iterable[str]) -> tuple[Alternative, ...]:
    """Each wrong answer with what rules it out, by the candidate sets alone: no model is believed."""
    given = tuple(answers)
    solver = Solver(tree, await world.frame(tree, also=given))
    found = []
    for answer in given:
        denoted = await world.resolve(answer)
        try:
            (entity,) = denoted
            fails = tuple(_failed(solver, solver.source.index(entity.id)))
        except (ValueError, KeyError):  # it denotes nobody, several, or somebody that no candidate set speaks of
            found.append(Alternative(answer=answer))
        else:
            found.append(Alternative(answer=answer, entity=entity.id, fails=fails))
    return tuple(found)


def standing(found: Iterable[Alternative]) -> Iterator[Finding]:
    """Those that nothing rules out: a second answer, unless whoever it is cannot be said."""
    for other in found:
        if other.entity is not None and not other.fails:
            yield Finding(ALTERNATIVES, f"nothing rules out {other.answer!r}", name=other.answer)


def _failed(solver: Solver, entity: int) -> Iterator[str]:
    """Those of the root's constraints that rule an entity out; its chords together where only these do."""
    tree, source, mine = solver.tree, solver.source, Bounds.exactly(BitMap([entity]))
    held = [c for c in tree.own[tree.root] if anchor_of(c) is None]
    found = [c.id for c in held if not source.restrict(c, mine).upper]
    found += [e.id for e in tree.edges_of(tree.root) if not source.preimage(e, _solved(solver, e), mine).upper]
    if not found and entity not in solver.answers().upper:
        found = [c.id for c in tree.chords if tree.root in variables_of(c)]
    yield from found


def _solved(solver: Solver, edge: RelationConstraint) -> Bounds:
    return solver.candidates(child_of(edge))
