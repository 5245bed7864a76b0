"""The answer ends it."""

from typing import Any

from graph.solver_state import SolverState, parse
from tasks.trajectories.transcript import parse_turn


async def answer(state: SolverState) -> dict[str, Any]:
    """The last turn."""
    solving = parse(state)
    return solving.after(parse_turn(solving.said))
