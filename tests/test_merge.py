"""Shards: parts of a run that any machine makes, joined into exactly the run that one would have made."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from batches import arguments, lasting, start
from tiny_world import build_tiny_world

from graph import merge
from tasks.runs import LEDGER

COUNT, PARTS = 16, 4
GIVEN = ("--lanes", str(PARTS), "--workers", "2")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_world(tmp_path_factory.mktemp("world"))


def make(world: Path, out: Path, *more: str) -> None:
    process = start(*arguments(world, out, COUNT, *GIVEN, *more))
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors


@pytest.fixture(scope="module")
def shards(world: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four shards, the third of them killed half way and run again."""
    folder = tmp_path_factory.mktemp("shards")
    for part in range(1, PARTS + 1):
        out = folder / f"shard-{part}"
        if part == 3:
            _kill_half_way(world, out)
        make(world, out, "--shard", f"{part}/{PARTS}")
    return [folder / f"shard-{part}" for part in range(1, PARTS + 1)]


def _kill_half_way(world: Path, out: Path) -> None:
    process = start(*arguments(world, out, COUNT, *GIVEN, "--shard", f"3/{PARTS}"))
    while not (out / LEDGER).exists() or (out / LEDGER).read_bytes().count(b"\n") < 3:
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
def test_four_shards_one_of_them_killed_merge_into_exactly_the_unsharded_run(
    shards: list[Path], world: Path, tmp_path: Path
) -> None:
    make(world, tmp_path / "whole")
    assert merge.main([*map(str, shards), "--out", str(tmp_path / "merged"), "--quiet"]) == 0
    assert lasting(tmp_path / "merged") == lasting(tmp_path / "whole")
    assert (tmp_path / "merged/manifest.json").read_bytes() == (tmp_path / "whole/manifest.json").read_bytes()


@pytest.mark.slow
def test_what_does_not_fit_together_is_refused_in_one_line(
    shards: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*given: Path) -> str:
        assert merge.main([*map(str, given), "--out", str(tmp_path / "out")]) == 2
        errors = capsys.readouterr().err
        assert errors.count("\n") == 1
        assert not (tmp_path / "out").exists()
        return errors

    assert "shard 2/4, 4/4 is missing" in refused(shards[0], shards[2])
    assert "once" in refused(shards[0], shards[0])
    assert "no run directory" in refused(tmp_path)


@pytest.mark.slow
def test_a_short_shard_is_told_of_and_the_merge_goes_on_when_it_has_grown(
    shards: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, short = tmp_path / "merged", tmp_path / "short"
    shutil.copytree(shards[1], short)
    lines = (short / LEDGER).read_bytes().splitlines(keepends=True)
    (short / LEDGER).write_bytes(b"".join(lines[:2]))
    assert merge.main([str(shards[0]), str(short), *map(str, shards[2:]), "--out", str(whole)]) == 3
    assert "run each again with more --candidates" in " ".join(capsys.readouterr().out.split())
    assert merge.main([*map(str, shards), "--out", str(whole), "--quiet"]) == 0
    assert merge.main([*map(str, shards), "--out", str(tmp_path / "straight"), "--quiet"]) == 0
    assert lasting(whole) == lasting(tmp_path / "straight")


@pytest.mark.slow
def test_a_damaged_shard_is_named(shards: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    harmed = tmp_path / "harmed"
    shutil.copytree(shards[0], harmed)
    tasks = bytearray((harmed / "tasks.jsonl").read_bytes())
    tasks[100] ^= 1
    (harmed / "tasks.jsonl").write_bytes(tasks)
    assert merge.main([str(harmed), *map(str, shards[1:]), "--out", str(tmp_path / "out")]) == 2
    assert f"{harmed} is damaged at candidate 0" in capsys.readouterr().err
