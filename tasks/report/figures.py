"""What a report says of a run, as plain JSON: the page draws it and adds nothing."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from hcsp.preset import Difficulty
from tasks.cells import DIMENSIONS
from tasks.record import TaskRecord
from tasks.report.charts import Value, histogram, median, shares
from tasks.report.funnel import Ledger, rejections
from tasks.report.rows import FIELDS, detail, row
from tasks.report.source import Source
from tasks.runs import Manifest
from tasks.thresholds import SAYS

Row = dict[str, Any]
SIZES = {"words": "words of the question", "vertices": "variables and clues together"}
"""What is drawn beside the certificate's numbers."""
FROM_PRESET = {"rival_count": "rivals"}
"""Fields of a certificate that a preset calls otherwise."""


@dataclass
class Lines:
    """The table's lines, gathered as the tasks go by."""

    rows: list[Row] = field(default_factory=list)
    presets: dict[str, dict[str, Any]] = field(default_factory=dict)
    worlds: list[dict[str, str]] = field(default_factory=list)

    def add(self, record: TaskRecord) -> None:
        """Take a task in; raises `ValueError` on one whose certificate is damaged."""
        self.rows.append(row(record))
        self.presets.setdefault(self.rows[-1]["preset"], dict(record.provenance["preset"]))
        if record.provenance["world"] not in self.worlds:
            self.worlds.append(dict(record.provenance["world"]))


def figures(source: Source, lines: Lines) -> dict[str, Any]:
    """All but the tasks themselves; raises `ValueError` naming a damaged line of the run."""
    ledger = Ledger.of(source.ledger())
    manifest = source.manifest
    rows = [{**r, "cpu_s": ledger.of_task.get(r["id"])} for r in lines.rows]
    return {
        "identity": identity(manifest, lines),
        "name": source.path.resolve().name,
        "is_run": manifest is not None,
        "asked": _asked(manifest),
        "worlds": lines.worlds or ([manifest.world] if manifest else []),
        "events": [
            {"event": str(e.get("event")), "at": str(e.get("at")), "end": e.get("end")} for e in source.events()
        ],
        "ledger": ledger.figures() if ledger.tried else None,
        "rejected": rejections(source.rejected()),
        "mix": mix(rows, manifest),
        "charts": charts(rows, lines.presets),
        "vertices": by_vertices(rows),
        "rows": rows,
        "reviews": [v.model_dump() for v in source.verdicts().values()],
    }


def identity(manifest: Manifest | None, lines: Lines) -> str:
    """What a browser keeps verdicts under: the run's manifest, or the ids in a plain file."""
    named = manifest.model_dump(mode="json") if manifest else [r["id"] for r in lines.rows]
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:16]


def mix(rows: Sequence[Row], manifest: Manifest | None) -> dict[str, list[dict[str, Any]]]:
    """Per dimension the count of each value beside the share that was asked for."""
    wanted = manifest.mix if manifest else {}
    return {d: shares(Counter(r[d] for r in rows), wanted.get(d, {})) for d in DIMENSIONS}


def charts(rows: Sequence[Row], presets: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The distribution of each number of the certificate, and of the sizes of questions, by preset."""

    def of(name: str) -> dict[str, list[Value]]:
        return {preset: [r[name] for r in rows if r["preset"] == preset] for preset in sorted(presets, key=_harder)}

    numbers = [
        {"field": f, "says": SAYS.get(f, SAYS["rivals"]), "asks": asked(f, presets), **histogram(of(f))} for f in FIELDS
    ]
    sizes = [{"field": f, "says": says, "asks": {}, **histogram(of(f))} for f, says in SIZES.items()]
    return [*numbers, *sizes]


def asked(name: str, presets: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """The least that each preset asks of a field, where it asks for anything."""
    found = {}
    for preset, numbers in presets.items():
        wanted = numbers.get(FROM_PRESET.get(name, name))
        elsewhere = name == "necessary" and numbers.get("needed_at") != "root"
        if isinstance(wanted, int) and wanted > 0 and not elsewhere:
            found[preset] = wanted
    return found


def by_vertices(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Per number of vertices, which are variables and clues as in the paper, how many tasks and what they are like."""
    found = []
    for vertices in sorted({r["vertices"] for r in rows}):
        own = [r for r in rows if r["vertices"] == vertices]
        found.append(
            {
                "vertices": vertices,
                "count": len(own),
                "words": median([r["words"] for r in own]),
                "search_floor": _middle(own, "search_floor"),
                "selectivity": _middle(own, "selectivity"),
                "cpu_s": _middle(own, "cpu_s"),
            }
        )
    return found


def details(
    source: Source, lines: Lines, more: Callable[[TaskRecord], Mapping[str, Any]] = lambda _: {}
) -> Iterator[dict[str, Any]]:
    """What the page shows of each task in order, while `lines` gathers the table; `more` adds what a world knows.

    Raises `ValueError` naming the task that is damaged.
    """
    for record in source.tasks():
        try:
            lines.add(record)
            shown = {**detail(record), **more(record)}
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"task {record.id} is damaged: some part is not as in a record ({error!r})") from None
        yield shown


def _harder(preset: str) -> int:
    known = get_args(Difficulty)
    return known.index(preset) if preset in known else len(known)


def _asked(manifest: Manifest | None) -> dict[str, Any] | None:
    if manifest is None:
        return None
    told = manifest.model_dump(
        mode="json", include={"graph_version", "count", "lanes", "per_diffusion", "rules", "shard"}
    )
    return {**told, "seed": manifest.settings.get("seed"), "preset": manifest.settings.get("difficulty")}


def _middle(rows: Sequence[Row], name: str) -> float | None:
    return median([r[name] for r in rows if isinstance(r[name], int | float)])
