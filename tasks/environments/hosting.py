"""Episodes by name: what a server keeps between requests, apart from how they come in."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from tasks.environments.environment import TaskEnvironment
from tasks.environments.episode import Asked, Episode
from tasks.rewards.combine import combined, parts
from tasks.trajectories.sheet import Sheet

MOST_QUERIES, MOST_PAGES = 1024, 1000
"""Of one request to retrieve."""


class BadRequest(ValueError):
    """A request that cannot be answered; what it says is for the one who made it."""


class Host:
    """A task environment, its tasks, and the episodes under way.

    Args:
        environment: what is searched.
        tasks: what episodes can be of.
        sheets: their reward sheets; an episode of a task without one ends without rewards.
        most: episodes under way; the oldest is dropped when one more begins.
    """

    def __init__(
        self, environment: TaskEnvironment, tasks: Iterable[Asked], sheets: Iterable[Sheet] = (), most: int = 10_000
    ) -> None:
        if most < 1:
            raise ValueError(f"{most!r} episodes under way are none; expected 1 or more")
        self.environment, self._most = environment, most
        self._tasks: Mapping[str, Asked] = {task.id: task for task in tasks}
        self._sheets = {sheet.task: sheet for sheet in sheets}
        self._episodes: dict[str, Episode] = {}
        self._numbers = count()

    @property
    def tasks(self) -> tuple[str, ...]:
        """The ids of the tasks, in order."""
        return tuple(self._tasks)

    def begin(self, task: str) -> dict[str, Any]:
        """A new episode of a task."""
        if task not in self._tasks:
            raise BadRequest(f"no task {task!r} among {len(self._tasks)}; GET /tasks lists them")
        if len(self._episodes) >= self._most:
            del self._episodes[next(iter(self._episodes))]
        name = f"{task}-{next(self._numbers)}"
        episode = self._episodes[name] = self.environment.reset(self._tasks[task])
        return {"episode": name, "question": episode.question}

    async def go_on(self, name: str, text: str) -> dict[str, Any]:
        """A step of an episode; one that is over is forgotten, and its rewards are told."""
        episode = self._episodes.pop(name, None)
        if episode is None:
            raise BadRequest(f"no episode {name!r} is under way; it may be over, dropped for newer ones, or in a step")
        try:
            episode, observation = await self.environment.step(episode, text)
        finally:
            if not episode.done:
                self._episodes[name] = episode
        told = {"observation": observation, "done": episode.done, "fault": episode.turns[-1].fault}
        return told | ({"outcome": episode.outcome} | self._rewards(episode) if episode.done else {})

    def _rewards(self, episode: Episode) -> dict[str, Any]:
        sheet = self._sheets.get(episode.task)
        if sheet is None:
            return {}
        found = parts(episode.turns, sheet)
        return {"reward": combined(found), "rewards": found}

    async def retrieve(self, queries: list[str], topk: int, scores: bool) -> dict[str, Any]:
        """The pages of each query as Search-R1's clients read them: the title, a line break, the text."""
        if len(queries) > MOST_QUERIES or not 1 <= topk <= MOST_PAGES:
            raise BadRequest(f"expected at most {MOST_QUERIES} queries, and topk from 1 to {MOST_PAGES}")
        return {"result": [await self._found(query, topk, scores) for query in queries]}

    async def _found(self, query: str, topk: int, scores: bool) -> list[dict[str, Any]]:
        found = []
        for hit in await self.environment.searched.search(query, topk):
            page = await self.environment.searched.page(hit.page)
            document = {"id": page.id, "contents": f'"{page.title}"\n{page.text}'}
            found.append({"document": document, "score": hit.score} if scores else document)
        return found
