"""`python -m worlds build`: from files of several kinds to a world's directory."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from worlds.build import build
from worlds.corpus.document import Reading, Skipped
from worlds.corpus.fields import Field, FieldFact, read_fields
from worlds.corpus.folder import read_folder
from worlds.corpus.joined import joined
from worlds.corpus.jsonl import read_pages
from worlds.corpus.library import Report, text_world
from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples


def _read_dump(path: Path) -> Reading:
    """`read_dump`, whose parser comes with an extra."""
    try:
        from worlds.corpus.mediawiki import read_dump  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise ValueError(f"reading MediaWiki dumps needs {missing.name}: pip install -e '.[wiki]'") from None
    return read_dump(path)


READERS: Mapping[str, Callable[[Path], Reading]] = {
    "mediawiki": _read_dump,
    "pages": read_pages,
    "folder": read_folder,
}
"""Kinds of text, each with its reader."""
KINDS = ("triples", *READERS)


def build_triples(path: Path, out: Path, name: str, seed: int, layout: str, url: str) -> None:
    """A world of facts; its pages are rendered from them."""
    triples = read_triples(path, name)
    relations = {r.id: r for r in triples.data.relations}
    pages = render_pages(triples.data, plain_sentences(relations, triples.descriptions), seed, layout, url, "\n")
    build(triples.data, pages, out, {**_origin("triples", [path]), "seed": seed, "layout": layout})


def build_text(
    kind: str, inputs: Sequence[Path], out: Path, name: str, fields: Sequence[Field], console: Console
) -> Report:
    """A world of articles, with the facts of `fields` where these are given; what was left out is in the report.

    Raises `ValueError` or `OSError` when an input is not of the kind, or holds nothing.
    """
    if out.exists():
        raise FileExistsError(f"{out} exists; choose another --out or remove it")
    with _progress(console) as progress:
        reading = progress.add_task("documents", total=None)
        documents = chain.from_iterable(READERS[kind](path) for path in inputs)
        world, report = text_world(documents, name, lambda n: progress.update(reading, completed=n))
        if fields:
            told = _fields(inputs, fields, report)
            world = joined(world, told, {field.relation: field.kind for field in fields}, report)
        progress.update(reading, description="writing")
        build(world.data, world.pages, out, _origin(kind, inputs), world.possible)
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


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _origin(kind: str, inputs: Sequence[Path]) -> dict[str, Any]:
    """What a world was built from: names and hashes of the files, in order."""
    files = [file for path in inputs for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    hashes = {str(file.name): _sha256(file) for file in files if file.is_file()}
    return {"kind": kind, "inputs": hashes}


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
