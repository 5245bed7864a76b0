"""The rewards: how they rank those who want them without the work, and how many trajectories a second they take.

  python -m benchmarks.rewards
  python -m benchmarks.rewards WORLD --tasks tasks.jsonl --count 100

Every policy of `benchmarks.policies` is played on every task. One JSON line for each reward with the mean of each
policy, best first; one with the least margins of the combination over single tasks; one with speeds; then targets,
machine and versions. Exit code 1 when the order is wrong or a target is missed by processor time.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.cases import about, completed, emit, progress, records_for
from benchmarks.policies import BUDGET, POLICIES, Player, played, ranked
from tasks.environments.environment import TaskEnvironment
from tasks.rewards.combine import combined, parts, reward
from tasks.rewards.parts import outcome
from tasks.trajectories.making import sheet_of
from tasks.trajectories.measures import Course
from tasks.trajectories.sheet import Sheet
from tasks.trajectories.trajectory import Turn
from worlds.opening import open_local

TARGETS = {"outcome_per_s": 20_000, "all_per_s": 2000}
Played = tuple[tuple[Turn, ...], Sheet]


class Rate(NamedTuple):
    """Trajectories a second of one process, by the clock and by the processor time that it got."""

    wall: int
    cpu: int


def per_second(judge: Callable[[tuple[Turn, ...], Sheet], object], played_: Sequence[Played], least: float) -> Rate:
    """Trajectories judged in a second, over at least so many seconds; every one anew."""
    wall, cpu, count = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - wall < least:
        for turns, sheet in played_:
            judge(turns, sheet)
        count += len(played_)
    return Rate(round(count / (time.perf_counter() - wall)), round(count / (time.process_time() - cpu)))


def margins(scores: Sequence[dict[str, dict[str, float]]]) -> dict[str, float]:
    """Over the tasks, by how much the teacher leads the second, and the second the best of the others, at least."""
    first, second, *others = POLICIES
    worth = [{policy: found["combined"] for policy, found in of_task.items()} for of_task in scores]
    return {
        f"{first} over {second}": round(min(w[first] - w[second] for w in worth), 3),
        f"{second} over all others": round(min(w[second] - max(w[o] for o in others) for w in worth), 3),
    }


async def run(parsed: argparse.Namespace) -> int:
    """The benchmark; 1 when the order is wrong or a target missed."""
    world = open_local(parsed.world)
    records = await records_for(parsed.tasks, parsed.world, world, parsed.count, parsed.seed, ("medium",))
    environment = TaskEnvironment(world, budget=BUDGET)
    names = [(await world.entity(entity)).label for entity in world.entity_ids]
    scores, trajectories = [], list[Played]()
    for number, record in enumerate(records, start=1):
        player = Player(record, await sheet_of(record, world), environment, names)
        episodes = await played(player)
        found = {name: parts(episode.turns, player.sheet) for name, episode in episodes.items()}
        scores.append({name: {**each, "combined": combined(each)} for name, each in found.items()})
        trajectories += [(episodes[name].turns, player.sheet) for name in POLICIES if name != "hoarder"]
        progress(f"task {number}/{len(records)}")
    return _told(scores, trajectories, parsed)


def _told(scores: list[Any], trajectories: list[Played], parsed: argparse.Namespace) -> int:
    for name, means in ranked(scores).items():
        emit({"reward": name, "tasks": len(scores), "means": means})
    least = margins(scores)
    emit({"margins": least})
    speeds = {
        "outcome_per_s": per_second(lambda turns, sheet: outcome(Course(turns, sheet)), trajectories, parsed.seconds),
        "all_per_s": per_second(reward, trajectories, parsed.seconds),
    }
    searches = sum(len(turn.searches) for turns, _ in trajectories for turn in turns)
    rates = {name: rate.wall for name, rate in speeds.items()}
    by_processor = {f"{name}_of_processor": rate.cpu for name, rate in speeds.items()}
    emit(
        {
            **rates,
            **by_processor,
            "trajectories": len(trajectories),
            "searches_each": round(searches / len(trajectories), 1),
        }
    )
    emit({"targets": TARGETS, **about()})
    return int(min(least.values()) <= 0 or any(speeds[name].cpu < target for name, target in TARGETS.items()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world", nargs="?", default="atlas", help="atlas, or the directory of a built world")
    parser.add_argument("--tasks", type=Path, help="task records of that world (default: generated)")
    parser.add_argument("--count", type=int, default=20, help="tasks (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="draws the tasks (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement (default %(default)s)")
    return completed(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
