"""One invocation of `graph.run`: one entity, or a sample of them, from the first look at the world to what is shown."""

import argparse
import asyncio
import json
import signal
import sys
from collections import Counter

from langgraph.runtime import RunControl
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from graph.chats import always, chat_of
from graph.checkpoint import checkpoints
from graph.context import Context
from graph.driver import Job, Runner, heading
from graph.explain import explanation
from graph.openers import default_deps
from graph.quota import Quota, share_in
from graph.show import changes_view, funnel_view, record_view, step_line, tree_view
from graph.spending import expected, spent_view
from graph.state import Growth
from hcsp.tree import ResearchTree
from roles.chat.port import ChatError
from tasks.files import append, read
from tasks.keeping import frames_of, keep
from tasks.record import TaskRecord, tree_of

ACCEPTED, REJECTED = 0, 3
RESUME = "add --resume to the same command to go on"


class Session:
    """One invocation: one entity, or a sample of them under a running quota of relations."""

    def __init__(self, parsed: argparse.Namespace, settings: Context) -> None:
        self.parsed = parsed
        self.settings = settings
        self.console = Console(stderr=parsed.json, quiet=parsed.quiet, highlight=False)
        self.accepted = 0

    async def run(self) -> int:
        """The exit code."""
        run = Job(self.parsed.entity or f"sample {self.parsed.sample}", self.settings, self.parsed.out).thread
        async with chat_of(self.settings, self.parsed.out, run, self._note) as chat:
            self.deps = default_deps(always(chat))
            self._estimate = expected(chat, self.settings, self.parsed.sample or 1) if chat else ""
            try:
                return await self._run()
            except ChatError as error:
                raise ChatError(f"{error}; {RESUME}" if self.parsed.out else str(error)) from None
            finally:
                if chat:
                    self.console.print(spent_view(await chat.summary(), self.accepted))

    def _note(self, said: str) -> None:
        self.console.print(f"[yellow]{escape(said)}[/]")

    def _say_estimate(self) -> None:
        if self._estimate:
            self.console.print(self._estimate)

    async def _run(self) -> int:
        self.world = await self.deps.world(self.settings)
        self.relations = {r.id: r.label for r in (await self.world.relations()).values()}
        if unknown := {*self.settings.avoid, *self.settings.scarce} - set(self.relations):
            raise ValueError(
                f"{self.world.name} has no relation {min(unknown)!r}; python -m worlds info lists them by id"
            )
        if self.parsed.sample is not None:
            return await self._sample(Runner(self.deps, None))
        job = Job(await self._entity(self.parsed.entity), self.settings, self.parsed.out)
        async with checkpoints(self.parsed.out) as saver:
            return await self._one(Runner(self.deps, saver), job)

    async def _entity(self, name: str) -> str:
        """The id that a name denotes; raises `ValueError` with the choices or the closest names."""
        found = await self.world.resolve(name)
        if len(found) == 1:
            return found[0].id
        if found:
            choices = "; ".join(f"{e.id} ({', '.join(t for t in e.types if t != 'entity')})" for e in found)
            raise ValueError(f"{name!r} is ambiguous in {self.world.name}, give one of the ids: {choices}")
        close = ", ".join(await self.world.suggest(name)) or "none is close"
        raise ValueError(f"{name!r} is not in the world {self.world.name}; closest names: {close}")

    async def _one(self, runner: Runner, job: Job) -> int:
        done = self._done().get(job.thread)
        if done is not None:
            self.console.print(f"already in {job.out}; here it is again")
            await self._show(done)
            return ACCEPTED
        self._say_estimate()
        growth = await self._drive(runner, job)
        if _rejected(growth):
            print(f"rejected: {growth.entity}: {_reason(growth)}", file=sys.stderr)
            return REJECTED
        await self._show(await self._keep(runner, job, growth))
        return ACCEPTED

    async def _sample(self, runner: Runner) -> int:
        """Tries the drawn entities in turn; one that is done already, when resuming, still counts for the quota."""
        self._say_estimate()
        entities = await self.world.sample(self.parsed.sample, str(self.settings.seed))
        if not entities:
            raise ValueError(f"{self.world.name} has no entity that could be an answer: none has facts enough")
        done, quota, funnel = self._done(), Quota(share_in(len(self.relations))), Counter[str]()
        for number, entity in enumerate(entities):
            job = Job(entity, quota.narrow(self.settings), self.parsed.out, number)
            record = done.get(job.thread)
            if record is None:
                async for growth in runner.drafts(job):
                    await self._keep_rejected(runner, job, growth)
                if _rejected(growth):
                    funnel[heading(growth)] += 1
                    self.console.print(f"[dim]{number + 1}/{len(entities)} {entity} rejected: {_reason(growth)}[/]")
                    continue
                record = await self._keep(runner, job, growth)
            quota.add(c["relation"] for c in record.constraints if "relation" in c)
            self.console.print(f"{number + 1}/{len(entities)} [green]{record.answer}[/]: {record.question}")
            await self._explain(record)
            self._print(record)
        accepted = len(entities) - funnel.total()
        self.console.print(funnel_view(len(entities), accepted, funnel, quota.counts, self.relations))
        return ACCEPTED if accepted else REJECTED

    async def _drive(self, runner: Runner, job: Job) -> Growth:
        """The run, a line a step; with --step it waits before each node.

        Ctrl-C stops it when the step under way is done, a second one at once.
        """
        control, shown = RunControl(), None
        if self.parsed.step:
            signal.signal(signal.SIGINT, signal.default_int_handler)  # so that it ends the wait for Enter
        else:
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, _drain, control)
        async for node, change in runner.steps(job, control, self.parsed.resume, self.parsed.step):
            if line := step_line(node, change):
                self.console.print(line)
            if self.parsed.rejected and (change.get("repair") or change.get("verdict")):
                await self._keep_rejected(runner, job, await runner.state(job))
            if change.get("tree") and node in ("expand_node", "blur") and change["tree"] != shown:
                shown = change["tree"]
                await self._show_tree(ResearchTree.model_validate(shown))
            if self.parsed.step:
                self.console.print(changes_view(node, change))
                input("Enter to go on ")
        return await runner.state(job)

    async def _show_tree(self, tree: ResearchTree) -> None:
        labels = {e: (await self.world.entity(e)).label for e in tree.entities.values()}
        self.console.print(tree_view(tree, labels, self.relations))

    async def _keep_rejected(self, runner: Runner, job: Job, growth: Growth) -> None:
        if self.parsed.rejected and _rejected(growth):
            append(self.parsed.rejected, await runner.rejected(job, growth))

    async def _keep(self, runner: Runner, job: Job, growth: Growth) -> TaskRecord:
        record = await runner.record(job, growth)
        self.accepted += 1
        if job.out is not None:
            await keep(record, await runner.world(job, job.settings), frames_of(job.out))
            append(job.out, record.model_dump(mode="json"))
        return record

    def _done(self) -> dict[str, TaskRecord]:
        """The records that earlier runs appended, by thread, when resuming."""
        if not self.parsed.resume or not self.parsed.out.exists():
            return {}
        done: dict[str, TaskRecord] = {}
        for number, row in read(self.parsed.out):
            try:
                record = TaskRecord.model_validate(row)
                done[record.provenance["thread_id"]] = record
            except (ValidationError, KeyError):
                raise ValueError(
                    f"{self.parsed.out} line {number} is no task record; name the --out of a run"
                ) from None
        return done

    async def _show(self, record: TaskRecord) -> None:
        tree = tree_of(record)
        labels = {e: (await self.world.entity(e)).label for e in tree.entities.values()}
        self.console.print(record_view(record, labels, self.relations))
        await self._explain(record)
        self._print(record)

    async def _explain(self, record: TaskRecord) -> None:
        if self.parsed.explain:
            self.console.print(await explanation(record, self.world))

    def _print(self, record: TaskRecord) -> None:
        """What --json and --quiet leave on standard output."""
        if self.parsed.json:
            print(json.dumps(record.model_dump(mode="json"), ensure_ascii=False))
        elif self.parsed.quiet:
            print(f"{record.question}\t{record.answer}")


def _drain(control: RunControl) -> None:
    """Lets the step under way finish, and leaves the next Ctrl-C to Python, which then stops everything."""
    control.request_drain()
    asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
    print("stopping when the step under way is done; Ctrl-C again stops at once", file=sys.stderr)  # true only now


def _rejected(growth: Growth) -> bool:
    return growth.verdict is None or growth.verdict.status != "accepted"


def _reason(growth: Growth) -> str:
    return "; ".join(growth.verdict.reasons) if growth.verdict else "the run did not finish"
