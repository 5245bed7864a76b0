"""Verifying without a world or with another one: what can be checked is, and the record never holds."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import planted_world
import pytest
from conftest import build_small, world_data
from tiny_world import build_tiny_world

from graph import verify
from tasks.record import TaskRecord, identify, tree_of

Row = dict[str, Any]
Verify = Callable[..., list[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a small world."""
    return build_tiny_world(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def accepted(home: Path) -> str:
    """A record made in it, as a line of a file."""

    [case] = planted_world.accepted(str(home), planted_world.TINY, 1)
    return case.record.model_dump_json()


@pytest.fixture
def record(accepted: str) -> Row:
    """The record, to be changed at will."""
    row: Row = json.loads(accepted)
    return row


@pytest.fixture
def findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verify:
    """`findings(*rows, world=…)` gives the lines that the command prints of records that do not hold."""

    def run(*rows: Row, world: object = None) -> list[str]:
        file = tmp_path / "rows.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        assert verify.main([str(file), *(["--world", str(world)] if world else [])]) == 1
        return capsys.readouterr().out.splitlines()

    return run


def homeless(row: Row) -> Row:
    """The record with a world that is not there."""
    row["provenance"]["settings"]["world"] = "/nowhere"
    return row


def test_a_record_holds_in_its_world(accepted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(accepted + "\n", "utf-8")
    assert verify.main([str(file)]) == 0
    assert capsys.readouterr().out == "1 records, 0 with differences\n"


def test_a_missing_world_is_said_and_is_never_ok(record: Row, findings: Verify) -> None:
    header, found, last = findings(homeless(record))
    assert header == f"line 1: {record['id']} {record['answer']!r}, 1 finding"
    assert found.startswith("  provenance.world: /nowhere holds no world")
    assert "not checked: candidate sets" in found
    assert last == "1 records, 1 with differences"


def test_another_version_of_the_world_is_said_and_is_never_ok(record: Row, findings: Verify, tmp_path: Path) -> None:
    other = build_small(world_data([("a", "P19", "b")], name="other"), tmp_path / "other")
    _, found, _ = findings(record, world=other.path)
    made_in = record["provenance"]["world"]["version"]
    assert f"made in tiny {made_in}, this is other {other.version}; not checked: " in found


def test_each_record_has_a_header_with_its_findings_under_it(record: Row, findings: Verify) -> None:
    changed = json.loads(json.dumps(record))
    changed["certificate"]["unique"] = False
    changed["answer_type"] = "city"
    assert [line[: line.find(":")] for line in findings(changed, record, {"id": "x"})] == [
        "line 1",
        "  certificate.unique",
        "  answer_type",
        "line 3",
        "  question",
        "3 records, 2 with difference",
    ]


def _written_in(row: Row, name: str) -> None:
    row["question"] = f"{row['question'][:-1]} and met {name}?"


def _said(row: Row) -> Row:
    evidence: Row = next(c for c in row["constraints"] if c["evidence"])["evidence"][0]
    return evidence


def _clue(row: Row) -> Row:
    return next(c for c in row["constraints"] if c["id"] in row["certificate"]["necessary"])


CHANGES: dict[str, tuple[Callable[[Row], object], str]] = {
    "id": (lambda r: r.update(id="0" * 16), "id: "),
    "version": (lambda r: r["provenance"]["world"].update(version="another"), "id: "),
    "answer": (lambda r: r.update(answer="Nobody"), "answer: "),
    "type": (lambda r: r.update(answer_type="city"), "answer_type: "),
    "question": (lambda r: r.update(question="Who was it?"), "question: "),
    "step": (lambda r: r["steps"].pop(), "steps: "),
    "rung": (lambda r: r["ladder"].pop(), "ladder: "),
    "tree": (lambda r: r["root"]["claims"].pop(), "root: "),
    "surface": (lambda r: _clue(r).update(surface="was here"), "constraints."),
    "claim": (lambda r: _clue(r).update(claim="He was here"), "constraints."),
    "answer told": (lambda r: _written_in(r, r["answer"]), "question: '"),
    "inner told": (lambda r: _written_in(r, r["steps"][0]["answer"]), "question: '"),
    "quote cut": (lambda r: _said(r).update(quote="Nothing."), "constraints."),
    "candidates": (lambda r: _clue(r).update(candidates=1), "certificate.selectivity: "),
    "selectivity": (lambda r: r["certificate"].update(selectivity=3), "preset medium: selectivity: 3, needs 5"),
    "floor": (lambda r: r["certificate"].update(search_floor=2), "preset medium: search_floor: 2, needs 3"),
    "edges": (lambda r: r["certificate"]["edges"].update(B=99), "certificate.edges: "),
    "necessary": (lambda r: r["certificate"]["necessary"].clear(), "certificate.necessary: "),
    "readings": (lambda r: r["audit"].update(single_reading=False), "preset medium: single_reading"),
    "threshold": (lambda r: r["provenance"]["preset"].update(rivals=0), "provenance.preset.rivals: "),
    "preset": (lambda r: r["provenance"]["preset"].update(name="easy"), "provenance.preset.name: "),
    "size": (lambda r: r["provenance"]["preset"].update(variables=[1, 9]), "provenance.preset.variables: "),
    "phrases": (lambda r: r["provenance"]["prompts"].update(phrases="0"), "provenance.prompts.phrases: "),
    "tree cut": (lambda r: r["root"]["children"].clear(), "record: "),
    "fields": (lambda r: r.pop("steps"), "steps: Field required"),
    "settings": (lambda r: r["provenance"].pop("settings"), "cannot be checked: there is no 'settings'"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_record_without_its_world_is_held_to_what_it_says(change: str, record: Row, findings: Verify) -> None:
    tamper, named = CHANGES[change]
    homeless(record)
    tamper(record)
    assert [line for line in findings(record) if line.startswith(f"  {named}")]


def test_quotes_of_one_page_have_to_agree_on_it(record: Row, findings: Verify) -> None:
    quotes = [
        e for part in (record["constraints"], record["certificate"]["rivals"]) for p in part for e in p["evidence"]
    ]
    first, *_ = (e for e in quotes if sum(e["page"] == other["page"] for other in quotes) > 1)
    first["page_sha256"] = "0" * 64
    assert any("of an earlier quote" in line for line in findings(homeless(record)))


@pytest.mark.parametrize("part", ["root", "rivals"])
def test_an_entity_that_the_world_does_not_hold_is_named(record: Row, findings: Verify, part: str) -> None:
    if part == "root":
        record["root"]["entity_id"] = "Nobody"
    else:
        record["certificate"]["rivals"][0]["entity"] = "Nobody"
    found = findings(record)
    assert any(line.startswith("  cannot be checked: no entity 'Nobody' in the world") for line in found)
    assert any(line.startswith("  id: " if part == "root" else "  certificate.rivals: ") for line in found)


@pytest.mark.parametrize("part", ["audit", "certificate"])
def test_a_part_that_cannot_be_read_is_named(record: Row, findings: Verify, part: str) -> None:
    record[part] = {"rivals": []}
    assert findings(record)[1].startswith(f"  {part}.")


def test_a_false_label_of_a_constant_is_found(record: Row, findings: Verify) -> None:
    named = next(c for c in record["constraints"] if "entity" in (c.get("target") or c.get("as") or {}))
    (named.get("target") or named["as"])["label"] = "Nowhere"
    record["id"] = identify(record["provenance"]["world"]["version"], tree_of(TaskRecord.model_validate(record)))
    found = findings(record)
    assert any(line.startswith(f"  constraints.{named['id']}.label: ") for line in found)
    assert not any(line.startswith("  id: ") for line in found)


def test_retrieval_that_the_settings_ask_for_cannot_be_left_out(record: Row, findings: Verify) -> None:
    missing = ("dispersion", "dependency", "search_floor", "blind_cost", "t_hit")
    record["certificate"].update(dict.fromkeys(missing), route=[], not_checked=list(missing))
    found = findings(record)
    assert any(line.startswith("  certificate.not_checked: ") for line in found)


@pytest.mark.parametrize("part", ["constraints", "rivals"])
def test_evidence_that_is_missing_is_named(record: Row, findings: Verify, part: str) -> None:
    held = record["certificate"]["rivals"] if part == "rivals" else record["constraints"]
    bared = next(h for h in held if h["evidence"])
    bared["evidence"] = []
    where = f"certificate.rivals.{bared['entity']}" if part == "rivals" else f"constraints.{bared['id']}"
    assert any(line.startswith(f"  {where}.evidence: no quote states") for line in findings(record))


def test_children_that_are_no_objects_do_not_end_the_run(accepted: str, home: Path, tmp_path: Path) -> None:
    torn = json.loads(accepted)
    torn["root"]["children"] = ["x"]
    file = tmp_path / "tasks.jsonl"
    file.write_text(f"{json.dumps(torn)}\n{accepted}\n")
    assert verify.main([str(file), "--world", str(home)]) == 1


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, "1" * 6_000])
def test_json_that_python_will_not_read_is_bad_input(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_text(text)
    assert verify.main([str(file)]) == 2
    assert "line 1" in capsys.readouterr().err


@pytest.mark.parametrize(("part", "field"), [("certificate", "blind_cost"), ("audit", "rare_nouns")])
def test_a_field_left_out_is_not_taken_for_its_default(part: str, field: str, record: Row, findings: Verify) -> None:
    del record[part][field]
    assert f"  {part}.{field}: missing" in findings(record)
