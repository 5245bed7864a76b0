"""What is refined: the tasks or drafts of a file, each with what solvers did with it."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from graph.context import Context
from graph.refining.replies import others
from hcsp.tree import ResearchTree
from roles.chat.settings import ChatSettings
from tasks.drafts import holds_drafts, is_draft, record_of
from tasks.files import read
from tasks.record import TaskRecord, identify
from tasks.runs import read_records
from tasks.trajectories.trajectory import Trajectory
from worlds.opening import has_facts
from worlds.world import World

Open = Callable[[Context], Awaitable[World]]
Tries = Mapping[tuple[str, str], list[Trajectory]]
"""By task and question, since drafts of one run may be one tree in other words."""


@dataclass(frozen=True)
class Tried:
    """A task, or a draft as the task that it would have been."""

    record: TaskRecord
    tries: tuple[Trajectory, ...]
    is_draft: bool = False

    @property
    def settings(self) -> Context:
        """Those of the run that made it; raises `ValueError` where it does not say."""
        return settings_in(self.record.provenance)


def by_question(trajectories: Iterable[Trajectory]) -> Tries:
    """The trajectories of each question."""
    found: dict[tuple[str, str], list[Trajectory]] = defaultdict(list)
    for trajectory in trajectories:
        found[trajectory.task, trajectory.question].append(trajectory)
    return found


async def read_tried(path: Path, tries: Tries, world: Open, given: ChatSettings) -> list[Tried]:
    """All tasks of a file, or those of its drafts that a solver could try.

    Raises `OSError` or `ValueError` where the file holds something else, or nothing that was tried.
    """
    rows = [row for _, row in read(path)]
    if rows and holds_drafts(rows[0]):
        found = await _drafts(rows, tries, world, given)
    else:
        found = [Tried(record, tuple(_of(tries, record))) for record in read_records(path)]
    if not any(tried.tries for tried in found):
        raise ValueError(f"no trajectory is of a task or draft in {path}")
    return found


def settings_in(provenance: Mapping[str, Any]) -> Context:
    """The settings of a run; raises `ValueError` in one line where they are none."""
    try:
        return Context(**provenance["settings"], seed=provenance["seed"])
    except (KeyError, TypeError, ValidationError):
        raise ValueError(
            "a task or draft does not say with which settings it was made, so it cannot be again"
        ) from None


def _of(tries: Tries, record: TaskRecord) -> list[Trajectory]:
    return tries.get((record.id, record.question), [])


async def _drafts(rows: Iterable[dict[str, Any]], tries: Tries, world: Open, given: ChatSettings) -> list[Tried]:
    """A run may come to one draft more than once; it is refined once."""
    found: dict[tuple[str, str], Tried] = {}
    for row in filter(is_draft, rows):
        settings = settings_in(row["provenance"])
        if not has_facts(settings.world) and (named := others(settings, given)):
            raise ValueError(f"the drafts were made of pages that models read; name the same: {named}")
        opened = await world(settings)
        key = (identify(opened.version, ResearchTree.model_validate(row["tree"])), row["wording"]["question"])
        measured = tuple(t for t in tries.get(key, ()) if t.measures is not None)
        if measured and key not in found:
            found[key] = Tried(await record_of(row, opened), measured, is_draft=True)
    return list(found.values())
