"""One task, as the page shows it: a line of its table, and all of it once it is opened."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from hcsp.certificate import Certificate, Count, low
from hcsp.preset import Preset
from roles.lengths import count_words
from roles.saying import said
from tasks.audit import Audit
from tasks.cells import cell
from tasks.record import TaskRecord, certificate_of, tree_of
from tasks.report.charts import NEVER, UNMEASURED, Value
from tasks.thresholds import thresholds
from worlds.relations import relation

Model = TypeVar("Model", Preset, Audit)

FIELDS = (
    "necessary",
    "hierarchy",
    "selectivity",
    "dispersion",
    "dependency",
    "search_floor",
    "blind_cost",
    "t_hit",
    "rival_count",
)
"""The numbers of a certificate that a line shows."""


def row(record: TaskRecord) -> dict[str, Any]:
    """What the table, its filters and the plots need; raises `ValueError` where a part is not readable."""
    tree, certificate = tree_of(record), _certificate(record)
    return {
        "id": record.id,
        "question": record.question,
        "answer": record.answer,
        **{str(dimension): value for dimension, value in cell(record).items()},
        "vertices": len(tree.variables) + len(tree.clues),
        "words": count_words(record.question),
        **{field: _number(certificate, field) for field in FIELDS},
    }


def detail(record: TaskRecord) -> dict[str, Any]:
    """The record with its certificate and audit as read, and what is not in it: thresholds, short forms, labels."""
    tree, certificate = tree_of(record), _certificate(record)
    preset = _read(Preset, record.provenance["preset"], record)
    attacked = _read(Audit, record.audit, record)
    most = record.provenance.get("settings", {}).get("max_popularity", 100)
    names = labels(record)
    return {
        "record": record.model_dump(mode="json"),
        "certificate": certificate.model_dump(mode="json", exclude={"rivals"}),
        "audit": attacked.model_dump(mode="json"),
        "thresholds": [t._asdict() for t in thresholds(certificate, attacked, preset, tree, most)],
        "said": {c.id: said(c, names) for c in tree.constraints},
        "relations": names,
    }


def labels(record: TaskRecord) -> dict[str, str]:
    """What each relation of the record is called, by id."""
    return {r: relation(r).label for r in sorted({c["relation"] for c in record.constraints if "relation" in c})}


def least(counts: Mapping[str, Count]) -> int | None:
    """The smallest of several counts, by what is proved of each; `None` of nothing."""
    return min(map(low, counts.values()), default=None)


def _number(certificate: Certificate, field: str) -> Value:
    if field in certificate.not_checked:
        return UNMEASURED
    value = getattr(certificate, field)
    if isinstance(value, dict):
        return least(value)
    return NEVER if value is None else low(value)


def _certificate(record: TaskRecord) -> Certificate:
    try:
        return certificate_of(record)
    except ValidationError as error:
        raise _damaged(record, error) from None


def _read(model: type[Model], value: Any, record: TaskRecord) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _damaged(record, error) from None


def _damaged(record: TaskRecord, error: ValidationError) -> ValueError:
    first = error.errors()[0]
    where = ".".join(map(str, (error.title.lower(), *first["loc"])))
    return ValueError(f"task {record.id} is damaged: {where}: {first['msg'].lower()}")
