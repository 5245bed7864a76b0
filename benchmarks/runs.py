"""How long a run takes: cold start of the command, and inside one process without checkpoints. Prints JSON lines.

python benchmarks/runs.py [--world DIR] [--sample N] [--difficulty easy] [--no-retrieval]
"""

import argparse
import asyncio
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from typing import Any

from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from graph.quota import Quota


def main() -> None:
    """Print one line for the cold start and one for the runs in process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", default="atlas")
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--difficulty", default="medium", choices=["easy", "medium"])
    parser.add_argument("--no-retrieval", action="store_true", help="without the fields that take searches")
    parser.add_argument("--cold", type=int, default=3, help="how many cold starts")
    parsed = parser.parse_args()
    machine = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    versions = {name: version(name) for name in ("langgraph", "pyroaring", "tantivy", "numpy", "pydantic")}
    if parsed.world == "atlas" and parsed.cold:
        emit({"benchmark": "cold start", **cold_start(parsed.cold)} | machine | versions)
    settings = Context(world=parsed.world, difficulty=parsed.difficulty, retrieval=not parsed.no_retrieval)
    found = asyncio.run(in_process(settings, parsed.sample))
    about = {"world": settings.world, "difficulty": settings.difficulty, "retrieval": settings.retrieves}
    emit({"benchmark": "in process"} | about | found | machine | versions)


def emit(row: dict[str, Any]) -> None:
    """One line of figures."""
    print(json.dumps(row))


def cold_start(times: int) -> dict[str, Any]:
    """Wall time and peak memory of `graph.run --entity` in a process of its own."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        arguments = [sys.executable, "-m", "graph.run", "--entity", "Niels Bohr", "--quiet"]
        subprocess.run(arguments, check=True, capture_output=True)
        taken.append(time.perf_counter() - begun)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"runs": times, "median_s": round(statistics.median(taken), 2), "peak_mb": round(peak)}


async def in_process(settings: Context, sample: int) -> dict[str, Any]:
    """Times per candidate, accepted or not, under the running quota of relations, and the memory that they came to."""
    runner, quota = Runner(default_deps(), None), Quota()
    opened = await runner.deps.world(settings)
    entities = await opened.sample(sample, "0")
    taken, accepted, begun = [], 0, time.process_time()
    for entity in entities:
        started, job = time.perf_counter(), Job(entity, quota.narrow(settings))
        growth = await runner.run(job)
        if growth.verdict and growth.verdict.status == "accepted":
            await runner.record(job, growth)
            accepted += 1
            quota.add(c.relation for c in growth.grown.constraints if c.kind != "type")
        taken.append(1000 * (time.perf_counter() - started))
    spent, cuts = time.process_time() - begun, statistics.quantiles(taken, n=20)
    times = {"median_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1)}
    cpu = {"cpu_s_candidate": round(spent / len(taken), 3), "cpu_s_accepted": round(spent / max(1, accepted), 3)}
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return {"runs": len(taken), "accepted": accepted} | times | cpu | {"peak_mb": peak}


if __name__ == "__main__":
    main()
