"""Is what a world shall be built from there, and what it should be? Told before anything begins."""

from collections.abc import Sequence
from pathlib import Path

from worlds.corpus.packed import DAMAGED, SUFFIXES, open_packed, packing
from worlds.kinds import KINDS, likely

_HEAD = 512
_MARKS = (b"\xff\xfe", b"\xfe\xff")


def check_inputs(kind: str, inputs: Sequence[Path], out: Path) -> None:
    """Raises `OSError` or `ValueError` with what is wrong, why, and what to do instead."""
    if out.exists():
        raise FileExistsError(f"{out} exists; choose another --out or remove it")
    for path in inputs:
        _check(kind, path)
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise ValueError(f"--out {out} is inside the input {path}, which would hold the world too; choose another")


def check_facts(path: Path) -> None:
    """The same of the file that `--with` names."""
    _check("triples", path, "--with ")


def _check(kind: str, path: Path, flag: str = "") -> None:
    """Raises where `path` cannot be an input of that kind; `flag` is what it was given with."""
    takes, what, _, _ = KINDS[kind]
    if not path.exists():
        thing = {"file": "file", "folder": "folder"}.get(takes, "file or folder")
        raise FileNotFoundError(f"{flag}{path}: there is no such {thing}; expected {what}")
    if path.is_dir():
        if takes == "file":
            raise IsADirectoryError(f"{flag}{path} is a folder; expected {what}{_hint(path)}")
        return
    if takes == "folder":
        raise NotADirectoryError(f"{flag}{path} is not a folder; expected {what}{_hint(path)}")
    if path.is_file() and not path.stat().st_size:
        raise ValueError(f"{flag}{path} is empty; expected {what}")
    _check_content(kind, path, f"{flag}{path}")


def _check_content(kind: str, path: Path, where: str) -> None:
    """Raises for an archive that is none, one whose name does not tell, and for what is no text."""
    with path.open("rb") as file:
        start = file.read(_HEAD)
    packed, named = packing(start), path.suffix if path.suffix in SUFFIXES else ""
    if named and packed != named:
        raise ValueError(f"{where} is named {named} and is no such archive; get it again, or give it its right name")
    if kind == "mediawiki":
        return  # whose parser knows an archive by its content, and an encoding by its declaration
    if packed != named:
        raise ValueError(f"{where} is packed and its name does not say so: call it {path.name}{packed}")
    try:
        with open_packed(path) as stream:
            start = stream.read(_HEAD)
    except DAMAGED as error:
        raise ValueError(f"{where} is a damaged {named} archive ({error}); get it again") from None
    if b"\0" in start and not start.startswith(_MARKS):
        raise ValueError(f"{where} is binary; expected {KINDS[kind].what}, text in UTF-8")
    if start.startswith(_MARKS):
        raise ValueError(f"{where} is UTF-16 text; expected UTF-8: iconv -f UTF-16 -t UTF-8")


def _hint(path: Path) -> str:
    """Which kind would fit better."""
    kind = "folder" if path.is_dir() else likely(path.name)
    return f"; {'a folder of documents' if kind == 'folder' else 'this file'} would be of kind {kind!r}" if kind else ""
