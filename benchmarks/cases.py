"""Questions as the benchmarks take them: read from record files or generated, with what a retriever gives for each."""

import asyncio
import json
import os
import platform
import re
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.variants import AS_SHIPPED, Variant, applied
from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from graph.quota import Quota
from hcsp.certificate import Certificate, certify
from hcsp.retrieval import Retrieved, Said
from hcsp.tree import ResearchTree
from tasks.files import read
from tasks.queries import retrieve
from tasks.record import TaskRecord, certificate_of, tree_of
from worlds.local import LocalWorld

PACKAGES = ("numpy", "pydantic", "pyroaring", "tantivy")


@dataclass(frozen=True)
class Case:
    """One question with its tree, its complete certificate and the results of its query language."""

    record: TaskRecord
    tree: ResearchTree
    question: str
    surfaces: Mapping[str, str]
    certificate: Certificate
    retrieved: Retrieved

    @property
    def preset(self) -> str:
        """The name of the preset that the record was made for."""
        return str(self.record.provenance["preset"]["name"])

    def missing(self, pages: Iterable[str]) -> frozenset[Said]:
        """What none of the pages states of all that the tree needs."""
        says = self.retrieved.says
        return self.retrieved.goal.difference(*(says[page] for page in pages if page in says))


class Wording(NamedTuple):
    """Another tree in a record's place, and its words."""

    tree: ResearchTree
    question: str
    surfaces: Mapping[str, str]


@dataclass
class Funnel:
    """What became of the roots that were tried."""

    tried: int = 0
    cpu_s: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)

    def row(self) -> dict[str, Any]:
        """The funnel as figures; a run that failed several checks counts once under each."""
        return {"tried": self.tried, "cpu_s": round(self.cpu_s, 1), "reasons": dict(self.reasons.most_common())}


def surfaces_of(record: TaskRecord) -> dict[str, str]:
    """The wording of each constraint of a record."""
    return {c["id"]: c["surface"] for c in record.constraints}


def read_records(path: Path, world: LocalWorld) -> list[TaskRecord]:
    """The records of a file. Raises `ValueError` when one was made in another world, or there are none."""
    records = [TaskRecord.model_validate(row) for _, row in read(path)]
    if not records:
        raise ValueError(f"{path} holds no records")
    if strange := [r for r in records if r.provenance["world"]["sha256"] != world.sha256]:
        made_in = strange[0].provenance["world"]
        raise ValueError(f"{path}: made in {made_in['name']} {made_in['version']}, not {world.name} {world.version}")
    return records


async def generate(
    settings: Context,
    roots: Sequence[str],
    funnel: Funnel,
    variant: Variant = AS_SHIPPED,
    limit_s: float | None = None,
) -> AsyncGenerator[TaskRecord, None]:
    """Run the roots in turn under a running quota of relations and give the accepted records.

    `funnel` counts what became of each. Stops after `limit_s` seconds of processor time.
    """
    runner, quota, begun = Runner(default_deps(), None), Quota(), time.process_time()
    with applied(variant, settings) as changed:
        for number, root in enumerate(roots):
            if limit_s is not None and time.process_time() - begun >= limit_s:
                break
            job = Job(root, quota.narrow(changed), number=number)
            growth = await runner.run(job)
            funnel.tried, funnel.cpu_s = funnel.tried + 1, time.process_time() - begun
            if growth.verdict is not None and growth.verdict.status == "accepted":
                record = await runner.record(job, growth)
                quota.add(c["relation"] for c in record.constraints if "relation" in c)
                yield record
            else:
                funnel.reasons.update(_checks(growth.verdict.reasons if growth.verdict else ("unfinished",)))
            progress(f"{variant.name}: {funnel.tried}/{len(roots)} roots, {funnel.cpu_s:.0f} s")


def _checks(reasons: Sequence[str]) -> set[str]:
    """The reasons without the names of variables and clues, and without their numbers."""
    return {re.sub(r"\b[A-Z]?\d[\d.]*\b|\b[A-Z]\b", "…", reason) for reason in reasons}


async def records_for(
    path: Path | None, world_name: str, world: LocalWorld, count: int, seed: int, difficulties: Sequence[str]
) -> list[TaskRecord]:
    """At most `count` records, drawn by the seed from a file where one is named, else generated.

    As many of each difficulty are generated; fewer when the world has no more.
    """
    if path is not None:
        records = read_records(path, world)
        return Random(f"{seed}:records").sample(records, min(count, len(records)))
    found: list[TaskRecord] = []
    for number, difficulty in enumerate(difficulties):
        wanted = (count - len(found)) // (len(difficulties) - number)
        settings = Context.model_validate(
            {"world": world_name, "difficulty": difficulty, "retrieval": True, "seed": seed}
        )
        made = generate(settings, await world.sample(20 * count, f"{seed}:{difficulty}"), Funnel())
        found += await _first(made, wanted)
    return found


async def _first(records: AsyncGenerator[TaskRecord, None], count: int) -> list[TaskRecord]:
    """Some records, and no more made than that."""
    found: list[TaskRecord] = []
    async with aclosing(records):
        while len(found) < count and (record := await anext(records, None)) is not None:
            found.append(record)
    return found


async def cases(world: LocalWorld, records: Sequence[TaskRecord]) -> AsyncIterator[Case]:
    """The records with what the retriever gives; certificate fields that a record lacks are computed."""
    for number, record in enumerate(records, start=1):
        certificate = certificate_of(record)
        yield await case_of(world, record, known=None if certificate.not_checked else certificate)
        progress(f"question {number}/{len(records)}")


async def case_of(
    world: LocalWorld, record: TaskRecord, wording: Wording | None = None, known: Certificate | None = None
) -> Case:
    """A record's question in `world`, or what takes its place; certified where no certificate is known."""
    tree = tree_of(record) if wording is None else wording.tree
    question = record.question if wording is None else wording.question
    surfaces = surfaces_of(record) if wording is None else wording.surfaces
    retrieved = await retrieve(world, tree, question, surfaces)
    certificate = known or certify(tree, await world.frame(tree), retrieved)
    return Case(record, tree, question, surfaces, certificate, retrieved)


def about() -> dict[str, Any]:
    """The machine and the versions."""
    versions = {"python": platform.python_version()} | {p: version(p) for p in PACKAGES}
    return {"machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}", "versions": versions}


def emit(row: Mapping[str, Any]) -> None:
    """One line of figures."""
    print(json.dumps(row, ensure_ascii=False), flush=True)


def progress(line: str) -> None:
    """Where the benchmark stands, on standard error."""
    if sys.stderr.isatty():
        print(f"\r{line}\033[K", end="", file=sys.stderr, flush=True)


def completed(work: Coroutine[Any, Any, int | None]) -> int:
    """Runs a benchmark to its exit code; bad input is one line on standard error and 2."""
    try:
        return asyncio.run(work) or 0
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
