"""Replies kept on disk, by what was asked, each with the time when it came."""

import gzip
import hashlib
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """A parsed reply and when it was fetched, in seconds since 1970."""

    body: Any
    at: float


class Replies:
    """One small file a request. A file that is damaged or too old counts as none."""

    def __init__(self, folder: Path, max_age: float) -> None:
        self._folder, self._max_age = folder, max_age

    def find(self, asked: str) -> Reply | None:
        """What was answered before; `asked` is the whole request in words."""
        try:
            kept = json.loads(gzip.decompress(self._path(asked).read_bytes()))
            reply = Reply(kept["body"], float(kept["at"]))
        except (OSError, ValueError, KeyError, TypeError, EOFError):
            return None
        return reply if kept["asked"] == asked and time.time() - reply.at <= self._max_age else None

    def keep(self, asked: str, reply: Reply) -> None:
        """Write a reply; a disk that cannot be written costs nothing but the request's repetition."""
        path = self._path(asked)
        with suppress(OSError):
            kept = {"asked": asked, "at": reply.at, "body": reply.body}
            replace(path, gzip.compress(json.dumps(kept, ensure_ascii=False).encode(), 5, mtime=0))

    def _path(self, asked: str) -> Path:
        name = hashlib.sha256(asked.encode()).hexdigest()
        return self._folder / name[:2] / f"{name[2:32]}.json.gz"


def replace(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as out:
        try:
            out.write(content)
            out.close()
            os.replace(out.name, path)  # noqa: PTH105
        except BaseException:
            Path(out.name).unlink(missing_ok=True)
            raise
