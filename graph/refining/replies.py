"""Replies of models that a run rests on, for the run to be made again without asking."""

from asyncio import to_thread
from pathlib import Path

from graph.chats import calls_path
from graph.context import Context
from roles.chat.calls import Calls
from roles.chat.settings import DECIDING, ChatSettings
from tasks.runs import MANIFEST


def others(settings: Context, given: ChatSettings) -> str:
    """The flags of the models that a run was made with where others are given; empty where they are the same."""
    if not settings.asks or all(getattr(settings, name) == getattr(given, name) for name in DECIDING):
        return ""
    told = {name: getattr(settings, name) for name in ChatSettings.model_fields if name in DECIDING}
    return " ".join(f"--{name.replace('_', '-')} {value}" for name, value in told.items() if value is not None)


async def inherit(replies: Path, out: Path) -> None:
    """Puts the replies beside a record file, or of a run directory, beside `out`, where more are kept then.

    Raises `ValueError` where neither has any.
    """
    source, store = _store_of(replies), calls_path(out)
    if source.exists():
        await to_thread(_copied, source, store)
    elif not store.exists():
        raise ValueError(
            f"{source} does not exist, and without the replies that came no run can be made again; name the record file"
            " or run directory that has them, with --replies"
        )


def _store_of(path: Path) -> Path:
    """Of any file of a run directory the run's."""
    return calls_path(path.parent if (path.parent / MANIFEST).is_file() else path)


def _copied(source: Path, store: Path) -> None:
    calls = Calls(store)
    try:
        calls.inherit(source)
    finally:
        calls.close()
