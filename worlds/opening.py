"""Worlds by name: `atlas`, the directory of a built one, or a live one."""

import hashlib
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from platformdirs import user_cache_path

from worlds.atlas import sentences, tables
from worlds.build import build
from worlds.local import LocalWorld
from worlds.manifest import FORMAT
from worlds.statements import render_pages
from worlds.web.settings import from_environment
from worlds.world import World

ATLAS = "atlas"
LIVE = {"wikidata": "live", "tavily": "web"}
"""The live worlds, each with the extra that it needs."""
UNREAD = frozenset({"tavily"})
"""Worlds with pages and search, and no facts."""
SEED = 0


@lru_cache(maxsize=8)
def open_world(name: str) -> World:
    """The world of that name. Raises `FileNotFoundError` or `ValueError` when it is no world.

    A live one is opened without asking anybody; what it lacks to work, such as a key, is a `ValueError` here.
    """
    return _open_live(name) if name in LIVE else open_local(name)


def is_live(name: str) -> bool:
    """Whether the world of that name is asked over the network, and changes without notice."""
    return name in LIVE


def has_facts(name: str) -> bool:
    """Whether the world of that name knows facts; else it has pages, and models make facts of them."""
    return name not in UNREAD


def open_anew(name: str) -> World:
    """A live world that asks for everything again, whatever it was told before: to see what has changed.

    Raises `ValueError` when it is not live, or lacks what it needs.
    """
    if name not in LIVE:
        raise ValueError(f"{name!r} does not change by itself; the live worlds are {', '.join(LIVE)}")
    return _open_live(name, {"max_age": 0})


def _open_live(name: str, changes: Mapping[str, object] = MappingProxyType({})) -> World:
    try:
        return _live(name, changes)
    except ModuleNotFoundError as missing:
        extra = LIVE[name]
        raise ValueError(f"the world {name!r} needs {missing.name}: pip install -e '.[{extra}]'") from None


def _live(name: str, changes: Mapping[str, object]) -> World:
    if name == "wikidata":
        from worlds.wikidata.settings import WikidataSettings  # noqa: PLC0415
        from worlds.wikidata.world import WikidataWorld  # noqa: PLC0415

        return WikidataWorld(from_environment(WikidataSettings).model_copy(update=changes))
    from worlds.web.tavily import TavilyWorld  # noqa: PLC0415
    from worlds.web.tavily_api import TavilySettings  # noqa: PLC0415

    return TavilyWorld(from_environment(TavilySettings).model_copy(update=changes))


@lru_cache(maxsize=8)
def open_local(name: str) -> LocalWorld:
    """A world that is at hand. Raises `FileNotFoundError` or `ValueError` when it is none.

    `atlas` is built once into the user's cache, or for the life of the process where that cannot be written.
    """
    if name in LIVE:
        raise ValueError(f"{name!r} is no world that is at hand: this needs a built one")
    return LocalWorld(_atlas() if name == ATLAS else Path(name))


def build_atlas(out: Path, layout: str = "random", seed: int = SEED) -> None:
    """Build the embedded world as a directory of its own."""
    data = tables.load()
    pages = render_pages(data, sentences.sentences, seed, layout, url="atlas:")
    build(data, pages, out, {"kind": "atlas", "seed": seed, "layout": layout})


def _atlas() -> Path:
    name = f"atlas-{FORMAT}-{_digest()}"
    try:
        return _built(user_cache_path("taproot") / name)
    except OSError:
        return _built(Path(_scratch().name) / name)


def _built(path: Path) -> Path:
    if not path.exists():
        try:
            build_atlas(path)
        except OSError:
            if not path.exists():
                raise
    return path


@lru_cache(maxsize=1)
def _scratch() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="taproot-")


def _digest() -> str:
    """A hash of every file that decides what atlas is."""
    digest = hashlib.sha256()
    for part in _contents(files("worlds")):
        digest.update(part.name.encode() + b"\0" + part.read_bytes())
    return digest.hexdigest()[:16]


def _contents(folder: Traversable) -> list[Traversable]:
    inside = sorted(folder.iterdir(), key=lambda entry: entry.name)
    wanted = (".tsv", ".toml", ".py")
    return [
        part
        for entry in inside
        for part in (_contents(entry) if entry.is_dir() else [entry])
        if part.name.endswith(wanted)
    ]
