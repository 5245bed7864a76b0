"""A run made again up to a question that solvers tried, sent back with what they found, and gone on with."""

from collections.abc import Sequence
from typing import cast

from langgraph.checkpoint.memory import InMemorySaver

from graph.context import Deps
from graph.driver import Job, Runner
from graph.state import Growth, State, update
from nodes.validate_shortcuts import sent_back
from tasks.record import TaskRecord, identify
from tasks.refinement import Lesson
from worlds.world import World

BEFORE = "validate_shortcuts"
"""The node that decides what becomes of a question; here solvers have decided."""


class Replay:
    """One run. The lessons that it was taught before are taught again, so that a refined task can be refined."""

    def __init__(self, deps: Deps, job: Job) -> None:
        self._runner, self._job = Runner(deps, InMemorySaver()), job
        self._begun = False

    async def taught(self, lesson: Lesson) -> bool | None:
        """Goes on to the lesson's question and sends it back there; `False` when nothing that the lesson offers is
        possible, or no more repairs are allowed, `None` when the run does not come to that question."""
        growth = await self._at(lesson)
        if growth is None:
            return None
        changes = sent_back(growth, (lesson.why,), list(lesson.offered))
        if "verdict" in changes:
            return False
        await self._runner.graph.aupdate_state(self._job.config, update(**changes), as_node=BEFORE)
        return True

    async def ended(self) -> TaskRecord | None:
        """Where the run ends; `None` where it is not accepted."""
        await self._go(None)
        growth = await self._runner.state(self._job)
        if growth.verdict is None or growth.verdict.status != "accepted":
            return None
        return await self._runner.record(self._job, growth)

    async def world(self) -> World:
        """The world as the run sees it."""
        return await self._runner.world(self._job, self._job.settings)

    async def _at(self, lesson: Lesson) -> Growth | None:
        """The run before validation looks at the lesson's question."""
        graph, job = self._runner.graph, self._job
        version = (await self.world()).version
        while True:
            begin = None if self._begun else cast(State, {"entity": job.entity})
            await self._go(begin, stop=[BEFORE])
            self._begun = True
            if not (await graph.aget_state(job.config)).next:
                return None
            growth = await self._runner.state(job)
            if growth.worded.question == lesson.question and identify(version, growth.grown) == lesson.task:
                return growth

    async def _go(self, begin: State | None, stop: Sequence[str] = ()) -> None:
        job = self._job
        await self._runner.graph.ainvoke(
            begin, job.config, context=job.settings, interrupt_before=stop, durability="exit"
        )
