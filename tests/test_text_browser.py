"""A model as Browser on a world of text alone: what a page mentions is read, checked and certified as any claim."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import ChatServer
from minds import Scripted
from models import MODEL, ledger
from played import played_by
from town_archive import write_archive

from graph import run, verify
from worlds.__main__ import main
from worlds.local import LocalWorld


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> LocalWorld:
    folder = tmp_path_factory.mktemp("town")
    assert main(["build", "folder", str(write_archive(folder)), "--out", str(folder / "world")]) == 0
    return LocalWorld(folder / "world")


@pytest.fixture
def server(town: LocalWorld) -> Iterator[ChatServer]:
    """Reads every mention on a page that it is shown."""
    with ChatServer(played_by(Scripted(town))) as server:
        yield server


def test_a_model_reads_text_and_its_questions_verify(town: LocalWorld, server: ChatServer, tmp_path: Path) -> None:
    out = tmp_path / "tasks.jsonl"
    given = ["--world", str(town.path), "--sample", "6", "--difficulty", "easy", "--out", str(out), "--quiet"]
    assert run.main([*given, "--browser-model", MODEL, "--base-url", server.url]) == 0
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(records) >= 2
    for record in records:
        assert record["provenance"]["roles"]["browser"] == MODEL
        assert record["certificate"]["unique"] is True
        assert {c["relation"] for c in record["constraints"] if c["kind"] != "type"} == {"mentions"}
    assert server.calls == ledger(out).total.answered > 0
    assert verify.main([str(out)]) == 0
