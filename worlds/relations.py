"""The shipped table of relations and their flags, by Wikidata property id."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from worlds.model import Kind, Relation

_FLAGS = ("symmetric", "transitive", "functional", "complete", "time_varying")


@cache
def known_relations() -> dict[str, Relation]:
    """Every relation of `relations.tsv`; raises `ValueError` naming the line of a malformed row."""
    lines = files("worlds").joinpath("relations.tsv").read_text("utf-8").splitlines()
    rows = [(n, line.split("\t")) for n, line in enumerate(lines[1:], start=2) if line]
    return {row[0]: _relation(n, row) for n, row in rows}


def relation(identifier: str, kind: Kind = "entity", label: str | None = None) -> Relation:
    """A relation by id: from the table, else one without flags whose label is the one given or its id."""
    return known_relations().get(identifier) or Relation(id=identifier, label=label or identifier, kind=kind)


def with_inverses(relations: Iterable[Relation]) -> dict[str, Relation]:
    """The relations by id, sorted, with the known inverses of those that have one."""
    found = {r.id: r for r in relations}
    inverses = [known_relations().get(r.inverse_of) for r in found.values() if r.inverse_of]
    found.update({r.id: r for r in inverses if r is not None})
    return dict(sorted(found.items()))


def _relation(number: int, row: list[str]) -> Relation:
    if len(row) not in (3, 4):
        raise ValueError(f"relations.tsv line {number}: expected id, label, kind, flags; got {row!r}")
    flags = row[3].split() if len(row) == 4 else []
    inverse = next((f.removeprefix("inverse_of:") for f in flags if f.startswith("inverse_of:")), None)
    set_flags = {f: True for f in flags if f in _FLAGS}
    unknown = [f for f in flags if f not in _FLAGS and not f.startswith("inverse_of:")]
    if unknown or row[2] not in ("entity", "time", "quantity", "string"):
        raise ValueError(f"relations.tsv line {number}: unknown flag or kind in {row!r}")
    return Relation.model_validate({"id": row[0], "label": row[1], "kind": row[2], "inverse_of": inverse, **set_flags})
