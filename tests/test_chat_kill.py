"""Whatever ends a process: kept replies are not asked for again, and ledger and server agree."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from random import Random

import pytest
from asking import ADDING, request, store
from chat_server import ChatServer
from thorough import times

from roles.chat.calls import Calls
from roles.chat.ledger import Usage
from roles.chat.model_chat import key_of
from roles.chat.settings import ChatSettings

__all__ = ["store"]
CHILD = Path(__file__).with_name("chat_child.py")
REPOSITORY = CHILD.parent.parent


def started(server: ChatServer, store: Path, last: int) -> "subprocess.Popen[str]":
    """A process that asks for the sums up to `last`."""
    environment = {**os.environ, "OPENAI_API_KEY": "none", "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{CHILD.parent}"}
    command = [sys.executable, str(CHILD), server.url, str(store), "0", str(last)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def rows(store: Path) -> list[dict[str, object]]:
    """The ledger as it stands."""
    calls = Calls(store)
    try:
        return calls.rows()
    finally:
        calls.close()


def total(store: Path) -> Usage:
    """Its sums."""
    calls = Calls(store)
    try:
        return calls.summary().total
    finally:
        calls.close()


def numbers(server: ChatServer) -> list[int]:
    """What was asked, in order."""
    return [int(asked.said[1]) for asked in server.seen]


def ids(server: ChatServer) -> set[str]:
    """The calls that arrived, by the ledger's ids."""
    return {asked.headers["x-client-request-id"] for asked in server.seen}


@pytest.mark.slow
def test_two_processes_share_the_work(store: Path) -> None:
    with ChatServer(ADDING, latency=0.05) as server:
        both = [started(server, store, 40) for _ in range(2)]
        told = [process.communicate(timeout=60)[0].strip() for process in both]
    assert told == ["40", "40"]
    assert sorted(numbers(server)) == list(range(40))


def _opened(path: Path) -> int:
    return len(rows(path))


@pytest.mark.slow
def test_many_open_a_new_store_at_once(tmp_path: Path) -> None:
    with get_context("spawn").Pool(4) as pool:
        for number in range(25):
            assert pool.map(_opened, [tmp_path / f"{number}"] * 8, chunksize=1) == [0] * 8


@pytest.mark.slow
def test_killed_at_random_moments_nothing_is_lost_or_asked_twice(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = Random("7:kill")
    with ChatServer(ADDING, latency=0.03) as server:
        for moment in range(times(10, 20)):
            kept = _kept(store)
            begun = server.calls
            process = started(server, store, 2_000)
            _wait_for(server, begun + chance.randint(1, 60))
            time.sleep(chance.random() * 0.05)
            _stop_between_calls(process, server, store)
            process.kill()
            process.communicate()
            assert not kept.intersection(numbers(server)[begun:])
            found = total(store)
            with capsys.disabled():
                print(f"\nmoment {moment}: server {server.calls} = {found.calls} + {found.in_doubt} in doubt", end="")
            assert server.calls == found.calls + found.in_doubt
            assert found.under_way == 0
        last = max(numbers(server)) + 1
        process = started(server, store, last)
        assert process.communicate(timeout=120)[0].strip() == str(last)
        found = total(store)
    assert server.calls == found.calls + found.in_doubt
    assert found.answered == last
    assert found.in_doubt > 0
    asked = Counter(numbers(server))
    assert sum(asked.values()) - len(asked) == found.in_doubt


@pytest.mark.slow
def test_killed_at_any_instant_no_call_is_missing_from_the_ledger(store: Path) -> None:
    """A kill between a row and its call leaves in doubt what never arrived, and nothing worse than that."""
    chance = Random("8:kill")
    with ChatServer(ADDING, latency=0.03) as server:
        for _ in range(10):
            begun = server.calls
            process = started(server, store, 2_000)
            _wait_for(server, begun + chance.randint(1, 60))
            time.sleep(chance.random() * 0.05)
            process.kill()
            process.communicate()
            time.sleep(0.2)
            total(store)
            made = {str(row["id"]): row["state"] for row in rows(store)}
            assert ids(server) <= made.keys()
            assert {i for i, state in made.items() if state == "answered"} <= ids(server)
            assert {state for i, state in made.items() if i not in ids(server)} <= {"in_doubt", "hit"}


def _kept(store: Path) -> set[int]:
    """Numbers whose replies reached the store."""
    if not store.exists():
        return set()
    calls = Calls(store)
    done = {row["key"] for row in calls.rows() if row["state"] == "answered"}
    calls.close()
    return {number for number in range(2000) if _key(number) in done}


def _key(number: int) -> str:
    asked = request(number)
    return key_of(asked, asked.messages, "openai:x", ChatSettings())


def _wait_for(server: ChatServer, calls: int) -> None:
    until = time.monotonic() + 60
    while server.calls < calls:
        assert time.monotonic() < until, "the process asks for nothing"
        time.sleep(0.002)


def _stop_between_calls(process: "subprocess.Popen[str]", server: ChatServer, store: Path) -> None:
    """Stops the process when every row has its call: a row just before its call cannot be told from one after it."""
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        time.sleep(0.1)
        open_ = {str(row["id"]) for row in _read(store) if row["state"] == "open"}
        if open_ <= ids(server):
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.003)


def _read(store: Path) -> list[dict[str, object]]:
    """The rows, without writing: the stopped process may be in the middle of a transaction."""
    database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return [{"id": i, "state": s} for i, s in database.execute("SELECT id, state FROM calls")]
    finally:
        database.close()
