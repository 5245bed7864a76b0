"""Run directories to report on: a few tasks of the tiny world, and hand-written rows around them."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from planted_world import TINY, Row, accepted
from tiny_world import build_tiny_world

COSTS = (0.5, 1.5, 4.0, 0.25)
"""Seconds of the candidates in turn: the first two are accepted, the third has no place, the last fails."""
REJECTED = ("dispersion", "leaks", "dispersion")
"""The headings of what was not accepted."""


def tiny_tasks(folder: Path, most: int = 2) -> list[Row]:
    """The first tasks that are accepted in the tiny world, which is built in `folder`."""
    return [case.row for case in accepted(str(build_tiny_world(folder)), TINY, most)]


def lines(rows: Iterable[Any]) -> str:
    """As a file of JSON lines has them."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_run(folder: Path, tasks: Sequence[Row], **manifest: Any) -> Path:
    """A run directory with `tasks` in it; `manifest` overrides what was asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = {
        "graph_version": "0.1.0",
        "world": tasks[0]["provenance"]["world"],
        "settings": {"seed": 7, "difficulty": "medium"},
        "count": 2,
        "lanes": 4,
        "per_diffusion": 1,
        "mix": {"preset": {"medium": 3, "easy": 1}},
        "rules": {"per_answer": 2},
    }
    (folder / "manifest.json").write_text(json.dumps(asked | manifest), "utf-8")
    (folder / "tasks.jsonl").write_text(lines(tasks), "utf-8")
    (folder / "rejected.jsonl").write_text(lines(map(_rejected, range(3), REJECTED)), "utf-8")
    (folder / "ledger.jsonl").write_text(lines(_ledger(tasks)), "utf-8")
    (folder / "events.jsonl").write_text(lines([{"event": "started", "at": "2030-01-02T03:04:05+00:00"}]), "utf-8")
    return folder


def _ledger(tasks: Sequence[Row]) -> Iterable[Row]:
    ids = [task["id"] for task in tasks]
    accepted_ids = [ids[:1], ids[1:], [], []]
    for index, (seconds, made, kept) in enumerate(zip(COSTS, (1, 1, 1, 0), accepted_ids, strict=True)):
        refused = [] if made else ["dispersion", "leaks"]
        cost = {"cpu_s": seconds, "pages": index}
        yield {"index": index, "entity": f"Q{index}", "accepted": kept, "made": made, "refused": refused, "cost": cost}


def _rejected(index: int, kind: str) -> Row:
    wording = {"question": f"Which draft is number {index}?"} if index else None
    candidate = {"index": index, "number": 0}
    return {"candidate": candidate, "kind": kind, "entity": "Q1", "wording": wording, "reasons": [f"{kind}: why"]}
