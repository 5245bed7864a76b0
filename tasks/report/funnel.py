"""Where the candidates of a run went, and what they cost."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tasks.report.charts import Value, histogram
from tasks.runs import Entry

SHOWN = 8
"""Most examples of one heading."""


@dataclass
class Ledger:
    """The ledger of a run, added up.

    Attributes:
        tried: candidates.
        accepted: candidates with a task in the dataset.
        placeless: those that came to a certified question for which the dataset had no place.
        refused: failures under each heading of the funnel; a candidate may have several.
        cost: seconds, pages, drafts, calls, tokens and US dollars of all candidates.
        of_task: seconds of processor time of the candidate that a task comes from, by task.
        spent: seconds of processor time of each candidate, of those accepted and of the others.
    """

    tried: int = 0
    accepted: int = 0
    placeless: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    cost: Counter[str] = field(default_factory=Counter)
    of_task: dict[str, float] = field(default_factory=dict)
    spent: dict[str, list[Value]] = field(default_factory=lambda: {"accepted": [], "not accepted": []})

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Ledger":
        """Added up; raises `ValueError` from `entries` where a line is none."""
        found = cls()
        for entry in entries:
            found._add(entry)
        return found

    def _add(self, entry: Entry) -> None:
        self.tried += 1
        self.accepted += bool(entry.accepted)
        self.placeless += entry.made > 0 and not entry.accepted
        self.refused.update(entry.refused)
        for name, value in entry.cost.items():
            self.cost[name] += value  # type: ignore[assignment]
        seconds = entry.cost.get("cpu_s", 0.0)
        self.of_task |= dict.fromkeys(entry.accepted, seconds)
        self.spent["accepted" if entry.accepted else "not accepted"].append(seconds)

    def figures(self) -> dict[str, Any]:
        """As the page draws it."""
        return {
            "tried": self.tried,
            "accepted": self.accepted,
            "placeless": self.placeless,
            "refused": [{"kind": kind, "count": n} for kind, n in ordered(self.refused)],
            "cost": {name: round(value, 6) for name, value in sorted(self.cost.items())},
            "spent": histogram(self.spent),
        }


def rejections(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was sent back or given up by heading, the most frequent first, with the first few of each.

    Raises `ValueError` where a row has no heading.
    """
    counts: Counter[str] = Counter()
    examples: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(rows, start=1):
        if not isinstance(row.get("kind"), str):
            raise ValueError(f"rejected.jsonl line {number}: it has no kind, the heading that it falls under")
        kind = row["kind"]
        counts[kind] += 1
        kept = examples.setdefault(kind, [])
        if len(kept) < SHOWN:
            kept.append(_example(row))
    return [{"kind": kind, "count": n, "examples": examples[kind]} for kind, n in ordered(counts)]


def ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    """The largest first, equals by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _example(row: Mapping[str, Any]) -> dict[str, Any]:
    candidate, wording, reasons = row.get("candidate"), row.get("wording"), row.get("reasons")
    return {
        "candidate": candidate.get("index") if isinstance(candidate, dict) else candidate,
        "entity": str(row.get("entity") or row.get("root") or ""),
        "question": str(wording["question"]) if isinstance(wording, dict) and "question" in wording else None,
        "reasons": [str(r) for r in reasons] if isinstance(reasons, list) else [],
    }
