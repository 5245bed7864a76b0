"""A folder that `datasets.load_dataset` opens: Parquet by split, whole records, and a dataset card.

What has one shape in every record is a typed column. What has not (`root`, `constraints`, `certificate`, `audit`,
`provenance`) is JSON text, which Arrow neither widens nor fills with nulls; `record_of` gives the record back.
"""

import json
from collections.abc import Iterator
from typing import Any

from hcsp.certificate import Count, low
from roles.writer import Rung, Step
from tasks.cells import cell
from tasks.exports.options import Options
from tasks.exports.tables import Row
from tasks.record import TaskRecord, certificate_of, tree_of


class HuggingFace(Row):
    """A row: the record, then columns to choose rows by, which follow from it.

    A number of the certificate that is an interval stands there with its lower end, which is what is proved.

    Attributes:
        variables, vertices: how many variables, and with the clues, as the paper counts them.
        necessary, hierarchy: the least over all clues, and over all sub-questions.
    """

    id: str
    question: str
    answer: str
    answer_aliases: tuple[str, ...]
    answer_type: str
    steps: tuple[Step, ...]
    ladder: tuple[Rung, ...]
    root: str
    constraints: str
    certificate: str
    audit: str
    provenance: str
    preset: str
    levels: int
    shape: str
    domain: str
    variables: int
    vertices: int
    necessary: int | None
    hierarchy: int | None
    selectivity: int
    rival_count: int
    dispersion: int | None
    dependency: int | None
    search_floor: int | None
    blind_cost: int | None
    t_hit: int | None


def huggingface(record: TaskRecord, options: Options) -> Iterator[HuggingFace]:
    """The row of one record."""
    fields = record.model_dump(mode="json")
    yield HuggingFace.model_validate(
        {n: _text(v) if HuggingFace.model_fields[n].annotation is str else v for n, v in fields.items()}
        | figures(record)
    )


def record_of(row: HuggingFace) -> TaskRecord:
    """The record that a row was made of."""
    fields = row.model_dump(mode="json", include=set(TaskRecord.model_fields))
    texts = ("root", "constraints", "certificate", "audit", "provenance")
    return TaskRecord.model_validate(fields | {n: json.loads(fields[n]) for n in texts})


def figures(record: TaskRecord) -> dict[str, Any]:
    """What a record counts as, and its numbers: the columns of a row that are not the record's."""
    tree, found, cells = tree_of(record), certificate_of(record), cell(record)
    return {
        **{name: cells[name] for name in ("preset", "shape", "domain")},
        "levels": tree.levels,
        "variables": len(tree.variables),
        "vertices": tree.size,
        "necessary": min(map(low, found.necessary.values()), default=None),
        "hierarchy": min(map(low, found.hierarchy.values()), default=None),
        "selectivity": low(found.selectivity),
        "rival_count": low(found.rival_count),
        "search_floor": _least(found.search_floor),
        **{name: getattr(found, name) for name in ("dispersion", "dependency", "blind_cost", "t_hit")},
    }


def _least(count: Count | None) -> int | None:
    return None if count is None else low(count)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
