"""From files of several kinds to a world's directory."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console

from worlds.build import build
from worlds.corpus.document import Reading, Skipped
from worlds.corpus.fields import Field, FieldFact, read_fields
from worlds.corpus.folder import read_folder
from worlds.corpus.joined import joined
from worlds.corpus.jsonl import read_pages
from worlds.corpus.knowledge import Knowledge
from worlds.corpus.library import Report, text_world
from worlds.corpus.packed import Heard
from worlds.inputs import check_facts, check_inputs
from worlds.progress import BYTES, Steps
from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples


def _read_dump(path: Path, heard: Heard) -> Reading:
    """`read_dump`, whose parser comes with an extra."""
    try:
        from worlds.corpus.mediawiki import read_dump  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise ValueError(f"reading MediaWiki dumps needs {missing.name}: pip install -e '.[wiki]'") from None
    return read_dump(path, heard)


READERS: Mapping[str, Callable[[Path, Heard], Reading]] = {
    "mediawiki": _read_dump,
    "pages": read_pages,
    "folder": lambda path, heard: read_folder(path, heard=heard),
}
"""Kinds of text, each with its reader."""


class Sources(NamedTuple):
    """What a world of text is built from: inputs of one kind, fields of their lines, and a file of facts."""

    kind: str
    inputs: Sequence[Path]
    fields: Sequence[Field] = ()
    facts: Path | None = None
    language: str = "en"


def build_triples(path: Path, out: Path, name: str, seed: int, layout: str, url: str, language: str) -> Report:
    """A world of facts; its pages are rendered from them. What was passed over is in the report."""
    check_inputs("triples", [path], out)
    triples = read_triples(path, name, language)
    relations = {r.id: r for r in triples.data.relations}
    pages = render_pages(triples.data, plain_sentences(relations, triples.descriptions), seed, layout, url, "\n")
    build(triples.data, pages, out, {**_origin("triples", [path]), "seed": seed, "layout": layout})
    return _passed_over(triples.skipped, path, Report())


def build_text(sources: Sources, out: Path, name: str, console: Console) -> Report:
    """A world of articles, with the facts that are known of them; what was left out is in the report.

    Raises `ValueError` or `OSError` when an input is not of the kind, or holds nothing.
    """
    kind, inputs, fields, _, _ = sources
    check_inputs(kind, inputs, out)
    with Steps(console) as steps:
        knowledge, skipped = _knowledge(sources, name, steps)
        steps.begin("reading", _size(inputs), BYTES)
        documents = chain.from_iterable(READERS[kind](path, steps.advance) for path in inputs)
        naming = {"naming": knowledge.naming} if knowledge else {}
        world, report = text_world(documents, name, steps.at, **naming)
        if knowledge and sources.facts:
            steps.begin("joining")
            world = knowledge.joined(world, _passed_over(skipped, sources.facts, report))
        if fields:
            told = _fields(inputs, fields, report)
            world = joined(world, told, {field.relation: field.kind for field in fields}, report)
        steps.begin("writing")
        files = [*inputs, *([sources.facts] if sources.facts else [])]
        build(world.data, world.pages, out, _origin(kind, files), world.possible)
    return report


def _knowledge(sources: Sources, name: str, steps: Steps) -> tuple[Knowledge | None, Mapping[str, int]]:
    """The facts to be joined, and how many of their file were passed over for what reason."""
    if sources.facts is None:
        return None, {}
    check_facts(sources.facts)
    steps.begin(f"reading {sources.facts.name}")
    triples = read_triples(sources.facts, name, sources.language)
    return Knowledge(triples, sources.facts.name), triples.skipped


def _passed_over(skipped: Mapping[str, int], path: Path, report: Report) -> Report:
    """The report with what a file of facts has that is none of them."""
    for why, n in skipped.items():
        report.left_out[f"a statement: {why}"] += n
        report.examples[f"a statement: {why}"].append(path.name)
    return report


def _fields(inputs: Iterable[Path], fields: Sequence[Field], report: Report) -> Iterator[FieldFact]:
    """What the fields hold; raises `ValueError` for one that no line has."""
    waiting = {field.relation: field for field in fields}
    for read in chain.from_iterable(read_fields(path, fields) for path in inputs):
        if isinstance(read, Skipped):
            report.leave(read)
        else:
            waiting.pop(read.relation, None)
            yield read
    for field in waiting.values():
        raise ValueError(
            f"--fields {field.key}={field.relation}: no line has a value of that kind in a field {field.key!r}"
        )


def _files(paths: Iterable[Path]) -> list[Path]:
    inside = (file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path]))
    return [file for file in inside if file.is_file()]


def _size(inputs: Iterable[Path]) -> int | None:
    """Bytes to be read; None where an input, such as a pipe, does not tell."""
    return sum(file.stat().st_size for file in _files(inputs)) or None


def _origin(kind: str, inputs: Sequence[Path]) -> dict[str, Any]:
    """What a world was built from: names and hashes of the files, in order."""
    return {"kind": kind, "inputs": {str(file.name): _sha256(file) for file in _files(inputs)}}


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
