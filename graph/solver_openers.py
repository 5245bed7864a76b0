"""What a solver's nodes may open: what is searched, and who searches."""

from collections.abc import Awaitable, Callable

from langgraph.config import get_config

from graph.chats import Ask, lasting
from graph.solver_cases import BySettings, Case
from graph.solver_context import SolverContext, SolverDeps
from roles.chat.ledger import Usage
from roles.model_solver import Allowance, ModelSolver
from roles.solver import Solver
from tasks.environments.refining import Refiner
from tasks.environments.searched import Searched

Find = Callable[[SolverContext, str], Awaitable[Case]]
"""The case of a task by its id."""


def solver_deps(find: Find | None = None, ask: Ask | None = None) -> SolverDeps:
    """All openers. By default a case is found in the world and the task file of the settings, as in Studio."""
    return Openers(find or BySettings(), ask or lasting()).deps


class Openers:
    """Openers over one source of cases and one of chats."""

    def __init__(self, find: Find, ask: Ask) -> None:
        self._find, self._ask = find, ask
        self._refiners: dict[tuple[str, int, int], Refiner] = {}

    @property
    def deps(self) -> SolverDeps:
        """For the graph."""
        return SolverDeps(self.searched, self.solver, self.refiner, self.spent)

    async def searched(self, settings: SolverContext, task: str) -> Searched:
        """What is searched for a task."""
        return (await self._find(settings, task)).searched

    async def solver(self, settings: SolverContext, task: str, sample: int) -> Solver:
        """Who searches."""
        if settings.solver == "teacher":
            return (await self._find(settings, task)).teacher(settings.bridges)
        port = await self._ask(settings)
        if port is None:
            raise ValueError("no model is named: give --model")
        allowance = Allowance(turns=settings.turns, searches=settings.searches, at_once=settings.at_once)
        return ModelSolver(port.labelled(_thread()), allowance, f"{settings.seed}:{sample}")

    async def refiner(self, settings: SolverContext, task: str) -> Refiner:
        """One for each world, since it remembers pages by their ids."""
        searched = await self.searched(settings, task)
        asked = (searched.sha256, settings.passages, settings.characters)
        return self._refiners.setdefault(asked, Refiner(settings.passages, settings.characters))

    async def spent(self, settings: SolverContext, thread: str) -> Usage:
        """What the replies came to that a trajectory rests on."""
        port = await self._ask(settings) if settings.asks else None
        return await port.used(thread) if port else Usage()


def _thread() -> str:
    return str(get_config()["configurable"].get("thread_id", ""))
