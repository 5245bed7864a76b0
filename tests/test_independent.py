"""Records rechecked from a world's neutral export, by code that shares nothing with the project's."""

import json
import subprocess
import sys
from pathlib import Path

import independent
import pytest

from graph import run
from worlds import __main__ as worlds

SAMPLE = 6


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "atlas"
    assert worlds.main(["export", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("records") / "tasks.jsonl"
    for difficulty in ("easy", "medium"):
        arguments = ["--sample", str(SAMPLE), "--difficulty", difficulty, "--out", str(out), "--quiet"]
        assert run.main(arguments) == 0
    return out


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_checker_agrees_with_every_certificate(export: Path, records: Path) -> None:
    world = independent.Export(export)
    assert len(lines(records)) > SAMPLE
    assert [found for record in lines(records) for found in independent.differences(record, world)] == []


def test_the_checker_runs_as_a_program_of_its_own(export: Path, records: Path, tmp_path: Path) -> None:
    record = lines(records)[0]
    record["certificate"]["selectivity"] += 1
    changed = tmp_path / "changed.jsonl"
    changed.write_text(json.dumps(record) + "\n")
    program = [sys.executable, "-I", independent.__file__, str(export), str(changed)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "selectivity" in done.stdout


def test_a_clue_too_many_or_too_few_is_noticed(export: Path, records: Path) -> None:
    world = independent.Export(export)
    record = lines(records)[-1]
    clue = next(c for c in record["constraints"] if c["kind"] == "relation" and "entity" in c["target"])
    record["constraints"].remove(clue)
    assert any(found.startswith("unique") for found in independent.differences(record, world))
