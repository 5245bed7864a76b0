"""A real run directory to export from: questions of the tiny world, the drafts that were sent back, and a ledger."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from tiny_world import LONER, build_tiny_world

from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from tasks.files import append
from tasks.record import TaskRecord
from tasks.runs import LEDGER, MANIFEST, REJECTED, TASKS, Entry, Manifest
from worlds.opening import open_world

ENTITIES = ("Gala Grohl", LONER, "Dov Elster", "Jora Dahm", "Faro Arnet")
"""Nothing comes of the second; of the others two had drafts sent back."""
SEED = 5
"""A draft of its run can be reached by no query of the language."""


def make_run(folder: Path) -> Path:
    """The run directory, inside `folder`, beside its world."""
    world, out = build_tiny_world(folder), folder / "run"
    out.mkdir()
    settings = Context(world=str(world), seed=SEED)
    (out / MANIFEST).write_text(_manifest(settings).model_dump_json(), "utf-8")
    asyncio.run(_fill(out, settings))
    return out


async def _fill(out: Path, settings: Context) -> None:
    runner = Runner(default_deps(), None)
    for index, entity in enumerate(ENTITIES):
        job, made = Job(entity, settings, number=index), []
        candidate = {"index": index, "number": 0}
        async for growth in runner.drafts(job):
            if growth.verdict and growth.verdict.status == "accepted":
                row = (await runner.record(job, growth)).model_dump(mode="json")
                row["provenance"]["candidate"] = candidate
                append(out / TASKS, row)
                made.append(row["id"])
            else:
                draft = await runner.rejected(job, growth)
                append(out / REJECTED, {"candidate": candidate, "kind": draft["reasons"][0].partition(":")[0], **draft})
        entry = Entry(index=index, entity=entity, accepted=tuple(made), made=len(made), cost={"cpu_s": 0.5, "pages": 3})
        append(out / LEDGER, entry.model_dump(mode="json"))


def _manifest(settings: Context) -> Manifest:
    world = open_world(settings.world)
    return Manifest(
        graph_version="0",
        world={"name": world.name, "version": world.version, "sha256": world.sha256},
        settings=settings.model_dump(mode="json"),
        count=len(ENTITIES),
        lanes=1,
        per_diffusion=1,
        mix={},
        rules={},
    )


def split(run: Path, folder: Path) -> Path:
    """The tasks of a run as a directory of splits: two to train on, one in each of the others."""
    lines = (run / TASKS).read_text("utf-8").splitlines(keepends=True)
    folder.mkdir()
    for name, part in (("train", lines[:-2]), ("dev", lines[-2:-1]), ("test", lines[-1:])):
        (folder / f"{name}.jsonl").write_text("".join(part), "utf-8")
    return folder


def reviewed(run: Path, *verdicts: tuple[str, str]) -> Path:
    """The run with what a reader says of its tasks."""
    for task, verdict in verdicts:
        append(run / "review.jsonl", {"id": task, "verdict": verdict, "note": ""})
    return run


def rewritten(record: TaskRecord, question: str, answer: str) -> TaskRecord:
    """The record with another question and answer, wherever it has them."""
    row = record.model_dump(mode="json")
    for part in (row, row["root"], row["steps"][-1], row["ladder"][-1]):
        part["question"] = question
    row["answer"] = row["root"]["entity"] = row["steps"][-1]["answer"] = answer
    return TaskRecord.model_validate(row)


def task_file(path: Path, records: Iterable[TaskRecord]) -> Path:
    """Records as a file of their own."""
    path.write_text("".join(f"{record.model_dump_json()}\n" for record in records), "utf-8")
    return path
