"""`graph.cluster`: the shards of a batch on a Ray cluster come to the run that one machine makes."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from batches import arguments, lasting, start

from graph import cluster
from tasks.journal import LOCK
from tasks.runs import TASKS

COUNT, PARTS = 16, 4


@pytest.fixture
def nodes() -> Iterator["subprocess.Popen[str]"]:
    """Two nodes; in processes of their own, for Ray leaves warnings and sockets behind."""
    pytest.importorskip("ray")
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "0"}
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("ray_nodes.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | quiet,
    )
    yield process
    process.communicate(timeout=120)


@pytest.fixture
def address(nodes: "subprocess.Popen[str]") -> str:
    assert nodes.stdout is not None
    found = (line.strip() for line in nodes.stdout)
    return next(line for line in found if re.fullmatch(r"[\d.]+:\d+", line))


def given(out: Path, *more: str) -> list[str]:
    return arguments("atlas", out, COUNT, "--lanes", str(PARTS), *more)


def drive(address: str, out: Path, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "graph.cluster", *given(out, *more)]
    return subprocess.Popen(
        [*command, "--shards", str(PARTS), "--address", address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: "subprocess.Popen[str]") -> str:
    output, errors = process.communicate(timeout=400)
    assert process.returncode == 0, errors
    return output


def unsharded(out: Path, *more: str) -> Path:
    finish(start(*given(out, "--workers", "2", *more)))
    return out


def holders(process: "subprocess.Popen[str]", out: Path) -> list[int]:
    """The processes that make shards, once two are at it and something has come of both."""
    while True:
        assert process.poll() is None
        ledgers = [p for p in out.glob("shards/*/ledger.jsonl") if p.stat().st_size]
        locks = [(p.parent / LOCK).read_text() for p in ledgers]
        found = [int(lock.split()[1]) for lock in locks]
        if len(found) >= 2:
            return found[:2]
        time.sleep(0.05)


def parent(pid: int) -> str:
    return next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("PPid"))


@pytest.mark.ray
def test_two_nodes_one_shard_of_them_killed_make_the_unsharded_run(address: str, tmp_path: Path) -> None:
    process = drive(address, tmp_path / "run")
    one, other = holders(process, tmp_path / "run")
    assert parent(one) != parent(other)  # each node has a parent process of its own
    os.kill(one, signal.SIGKILL)
    finish(process)
    whole = unsharded(tmp_path / "whole")
    assert lasting(tmp_path / "run") == lasting(whole)
    assert (tmp_path / "run/manifest.json").read_bytes() == (whole / "manifest.json").read_bytes()


@pytest.mark.ray
def test_a_lost_node_costs_nothing_but_time(nodes: "subprocess.Popen[str]", address: str, tmp_path: Path) -> None:
    process = drive(address, tmp_path / "run")
    holders(process, tmp_path / "run")
    assert nodes.stdin is not None
    nodes.stdin.write("lose\n")
    nodes.stdin.flush()
    finish(process)
    assert lasting(tmp_path / "run") == lasting(unsharded(tmp_path / "whole"))


@pytest.mark.ray
def test_shards_that_are_too_short_go_on_until_the_merge_is_complete(address: str, tmp_path: Path) -> None:
    published = unsharded(tmp_path / "published", "--count", "24") / TASKS  # a merge turns down all of these
    output = finish(drive(address, tmp_path / "run", "--benchmark", str(published)))
    assert "the shards are too short" in output
    assert lasting(tmp_path / "run") == lasting(unsharded(tmp_path / "whole", "--benchmark", str(published)))


@pytest.mark.ray
def test_ctrl_c_drains_the_shards_and_the_same_command_goes_on(address: str, tmp_path: Path) -> None:
    many = ("--count", "48")  # so that the shards are not done before they are told to drain
    process = drive(address, tmp_path / "run", *many)
    holders(process, tmp_path / "run")
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert errors == "stopped; the same command goes on\n"
    ends = [path.read_text().count('"drained"') for path in (tmp_path / "run").glob("shards/*/events.jsonl")]
    assert 1 in ends
    finish(drive(address, tmp_path / "run", *many))
    assert lasting(tmp_path / "run") == lasting(unsharded(tmp_path / "whole", *many))


@pytest.mark.ray
def test_no_cluster_is_told_of_in_one_line(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    for address, said in {"127.0.0.1:1": "refused", "nonsense": "HOST:PORT", "auto": "ray start --head"}.items():
        process = drive(address, tmp_path / "run")
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 2
        assert errors.startswith(f"error: no Ray cluster answers at '{address}': ")
        assert said in errors
        assert errors.count("\n") == 1
        assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--shards", "5"], "expected a number from 1 to 4 (--lanes)"),
        (["--shards", "4", "--candidates", "9"], "leave it out"),
        (["--shards", "4", "--cpus-per-shard", "0"], "--cpus-per-shard 0"),
        (["--shards", "4"], "pip install -e '.[ray]'"),
    ],
)
def test_bad_input_and_a_missing_extra_are_one_line(
    more: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert cluster.main(given(tmp_path / "run", *more)) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("error: ")
    assert said in errors
    assert errors.count("\n") == 1
    assert not (tmp_path / "run").exists()
