"""Killed at any moment, solving loses no trajectory, doubles none, and asks for nothing twice that it has."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from chat_server import Asked, ChatServer, Said
from rollouts import by_model, following, ledger, rows, solved, speaking
from thorough import times

from tasks.runs import TASKS
from tasks.trajectories.trajectory import read_trajectories

SAMPLES, KILLS, LATENCY = 12, times(6, 12), 0.05


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_with_each_trajectory_once(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lessons = {
        t.question: [turn.said for turn in t.turns] for t in solved(finished, tmp_path / "l", "--solver", "teacher")
    }
    script, chance, out, kills = speaking(following(lessons)), Random("kill a solver"), tmp_path / "t.jsonl", 0
    with ChatServer(script, LATENCY) as server:
        command = [sys.executable, "-m", "graph.solve", str(finished), "--out", str(out)]
        command += by_model(server, "--samples", str(SAMPLES), "--concurrency", "4")
        environment = {**os.environ, "OPENAI_API_KEY": "none"}
        for left in range(KILLS, -1, -1):
            process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            goal = server.calls + chance.randint(1, 12)
            while left and process.poll() is None and server.calls < goal:
                time.sleep(0.005)
            if not left or process.poll() is not None:
                break
            time.sleep(chance.random() * LATENCY)
            process.kill()
            process.communicate()
            kills += 1
            made = out.read_bytes().count(b"\n") if out.exists() else 0
            with capsys.disabled():
                print(f"\nkill {kills}: {made} trajectories, {server.calls} calls", end="")
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        total = ledger(out).total
        assert server.calls - total.in_doubt <= total.calls <= server.calls
    assert kills > 2
    found = list(read_trajectories(out))
    assert all(t.kept for t in found)
    each = Counter((t.task, t.sample) for t in found)
    assert set(each.values()) == {1}
    assert len(each) == SAMPLES * len(rows(finished / TASKS))
    assert total.answered == SAMPLES * sum(map(len, lessons.values())), "no answer was paid for twice"


@pytest.mark.slow
def test_two_processes_do_not_append_to_one_file(finished: Path, tmp_path: Path) -> None:
    def mind(asked: Asked) -> Said:
        return Said(delay=20)

    out = tmp_path / "t.jsonl"
    with ChatServer(mind) as server:
        command = [sys.executable, "-m", "graph.solve", str(finished), "--out", str(out), *by_model(server)]
        environment = {**os.environ, "OPENAI_API_KEY": "none"}
        first = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        until = time.monotonic() + 60
        while not server.calls and time.monotonic() < until:
            time.sleep(0.01)
        second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        first.send_signal(signal.SIGINT)
        assert b"the same command goes on" in first.communicate(timeout=60)[1]
    assert first.returncode == 130
    assert second.returncode == 2
    assert "another process appends to" in second.stderr
