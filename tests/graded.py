"""The tasks of a finished run with their reward sheets, and what each policy makes of them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.policies import BUDGET, Player, played
from tasks.environments.environment import TaskEnvironment
from tasks.environments.episode import Episode
from tasks.rewards.combine import combined, parts
from tasks.runs import Run
from tasks.trajectories.making import sheet_of
from worlds.local import LocalWorld


@dataclass(frozen=True)
class Graded:
    """One task, and an episode of each policy."""

    player: Player
    episodes: Mapping[str, Episode]

    @property
    def scores(self) -> dict[str, dict[str, float]]:
        """Every reward of every policy, and their combination."""
        found = {name: parts(episode.turns, self.player.sheet) for name, episode in self.episodes.items()}
        return {name: {**each, "combined": combined(each)} for name, each in found.items()}


def world_of(run: Path) -> LocalWorld:
    """The world of a run."""
    return LocalWorld(Path(Run.open(run).manifest.settings["world"]))


def graded(run: Path) -> list[Graded]:
    """All tasks of a run."""

    async def play() -> list[Graded]:
        world = world_of(run)
        environment = TaskEnvironment(world, budget=BUDGET)
        names = [(await world.entity(entity)).label for entity in world.entity_ids]
        players = [Player(r, await sheet_of(r, world), environment, names) for r in Run.open(run).tasks()]
        return [Graded(player, await played(player)) for player in players]

    return asyncio.run(play())
