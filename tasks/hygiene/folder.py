"""The folder of a split dataset, written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from tasks.audit import NEEDS_A_MODEL
from tasks.hygiene.prepare import Dataset
from tasks.hygiene.sheet import review_sheet
from tasks.hygiene.splits import DEV, TEST, TRAIN
from tasks.record import TaskRecord
from tasks.runs import read_records

SPLITS = (TRAIN, DEV, TEST)
FIGURES, UNUSED, CURATED, SHEET = "splits.json", "unused.jsonl", "curated.jsonl", "curated-review.md"
OURS = frozenset({*(f"{name}.jsonl" for name in SPLITS), FIGURES, UNUSED, CURATED, SHEET})


def write_dataset(dataset: Dataset, out: Path, about: Mapping[str, Any], verdicts: str) -> dict[str, Any]:
    """Write the folder, in place of an earlier one; returns the figures, which stand in `splits.json`.

    `about` goes on top of the figures, `verdicts` names the file for a reader's verdicts. Raises `OSError`, or
    `ValueError` when `out` holds anything else.
    """
    check_replaceable(out)
    texts = {name: text.encode() for name, text in _texts(dataset, verdicts).items()}
    figures = {"format": 1, **about, **dataset.figures()}
    figures["files"] = {name: sha256(text).hexdigest() for name, text in texts.items()}
    texts[FIGURES] = (json.dumps(figures, ensure_ascii=False, indent=2) + "\n").encode()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as work:
        made = Path(work, "made")
        made.mkdir()
        for name, text in texts.items():
            _write(made / name, text)
        _replace(out, made, Path(work, "earlier"))
    return figures


def check_replaceable(out: Path) -> None:
    """Raises `ValueError` unless `out` is free, empty, or a folder that was written here."""
    if not out.exists() and not out.is_symlink():
        return
    if not out.is_dir():
        raise ValueError(f"{out} is no folder; name another with --out")
    found = {path.name for path in out.iterdir()}
    if strange := sorted(found - OURS):
        raise ValueError(f"{out} holds other things ({', '.join(strange[:3])}); name another folder with --out")
    if found and FIGURES not in found:
        raise ValueError(f"{out} holds files that were not written here; name another folder with --out")


def read_splits(folder: Path) -> dict[str, Sequence[TaskRecord]]:
    """The splits of a folder by name; curated tasks count as test. Raises `OSError` or `ValueError` naming the line."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder; expected one with {', '.join(f'{s}.jsonl' for s in SPLITS)}")
    there = [name for name in SPLITS if (folder / f"{name}.jsonl").is_file()]
    if len(there) < 2:
        raise ValueError(
            f"{folder} holds fewer than two of {', '.join(f'{s}.jsonl' for s in SPLITS)}: nothing to check"
        )
    found = {name: list(read_records(folder / f"{name}.jsonl")) for name in there}
    if (folder / CURATED).is_file():
        held = found.setdefault(TEST, [])
        known = {record.id for record in held}
        held += (record for record in read_records(folder / CURATED) if record.id not in known)
    return dict(found)


def _texts(dataset: Dataset, verdicts: str) -> dict[str, str]:
    texts = {f"{name}.jsonl": _lines(map(_row, tasks)) for name, tasks in dataset.splits.parts.items()}
    texts[UNUSED] = _lines(
        {"id": u.record.id, "kind": u.kind, "reason": u.reason, "task": _row(u.record)} for u in dataset.splits.unused
    )
    if dataset.curated is not None:
        texts[CURATED] = _lines(map(_row, dataset.curated.tasks))
        texts[SHEET] = review_sheet(dataset.curated.tasks, NEEDS_A_MODEL, verdicts)
    return texts


def _row(record: TaskRecord) -> dict[str, Any]:
    return record.model_dump(mode="json")


def _lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)


def _replace(out: Path, made: Path, earlier: Path) -> None:
    """Put a folder in the place of another, which comes back where that fails."""
    had = out.exists()
    if had:
        out.rename(earlier)
    try:
        made.rename(out)
    except OSError:
        if had:
            earlier.rename(out)
        raise


def _write(path: Path, text: bytes) -> None:
    with path.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
