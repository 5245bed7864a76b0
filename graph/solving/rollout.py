"""One trajectory, from the question to its outcome, whatever happens on the way."""

import uuid
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.runnables import RunnableConfig

from graph.solver_cases import Case
from graph.solver_context import SolverContext, SolverDeps
from graph.solver_graph import SolverGraph
from graph.solver_state import SolverState, parse
from roles.chat.port import ChatError
from tasks.environments.episode import Episode
from tasks.trajectories.trajectory import Outcome, Trajectory, Turn, identify

SPACE = uuid.UUID("2f0f5d0e-7a0d-5b53-9a55-4c3b7a6f8b1d")
LIMIT = 10_000
"""LangGraph's own limit on steps; the budget that matters is the settings'."""
USAGE = frozenset({"calls", "input_tokens", "output_tokens", "cost_usd"})


@dataclass(frozen=True)
class Rollout:
    """One try at a question: its task's id, and the number of the sample."""

    task: str
    question: str
    sample: int
    settings: SolverContext

    @property
    def id(self) -> str:
        """Of the trajectory, before it is made."""
        return identify(self.task, self.settings.player, self.settings.seed, self.sample)

    @property
    def config(self) -> RunnableConfig:
        """The thread under which the ledger has its calls."""
        return {"configurable": {"thread_id": str(uuid.uuid5(SPACE, self.id))}, "recursion_limit": LIMIT}

    def ended(
        self, outcome: Outcome, detail: str, turns: tuple[Turn, ...] = (), case: Case | None = None
    ) -> Trajectory:
        """What it comes to."""
        searched = case.searched if case else None
        world = {n: str(getattr(searched, n, "")) for n in ("name", "version", "sha256")}
        episode = Episode(task=self.task, question=self.question, turns=turns, outcome=outcome)
        player, seed = self.settings.player, self.settings.seed
        return episode.trajectory(player, world, self.settings.k, seed, self.sample, detail)


async def roll(rollout: Rollout, graph: SolverGraph, deps: SolverDeps, case: Case) -> Trajectory:
    """The trajectory. What goes wrong is its outcome, with one line on it; `ChatError` alone, which any other
    trajectory would meet too, is raised."""
    start = {"question": rollout.question, "task": rollout.task, "sample": rollout.sample}
    state: dict[str, Any] = {}
    try:
        stream = graph.astream(cast(SolverState, start), rollout.config, context=rollout.settings, stream_mode="values")
        async for now in stream:
            state = now
        solving = parse(cast(SolverState, state))
        ended = rollout.ended(
            solving.outcome or "failed", solving.detail, (await solving.episode(case.searched)).turns, case
        )
    except ChatError:
        raise
    except Exception as error:
        ended = rollout.ended("failed", _line(error), await _saved(state, case), case)
    return await _with_usage(ended, rollout, deps)


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


async def _saved(state: dict[str, Any], case: Case) -> tuple[Turn, ...]:
    """The turns before something went wrong, as far as their pages are there."""
    try:
        return (await parse(cast(SolverState, state)).episode(case.searched)).turns
    except Exception:  # the first error is the one to tell of
        return ()


async def _with_usage(ended: Trajectory, rollout: Rollout, deps: SolverDeps) -> Trajectory:
    if not rollout.settings.asks:
        return ended
    spent = await deps.spent(rollout.settings, rollout.config["configurable"]["thread_id"])
    return ended.model_copy(update={"usage": spent.model_dump(include=set(USAGE))})
