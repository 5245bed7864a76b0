"""Many rollouts at a time, each written down once, when it is over."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from graph.chats import always
from graph.solver_cases import Case
from graph.solver_context import SolverContext
from graph.solver_graph import build_solver
from graph.solver_openers import solver_deps
from graph.solving.items import Item, NoWorld
from graph.solving.rollout import Rollout, roll
from roles.asking import together
from roles.chat.model_chat import ModelChat
from tasks.trajectories.results import Results, with_verdict
from tasks.trajectories.sampling import judged
from tasks.trajectories.trajectory import Trajectory

Tell = Callable[[Trajectory], None]


@dataclass
class Loop:
    """Solves items; `tell` hears of every trajectory once it is on disk."""

    settings: SolverContext
    results: Results
    chat: ModelChat | None
    tell: Tell
    _cases: dict[str, Case] = field(default_factory=dict)
    _failed: Exception | None = None

    def __post_init__(self) -> None:
        self._deps = solver_deps(self._case, always(self.chat))
        self._graph = build_solver(self._deps)

    async def run(self, items: AsyncIterator[Item], samples: int) -> None:
        """All samples of all items that the results lack.

        What is under way when something goes wrong is finished first; then the first such thing is raised: `ChatError`
        when no model can be asked any more, `OSError` when nothing can be written, or what `items` raises.
        """
        at_once = self.settings.concurrency if self.settings.asks else 1
        turn = asyncio.Lock()
        await asyncio.gather(*(self._work(items, turn, samples) for _ in range(max(1, at_once // samples))))
        if self._failed:
            raise self._failed

    def _wanted(self, item: Item, samples: int) -> list[Rollout]:
        every = (Rollout(item.id, item.question, sample, self.settings) for sample in range(samples))
        return [rollout for rollout in every if rollout.id not in self.results.done]

    async def _work(self, items: AsyncIterator[Item], turn: asyncio.Lock, samples: int) -> None:
        """Takes one item after another; an item is asked for by one at a time."""
        while not self._failed:
            try:
                async with turn:
                    item = await anext(items, None)
                if item is None:
                    return
                await self._solve(item, self._wanted(item, samples))
            except Exception as error:  # the others finish what they are at
                self._failed = self._failed or error

    async def _solve(self, item: Item, wanted: Sequence[Rollout]) -> None:
        """The samples of one item that are wanted."""
        if not wanted:
            return
        try:
            case = self._cases[item.id] = await item.find()
        except NoWorld as missing:
            for rollout in wanted:
                self._add(rollout.ended("no_world", str(missing)), None)
            return
        try:
            await together(self._one(rollout, case) for rollout in wanted)
        finally:
            del self._cases[item.id]

    async def _one(self, rollout: Rollout, case: Case) -> None:
        self._add(await roll(rollout, self._graph, self._deps, case), case)

    def _add(self, made: Trajectory, case: Case | None) -> None:
        told = with_verdict(made, judged(made, case.sheet if case else None))
        self.results.add(told)
        self.tell(told)

    async def _case(self, _: SolverContext, task: str) -> Case:
        return self._cases[task]
