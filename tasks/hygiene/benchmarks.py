"""Reading the questions of other people's benchmarks, in whatever fields they keep them."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from tasks.foreign.reading import items, read_text

QUESTION = ("question", "problem", "query", "prompt")
ANSWER = ("answer", "answers", "final answer", "final_answer", "gold", "solution", "ground_truth", "answer_aliases")
FORMS = ".jsonl, .json, .csv, .tsv or .txt"


class Item(NamedTuple):
    """A question of a benchmark.

    Attributes:
        where: the file and the line, or the place in an array.
        question: as it stands there.
        text: question, answer and, in a research tree, its entities.
    """

    where: str
    question: str
    text: str


class BenchmarkFile(TypedDict):
    """A file that tasks are held against."""

    name: str
    sha256: str
    items: int


def read_benchmark(path: Path) -> list[Item]:
    """The questions of a file: JSON lines, a JSON array, CSV or TSV with a header, or one question a line (.txt).

    Raises `OSError`, or `ValueError` with one line that says which file and line, and what was expected.
    """
    readers = {".jsonl": _from_json, ".json": _from_json, ".csv": _from_table, ".tsv": _from_table, ".txt": _from_lines}
    if (reader := readers.get(path.suffix.lower())) is None:
        raise ValueError(f"{path}: a benchmark is a {FORMS} file, not {path.suffix or 'one without a suffix'!r}")
    found = list(reader(path))
    if not found:
        raise ValueError(f"{path} holds no questions; expected one of the fields {', '.join(QUESTION)}")
    return found


def _from_json(path: Path) -> Iterator[Item]:
    for where, item in items(read_text(path), path):
        if not isinstance(item, Mapping):
            raise ValueError(f"{path} {where}: expected a JSON object, got {type(item).__name__}")
        yield _item(item, f"{path.name} {where}", f"{path} {where}")


def _from_table(path: Path) -> Iterator[Item]:
    rows = csv.DictReader(StringIO(read_text(path), newline=""), delimiter="\t" if path.suffix == ".tsv" else ",")
    try:
        for row in rows:
            yield _item(row, f"{path.name} line {rows.line_num}", f"{path} line {rows.line_num}")
    except csv.Error as error:
        raise ValueError(f"{path} line {rows.line_num}: no table ({error})") from None


def _from_lines(path: Path) -> Iterator[Item]:
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if line.strip():
            yield Item(f"{path.name} line {number}", line.strip(), line.strip())


def _item(fields: Mapping[Any, object], where: str, place: str) -> Item:
    root = _root(fields, place)
    question = _first(fields, QUESTION) or _text(root.get("question"))
    if not question:
        keys = ", ".join(repr(str(k)[:40]) for k in list(fields)[:6]) or "none"
        raise ValueError(f"{place}: no question; expected one of the fields {', '.join(QUESTION)}, found {keys}")
    text = "\n".join((question, *_all(fields, ANSWER), *_entities(root, place)))
    return Item(where, question, text)


def _first(fields: Mapping[Any, object], names: Sequence[str]) -> str:
    return next(iter(_all(fields, names)), "")


def _all(fields: Mapping[Any, object], names: Sequence[str]) -> list[str]:
    """What stands in the fields of these names, in the order of the names."""
    said = {str(k).strip().casefold(): v for k, v in fields.items()}
    return [text for name in names if (text := _text(said.get(name)))]


def _text(value: object) -> str:
    """A string, a number, the strings of a list, or what the messages of a chat say."""
    if isinstance(value, Mapping):
        return _text(value.get("content", value.get("text", value.get("value"))))
    if isinstance(value, list):
        return "\n".join(filter(None, map(_text, value)))
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _root(fields: Mapping[Any, object], place: str) -> Mapping[str, Any]:
    """The research tree of an item, which may be an object, JSON text or the item itself; empty where there is none."""
    found = fields.get("root")
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            raise ValueError(f"{place}: its root is not JSON") from None
    if isinstance(found, Mapping):
        return found
    return fields if isinstance(fields.get("children"), list) else {}


def _entities(node: Mapping[str, Any], place: str) -> list[str]:
    try:
        return list(_below(node))
    except RecursionError:
        raise ValueError(f"{place}: nested too deeply to be a question") from None


def _below(node: Mapping[str, Any]) -> Iterator[str]:
    if name := _text(node.get("entity")):
        yield name
    children = node.get("children")
    for child in children if isinstance(children, list) else ():
        if isinstance(child, Mapping):
            yield from _below(child)
