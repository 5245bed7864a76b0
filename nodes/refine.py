"""Of each list of results that is shown which matters to its query: the paper's refiner."""

from typing import Any

from graph.solver_context import SolverDeps
from graph.solver_state import SolverState, parse
from tasks.trajectories.trajectory import Search
from tasks.trajectories.transcript import parse_turn


async def refine(state: SolverState, *, deps: SolverDeps) -> dict[str, Any]:
    """The turn with its searches, each refined, and whether the budget ends with it."""
    solving = parse(state)
    of = (solving.settings, solving.task)
    searched, refiner = await deps.searched(*of), await deps.refiner(*of)
    made = []
    for query, ids in solving.found:
        pages = [await searched.page(page) for page in ids]
        made.append(Search(query=query, pages=tuple(ids), information=refiner.refine(query, pages)))
    return solving.after(parse_turn(solving.said).model_copy(update={"searches": tuple(made)}))
