"""Three hundred kinds of malformed reply through the whole command: none crashes it or alters what code would do."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from chat_server import Asked, ChatServer, Said
from malformed import replies
from models import EVERYONE, played, records

from graph import run, verify

FROM_CODE = ("id", "question", "root", "constraints", "steps", "ladder", "certificate")
"""What models have no part in where none of their replies can be used."""


@pytest.mark.slow
def test_no_malformed_reply_crashes_a_run_or_alters_a_tree(tmp_path: Path) -> None:
    kinds = iter(replies(seed=3).values())
    for number in count():
        if not _one_run(tmp_path / str(number), number, kinds):
            break
    assert number > 3


def _one_run(folder: Path, seed: int, kinds: Iterator[Said]) -> bool:
    """A run that is given the next kinds in place of all replies; whether there are any left."""
    left = True

    def mind(asked: Asked) -> Said:
        nonlocal left
        if asked.number == 0:  # a server whose very first body is no completion is no chat server: that ends the run
            return Said("{")
        said = next(kinds, None)
        left = said is not None
        return said or Said("{")

    folder.mkdir()
    settings = ("--seed", str(seed), "--difficulty", "easy", "--retries", "1", "--quiet")
    with ChatServer(mind) as server:
        code = played(server, folder / "models", *EVERYONE, *settings)
    plain = ("--entity", "Niels Bohr", "--difficulty", "easy", "--seed", str(seed), "--quiet")
    assert code == run.main([*plain, "--out", str(folder / "code")])
    assert [_from_code(r) for r in records(folder / "models")] == [_from_code(r) for r in records(folder / "code")]
    if code == 0:
        assert verify.main([str(folder / "models")]) == 0
    return left


def _from_code(record: dict[str, Any]) -> dict[str, Any]:
    return {field: record[field] for field in FROM_CODE}
