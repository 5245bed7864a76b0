"""What stands beside the files of every export: where they come from, and what they have to be."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hcsp.frozen import Frozen
from tasks.exports.source import Source
from tasks.exports.tables import File, written

MANIFEST = "export.json"
"""Not the name of a run's manifest: what is exported may itself be a source of tasks."""


class Manifest(Frozen):
    """The manifest of an export.

    Attributes:
        export: the format.
        graph_version: of the program that wrote it.
        options: what was chosen, by the names of the command's flags.
        files: each with rows, bytes and sha256.
        splits: the tasks of each split, in order.
        left_out: the tasks that a reader rejected.
        details: what a format has to say of itself.
    """

    export: str
    graph_version: str
    options: dict[str, Any]
    files: tuple[File, ...]
    splits: dict[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    details: dict[str, Any]


def write_manifest(
    folder: Path, export: str, source: Source, options: dict[str, Any], files: tuple[File, ...], details: dict[str, Any]
) -> Manifest:
    """Write and give back the manifest of an export whose files stand in `folder`."""
    manifest = Manifest(
        export=export,
        graph_version=version("taproot"),
        options=options,
        files=files,
        splits={split: source.ids[split] for split in source.splits},
        left_out=source.left_out,
        details=details,
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", "utf-8")
    return manifest


def read_manifest(folder: Path, export: str) -> Manifest:
    """The manifest of an export whose tables are as it says; raises `OSError` or `ValueError` when they are not."""
    path = folder / MANIFEST
    if not path.is_file():
        raise FileNotFoundError(f"{folder} is no export: it has no {MANIFEST}; python -m graph.export makes one")
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise ValueError(f"{path} is no manifest of an export ({where}: {first['msg'].lower()})") from None
    if manifest.export != export:
        raise ValueError(f"{folder} is an export for {manifest.export}, not for {export}")
    for file in manifest.files:
        if file.rows is not None and written(folder / file.name, file.rows) != file:
            raise ValueError(f"{folder / file.name} is not what was written; export it again")
    return manifest
