"""From the tasks of a run to a dataset: who is set aside and why, the splits, the curated set, and the figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hcsp.frozen import Frozen
from tasks.audit import NEEDS_A_MODEL
from tasks.hygiene.contamination import Contamination
from tasks.hygiene.curated import Curated, curate
from tasks.hygiene.diversity import diversity
from tasks.hygiene.duplicates import NearDuplicates
from tasks.hygiene.leaks import Leak, leaks
from tasks.hygiene.splits import Splits, Unused, crowds, split
from tasks.record import TaskRecord


class Plan(Frozen):
    """What a dataset is to be: the shares of test and dev, the size of the curated set, the seed of the draws."""

    test: float = 0.1
    dev: float = 0.1
    curated: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Dataset:
    """The splits with all that is to be said of them.

    Attributes:
        curated: the curated tasks, which are tasks of test; `None` when none were asked for.
        leaks: what crosses between the splits, by a check of its own.
    """

    plan: Plan
    splits: Splits
    curated: Curated | None
    leaks: list[Leak]

    def figures(self) -> dict[str, Any]:
        """Sizes, what is not used and why, how varied each split is, and what leaks."""
        parts = self.splits.parts
        found: dict[str, Any] = {
            "plan": self.plan.model_dump(),
            "sizes": {**{name: len(tasks) for name, tasks in parts.items()}, "unused": len(self.splits.unused)},
            "unused": dict(sorted(Counter(task.kind for task in self.splits.unused).items())),
            "leaks": [leak._asdict() for leak in self.leaks],
            "diversity": {name: diversity(tasks).model_dump() for name, tasks in parts.items()},
        }
        if self.curated is not None:
            found["sizes"]["curated"] = len(self.curated.tasks)
            found["diversity"]["curated"] = diversity(self.curated.tasks).model_dump()
            found["curated"] = {"fit": self.curated.fit, "unfit": self.curated.unfit, "not_checked": NEEDS_A_MODEL}
        return found


def prepare(
    records: Sequence[TaskRecord], plan: Plan, rejected: Mapping[str, str], benchmarks: Contamination | None = None
) -> Dataset:
    """Set aside what does not belong into a dataset, choose the curated set, split, and check for leaks.

    `rejected` are the ids that a reader turned down, with the notes. Raises `ValueError` as `split` does.
    """
    kept, aside = screen(records, rejected, benchmarks)
    chosen = curate(kept, plan.curated, crowds(kept)) if plan.curated else None
    held = {record.id for record in chosen.tasks} if chosen else set()
    made = split(kept, plan.test, plan.dev, plan.seed, held)
    splits = Splits(made.train, made.dev, made.test, (*aside, *made.unused))
    return Dataset(plan, splits, chosen, leaks(splits.parts))


def screen(
    records: Sequence[TaskRecord], rejected: Mapping[str, str], benchmarks: Contamination | None = None
) -> tuple[list[TaskRecord], list[Unused]]:
    """The tasks that belong into a dataset, and the others: turned down, repeated, or in a benchmark."""
    kept: list[TaskRecord] = []
    aside: list[Unused] = []
    earlier = NearDuplicates()
    for record in records:
        if record.id in rejected:
            aside.append(Unused(record, "rejected in review", rejected[record.id] or "without a note"))
        elif (twin := earlier.twin(record)) is not None:
            what = "has the id of an earlier task" if twin == record.id else f"nearly repeats {twin}"
            aside.append(Unused(record, "near-duplicate", what))
        elif benchmarks is not None and (why := benchmarks.found(record)) is not None:
            aside.append(Unused(record, "in a benchmark", why))
        else:
            earlier.add(record)
            kept.append(record)
    return kept, aside
