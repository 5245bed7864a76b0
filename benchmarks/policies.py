"""Ways to go about a task without a model, from the teacher to those that want the reward without the work.

All search the world for real; those that know the answer read it off the record.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tasks.environments.environment import TaskEnvironment
from tasks.environments.episode import Budget, Episode
from tasks.record import TaskRecord
from tasks.trajectories.measures import Course
from tasks.trajectories.sheet import Sheet
from tasks.trajectories.transcript import say

BUDGET = Budget(turns=400, searches=400)
HOARDED = 150
"""Retrievals of the policy that fetches whatever it can."""


@dataclass(frozen=True)
class Player:
    """One task in an environment; `entities` are all names of the world."""

    record: TaskRecord
    sheet: Sheet
    environment: TaskEnvironment
    entities: Sequence[str]

    @property
    def rival(self) -> str:
        """The nearest wrong answer."""
        return self.sheet.rivals[0][0] if self.sheet.rivals else self.random.choice(self.entities)

    @property
    def random(self) -> Random:
        """Draws of this task."""
        return Random(f"{self.record.id}:policy")

    @property
    def route(self) -> list[str]:
        """The queries of the certificate's route."""
        return [hop["query"] for hop in self.record.certificate["route"]]

    async def follow(self, queries: Sequence[str]) -> Episode:
        """The episode after these queries, one a turn; each turn says which sub-answers are settled."""
        episode = self.environment.reset(self.record)
        for query in queries:
            episode, _ = await self.environment.step(episode, say(self.settled(episode), [query]))
        return episode

    def settled(self, episode: Episode) -> str:
        """The sub-answers of which the pages held state everything."""
        course, inner = Course(episode.turns, self.sheet), self.sheet.variables[1:]
        told = {n for n, at in enumerate(course.told) if at is not None}
        found = [v for v in inner if told.issuperset(self.sheet.needs[v.vertex])]
        return " ".join(f"{v.vertex} is {v.names[0]}." for v in found) or "What is there to find?"

    async def end(self, episode: Episode, answer: str) -> Episode:
        """The episode once it has answered."""
        return (await self.environment.step(episode, say(self.settled(episode), answer=answer))).episode


Policy = Callable[[Player], Awaitable[Episode]]


async def teacher(player: Player) -> Episode:
    """The cheapest route, then the answer."""
    return await player.end(await player.follow(player.route), player.record.answer)


async def short(player: Player) -> Episode:
    """The teacher without its last page."""
    return await player.end(await player.follow(player.route[:-1]), player.record.answer)


async def misled(player: Player) -> Episode:
    """The teacher with a rival as the answer."""
    return await player.end(await player.follow(player.route), player.rival)


async def clairvoyant(player: Player) -> Episode:
    """The right answer without any evidence."""
    return await player.end(await player.follow([]), player.record.answer)


async def hoarder(player: Player) -> Episode:
    """Fetches whatever it can, names everything, and answers a rival."""
    names = player.random.sample(player.entities, min(HOARDED, len(player.entities)))
    return await player.end(await player.follow([player.record.question, *names]), player.rival)


async def lister(player: Player) -> Episode:
    """Names every entity of the task, in thought, in its search and as the answer."""
    known = [names[0] for names in (*(v.names for v in player.sheet.variables), *player.sheet.rivals)]
    everyone = ", ".join(sorted({*known, *player.entities[:200]}))
    begun = player.environment.reset(player.record)
    episode, _ = await player.environment.step(begun, say(everyone, [everyone]))
    return await player.end(episode, everyone)


async def copier(player: Player) -> Episode:
    """Asks the question, and answers with it."""
    return await player.end(await player.follow([player.record.question]), player.record.question)


async def letter(player: Player) -> Episode:
    """Asks and answers one letter."""
    return await player.end(await player.follow(["a"]), "a")


async def random(player: Player) -> Episode:
    """Asks for random names, and answers with one."""
    draw = player.random
    asked = [draw.choice(player.entities) for _ in range(max(3, len(player.route)))]
    return await player.end(await player.follow(asked), draw.choice(player.entities))


POLICIES: Mapping[str, Policy] = {
    "teacher": teacher,
    "teacher without its last page": short,
    "teacher with a rival as answer": misled,
    "right answer without evidence": clairvoyant,
    "hoarder": hoarder,
    "entity lister": lister,
    "question copier": copier,
    "one letter": letter,
    "random": random,
}
"""In the order that a reward has to put them in, but that all below the second may change places."""


async def played(player: Player) -> dict[str, Episode]:
    """What each policy makes of a task."""
    return {name: await policy(player) for name, policy in POLICIES.items()}


def ranked(scores: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, Any]:
    """Per reward the mean of each policy over the tasks, best first; `scores` has policy and reward for each task."""
    rewards = dict.fromkeys(name for of_task in scores for found in of_task.values() for name in found)
    table = {}
    for reward in rewards:
        means = {policy: sum(task[policy].get(reward, 0.0) for task in scores) / len(scores) for policy in scores[0]}
        table[reward] = {p: round(m, 3) for p, m in sorted(means.items(), key=lambda each: -each[1])}
    return table
