"""Exactly once: whatever interrupts a batch, the same command ends in the same files."""

import os
import resource
import signal
import subprocess
import time
from pathlib import Path
from random import Random

import pytest
from batches import arguments, lasting, start

from tasks.runs import TASKS

COUNT = 24
KILLS = 20


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A run that nothing interrupts, and the seconds that it takes."""
    out, begun = tmp_path_factory.mktemp("undisturbed") / "run", time.monotonic()
    finish(out)
    assert len(lasting(out)[TASKS]) == COUNT
    return out, time.monotonic() - begun


def given(out: Path, workers: int = 2) -> list[str]:
    return arguments("atlas", out, COUNT, "--workers", str(workers))


def finish(out: Path, workers: int = 2) -> None:
    process = start(*given(out, workers))
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors


@pytest.mark.slow
def test_killed_at_twenty_random_moments_it_ends_in_the_undisturbed_files(
    undisturbed: tuple[Path, float], tmp_path: Path
) -> None:
    whole, seconds = undisturbed
    rng, kills, runs = Random("kills"), 0, 0
    out = tmp_path / "run0"
    while kills < KILLS:
        process = start(*given(out))
        try:
            _, errors = process.communicate(timeout=rng.uniform(0.1, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
        else:
            assert process.returncode == 0, errors
            assert lasting(out) == lasting(whole)
            runs += 1
            out = tmp_path / f"run{runs}"
    finish(out)
    assert lasting(out) == lasting(whole)


@pytest.mark.slow
def test_workers_end_when_the_batch_is_killed(tmp_path: Path) -> None:
    process = start(*given(tmp_path / "run"))
    while not (children := _children(process.pid)):
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline, "workers outlive the batch"


def _children(pid: int) -> list[int]:
    """The worker processes, once there are some."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


@pytest.mark.slow
def test_a_full_disk_stops_it_before_a_line_is_torn_and_it_goes_on_afterwards(
    undisturbed: tuple[Path, float], tmp_path: Path
) -> None:
    whole, _ = undisturbed
    out = tmp_path / "run"
    room = (whole / TASKS).stat().st_size // 2
    process = start(*given(out), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)))
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 2
    assert errors.startswith("error: ")
    assert "Traceback" not in errors
    assert (out / TASKS).read_bytes().endswith(b"\n")
    stopped = lasting(out)
    assert 0 < len(stopped[TASKS]) < COUNT
    assert stopped[TASKS] == lasting(whole)[TASKS][: len(stopped[TASKS])]
    finish(out)
    assert lasting(out) == lasting(whole)


@pytest.mark.slow
def test_ctrl_c_drains_and_the_same_command_goes_on(undisturbed: tuple[Path, float], tmp_path: Path) -> None:
    whole, _ = undisturbed
    out = tmp_path / "run"
    process = start(*given(out))
    while not (out / TASKS).exists() or not (out / TASKS).stat().st_size:
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers as well
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "Traceback" not in errors
    finish(out)
    assert lasting(out) == lasting(whole)


@pytest.mark.slow
def test_one_process_makes_what_two_make(undisturbed: tuple[Path, float], tmp_path: Path) -> None:
    finish(tmp_path / "run", workers=1)
    assert lasting(tmp_path / "run") == lasting(undisturbed[0])
