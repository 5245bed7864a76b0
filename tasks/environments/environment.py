"""The environment: `reset` and `step` over tasks and what is searched for them.

    environment = TaskEnvironment(Packed(Environment.open(Path("environment"))))
    episode = environment.reset(task)
    step = await environment.step(episode, "<think>…</think><search>…</search>")
    step.observation, step.episode.done

It keeps nothing of an episode, so any number of them can be under way, in any order. The retriever is that of the
world, which also certified the task; the refiner is `tasks.environments.refining`. So the same turns always bring the
same observations, but for live worlds.
"""

from typing import NamedTuple

from tasks.environments.episode import Asked, Budget, Episode, begun, queries
from tasks.environments.refining import Refiner
from tasks.environments.searched import Searched
from tasks.trajectories.sheet import TOP
from tasks.trajectories.trajectory import Search, Turn
from tasks.trajectories.transcript import parse_turn, shown
from worlds.abreast import abreast
from worlds.model import Page

NONE_LEFT = "no searches are left"


class Step(NamedTuple):
    """What a step gives.

    Attributes:
        episode: where the episode stands now.
        observation: the `<information>` block to show the solver; empty once it is over.
    """

    episode: Episode
    observation: str


class TaskEnvironment:
    """Steps episodes over one world.

    Args:
        searched: a world, or a packed environment in `Packed`.
        k: pages that one retrieval brings.
        budget: of every episode.
        refiner: what is shown of a page.
    """

    def __init__(
        self, searched: Searched, k: int = TOP, budget: Budget | None = None, refiner: Refiner | None = None
    ) -> None:
        if k < 1:
            raise ValueError(f"k is {k!r}: a retrieval has to bring a page at least")
        self.searched, self.k, self.budget = searched, k, budget or Budget()
        self._refiner = refiner or Refiner()

    @property
    def world(self) -> dict[str, str]:
        """What is searched, as trajectories name it."""
        return {"name": self.searched.name, "version": self.searched.version, "sha256": self.searched.sha256}

    def reset(self, task: Asked) -> Episode:
        """An episode before its first turn."""
        return begun(task)

    async def step(self, episode: Episode, said: str | Turn) -> Step:
        """What a solver's turn brings, as it was said or parsed. Raises `ValueError` when the episode is over."""
        if episode.done:
            raise ValueError(f"the episode of task {episode.task!r} is over ({episode.outcome}); reset it")
        turn = said if isinstance(said, Turn) else parse_turn(said)
        left = self.budget.searches - episode.searches
        if turn.searches and left <= 0:
            none = Turn(think=turn.think, said=turn.said, fault=NONE_LEFT)
            return self._after(episode, none, spent=True)
        asked = queries(turn, left, self.budget)
        if asked:
            made = await abreast(map(self.search, asked)) if len(asked) > 1 else [await self.search(asked[0])]
            turn = Turn(think=turn.think, searches=tuple(made), said=turn.said)
        return self._after(episode, turn)

    def _after(self, episode: Episode, turn: Turn, spent: bool = False) -> Step:
        after = Episode(task=episode.task, question=episode.question, turns=(*episode.turns, turn))
        outcome = "out_of_searches" if spent else after.ended(self.budget)
        if outcome:
            return Step(after.model_copy(update={"outcome": outcome}), "")
        return Step(after, shown(turn))

    async def search(self, query: str, k: int | None = None) -> Search:
        """One retrieval, refined."""
        hits = await self.searched.search(query, self.k if k is None else k)
        pages = [await self._page(hit.page) for hit in hits]
        return Search(query=query, pages=tuple(p.id for p in pages), information=self._refiner.refine(query, pages))

    async def _page(self, page: str) -> Page:
        return self._refiner.knows(page) or await self.searched.page(page)
