"""graph.batch as a user meets it: exactly N tasks in a run directory, or the reason why there are fewer."""

import shutil
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest
from batches import arguments, lasting
from tiny_world import build_tiny_world

from graph import batch, verify
from tasks.cells import cell
from tasks.journal import Journal
from tasks.record import tree_of
from tasks.runs import LEDGER, REJECTED, TASKS, Run

COUNT = 8


def make(out: Path, world: Path, count: int, *more: str) -> int:
    return batch.main([*arguments(world, out, count), "--workers", "2", *more])


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def run(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("batch") / "run"
    assert make(out, tiny, COUNT, "--quiet") == 0
    return out


def test_exactly_so_many_tasks_that_verify_and_a_ledger_that_adds_up(run: Path) -> None:
    found = Run.open(run)
    tasks, entries = list(found.tasks()), list(found.ledger())
    assert len(tasks) == COUNT
    assert [id_ for entry in entries for id_ in entry.accepted] == [task.id for task in tasks]
    assert [entry.index for entry in entries] == list(range(len(entries)))
    assert all(entry.cost["cpu_s"] > 0 and entry.cost["pages"] > 0 for entry in entries if entry.made)
    assert all(row["reasons"] and "index" in row["candidate"] for row in found.rejected())
    assert verify.main([str(run)]) == 0


def test_the_same_command_again_adds_nothing(run: Path, tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {name: (run / name).read_bytes() for name in (TASKS, REJECTED, LEDGER)}
    assert make(run, tiny, COUNT) == 0
    assert f"{COUNT} of {COUNT} accepted" in capsys.readouterr().out
    assert {name: (run / name).read_bytes() for name in before} == before


def test_another_command_on_the_same_directory_is_refused(
    run: Path, tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(run, tiny, COUNT, "--seed", "9") == 2
    assert "is another run: its seed is 0, not 9" in capsys.readouterr().err


def test_a_second_batch_on_one_directory_stops(run: Path, tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Journal.open(run, Run.open(run).manifest):
        assert make(run, tiny, COUNT) == 2
    assert "is being written by process" in capsys.readouterr().err


@pytest.mark.slow
def test_a_damaged_run_says_what_is_damaged_and_makes_it_good(
    run: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shutil.copytree(run, tmp_path / "run")
    harmed = bytearray((out / TASKS).read_bytes())
    harmed[len(harmed) // 2] ^= 1
    (out / TASKS).write_bytes(harmed)
    assert make(out, tiny, COUNT) == 0
    assert "is damaged; candidates before" in " ".join(capsys.readouterr().out.split())
    assert lasting(out) == lasting(run)
    assert (out / "damaged-1" / TASKS).exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--count", "0"], "--count 0: expected a number from 1 on"),
        (["--workers", "0"], "--workers 0"),
        (["--patience", "0"], "--patience 0"),
        (["--mix", "preset=easy"], "'easy' is not value:weight"),
        (["--mix", "type=unicorn:1"], "no root of tiny is one; there are"),
        (["--shard", "3/2"], "expected I/N"),
        (["--avoid", "P999999"], "has no relation 'P999999'"),
        (["--world", "/nowhere"], "holds no world"),
        (["--benchmark", "/nowhere.jsonl"], "/nowhere.jsonl"),
        (["--entities", "/nowhere.txt"], "/nowhere.txt"),
    ],
)
def test_bad_input_is_one_line_and_makes_no_directory(
    more: list[str], says: str, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(tmp_path / "run", tiny, COUNT, *more) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("error: ")
    assert says in errors
    assert errors.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_names_that_denote_nobody_are_named_with_their_lines(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = tmp_path / "names.txt"
    names.write_text("Ada Arnet\nAda Arnett\nMercury\n")
    assert make(tmp_path / "run", tiny, COUNT, "--entities", str(names)) == 2
    errors = capsys.readouterr().err
    assert "line 2 'Ada Arnett' (Ada Arnet?)" in errors
    assert "line 3 'Mercury' (one of Mercury" in errors


@pytest.mark.slow
def test_more_than_the_roots_can_give_says_the_bound_and_keeps_what_there_is(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names, out = tmp_path / "names.txt", tmp_path / "run"
    names.write_text("Ada Arnet\n\nBela Bosk\nAda Arnet\n")
    assert make(out, tiny, 30, "--entities", str(names)) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "2 roots with up to 2 tasks each are 4 at most" in said
    assert "all 2 roots of tiny have been tried" in said
    assert 0 < len(list(Run.open(out).tasks())) <= 4


@pytest.mark.slow
def test_a_mix_is_met_exactly(tmp_path: Path) -> None:
    mix = ("--mix", "preset=easy:3,medium:1", "--mix", "domain=learning:1,honours:1,life:2")
    assert make(tmp_path / "run", Path("atlas"), COUNT, *mix, "--quiet") == 0
    cells = [cell(task) for task in Run.open(tmp_path / "run").tasks()]
    assert Counter(found["preset"] for found in cells) == {"easy": 6, "medium": 2}
    assert Counter(found["domain"] for found in cells) == {"learning": 2, "honours": 2, "life": 4}


@pytest.mark.slow
def test_trees_of_one_diffusion_share_one_variable_at_most(tiny: Path, tmp_path: Path) -> None:
    assert make(tmp_path / "run", tiny, 12, "--per-diffusion", "3", "--quiet") == 0
    trees = defaultdict(list)
    for task in Run.open(tmp_path / "run").tasks():
        trees[task.provenance["candidate"]["index"]].append(set(tree_of(task).entities.values()))
    pairs = [pair for found in trees.values() for pair in combinations(found, 2)]
    assert pairs
    assert all(len(one & other) <= 1 for one, other in pairs)


@pytest.mark.slow
def test_a_world_too_small_for_the_preset_says_so_at_once_and_which_one_fits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = build_tiny_world(tmp_path)
    given = ["--world", str(world), "--difficulty", "extreme", "--count", "5", "--out", str(tmp_path / "run")]
    assert batch.main(given) == 2
    errors = capsys.readouterr().err
    assert "tiny is too small for extreme" in errors
    assert "--difficulty medium accepts" in errors or "--difficulty easy accepts" in errors
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_giving_up_names_the_check_that_rejects(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unreachable = ("--mix", "shape=4(4,4,4):1", "--patience", "6")
    assert make(tmp_path / "run", tiny, COUNT, *unreachable) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "no task in the last" in said
    assert "most were rejected by “mix shape”" in said
