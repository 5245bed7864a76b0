"""A curated test set: the hardest tasks by certificate, every audit passed, balanced, no answer twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple, get_args

import numpy as np
from pydantic import ValidationError

from hcsp.certificate import Certificate, low
from hcsp.preset import Difficulty
from tasks.audit import NEEDS_A_MODEL, Audit
from tasks.cells import Dimension, cell
from tasks.hygiene.views import answers
from tasks.judging import judge
from tasks.record import TaskRecord, certificate_of, tree_of
from tasks.unaided import preset_of

PREDICTS: Mapping[str, float] = {
    "t_hit": 0.48,
    "selectivity": 0.43,
    "blind_cost": 0.41,
    "dependency": 0.41,
    "search_floor": 0.35,
}
"""What of a certificate goes with the retrievals and the failures of four solvers: Spearman's rho within a preset
(`python -m benchmarks.predict`). Least `hierarchy` and least `necessary` do not and are left out."""
BALANCED: tuple[Dimension, ...] = ("domain", "type", "shape")
"""Along what the set is balanced, the first most."""
CROWD, CHOICE = 5, 4
"""Of 1,496 tasks 50 are curated at the cost of 40 others instead of 225, and are as hard: 0.60 instead of 0.61."""

_HARDEST = get_args(Difficulty)


class Curated(NamedTuple):
    """A curated set.

    Attributes:
        tasks: as they were chosen.
        fit: how many tasks there were to choose from.
        unfit: why others were none of them, each with how many.
    """

    tasks: list[TaskRecord]
    fit: int
    unfit: dict[str, int]


def curate(records: Sequence[TaskRecord], count: int, crowds: Mapping[str, int] | None = None) -> Curated:
    """At most `count` tasks: round and round over domains, in a domain over answer types, in a type over shapes.

    What comes next of a cell is its hardest task whose answer is not in the set yet, of the hardest preset first, as
    solvers tell presets apart better than any field does; fewer are chosen only when there are no more of these.
    `crowds` tells per id how many other tasks a task sets aside as a test task. Above `CROWD` it is no candidate,
    unless that leaves fewer than `CHOICE` candidates for each task that is asked for.
    """
    faults = [unfit(record) for record in records]
    if crowds is not None:
        faults = _uncrowded(records, faults, crowds, CHOICE * count)
    fit = [record for record, fault in zip(records, faults, strict=True) if fault is None]
    hard = dict(zip((record.id for record in fit), hardness(fit), strict=True))
    waiting = sorted(fit, key=lambda record: (-_HARDEST.index(preset_of(record).name), -hard[record.id], record.id))
    cells = {record.id: tuple(cell(record)[d] for d in BALANCED) for record in fit}
    filled: Counter[tuple[str, ...]] = Counter()
    chosen: list[TaskRecord] = []
    while waiting and len(chosen) < count:
        best = min(waiting, key=lambda record: [filled[part] for part in _prefixes(cells[record.id])])
        chosen.append(best)
        filled.update(_prefixes(cells[best.id]))
        waiting = [record for record in waiting if answers(record).keys().isdisjoint(answers(best))]
    return Curated(chosen, len(fit), dict(sorted(Counter(fault for fault in faults if fault).items())))


def _uncrowded(
    records: Sequence[TaskRecord], faults: Sequence[str | None], crowds: Mapping[str, int], wanted: int
) -> list[str | None]:
    """The faults, and the crowd for those that have no other and a larger one than `wanted` of these need to have."""
    sizes = sorted(crowds[r.id] for r, fault in zip(records, faults, strict=True) if fault is None)
    most = max([CROWD, *sizes[:wanted][-1:]])
    crowded = f"shares entities with more than {most} others"
    return [f or (crowded if crowds[r.id] > most else None) for r, f in zip(records, faults, strict=True)]


def hardness(records: Sequence[TaskRecord]) -> list[float]:
    """How hard each task is among these: the mean of its percentiles in what predicts, weighted by how well it does.

    0 for the easiest in every respect, 1 for the hardest. A reference solver that never gets there counts as the most
    expensive.
    """
    certificates = [certificate_of(record) for record in records]
    total = sum(PREDICTS.values())
    ranked = [_percentiles([_value(c, f) for c in certificates]) * w for f, w in PREDICTS.items()]
    return [float(h) for h in np.sum(ranked, axis=0) / total] if records else []


def unfit(record: TaskRecord) -> str | None:
    """Why a task is no candidate: something failed, or could have been checked without a model and was not."""
    try:
        certificate, audit = certificate_of(record), Audit.model_validate(record.audit)
        known = record.provenance["settings"]["max_popularity"]
        missed, found = judge(certificate, audit, preset_of(record), tree_of(record), known)
    except (KeyError, TypeError, ValidationError):
        return "is not shaped as a record that can be judged"
    open_ = [field for field in (*certificate.not_checked, *audit.not_checked) if field not in NEEDS_A_MODEL]
    failed = [*(fault.check for fault in missed), *(finding.check for finding in found)]
    return f"fails {failed[0]}" if failed else f"not checked: {', '.join(open_)}" if open_ else None


def _prefixes(parts: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [parts[:n] for n in range(1, len(parts) + 1)]


def _value(certificate: Certificate, field: str) -> float:
    value = getattr(certificate, field)
    return inf if value is None else float(low(value))


def _percentiles(values: Sequence[float]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The share of other values that are smaller, equal ones counted half."""
    ordered = np.sort(np.array(values))
    below, up_to = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return (below + up_to - 1) / 2 / max(1, len(values) - 1)
