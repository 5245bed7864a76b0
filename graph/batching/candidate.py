"""Making one candidate: from one root up to so many questions, each a run of the graph of its own.

One diffusion, many questions (InfoSeek's retrospection): the first question is rooted at the candidate's entity, the
others at inner variables of the trees made so far, whose pages have been read already. Together their trees are one
grown tree, and any two of them share one variable at most.
"""

import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from graph.batching.lanes import ALL, Assignment
from graph.batching.memory import remembering
from graph.context import Context, Deps
from graph.driver import Job, Runner, heading
from roles.chat.ledger import Usage
from roles.chat.port import ChatError
from tasks.keeping import answers_for
from tasks.runs import Traits


@dataclass
class Outcome:
    """What came of an assignment, as plain data; every row names the candidate that it belongs to.

    `frames` holds by task id what a live world answered, packed.
    """

    index: int
    entity: str
    tasks: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    traits: list[Traits] = field(default_factory=list)
    cost: dict[str, float] = field(default_factory=dict)
    frames: dict[str, bytes] = field(default_factory=dict)


class Maker:
    """Makes candidates one after the other."""

    def __init__(self, deps: Deps, saver: BaseCheckpointSaver[str] | None = None) -> None:
        self._deps = deps
        self._saver = saver
        self._marked = time.process_time()
        self._rootable: dict[str, frozenset[str]] = {}

    async def make(self, assignment: Assignment) -> Outcome:
        """Up to as many questions as asked for, in twice as many runs at most."""
        outcome = Outcome(assignment.index, assignment.entity)
        wall = time.perf_counter()
        deps, memory = remembering(self._deps)
        runner, tried, spent = Runner(deps, self._saver), list[str](), list[Usage]()
        root: str | None = assignment.entity
        while root is not None and len(outcome.tasks) < assignment.questions and len(tried) < 2 * assignment.questions:
            settings = _closed(assignment.settings, outcome.traits, root)
            first = assignment.index * 2 * assignment.questions
            job = Job(root, settings, number=first + len(tried))
            await _grow(runner, job, len(tried), outcome)
            spent.append(await deps.spent(settings, job.thread))
            tried.append(root)
            root = await self._further(assignment, outcome.traits, tried)
        outcome.cost = {
            "cpu_s": self._cpu(),
            "wall_s": round(time.perf_counter() - wall, 4),
            "pages": memory.read,
            "drafts": len(outcome.rejected) + len(outcome.tasks),
        }
        if assignment.settings.asks:
            outcome.cost |= {name: sum(getattr(usage, name) for usage in spent) for name in ("calls", "cost_usd")}
        return outcome

    def _cpu(self) -> float:
        """Seconds since the last candidate was done: each counts once, however many are made side by side."""
        before, self._marked = self._marked, time.process_time()
        return round(self._marked - before, 4)

    async def _further(self, assignment: Assignment, made: Sequence[Traits], tried: Sequence[str]) -> str | None:
        """The next inner variable to root a question at, in the order of the trees."""
        if assignment.questions == 1:
            return None
        roots = await self._roots(assignment.settings)
        gone = {*tried, *assignment.answered}
        inner = (e for traits in made for e in traits.entities if e not in gone)
        return next((e for e in inner if e in roots or assignment.owns(e)), None)

    async def _roots(self, settings: Context) -> frozenset[str]:
        """The world's entities that are no hubs."""
        if settings.world not in self._rootable:
            world = await self._deps.world(settings)
            self._rootable[settings.world] = frozenset(await world.sample(ALL, ""))
        return self._rootable[settings.world]


async def _grow(runner: Runner, job: Job, number: int, outcome: Outcome) -> None:
    """One run of the graph. A fault in it is kept with its traceback and ends this run, not the whole batch."""
    candidate = {"index": outcome.index, "number": number}
    try:
        async for growth in runner.drafts(job):
            if growth.verdict and growth.verdict.status == "accepted":
                record = await runner.record(job, growth)
                answers = await answers_for(record, await runner.world(job, job.settings))
                outcome.frames |= {record.id: answers} if answers is not None else {}
                task = record.model_dump(mode="json")
                outcome.tasks.append(task | {"provenance": task["provenance"] | {"candidate": candidate}})
                outcome.traits.append(Traits.of(record))
            else:
                draft = await runner.rejected(job, growth)
                outcome.rejected.append({"candidate": candidate, "kind": heading(growth), **draft})
                outcome.refused += [heading(growth)] if growth.verdict else []
    except (OSError, MemoryError, ChatError):
        raise
    except Exception as error:
        kind, trace = f"fault {type(error).__name__}", traceback.format_exc()
        row = {"candidate": candidate, "kind": kind, "entity": job.entity, "reasons": [str(error)], "fault": trace}
        outcome.rejected.append(row)
        outcome.refused.append(kind)


def _closed(settings: Context, made: Sequence[Traits], root: str) -> Context:
    """The settings under which no variable of earlier trees is one again, the new root aside: it is all they share."""
    closed = {*settings.closed, *(e for traits in made for e in traits.entities)} - {root}
    return settings.model_copy(update={"closed": tuple(sorted(closed))})
