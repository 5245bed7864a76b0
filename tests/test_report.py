"""The report's command: one file, the same bytes each time, and one clear line on input that is none."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeWorld
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reported import lines, tiny_tasks, write_run

from graph import report

Row = dict[str, Any]
FILES = ("tasks", "ledger", "rejected", "events", "review")


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    return tiny_tasks(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def run(tmp_path: Path, tasks: list[Row]) -> Path:
    return write_run(tmp_path / "run", tasks)


def refusal(path: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that the command says, and it writes nothing."""
    before = sorted(path.parent.rglob("*"))
    assert report.main([str(path), *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert sorted(path.parent.rglob("*")) == before
    return said


def figures_in(page: Path) -> Row:
    text = page.read_text("utf-8").partition('id="figures">')[2].partition("</script>")[0]
    found: Row = json.loads(text)
    return found


def test_a_run_is_reported_in_its_directory(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report.main([str(run)]) == 0
    assert capsys.readouterr().out.startswith(f"{run / 'report.html'}: 2 tasks, ")
    assert figures_in(run / "report.html")["is_run"] is True
    assert [p.name for p in run.iterdir() if p.name.startswith(".")] == []


@pytest.mark.slow
def test_equal_runs_give_equal_bytes(run: Path) -> None:
    pages = []
    for seed in ("1", "2"):
        out = run / f"{seed}.html"
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-m", "graph.report", run, "--out", out], env=environment, check=True)
        pages.append(out.read_bytes())
    assert pages[0] == pages[1]


def test_the_page_names_no_address_but_those_of_pages(run: Path) -> None:
    report.main([str(run)])
    text = (run / "report.html").read_text("utf-8")
    assert "default-src &#x27;none&#x27;" in text
    outside = text.replace("http://www.w3.org/2000/svg", "").partition('id="figures">')[0]
    assert "http" not in outside.replace("http-equiv", "")
    assert "src=" not in text.partition('id="figures">')[0].replace("script-src", "")


def test_a_file_of_tasks_has_no_funnel(tmp_path: Path, tasks: list[Row]) -> None:
    (tmp_path / "tasks.jsonl").write_text(lines(tasks), "utf-8")
    assert report.main([str(tmp_path / "tasks.jsonl")]) == 0
    told = figures_in(tmp_path / "tasks.html")
    assert (told["is_run"], told["ledger"], told["rejected"], len(told["rows"])) == (False, None, [], 2)


def test_an_earlier_review_is_in_the_page(run: Path, tasks: list[Row]) -> None:
    verdict = {"id": tasks[0]["id"], "verdict": "reject", "note": "dull"}
    (run / "review.jsonl").write_text(lines([verdict | {"verdict": "accept"}, verdict]), "utf-8")
    report.main([str(run)])
    assert figures_in(run / "report.html")["reviews"] == [verdict]


def test_without_the_world_the_quotes_stand_alone(
    tmp_path: Path, tasks: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    moved = json.loads(json.dumps(tasks))
    for task in moved:
        task["provenance"]["settings"]["world"] = str(tmp_path / "gone")
    assert report.main([str(write_run(tmp_path / "run", moved))]) == 0
    said = capsys.readouterr().err
    assert said.startswith("quotes stand without the text around them: ")
    assert said.count("\n") == 1


def test_quotes_of_another_version_of_the_world_stand_alone(
    run: Path, make_world: MakeWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_world([("a", "P19", "b")])
    assert report.main([str(run), "--world", str(other.path)]) == 0
    assert "another version" in capsys.readouterr().err


def test_what_is_no_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "does not exist" in refusal(tmp_path / "nowhere", capsys)
    (tmp_path / "empty").mkdir()
    assert "is no run directory" in refusal(tmp_path / "empty", capsys)
    (tmp_path / "none.jsonl").write_text("", "utf-8")
    assert "holds no task records" in refusal(tmp_path / "none.jsonl", capsys)


@pytest.mark.parametrize(
    ("name", "line"),
    [(name, line) for name in FILES for line in ('{"torn": ', "[]", "{}") if (name, line) != ("events", "{}")],
)
def test_a_damaged_line_is_named(run: Path, name: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with (run / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    assert f"{name}.jsonl line " in refusal(run, capsys)


def test_a_world_that_is_none_is_refused(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "/nowhere" in refusal(run, capsys, "--world", "/nowhere")


def test_a_report_that_cannot_be_written_leaves_nothing(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refusal(run, capsys, "--out", str(run))
    refusal(run, capsys, "--out", str(run / "no" / "folder.html"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_record_of_any_shape_is_reported_or_named(
    tasks: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    row: Any = json.loads(json.dumps(tasks[0]))
    part = row
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [
            k
            for k, v in (part.items() if isinstance(part, dict) else enumerate(part))
            if v and isinstance(v, dict | list)
        ]
        part = part[data.draw(st.sampled_from(inner))] if inner else part
    key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
    part[key] = data.draw(st.sampled_from([None, "text", 3, [], {}, {"a": 1}, [[None]]]))
    (tmp_path / "tasks.jsonl").write_text(lines([row]), "utf-8")
    status = report.main([str(tmp_path / "tasks.jsonl")])
    said = capsys.readouterr().err
    assert (status, said) == (0, "") or said.count("\n") == 1
    assert status in (0, 2)
