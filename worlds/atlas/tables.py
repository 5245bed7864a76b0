"""The embedded world's tables: one row an entity, one column a relation, all references checked at load time."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from worlds.literals import interval
from worlds.model import Entity, Fact, Kind, WorldData
from worlds.relations import known_relations

NAME = "atlas"

_OWN = ("id", "label", "aliases", "types")
_SEPARATOR = "; "


class Row(NamedTuple):
    """A row of a table: where it stands, and its cells by column."""

    table: str
    line: int
    cells: Mapping[str, str]

    def values(self, column: str) -> tuple[str, ...]:
        """The values of a cell; none when it is empty."""
        cell = self.cells[column]
        return tuple(cell.split(_SEPARATOR)) if cell else ()

    def error(self, column: str, what: str) -> ValueError:
        """A complaint that names the table, the line and the column."""
        return ValueError(f"{self.table} line {self.line}, column {column}: {what}")


@cache
def load() -> WorldData:
    """The atlas; raises `ValueError` naming table, line and column of what is wrong in its tables."""
    return read(files(__package__).joinpath("tables"))


def read(tables: Traversable) -> WorldData:
    """A world from a directory of `.tsv` tables; raises `ValueError` naming table, line and column."""
    rows = [row for table in sorted(tables.iterdir(), key=lambda t: t.name) for row in _rows(table)]
    known = _by_id(rows)
    facts = sorted({fact for row in rows for fact in _facts(row, known)})
    used = sorted({fact.relation for fact in facts})
    return WorldData(NAME, [_entity(row) for row in rows], facts, [known_relations()[r] for r in used])


@cache
def wikidata_ids() -> dict[str, str]:
    """Wikidata item ids of those entities whose item is certain, by entity id."""
    lines = files(__package__).joinpath("wikidata.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines[1:])


def _rows(table: Traversable) -> Iterator[Row]:
    if not table.name.endswith(".tsv"):
        return
    header, *lines = table.read_text("utf-8").splitlines()
    columns = header.split("\t")
    unknown = [c for c in columns[len(_OWN) :] if c not in known_relations()]
    if tuple(columns[: len(_OWN)]) != _OWN or unknown or len(set(columns)) != len(columns):
        raise ValueError(f"{table.name} line 1: expected {_OWN!r}, then distinct ids of relations.tsv; got {columns!r}")
    for number, line in enumerate(lines, start=2):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise ValueError(f"{table.name} line {number}: {len(cells)} cells under {len(columns)} columns")
        yield Row(table.name, number, dict(zip(columns, cells, strict=True)))


def _by_id(rows: list[Row]) -> dict[str, Row]:
    known: dict[str, Row] = {}
    for row in rows:
        first = known.setdefault(row.cells["id"], row)
        if first is not row:
            raise row.error("id", f"{row.cells['id']!r} is already on line {first.line} of {first.table}")
    return known


def _entity(row: Row) -> Entity:
    for column in ("id", "label", "types"):
        if not row.cells[column].strip():
            raise row.error(column, "expected a value, got an empty cell")
    cells = row.cells
    return Entity(id=cells["id"], label=cells["label"], aliases=row.values("aliases"), types=row.values("types"))


def _facts(row: Row, known: Mapping[str, Row]) -> Iterator[Fact]:
    for column in list(row.cells)[len(_OWN) :]:
        kind = known_relations()[column].kind
        for value in row.values(column):
            yield Fact(row.cells["id"], column, _checked(row, column, value, kind, known), kind)


def _checked(row: Row, column: str, value: str, kind: Kind, known: Mapping[str, Row]) -> str:
    if value != value.strip() or not value or ";" in value:
        raise row.error(column, f"malformed cell {row.cells[column]!r}; separate values by {_SEPARATOR!r}")
    if kind == "entity" and value not in known:
        raise row.error(column, f"{value!r} is not the id of an entity")
    if kind in ("time", "quantity"):
        try:
            interval(value, kind)
        except ValueError as error:
            raise row.error(column, str(error)) from error
    return value
