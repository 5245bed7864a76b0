"""The formats by name, and writing one of them."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel, ValidationError

from tasks.exports.card import card, check_licence
from tasks.exports.curriculum import Lesson, curriculum
from tasks.exports.huggingface import HuggingFace, huggingface
from tasks.exports.infoseek import InfoSeek, infoseek
from tasks.exports.manifest import Manifest, read_manifest, write_manifest
from tasks.exports.options import Options
from tasks.exports.packed import pack
from tasks.exports.preference import Preference, preference
from tasks.exports.sft import Sft, kept, sft
from tasks.exports.sheets import read_sheets, write_sheets
from tasks.exports.source import SPLITS, Source
from tasks.exports.tables import File, Row, need_pyarrow, read_rows, write_rows, written
from tasks.exports.trl import Trl, trl
from tasks.exports.verl import Verl, verl
from tasks.record import TaskRecord
from worlds.build import appearing_whole

Rows = Callable[[Source, str, Options], Iterator[Row]]
Rewarded = Callable[[Source, str, Options, Iterator[str]], Iterator[Row]]
"""The same, given the reward sheets of all tasks in order."""
Writer = Callable[[Source, Path, Options], Awaitable[tuple[tuple[File, ...], dict[str, Any]]]]
"""Writes into a folder; gives the files, and what the format has to say of itself."""

PATHS = frozenset(("world", "drafts", "trajectories"))
"""Options that name places on one machine: no part of what was exported."""


_ASKED = ("instruction",)
_AMISS = "a task record is not as graph.run writes it"
_VERIFY = "python -m graph.verify says where"


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        about: what it is, in one line.
        write: how it is written.
        row: what a line is, where it is a table.
        suffix: of its tables.
        options: the options that it looks at.
    """

    about: str
    write: Writer
    row: type[Row] | None = None
    suffix: str = ".jsonl"
    options: tuple[str, ...] = ()


async def export(source: Source, name: str, out: Path, options: Options) -> Manifest:
    """Write an export as the new directory `out`, which appears whole or not at all.

    Raises `OSError` or `ValueError` (`MissingExtra` among them) when it cannot be done.
    """
    form = FORMATS[name]
    if form.suffix == ".parquet":
        need_pyarrow()
    check_licence(options.license)
    with appearing_whole(out) as folder, _records_as_written(source):
        files, details = await form.write(source, folder, options)
        chosen = options.model_dump(mode="json", include=set(form.options) - PATHS)
        return write_manifest(folder, name, source, chosen, files, details)


@contextmanager
def _records_as_written(source: Source) -> Iterator[None]:
    """Says in one line that some record lacks a part, or has one of another kind."""
    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{error.title}.{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}"
        raise ValueError(f"{source.path}: {_AMISS} ({what}); {_VERIFY}") from error
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"{source.path}: {_AMISS} ({error!r}); {_VERIFY}") from error


def read_export(folder: Path, name: str) -> dict[str, list[Row]]:
    """The rows of an export by split; raises `OSError` or `ValueError` when it is none, or not as it was written."""
    form, manifest = FORMATS[name], read_manifest(folder, name)
    if form.row is None:
        raise ValueError(f"an export for {name} is no table; open it with its own reader")
    files = {split: folder / f"{split}{form.suffix}" for split in SPLITS}
    names = {file.name for file in manifest.files}
    return {split: list(read_rows(path, form.row)) for split, path in files.items() if path.name in names}


def _table(row: type[Row], rows: Rows, about: str, suffix: str = ".jsonl", takes: tuple[str, ...] = ()) -> Format:
    """A format with one file a split."""

    async def write(source: Source, folder: Path, options: Options) -> tuple[tuple[File, ...], dict[str, Any]]:
        return _write_table(source, folder, options, row, rows, suffix), {}

    return Format(about, write, row, suffix, takes)


