"""Facts from the fields of JSON lines, by a small table that says which field is which relation."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, get_args

from worlds.corpus.document import Skipped
from worlds.corpus.jsonl import Row, page_files, read_rows, title_of
from worlds.literals import interval
from worlds.model import Kind
from worlds.relations import known_relations

_FORM = re.compile(r"(?P<key>[^=]+)=(?P<relation>[^:=\s]+)(:(?P<what>[^:=]+))?")
_KINDS = get_args(Kind)


class Field(NamedTuple):
    """A field `key` of a line holds objects of `relation`.

    `type` says what entities among them are. With it they are entities of the field's own, never documents that happen
    to have the same title; without it an object is the document of that title where there is one.
    """

    key: str
    relation: str
    kind: Kind = "entity"
    type: str = ""


class FieldFact(NamedTuple):
    """A fact of a field: `subject` is a document's title, an entity's `object` a name, `type` as in `Field`."""

    subject: str
    relation: str
    object: str
    kind: Kind
    type: str = ""


def parse_fields(given: Iterable[str]) -> tuple[Field, ...]:
    """Fields as written on a command line: `year=P577:time`, `cast=P161`, or with a type, `cast=P161:actor`.

    The kind of a relation of the shipped table is known. Raises `ValueError` for any other form, an unknown kind
    included, and for a kind that is not the relation's.
    """
    fields = tuple(map(_field, given))
    kinds: dict[str, Kind] = {}
    for field in fields:
        if kinds.setdefault(field.relation, field.kind) != field.kind:
            raise ValueError(f"{field.relation} is given values of kind {kinds[field.relation]!r} and {field.kind!r}")
    return fields


def _field(given: str) -> Field:
    match = _FORM.fullmatch(given)
    if match is None:
        raise ValueError(f"{given!r} is no field; expected FIELD=RELATION, as in 'year=P577:time' or 'cast=P161:actor'")
    known = known_relations().get(match["relation"])
    what = (match["what"] or "").strip()
    told = next((kind for kind in _KINDS if kind == what), None)
    kind: Kind = told or ("entity" if what or not known else known.kind)
    if known and kind != known.kind:
        raise ValueError(f"{given!r}: {known.id} ({known.label}) has values of kind {known.kind!r}, not {kind!r}")
    return Field(match["key"].strip(), match["relation"], kind, "" if told else what)


def read_fields(path: Path, fields: Iterable[Field]) -> Iterator[FieldFact | Skipped]:
    """The facts in the fields of the lines that `read_pages` reads, in the order of the lines and the table.

    A value is a string, a number, or a list of them; null, an empty string and a missing field are no facts. A value of
    another form, or not a literal of its kind, is skipped and told; lines that hold no page are passed over.
    """
    fields = tuple(fields)
    for file in page_files(path):
        for where, row in read_rows(file):
            if not isinstance(row, str) and (subject := title_of(row)):
                for field in fields:
                    yield from _facts(where, row, subject, field)


def _facts(where: str, row: Row, subject: str, field: Field) -> Iterator[FieldFact | Skipped]:
    value = row.get(field.key)
    for one in dict.fromkeys(map(_written, value if isinstance(value, list) else [value])):
        if one is None or not _fits(one, field.kind):
            yield Skipped(f"{where} field {field.key}", f"not a value of kind {field.kind}")
        elif one:
            yield FieldFact(subject, field.relation, one, field.kind, field.type)


def _written(value: object) -> str | None:
    """A value as text, empty for none, `None` for what is no value."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(str(value).split())


def _fits(text: str, kind: Kind) -> bool:
    try:
        text.encode()
        if text and kind in ("time", "quantity"):
            interval(text, kind)
    except ValueError:
        return False
    return True
