"""Killed at any moment, a run with models asks for nothing twice that it has, and ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from batches import lasting, start
from chat_server import ChatServer
from minds import Scripted
from models import EVERYONE, MODEL, asked_of, records
from played import played_by

from graph import verify
from graph.chats import calls_path
from roles.chat.calls import Calls
from tasks.runs import TASKS
from worlds.opening import open_world

KILLS = 20
RIGHT = played_by(Scripted(open_world("atlas"), "Niels Bohr"))


def checked(server: ChatServer, out: Path) -> str:
    """Holds ledger and server against each other after a kill; what can be printed of it."""
    calls = Calls(calls_path(out))
    try:
        total, rows = calls.summary().total, calls.rows()
    finally:
        calls.close()
    answered = [row["key"] for row in rows if row["state"] == "answered"]
    assert len(answered) == len(set(answered)), "what was answered is never asked again"
    arrived = {asked.headers["x-client-request-id"] for asked in server.seen}
    made = {row["id"] for row in rows if row["state"] in ("answered", "failed", "in_doubt")}
    assert arrived <= made, "no call is missing from the ledger"
    lost = {row["id"] for row in rows if row["state"] == "in_doubt"} - arrived
    assert server.calls == total.calls + total.in_doubt - len(lost)
    return (
        f"server {server.calls} = ledger {total.calls} + in doubt {total.in_doubt} - {len(lost)} that never left;"
        f" {total.hits} from the cache"
    )


@pytest.mark.slow
def test_a_run_killed_at_twenty_moments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance, kills, seed = Random("kill a run"), 0, 0
    with ChatServer(RIGHT, latency=0.15) as server:
        while kills < KILLS:
            out = tmp_path / f"{seed}.jsonl"
            server.seen.clear()
            kills = _killed_until_done(server, out, seed, kills, chance, capsys)
            assert verify.main([str(out)]) == 0
            seed += 1


def _killed_until_done(
    server: ChatServer, out: Path, seed: int, kills: int, chance: Random, capsys: pytest.CaptureFixture[str]
) -> int:
    command = asked_of(server, out, *EVERYONE, "--seed", str(seed), "--resume", "--quiet")
    while True:
        process = subprocess.Popen([sys.executable, "-m", "graph.run", *command], stderr=subprocess.PIPE, text=True)
        try:
            patience = chance.uniform(1.0, 5.0) if kills < KILLS else 120
            errors = process.communicate(timeout=patience)[1]
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
            if calls_path(out).exists():
                with capsys.disabled():
                    print(f"\nkill {kills}: {checked(server, out)}", end="")
        else:
            assert process.returncode in (0, 3), errors
            checked(server, out)
            if process.returncode == 3:
                assert not records(out)
                out.touch()
            return kills


@pytest.mark.slow
def test_a_batch_killed_at_random_moments_ends_in_the_same_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, kills = Random("kill a batch"), 0
    with ChatServer(RIGHT, latency=0.1) as server:
        given = (
            *("--count", "12", "--difficulty", "easy", "--model", MODEL, "--solver-model", "none", "--quiet"),
            *("--base-url", server.url, "--backoff", "0.01"),
        )
        whole, out = tmp_path / "whole", tmp_path / "killed"
        process = start(*given, "--out", str(whole))
        assert process.wait(timeout=300) == 0
        server.seen.clear()
        while True:
            process = start(*given, "--out", str(out))
            try:
                _, errors = process.communicate(timeout=chance.uniform(2.0, 6.0) if kills < KILLS else 300)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                process.communicate()
                kills += 1
                if calls_path(out).exists():
                    with capsys.disabled():
                        print(f"\nkill {kills}: {checked(server, out)}", end="")
            else:
                assert process.returncode == 0, errors
                break
    assert kills > 2
    assert lasting(out)[TASKS] == lasting(whole)[TASKS]
    assert verify.main([str(out)]) == 0