def _rewarded(row: type[Row], rows: Rewarded, about: str, suffix: str = ".jsonl") -> Format:
    """A format with one file a split whose rows hold reward sheets."""

    async def write(source: Source, folder: Path, options: Options) -> tuple[tuple[File, ...], dict[str, Any]]:
        with TemporaryDirectory() as scratch:
            details = await write_sheets(source, options, Path(scratch) / "sheets.jsonl")
            with closing(read_sheets(Path(scratch) / "sheets.jsonl")) as sheets:
                each: Rows = lambda source, split, options: rows(source, split, options, sheets)  # noqa: E731
                return _write_table(source, folder, options, row, each, suffix), details

    return Format(about, write, row, suffix, (*_ASKED, "world"))


def _write_table(
    source: Source, folder: Path, options: Options, row: type[BaseModel], rows: Rows, suffix: str
) -> tuple[File, ...]:
    """A split without rows gets no file: loaders refuse an empty one."""
    files = []
    for split in source.splits:
        path = folder / f"{split}{suffix}"
        file = write_rows(path, rows(source, split, options), row)
        if file.rows:
            files.append(file)
        else:
            path.unlink()
    if not files:
        raise ValueError(f"{source.path}: none of its tasks gives a row of this format")
    return tuple(files)


def _each(made: Callable[[TaskRecord, Options], Iterator[Row]]) -> Rows:
    """The rows of a split where those of one record say nothing of another."""
    return lambda source, split, options: (row for r in source.records(split) for row in made(r, options))


async def _write_huggingface(source: Source, folder: Path, options: Options) -> tuple[tuple[File, ...], dict[str, Any]]:
    files = _write_table(source, folder, options, HuggingFace, _each(huggingface), ".parquet")
    (folder / "README.md").write_text(card(source, options), "utf-8")
    return (*files, written(folder / "README.md")), {}


async def _write_sft(source: Source, folder: Path, options: Options) -> tuple[tuple[File, ...], dict[str, Any]]:
    path = options.trajectories
    if path is None:
        if options.world is not None:
            raise ValueError("--world goes with --trajectories; a solution out of the evidence needs none")
        return _write_table(source, folder, options, Sft, _each(sft), ".jsonl"), {}
    with TemporaryDirectory() as scratch:
        details = await write_sheets(source, options, Path(scratch) / "sheets.jsonl")
        sheets = dict(
            zip((r.id for r in source.everything()), read_sheets(Path(scratch) / "sheets.jsonl"), strict=True)
        )
    counts: Counter[str] = Counter()

    def rows(source: Source, split: str, options: Options) -> Iterator[Row]:
        return kept(path, {task: sheets[task] for task in source.ids[split]}, options, counts)

    files = _write_table(source, folder, options, Sft, rows, ".jsonl")
    return files, details | {"trajectories": dict(counts.most_common())}


FORMATS: dict[str, Format] = {
    "infoseek": _table(InfoSeek, _each(infoseek), "research trees in the layout of the paper's own dataset"),
    "huggingface": Format(
        "whole records as Parquet with a dataset card, for datasets.load_dataset",
        _write_huggingface,
        HuggingFace,
        ".parquet",
        ("license",),
    ),
    "sft": Format(
        "chat messages: the question, and a solution out of the evidence, or trajectories that were kept",
        _write_sft,
        Sft,
        options=(*_ASKED, "trajectories", "world"),
    ),
    "trl": _rewarded(Trl, trl, "prompts with ground truth and reward sheet, for TRL's GRPOTrainer and its like"),
    "verl": _rewarded(Verl, verl, "prompts with ground truth and reward sheet as Parquet, for verl", ".parquet"),
    "preference": _table(
        Preference, preference, "accepted questions against drafts sent back, for TRL's DPOTrainer", takes=("drafts",)
    ),
    "curriculum": _table(Lesson, curriculum, "sub-questions and the growth ladder, few variables first"),
    "environment": Format(
        "the pages that matter and distractors, to search in without the world", pack, options=("world", "distractors")
    ),
}
