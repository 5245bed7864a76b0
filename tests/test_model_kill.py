"""Killed at any moment, a run with models asks for nothing twice that it has, and ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

import pytest
from batches import lasting, start
from chat_server import ChatServer
from minds import Scripted
from models import EVERYONE, MODEL, asked_of, records
from played import played_by
from thorough import times

from graph import verify
from graph.chats import calls_path
from roles.chat.calls import Calls
from tasks.runs import TASKS
from worlds.opening import open_world

KILLS, LATENCY = times(8, 20), 0.15
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


def killed(
    begin: Callable[[], "subprocess.Popen[str]"], chance: Random, kills: int, server: ChatServer, out: Path
) -> Iterator[str | int]:
    """Begins a command again and again, so many times killed a few calls on: what each kill left behind, as `checked`
    tells it, and at last the exit code."""
    for left in range(kills, -1, -1):
        process, goal = begin(), server.calls + chance.randint(1, 4)
        while left and process.poll() is None and server.calls < goal:
            time.sleep(0.01)
        if not left or process.poll() is not None:
            break
        time.sleep(chance.random() * LATENCY)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        yield checked(server, out)
    _, errors = process.communicate(timeout=300)
    assert process.returncode in (0, 3), errors
    checked(server, out)
    yield process.returncode


@pytest.mark.slow
def test_a_run_killed_at_random_moments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance, done, accepted = Random("kill a run"), 0, 0
    with ChatServer(RIGHT, LATENCY) as server:
        for seed in count():
            out = tmp_path / f"{seed}.jsonl"
            server.seen.clear()
            command = asked_of(server, out, *EVERYONE, "--seed", str(seed), "--resume", "--quiet")
            begin = partial(
                subprocess.Popen, [sys.executable, "-m", "graph.run", *command], stderr=subprocess.PIPE, text=True
            )
            for told in killed(begin, chance, KILLS - done, server, out):
                if isinstance(told, str):
                    done += 1
                    with capsys.disabled():
                        print(f"\nkill {done}: {told}", end="")
                elif told == 0:
                    accepted += 1
                    assert verify.main([str(out)]) == 0
                else:
                    assert not records(out)
            if done >= KILLS:
                break
    assert accepted


@pytest.mark.slow
def test_a_batch_killed_at_random_moments_ends_in_the_same_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, out, kills = tmp_path / "whole", tmp_path / "killed", 0
    with ChatServer(RIGHT, LATENCY) as server:
        given = (
            *("--count", "12", "--difficulty", "easy", "--model", MODEL, "--solver-model", "none"),
            *("--base-url", server.url, "--backoff", "0.01"),
        )
        process = start(*given, "--out", str(whole))
        process.communicate(timeout=300)
        assert process.returncode == 0
        server.seen.clear()
        for told in killed(partial(start, *given, "--out", str(out)), Random("kill a batch"), 8, server, out):
            kills += isinstance(told, str)
            with capsys.disabled():
                print(f"\nkill {kills}: {told}", end="")
    assert kills > 2
    assert told == 0
    assert lasting(out)[TASKS] == lasting(whole)[TASKS]
    assert verify.main([str(out)]) == 0
