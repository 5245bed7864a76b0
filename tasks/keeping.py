"""What a live world answered, kept beside the records that were made in it, so that they can be checked without it.

A record file FILE has its answers in the folder FILE.frames, a run directory RUN in RUN/frames. There is a file for
each record, named by its id: the gzipped JSON of `worlds.kept.Answers`, most of it the text of the pages found.
"""

import os
import re
from pathlib import Path

from tasks.record import TaskRecord, tree_of
from tasks.runs import MANIFEST, TASKS
from tasks.verify import differences
from worlds.kept import KeptWorld, Recorder, packed, read_answers
from worlds.snapshot import Snapshot
from worlds.web.replies import replace
from worlds.world import World

FRAMES = "frames"
_ID = re.compile("[0-9a-f]{16}")


def frames_of(path: Path) -> Path:
    """The folder of the kept answers of a record file or a run directory, whether there are any or not."""
    if path.is_dir():
        return path / FRAMES
    if path.name == TASKS and path.with_name(MANIFEST).exists():
        return path.with_name(FRAMES)
    return path.with_name(f"{path.name}.{FRAMES}")


def frame_of(folder: Path, identifier: str) -> Path:
    """The file of one record's answers; raises `ValueError` for what is no id of a record."""
    if not _ID.fullmatch(identifier):
        raise ValueError(f"{identifier!r} is no id of a record: expected 16 hex digits")
    return folder / f"{identifier}.json.gz"


async def answers_for(record: TaskRecord, world: World) -> bytes | None:
    """All answers that checking the record again takes, packed; `None` where the world is at hand.

    Raises `ValueError` when the record does not hold over what the world answers.
    """
    if not isinstance(await world.frame(tree_of(record)), Snapshot):
        return None
    recorder = Recorder(world)
    if found := await differences(record, recorder):
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise ValueError(f"{record.answer!r} does not hold over what {world.name} answers: {found[0]}{more}")
    return packed(await recorder.answers())


def store(folder: Path, identifier: str, answers: bytes) -> None:
    """Write a record's answers, before the record itself is written, and wait until they are on disk."""
    path = frame_of(folder, identifier)
    replace(path, answers)
    path.chmod(0o644)
    for written in (path, folder):
        handle = os.open(written, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


async def keep(record: TaskRecord, world: World, folder: Path) -> None:
    """Keep what checking the record again takes; nothing for a world that is at hand. Raises as `answers_for` does."""
    answers = await answers_for(record, world)
    if answers is not None:
        store(folder, record.id, answers)


def copy(source: Path, folder: Path, identifier: str) -> None:
    """A record's answers to another folder, where there are any."""
    path = frame_of(source, identifier)
    if path.is_file():
        store(folder, identifier, path.read_bytes())


def kept_world(folder: Path, identifier: str) -> KeptWorld:
    """The world as it answered when the record was made; raises `FileNotFoundError` or `ValueError`."""
    return KeptWorld(read_answers(frame_of(folder, identifier)))
