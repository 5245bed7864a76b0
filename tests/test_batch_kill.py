"""Exactly once: whatever interrupts a batch, the same command ends in the same files."""

import os
import resource
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from batches import arguments, lasting, start
from thorough import times
from tiny_world import build_tiny_world

from tasks.runs import TASKS

COUNT = 24
KILLS = times(8, 20)


@dataclass(frozen=True)
class Undisturbed:
    """A world, a run over it that nothing interrupted, and the seconds that it took."""

    world: Path
    out: Path
    seconds: float

    def given(self, out: Path, workers: int = 2) -> list[str]:
        """The same command for another directory."""
        return arguments(self.world, out, COUNT, "--workers", str(workers))

    def finish(self, out: Path, workers: int = 2) -> None:
        """Runs it to its end, and compares."""
        process = start(*self.given(out, workers))
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        assert lasting(out) == lasting(self.out)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    world, out, begun = build_tiny_world(folder), folder / "run", time.monotonic()
    Undisturbed(world, out, 0).finish(out)
    assert len(lasting(out)[TASKS]) == COUNT
    return Undisturbed(world, out, time.monotonic() - begun)


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_in_the_undisturbed_files(whole: Undisturbed, tmp_path: Path) -> None:
    rng, kills, runs = Random("kills"), 0, 0
    out = tmp_path / "run0"
    while kills < KILLS:
        process = start(*whole.given(out))
        try:
            _, errors = process.communicate(timeout=rng.uniform(0.1, 1.0) * whole.seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
        else:
            assert process.returncode == 0, errors
            assert lasting(out) == lasting(whole.out)
            runs += 1
            out = tmp_path / f"run{runs}"
    whole.finish(out)


@pytest.mark.slow
def test_workers_end_when_the_batch_is_killed(whole: Undisturbed, tmp_path: Path) -> None:
    process = start(*whole.given(tmp_path / "run"))
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
    whole: Undisturbed, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    room = (whole.out / TASKS).stat().st_size // 2
    process = start(*whole.given(out), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)))
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 2
    assert errors.startswith("error: ")
    assert "Traceback" not in errors
    assert (out / TASKS).read_bytes().endswith(b"\n")
    stopped = lasting(out)
    assert 0 < len(stopped[TASKS]) < COUNT
    assert stopped[TASKS] == lasting(whole.out)[TASKS][: len(stopped[TASKS])]
    whole.finish(out)


@pytest.mark.slow
def test_ctrl_c_drains_and_the_same_command_goes_on(whole: Undisturbed, tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = start(*whole.given(out))
    while not (out / TASKS).exists() or not (out / TASKS).stat().st_size:
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers as well
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "Traceback" not in errors
    whole.finish(out)


@pytest.mark.slow
def test_one_process_makes_what_two_make(whole: Undisturbed, tmp_path: Path) -> None:
    whole.finish(tmp_path / "run", workers=1)
