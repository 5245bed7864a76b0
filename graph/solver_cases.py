"""Where a solver finds a question: what is searched for it, and of a task of ours its record and reward sheet."""

from asyncio import to_thread
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import prompts.render
from graph.solver_context import SolverContext
from prompts.phrases import phrase_book
from roles.teacher import Teacher
from tasks.environments.searched import Packed, Searched
from tasks.exports.environment import Environment
from tasks.exports.manifest import MANIFEST
from tasks.lessons import lesson_of
from tasks.record import TaskRecord
from tasks.runs import read_records
from tasks.trajectories.making import sheet_from_record, sheet_of
from tasks.trajectories.sheet import Sheet
from worlds.opening import is_live, open_world
from worlds.world import World

KEPT = 64
"""Cases that a process which serves runs remembers."""


@dataclass(frozen=True)
class Case:
    """One question; record and sheet are `None` where it is no task of ours."""

    searched: Searched
    record: TaskRecord | None = None
    sheet: Sheet | None = None

    def teacher(self, bridges: bool = False) -> Teacher:
        """Who knows the answer; raises `ValueError` where nobody does. See `Teacher` for `bridges`."""
        return self._teachers[bridges]

    @cached_property
    def _teachers(self) -> dict[bool, Teacher]:
        if self.record is None or self.sheet is None:
            raise ValueError("the teacher solves task records of ours, and this question is none; name a model")
        lesson = lesson_of(self.record, self.sheet)
        return {bridges: Teacher(lesson, self.searched.page, bridges) for bridges in (False, True)}


@dataclass(frozen=True)
class Place:
    """A world, or a packed environment with its sheets, which has no `world`."""

    name: str
    searched: Searched
    world: World | None = None
    sheets: Mapping[str, Sheet] = field(default_factory=dict)

    async def case(self, record: TaskRecord) -> Case:
        """The case of a task that was made in this world, or packed here; raises `ValueError` when it was not."""
        if is_live(self.name):
            return Case(self.searched, record, sheet_from_record(record))
        if record.provenance["world"]["sha256"] != self.searched.sha256:
            raise ValueError(f"the task was made in another world than {self.name!r}, or another version of it")
        if self.world is not None:
            return Case(self.searched, record, await sheet_of(record, self.world))
        if record.id not in self.sheets:
            raise ValueError(f"the packed environment {self.name!r} does not hold the task")
        return Case(self.searched, record, self.sheets[record.id])


@lru_cache(maxsize=8)
def open_place(name: str) -> Place:
    """What is searched under a name; raises `OSError` or `ValueError` when that is nothing."""
    if (Path(name) / MANIFEST).is_file():
        packed = Environment.open(Path(name))
        return Place(name, Packed(packed), None, {sheet.task: sheet for sheet in packed.sheets()})
    world = open_world(name)
    return Place(name, world, world)


class BySettings:
    """Cases by the settings of each run, as in Studio: the world by its name, the task in the file that is named."""

    def __init__(self) -> None:
        self._cases: dict[tuple[str, str, str], Case] = {}

    async def __call__(self, settings: SolverContext, task: str) -> Case:
        """The case; raises `ValueError` when there is no such world or task."""
        asked = (settings.world or "atlas", settings.tasks, task)
        if asked not in self._cases:
            while len(self._cases) >= KEPT:
                del self._cases[next(iter(self._cases))]
            self._cases[asked] = await self._opened(*asked)
        return self._cases[asked]

    async def _opened(self, name: str, file: str, task: str) -> Case:
        try:
            place, record = await to_thread(_found, name, file, task)
        except OSError as error:  # of these the server behind Studio shows nothing but the type
            raise ValueError(str(error)) from error
        return await place.case(record) if record else Case(place.searched)


def _found(name: str, file: str, task: str) -> tuple[Place, TaskRecord | None]:
    phrase_book()  # read here, so that no node waits for a file
    prompts.render.load()
    place = open_place(name)
    if not file or not task:
        return place, None
    found = next((record for record in read_records(Path(file)) if record.id == task), None)
    if found is None:
        raise ValueError(f"{file} holds no task {task!r}")
    return place, found
