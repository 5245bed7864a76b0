"""The solver looks at what it was shown and says what it does next: search or answer."""

from typing import Any, cast

from langgraph.config import get_config
from langgraph.runtime import Runtime

from graph.solver_context import SolverContext, SolverDeps, settings_of
from graph.solver_state import SolverState, Solving, parse
from roles.chat.port import Refused, TooLong
from roles.solver import Sight, Stuck
from tasks.environments.environment import NONE_LEFT
from tasks.environments.searched import Searched
from tasks.trajectories.trajectory import Turn
from tasks.trajectories.transcript import parse_turn, say, shown


async def think(state: SolverState, runtime: Runtime[SolverContext], *, deps: SolverDeps) -> dict[str, Any]:
    """What is said; what does not parse is a turn too, and the reason stands where the pages would."""
    first = {} if _goes_on(state) else _fresh(settings_of(runtime))
    solving = parse(cast(SolverState, {**state, **first}))
    if over := await _spent(solving, deps):
        return first | over
    solver = await deps.solver(solving.settings, solving.task, solving.sample)
    try:
        move = await solver.move(_sight(solving, await deps.searched(solving.settings, solving.task)))
    except (Refused, Stuck) as refused:
        return first | {"outcome": _outcome(refused), "detail": " ".join(str(refused).split())}
    said = move if isinstance(move, str) else say(move.think, move.queries, move.answer)
    turn = parse_turn(said)
    if turn.fault:
        return first | solving.after(turn)
    if turn.searches and solving.searches >= solving.settings.searches:
        none = Turn(think=turn.think, said=turn.said, fault=NONE_LEFT)
        return first | solving.after(none, ended="out_of_searches")
    return first | {"said": said}


def _goes_on(state: SolverState) -> bool:
    """Whether the run is under way; a thread that is over starts afresh."""
    return bool(state.get("settings")) and not state.get("outcome")


def _fresh(settings: SolverContext) -> dict[str, Any]:
    told = settings.model_dump(mode="json")
    return {"settings": told, "turns": [], "said": "", "found": [], "outcome": None, "detail": ""}


def _outcome(refused: Refused | Stuck) -> str:
    if isinstance(refused, TooLong):
        return "too_long"
    return "refused" if isinstance(refused, Refused) else "failed"


async def _spent(solving: Solving, deps: SolverDeps) -> dict[str, Any] | None:
    """The end where the tokens are spent, as the server counts them."""
    most, thread = solving.settings.tokens, str(get_config()["configurable"].get("thread_id", ""))
    if most is None or not solving.turns:
        return None
    usage = await deps.spent(solving.settings, thread)
    used = usage.input_tokens + usage.output_tokens
    return {"outcome": "out_of_tokens", "detail": f"{used} of {most} tokens are used"} if used >= most else None


def _sight(solving: Solving, searched: Searched) -> Sight:
    """What the solver sees; the words of pages are looked up where it wants them."""

    async def words() -> list[str]:
        return [shown(turn) for turn in (await solving.episode(searched)).turns]

    settings = solving.settings
    return Sight(
        question=solving.question,
        said=[said for said, _, _ in solving.turns],
        shown=words,
        asked=[query for _, _, searches in solving.turns for query, _, _ in searches],
        held=list(dict.fromkeys(p for _, _, searches in solving.turns for _, pages, _ in searches for p in pages)),
        left=settings.searches - solving.searches,
        at_once=settings.at_once,
    )
