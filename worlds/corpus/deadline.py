"""Parsing with a time limit that holds: in a process of its own, killed when its time is up."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Self

from worlds.corpus.document import Link
from worlds.corpus.parsed import Parsed, Unreadable

SECONDS = 20.0
"""What one file may take."""


class Parser:
    """Parses files in one process, and in a new one after one that was killed or died. Use it in a `with` block."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._end()

    def parse(self, path: Path) -> Parsed:
        """The document in a file; raises `Unreadable`, also when its time was up or the process died of it.

        Raises `ValueError` when a library that reads such files is not installed.
        """
        process = self._process or self._start()
        begun = time.monotonic()
        late = Timer(self._seconds, process.kill)
        late.start()
        answer = _ask(process, json.dumps(os.fspath(path)))
        late.cancel()
        overdue = time.monotonic() - begun >= self._seconds
        if answer is None or overdue:
            self._end()
        if answer is None:
            raise Unreadable("takes too long" if overdue else "crashes its parser")
        return _read(answer)

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "worlds.corpus.parsing"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=nothing, encoding="ascii", env=environment
        )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            with self._process:
                self._process = None


def _ask(process: subprocess.Popen[str], question: str) -> str | None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(question + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
    except BrokenPipeError:
        return None
    return answer if answer.endswith("\n") else None


def _read(answer: str) -> Parsed:
    kind, *fields = json.loads(answer)
    if kind == "skipped":
        raise Unreadable(fields[0])
    if kind == "missing":
        raise ValueError(f"reading documents needs {fields[0]}; install it with: pip install -e '.[documents]'")
    title, text, links, aliases, types = fields
    return Parsed(title, text, tuple(Link(*link) for link in links), tuple(aliases), tuple(types))
