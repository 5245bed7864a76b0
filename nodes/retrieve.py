"""The queries of a turn are asked, all at once."""

from typing import Any

from graph.solver_context import SolverDeps
from graph.solver_state import SolverState, parse
from tasks.environments.episode import queries
from tasks.trajectories.transcript import parse_turn
from worlds.abreast import abreast


async def retrieve(state: SolverState, *, deps: SolverDeps) -> dict[str, Any]:
    """The ids of the pages of each query, best first; queries beyond the budget are not asked."""
    solving = parse(state)
    settings = solving.settings
    searched = await deps.searched(settings, solving.task)
    asked = queries(parse_turn(solving.said), settings.searches - solving.searches, settings)
    found = await abreast(searched.search(query, settings.k) for query in asked)
    return {"found": [[query, [hit.page for hit in hits]] for query, hits in zip(asked, found, strict=True)]}
