"""The audit command as a user meets it: files of every form, the two published trees, and bad input."""

import json
from pathlib import Path
from typing import Any

import pytest
from paper_world import SPARROW, WERDER, build_paper_world

from graph import audit, run

Audited = tuple[int, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(build_paper_world(tmp_path_factory.mktemp("paper")))


class Auditor:
    """Runs the command on given content; what it prints as JSON comes back."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], world: str) -> None:
        self._folder, self._capsys, self._world = folder, capsys, world

    def __call__(self, content: object, mapping: str = "", world: str = "") -> Audited:
        path = self._folder / "theirs.jsonl"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return self.file(path, mapping, world)

    def file(self, path: Path, mapping: str = "", world: str = "") -> Audited:
        arguments = [str(path), "--world", world or self._world, "--json"]
        if mapping:
            (self._folder / "map.tsv").write_text(mapping, "utf-8")
            arguments += ["--relations", str(self._folder / "map.tsv")]
        code = audit.main(arguments)
        return code, [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]

    def refusal(self, content: "str | bytes", mapping: str = "") -> str:
        """The one line that bad input is answered with."""
        path = self._folder / "bad.jsonl"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        arguments = [str(path), "--world", self._world]
        if mapping:
            (self._folder / "map.tsv").write_text(mapping, "utf-8")
            arguments += ["--relations", str(self._folder / "map.tsv")]
        code = audit.main(arguments)
        printed = self._capsys.readouterr()
        assert (code, printed.out) == (2, "")
        assert printed.err.startswith("error: ")
        assert printed.err.count("\n") == 1
        return printed.err


@pytest.fixture
def audited(tmp_path: Path, capsys: pytest.CaptureFixture[str], paper: str) -> Auditor:
    return Auditor(tmp_path, capsys, paper)


def claim(finding: dict[str, Any], identifier: str) -> dict[str, Any]:
    return next(c for c in finding["claims"] if c["id"] == identifier)


def left(finding: dict[str, Any]) -> dict[str, str]:
    return {x["part"]: x["why"] for x in finding["unresolved"]}


def test_the_first_published_tree_has_a_claim_that_nothing_states_and_holds_without_it(audited: Auditor) -> None:
    code, (found,) = audited(SPARROW)
    assert code == 1
    assert list(left(found)) == ["c4"]
    assert "not understood" in left(found)["c4"]
    assert found["verdict"].startswith("holds as far as it was understood; 1 part unresolved (c4)")
    assert [n["label"] for n in found["listed"]] == ["Russet sparrow"]
    assert claim(found, "c2")["read"] == "subspecies: at least 3"
    assert claim(found, "c3")["read"] == "body length: to 6 inch"
    assert {c["id"] for c in found["claims"] if c["how"] == "inferred"} == {"c1", "c5"}
    assert found["certificate"]["necessary"] == {"c2": 3, "c3": 2, "c5": 4}
    assert found["certificate"]["search_floor"] == len(found["certificate"]["route"])


def test_the_second_published_tree_can_be_bypassed(audited: Auditor) -> None:
    code, (found,) = audited(WERDER)
    assert code == 1
    assert found["verdict"] == "bypassable: c3 alone gives the answer; drop c2"
    assert found["unresolved"] == []
    assert found["drop"] == {"alone": ["c3"], "redundant": ["c2"], "minimal": ["c3"], "skippable": []}
    assert claim(found, "c3")["candidates"] == 1
    assert [v["candidates"] for v in found["variables"]] == [1, 1]


def test_without_the_clue_that_gives_it_away_the_second_tree_is_not_unique(audited: Auditor) -> None:
    tree = json.loads(json.dumps(WERDER))
    player = tree["root"]["children"][0]
    player["claims"], player["children"] = player["claims"][:1], player["children"][:1]
    code, (found,) = audited(tree)
    assert code == 1
    assert found["verdict"].startswith("not unique: 3 answers")
    assert {n["label"] for n in found["listed"]} >= {"SV Werder Bremen (women)", "FC Auetal (women)"}


def test_a_mapping_says_what_words_mean(audited: Auditor) -> None:
    _, (found,) = audited(SPARROW, "was named by\ttaxon author\tout\nwife was {}\tP26\tout\n")
    assert {claim(found, c)["how"] for c in ("c1", "c5")} == {"mapping"}


def test_a_tree_that_holds_is_exit_code_0(audited: Auditor) -> None:
    tree = json.loads(json.dumps(SPARROW))
    gould = tree["root"]["children"][0]
    gould["claims"], gould["children"] = gould["claims"][1:], gould["children"][1:]
    code, (found,) = audited(tree)
    assert (code, found["holds"]) == (0, True)
    assert found["verdict"] == "holds: unique, every clue and every sub-question needed"


def test_every_layout_of_a_file_is_read(audited: Auditor, tmp_path: Path) -> None:
    verdicts = [audited(content)[1][0]["verdict"] for content in (WERDER, WERDER["root"], [WERDER])]
    spread = json.dumps(WERDER, indent=2)
    as_text = {"root": json.dumps(WERDER["root"]), "all_tree_list": "[]", "vertices": 4}
    lines = f"\ufeff{json.dumps(WERDER)}\n\n{json.dumps(SPARROW)}\r\n"
    verdicts += [audited(content)[1][0]["verdict"] for content in (spread, as_text, lines)]
    assert set(verdicts) == {"bypassable: c3 alone gives the answer; drop c2"}
    assert [f["name"] for f in audited(lines)[1]] == ["line 1", "line 3"]


def test_our_own_records_are_audited_too(audited: Auditor, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "ours.jsonl"
    assert run.main(["--entity", "Niels Bohr", "--difficulty", "medium", "--out", str(out), "--quiet"]) == 0
    capsys.readouterr()
    code, (found,) = audited.file(out, world="atlas")
    assert (code, found["form"], found["holds"]) == (0, "task record", True)
    record = json.loads(out.read_text())
    shared = ("unique", "necessary", "hierarchy", "selectivity", "edges", "rival_count")
    assert {k: found["certificate"][k] for k in shared} == {k: record["certificate"][k] for k in shared}
    code, (elsewhere,) = audited.file(out)
    assert (code, elsewhere["certificate"]) == (1, None)
    assert elsewhere["verdict"].startswith("cannot be certified: no entity")


def test_on_a_terminal_the_verdict_the_claims_and_what_is_unresolved_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paper: str
) -> None:
    (tmp_path / "two.json").write_text(json.dumps([SPARROW, WERDER]))
    assert audit.main([str(tmp_path / "two.json"), "--world", paper]) == 1
    shown = capsys.readouterr().out
    for said in ("bypassable: c3 alone gives the answer", "spouse", "unresolved", "retrieval 1", "2 questions: 0 hold"):
        assert said in shown


def test_markup_and_control_characters_of_others_stay_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paper: str
) -> None:
    tree = json.loads(json.dumps(WERDER))
    tree["root"]["question"] = "[bold]Who?[/nonsense] \x1b[31mred\x07"
    tree["root"]["claims"].append({"target_id": "Q", "claim": "[/] A is \x1b odd"})
    (tmp_path / "odd.json").write_text(json.dumps(tree))
    assert audit.main([str(tmp_path / "odd.json"), "--world", paper]) == 1
    shown = capsys.readouterr().out
    assert "[bold]Who?[/nonsense]" in shown
    assert "\x07" not in shown
    assert "\x1b[31m" not in shown


DEEP = '{"root": {"id": "A", "claims": [], "children": [' * 10_000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe{}", "not UTF-8"),
        (b"", "not JSON"),
        (b"[]", "holds no questions"),
        (b"{", "not JSON"),
        (b"a" * 10_000_000, "not JSON"),
        (b'{"x": "' + b"a" * 10_000_000 + b'"}', "no known form"),
        (DEEP.encode(), "nested too deeply"),
        (b"5", "expected a JSON object"),
        (b'{"question": "?"}', "formalisations"),
        (b'{"question": "?"}', "research trees"),
        (b'{"root": 5}', "'root' is no tree"),
        (b'{"root": "{"}', "'root' is text that holds no JSON"),
        (b'{"formalization": "x"}', "'formalization' is no list"),
        (b'{"constraints": [], "certificate": {}}', "not a sound task record"),
        (b'{"root": {"id": "\\ud800", "claims": [1], "children": []}}', "surrogate"),
        (json.dumps(SPARROW).encode() + b'\n{"torn', "line 2"),
        (b"1" * 5_000, "not JSON"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(audited: Auditor, content: bytes, says: str) -> None:
    assert says in audited.refusal(content)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("was named by\ttaxon author\n", "line 1"),
        ("# words\nwas named by\tP0\tout\n", "no relation 'P0'"),
        ("was named by\tP26\tsideways\n", "'sideways'"),
        ("{}\tP26\tout\n", "no words"),
        ("wife was\tP26\tout\nWife was\tP54\tout\n", "line 2"),
    ],
)
def test_a_bad_mapping_names_its_line(audited: Auditor, mapping: str, says: str) -> None:
    assert says in audited.refusal(json.dumps(SPARROW), mapping)


def test_missing_files_and_worlds_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], paper: str) -> None:
    there = tmp_path / "tree.json"
    there.write_text(json.dumps(SPARROW))
    for arguments in (
        [str(tmp_path / "none.jsonl"), "--world", paper],
        [str(tmp_path), "--world", paper],
        [str(there), "--world", str(tmp_path / "no-world")],
        [str(there), "--world", paper, "--relations", str(tmp_path / "no-map.tsv")],
    ):
        assert audit.main(arguments) == 2
        assert capsys.readouterr().err.count("\n") == 1
