"""Driving one run through the graph: fresh or resumed, step by step, into a record."""

import json
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import var_child_runnable_config
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.runtime import RunControl
from langgraph.types import Durability

from graph.build import Graph, build_graph
from graph.context import Context, Deps
from graph.state import Growth, State, parse
from prompts.phrases import digest
from prompts.render import digests
from roles.chat.ledger import Usage
from tasks.assemble import assemble
from tasks.record import TaskRecord
from worlds.world import World

SPACE = uuid.UUID("8c0e9d0c-58c3-5d9e-9f2a-6a0a3a4c2f11")
LIMIT = 10_000
"""LangGraph's own limit on steps; the budget that matters is `max_steps`."""


@dataclass(frozen=True)
class Job:
    """One entity with one set of settings; its thread is a function of both and of where the record goes."""

    entity: str
    settings: Context
    out: Path | None = None
    number: int = 0

    @property
    def thread(self) -> str:
        """The checkpoint thread: equal for equal arguments, leaving out what earlier results decided."""
        fixed = {k: v for k, v in self.settings.deciding.items() if k not in ("avoid", "scarce", "closed")}
        where = str(self.out.resolve()) if self.out else ""
        return str(uuid.uuid5(SPACE, json.dumps([self.entity, fixed, where, self.number], sort_keys=True)))

    @property
    def config(self) -> RunnableConfig:
        """What LangGraph needs to find the thread."""
        return {"configurable": {"thread_id": self.thread}, "recursion_limit": LIMIT}


class Runner:
    """Runs jobs over one saver."""

    def __init__(self, deps: Deps, saver: BaseCheckpointSaver[str] | None) -> None:
        self.deps = deps
        self.saver = saver
        self.graph: Graph = build_graph(deps, saver)
        self._durability: Durability | None = "exit" if saver else None

    async def start(self, job: Job, resume: bool) -> State | None:
        """What to run the job from: its question, or `None` to go on from its last checkpoint."""
        if self.saver is None:
            return {"entity": job.entity}
        if resume and (await self.graph.aget_state(job.config)).values:
            return None
        await self.saver.adelete_thread(job.thread)
        return {"entity": job.entity}

    async def steps(
        self, job: Job, control: RunControl | None = None, resume: bool = False, stop_before_each: bool = False
    ) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Runs the job to its end, a `(node, update)` at a time; a checkpoint is on disk before the next step starts.

        `stop_before_each` interrupts before every node and goes on when the next item is asked for. Raises
        `GraphDrained` after the step in which `control` was told to drain.
        """
        begin = await self.start(job, resume)
        while True:
            stream = self.graph.astream(
                begin,
                job.config,
                context=job.settings,
                stream_mode="updates",
                durability="sync",
                control=control,
                interrupt_before="*" if stop_before_each else None,
            )
            async for changed in stream:
                for node, change in changed.items():
                    if node != "__interrupt__":
                        yield node, change or {}
            begin = None
            if not (stop_before_each and (await self.graph.aget_state(job.config)).next):
                return

    async def state(self, job: Job) -> Growth:
        """Where the job stands; needs a saver."""
        return parse(cast(State, (await self.graph.aget_state(job.config)).values))

    async def run(self, job: Job) -> Growth:
        """Where the job ends."""
        return [growth async for growth in self.drafts(job)][-1]

    async def drafts(self, job: Job) -> AsyncIterator[Growth]:
        """The job from start to end: every draft that validation sends back, then where it ends.

        With a saver the end is kept, and nothing before it.
        """
        states = self.graph.astream(
            {"entity": job.entity}, job.config, context=job.settings, stream_mode="values", durability=self._durability
        )
        async for state in states:
            if state.get("repair") or state.get("verdict"):
                yield parse(cast(State, state))

    async def record(self, job: Job, growth: Growth) -> TaskRecord:
        """The record of an accepted run; raises `ValueError` when it was not."""
        if (
            growth.verdict is None
            or growth.verdict.status != "accepted"
            or not growth.wording
            or not growth.certificate
        ):
            raise ValueError("only an accepted run has a record")
        world = await self.world(job, growth.settings)
        claims = {v: growth.claims_of(v) for v in growth.claims}
        origin = await self._provenance(job, growth)
        return await assemble(
            world, growth.grown, growth.wording, growth.certificate, claims, growth.audit or {}, origin
        )

    async def world(self, job: Job, settings: Context) -> World:
        """The world as the job's own nodes see it: what models have read for one run is not for others."""
        token = var_child_runnable_config.set(job.config)
        try:
            return await self.deps.world(settings)
        finally:
            var_child_runnable_config.reset(token)

    async def rejected(self, job: Job, growth: Growth) -> dict[str, Any]:
        """What is kept of a draft that was sent back or of a run that was given up, with the reasons."""
        parts = growth.model_dump(
            mode="json", include={"entity", "root", "tree", "wording", "certificate", "audit", "repair"}
        )
        reasons = growth.verdict.reasons if growth.verdict else (growth.refusal,)
        return {**parts, "reasons": list(reasons), "provenance": await self._provenance(job, growth)}

    async def _provenance(self, job: Job, growth: Growth) -> dict[str, Any]:
        return provenance(job, growth, await self.deps.spent(job.settings, job.thread))


def heading(growth: Growth) -> str:
    """What a rejection is counted under: the first check that failed, or why there was no question to check."""
    first = growth.verdict.reasons[0] if growth.verdict and growth.verdict.reasons else growth.refusal
    return re.sub(r"\b[A-Z]?\d[\d.]*\b|\b[A-Z]\b", "…", first).partition(":")[0].partition(" at ")[0]


def provenance(job: Job, growth: Growth, spent: Usage) -> dict[str, Any]:
    """Where a record comes from, besides world and prompts; equal runs differ in `thread_id` and `created` alone."""
    settings = growth.settings
    return {
        "preset": settings.preset.model_dump(mode="json"),
        "settings": {k: v for k, v in settings.deciding.items() if k != "seed"},
        "seed": settings.seed,
        "roles": {role: settings.player_of(role) or "symbolic" for role in ("planner", "browser")}
        | {"writer": "symbolic" if growth.wording is None or growth.wording.symbolic else settings.player_of("writer")}
        | {role: model for role in ("judge", "solver") if (model := settings.player_of(role))},
        "prompts": {"phrases": digest(), **(digests() if settings.asks else {})},
        "wording_seed": growth.wording_seed,
        "usage": spent.model_dump(include={"calls", "input_tokens", "output_tokens", "cost_usd"}),
        "graph_version": version("taproot"),
        "thread_id": job.thread,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
