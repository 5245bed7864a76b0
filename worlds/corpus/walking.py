"""The files of a folder, and what of it is left alone."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from worlds.corpus.document import Skipped
from worlds.corpus.limits import LARGEST_FILE


def shown(root: Path, path: Path) -> str:
    """A path below the root as text, with `/` between its parts; bytes that are no UTF-8 are replaced."""
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "replace")


def walk(root: Path, suffixes: Collection[str]) -> Iterator[Path | Skipped]:
    """The regular files below `root` whose names end so, folder by folder in the order of their names.

    Symbolic links are never followed, so that nothing is read twice, in a circle, or from outside the folder.
    """
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    except OSError:
        yield Skipped(".", "cannot be opened")
        return
    yield from _walk(root, entries, suffixes)


def _walk(root: Path, entries: list[os.DirEntry[str]], suffixes: Collection[str]) -> Iterator[Path | Skipped]:
    waiting = entries[::-1]
    while waiting:
        entry = waiting.pop()
        path = Path(entry.path)
        if why := _fault(root, entry, suffixes):
            yield Skipped(shown(root, path), why)
        elif not entry.is_dir(follow_symlinks=False):
            yield path
        else:
            try:
                waiting.extend(sorted(os.scandir(path), key=lambda inner: inner.name, reverse=True))
            except OSError:
                yield Skipped(shown(root, path), "cannot be opened")


def _fault(root: Path, entry: os.DirEntry[str], suffixes: Collection[str]) -> str:
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_symlink():
        return _link_fault(root, Path(entry.path))
    if entry.is_dir(follow_symlinks=False):
        return ""
    if not entry.is_file(follow_symlinks=False):
        return "not a regular file"
    if Path(entry.name).suffix.lower() not in suffixes:
        return "not a kind of document that is read"
    return "file too large" if entry.stat(follow_symlinks=False).st_size > LARGEST_FILE else ""


def _link_fault(root: Path, path: Path) -> str:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "symbolic link to nothing"
    inside = target.is_relative_to(root.resolve())
    return "symbolic link within the folder" if inside else "symbolic link out of the folder"
