"""`python -m worlds` with bad input: one line on standard error, exit code 2, nothing left behind."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import MakeWorld

from worlds.__main__ import main

FACTS = "ada\tlabel\tAda\nada\tP19\tbrenz\nada\tP569\t1815\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "facts.tsv"
    path.write_text(FACTS)
    return path


def complaint(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    capsys.readouterr()
    assert main([str(a) for a in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    return said.err


def test_an_out_that_exists_is_refused(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "triples", str(source), "--out", str(tmp_path / "w")]) == 0
    before = sorted((tmp_path / "w").iterdir())
    assert "exists" in complaint(capsys, "build", "triples", source, "--out", tmp_path / "w")
    assert sorted((tmp_path / "w").iterdir()) == before
    assert "exists" in complaint(capsys, "export", "--world", tmp_path / "w", "--out", source)
    assert source.read_text() == FACTS


def test_an_input_or_out_that_cannot_be_used(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "missing.tsv" in complaint(capsys, "build", "triples", tmp_path / "missing.tsv", "--out", tmp_path / "w")
    assert str(tmp_path) in complaint(capsys, "build", "triples", tmp_path, "--out", tmp_path / "w")
    assert str(source) in complaint(capsys, "build", "triples", source, "--out", source / "w")
    assert [p.name for p in tmp_path.iterdir()] == [source.name]


def test_what_is_no_world_is_named(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "python -m worlds build" in complaint(capsys, "info", "--world", tmp_path)
    assert str(source) in complaint(capsys, "search", "Ada", "--world", source)


@pytest.mark.parametrize("damage", ["emptied", "cut", "gone"])
@pytest.mark.parametrize("name", ["out.npy", "ids.npy", "places.npy", "index/meta.json", "manifest.json"])
def test_a_damaged_world_is_one_line(
    name: str, damage: str, make_world: MakeWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world([("ada", "P19", "brenz"), ("ada", "P569", "1815", "time")]).path
    file = world / name
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(content[: len(content) // 2] if damage == "cut" else b"")
    said = complaint(capsys, "info", "--world", world)
    assert str(world) in said
    assert "build" in said


def test_an_unknown_page_is_named(make_world: MakeWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world = make_world([("ada", "P19", "brenz")]).path
    assert "'Nobody'" in complaint(capsys, "page", "Nobody", "--world", world)
    assert "\\udc80" in complaint(capsys, "page", "\udc80", "--world", world)


def test_a_search_that_finds_nothing_is_no_error(make_world: MakeWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world = make_world([("ada", "P19", "brenz")]).path
    for query in ("unheard", "", "?", "\udc80"):
        assert main(["search", query, "--world", str(world)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.count("no page") == said.out.count("\n") == 4


@pytest.mark.parametrize(
    "arguments",
    [[], ["raise"], ["build"], ["build", "soup", "x"], ["search"], ["export"], ["search", "a", "-k", "few"]],
)
def test_wrong_arguments_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_a_process_of_its_own_shows_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "facts.tsv").write_text("ada\tP569\tlong ago\n")
    command = ["build", "triples", str(tmp_path / "facts.tsv"), "--out", str(tmp_path / "w")]
    done = subprocess.run([sys.executable, "-m", "worlds", *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "line 1" in done.stderr
