"""How fast a batch is, what it costs, and what it takes of memory. Prints a JSON line for each variant.

python benchmarks/batch.py --world WORLD --count 300 --variants everything bare one-process diffusion
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import psutil

from tasks.runs import Run

VARIANTS = {
    "everything": ("--workers", "2"),
    "one-process": ("--workers", "1"),
    "bare": ("--workers", "2", "--no-retrieval"),
    "bare-one-process": ("--workers", "1", "--no-retrieval"),
    "diffusion": ("--workers", "2", "--per-diffusion", "3"),
    "bare-diffusion": ("--workers", "2", "--no-retrieval", "--per-diffusion", "3"),
}
"""Everything on, the retrieval fields off (`bare`), in one process, or three questions of one root."""
PAUSE = 0.5
"""Seconds between two looks at the memory."""


def main() -> None:
    """Measure each variant in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="atlas")
    parser.add_argument("--difficulty", default="medium")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=[*VARIANTS])
    parsed = parser.parse_args()
    for variant in parsed.variants:
        print(json.dumps({"variant": variant, **measure(parsed, VARIANTS[variant]), **machine()}), flush=True)


def measure(parsed: argparse.Namespace, flags: tuple[str, ...]) -> dict[str, object]:
    """One batch in processes of its own: its figures, and the largest memory of all of them together."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        given = ["--world", parsed.world, "--difficulty", parsed.difficulty, "--count", str(parsed.count)]
        command = [sys.executable, "-m", "graph.batch", *given, "--seed", str(parsed.seed), "--out", str(out), *flags]
        begun, peak = time.monotonic(), 0
        process = psutil.Popen([*command, "--quiet"])
        while process.poll() is None:
            peak = max(peak, memory(process))
            time.sleep(PAUSE)
        return figures(out, time.monotonic() - begun) | {"peak_mb": peak >> 20, "flags": " ".join(flags)}


def memory(process: psutil.Process) -> int:
    """Bytes of a process and its children, what they share counted once."""
    total = 0
    for each in (process, *_children(process)):
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def figures(out: Path, seconds: float) -> dict[str, object]:
    """What a run directory tells of its cost; `per_second` counts from start to end, `cpu_s` is that of the workers."""
    run = Run.open(out)
    entries = list(run.ledger())
    accepted = sum(len(entry.accepted) for entry in entries)
    cpu, pages = (sum(entry.cost[name] for entry in entries) for name in ("cpu_s", "pages"))
    return {
        "accepted": accepted,
        "candidates": len(entries),
        "made": sum(entry.made for entry in entries),
        "wall_s": round(seconds, 1),
        "per_second": round(accepted / seconds, 2),
        "cpu_s_per_accepted": round(cpu / accepted, 3),
        "pages_per_accepted": round(pages / accepted, 1),
        "kb_per_accepted": round(sum(f.stat().st_size for f in out.glob("*.jsonl")) / accepted / 1024, 1),
        "answer_types": len({task.answer_type for task in run.tasks()}),
    }


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    return {"cpus": os.cpu_count(), "python": platform.python_version(), "taproot": version("taproot")}


if __name__ == "__main__":
    main()
