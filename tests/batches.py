"""Batches for tests: run as a user would, and read back without what differs between equal runs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tasks.runs import LEDGER, REJECTED, TASKS

TIMES = ("created", "cpu_s", "wall_s", "crc32")
"""Fields that tell the time, or what follows from it."""


def arguments(world: Path | str, out: Path, count: int, *more: str) -> list[str]:
    return ["--world", str(world), "--difficulty", "easy", "--count", str(count), "--out", str(out), *more]


def start(*given: str, **options: Any) -> "subprocess.Popen[str]":
    """A batch in a process group of its own."""
    command = [sys.executable, "-m", "graph.batch", *given, "--quiet"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **options
    )


def lasting(run: Path) -> dict[str, list[Any]]:
    """Every line of the three files, in order, without times."""
    return {
        name: [json.loads(line, object_pairs_hook=_timeless) for line in (run / name).read_text().splitlines()]
        for name in (TASKS, REJECTED, LEDGER)
    }


def _timeless(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if key not in TIMES}
