"""Reading a file of questions of any known form; the form is told by what a line holds."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tasks.foreign.draft import Draft, short
from tasks.foreign.formalisation import read_formalisation
from tasks.foreign.nested import read_nested
from tasks.record import TaskRecord, tree_of

Item = Mapping[str, Any]
KNOWN = (
    "task records (constraints, certificate), research trees (root with claims and children) "
    "and formalisations (triples over V@… and C@…)"
)


def read_drafts(path: Path) -> list[Draft]:
    """The questions of a file: one JSON object a line, or one array or object.

    Raises `OSError`, or `ValueError` with one line that says what is wrong and where.
    """
    drafts = [_draft(item, where) for where, item in items(read_text(path), path)]
    if not drafts:
        raise ValueError(f"{path} holds no questions; expected {KNOWN}")
    return drafts


def read_text(path: Path) -> str:
    """The text of a file of questions; raises `OSError`, or `ValueError` where it is no UTF-8."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is no file; expected questions as JSON, one object a line")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text ({error.reason} at byte {error.start})") from None


def items(text: str, path: Path) -> Iterator[tuple[str, object]]:
    """Each JSON value with where it stands: a line of JSON lines, an item of one array, or the only item.

    Raises `ValueError` naming what is no JSON.
    """
    try:
        found = _parsed(text, str(path))
    except _MoreThanOne:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield f"line {number}", _line(line, f"{path} line {number}")
        return
    if isinstance(found, list):
        yield from ((f"item {n}", item) for n, item in enumerate(found, start=1))
    else:
        yield "item 1", found


class _MoreThanOne(Exception):
    """A text in which something follows the first JSON value."""


def _line(text: str, where: str) -> Any:
    try:
        return _parsed(text, where)
    except _MoreThanOne:
        raise ValueError(f"{where}: not JSON (something follows the object)") from None


def _parsed(text: str, where: str) -> Any:
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError(f"{where}: nested too deeply to be a question") from None
    except UnicodeEncodeError:
        raise ValueError(f"{where}: holds half of a surrogate pair, which is no character") from None
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            raise _MoreThanOne from None
        raise ValueError(f"{where}: not JSON ({short(str(error))})") from None
    except ValueError as error:
        raise ValueError(f"{where}: not JSON ({short(str(error))})") from None
    return found


def _draft(item: object, where: str) -> Draft:
    if not isinstance(item, Mapping):
        raise ValueError(f"{where}: expected a JSON object, got {type(item).__name__}; known are {KNOWN}")
    for fits, read in _FORMS:
        if fits(item):
            return read(item, where)
    keys = ", ".join(map(repr, list(item)[:5])) or "none"
    raise ValueError(f"{where}: no known form (keys {short(keys)}); known are {KNOWN}")


def _is_record(item: Item) -> bool:
    return "constraints" in item and "certificate" in item


def _is_nested(item: Item) -> bool:
    """A `root`, as an object or as JSON text, or the root's node itself."""
    return "root" in item or ("claims" in item and "children" in item)


def _read_record(item: Item, where: str) -> Draft:
    try:
        record = TaskRecord.model_validate(item)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "record"
        raise ValueError(f"{where}: not a sound task record: {short(field)}: {short(first['msg'])}") from None
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{where}: not a sound task record ({type(error).__name__}: {short(str(error))})") from None
    tree = tree_of(record)
    return Draft(
        name=f"{where}, {short(record.id, 40)}",
        form="task record",
        question=record.question,
        answer=record.answer,
        root=tree.root,
        tree=tree,
        surfaces={str(c["id"]): str(c.get("surface", "")) for c in record.constraints},
        made_in=str(record.provenance.get("world", {}).get("sha256", "")),
    )


_FORMS: tuple[tuple[Callable[[Item], bool], Callable[[Item, str], Draft]], ...] = (
    (_is_record, _read_record),
    (_is_nested, read_nested),
    (lambda item: "formalization" in item or "formalisation" in item, read_formalisation),
)
