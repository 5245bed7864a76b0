"""The Hugging Face layout and its card: the real `datasets` library loads it, offline, and the records come back."""

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from exported import reviewed, rewritten, split, task_file
from hypothesis import given
from hypothesis import strategies as st

from graph import export
from hcsp.certificate import low
from tasks.cells import DIMENSIONS, cell
from tasks.exports.card import CC0, UNKNOWN, licence
from tasks.exports.formats import FORMATS, read_export
from tasks.exports.huggingface import HuggingFace, figures, huggingface, record_of
from tasks.exports.options import Options
from tasks.record import TaskRecord, certificate_of, tree_of
from tasks.runs import Run

datasets = pytest.importorskip("datasets")
TABLES = sorted(name for name, form in FORMATS.items() if form.row is not None)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever connects to anything fails."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def load(folder: Path, tmp_path: Path) -> Any:
    """What the library makes of a folder."""
    datasets.disable_progress_bars()
    return datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_a_folder_that_the_library_loads(name: str, run: Path, tmp_path: Path, offline: None) -> None:
    assert export.main([str(run), "--format", name]) == 0
    out = run.with_name(f"run-{name}")
    [rows], loaded = read_export(out, name).values(), load(out, tmp_path)
    assert {split: len(found) for split, found in loaded.items()} == {"train": len(rows)}
    if name != "infoseek":  # its trees differ in depth, so that the library fills them up with nulls
        model = FORMATS[name].row
        assert model is not None
        assert [model.model_validate(row) for row in loaded["train"]] == rows


def test_splits_load_under_their_usual_names_and_records_come_back(run: Path, tmp_path: Path, offline: None) -> None:
    folder = split(run, tmp_path / "splits")
    assert export.main([str(folder), "--format", "huggingface"]) == 0
    loaded = load(tmp_path / "splits-huggingface", tmp_path)
    assert {name: len(rows) for name, rows in loaded.items()} == {"train": 2, "validation": 1, "test": 1}
    found = [record_of(HuggingFace.model_validate(row)) for rows in loaded.values() for row in rows]
    assert found == list(Run.open(run).tasks())


def test_columns_have_one_type_each(run: Path, tmp_path: Path, offline: None) -> None:
    assert export.main([str(run), "--format", "huggingface"]) == 0
    features = load(run.with_name("run-huggingface"), tmp_path)["train"].features
    assert {name: str(features[name].dtype) for name in ("root", "levels", "search_floor")} == {
        "root": "string",
        "levels": "int64",
        "search_floor": "int64",
    }
    assert set(features["steps"].feature) == {"vertex", "question", "answer"}


@given(st.data(), st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_any_record_comes_back_from_its_row(finished: Path, data: st.DataObject, question: str, answer: str) -> None:
    record = rewritten(data.draw(st.sampled_from(list(Run.open(finished).tasks()))), question, answer)
    [row] = huggingface(record, Options())
    assert record_of(HuggingFace.model_validate_json(row.model_dump_json())) == record


def test_the_figures_are_those_of_the_record(finished: Path) -> None:
    for record in Run.open(finished).tasks():
        found, certificate, tree = figures(record), certificate_of(record), tree_of(record)
        assert found["necessary"] == min(low(n) for n in certificate.necessary.values())
        assert found["hierarchy"] == min(low(n) for n in certificate.hierarchy.values())
        assert (found["levels"], found["vertices"]) == (tree.levels, len(tree.variables) + len(tree.clues))
        assert found["search_floor"] == low(certificate.search_floor or 0)
        assert {found[name] for name in ("preset", "shape", "domain")} <= set(cell(record).values())


def test_an_interval_stands_with_what_is_proved(finished: Path) -> None:
    record = next(iter(Run.open(finished).tasks()))
    change = {"search_floor": {"low": 4, "high": 9}, "selectivity": {"low": 6, "high": 7}, "dispersion": None}
    changed = record.model_copy(update={"certificate": record.certificate | change})
    found = figures(changed)
    assert (found["search_floor"], found["selectivity"], found["dispersion"]) == (4, 6, None)
    [row] = huggingface(changed, Options())
    assert record_of(row) == changed


# The card


def card(folder: Path) -> tuple[dict[str, Any], str]:
    """Header and text, as the hub's own library reads them."""
    hub = pytest.importorskip("huggingface_hub")
    found = hub.DatasetCard.load(folder / "README.md")
    return found.data.to_dict(), found.text


def test_the_header_says_where_the_splits_are(run: Path, tmp_path: Path) -> None:
    folder = split(run, tmp_path / "splits")
    assert export.main([str(folder), "--format", "huggingface", "--license", "cc-by-4.0"]) == 0
    header, text = card(tmp_path / "splits-huggingface")
    assert (header["license"], header["size_categories"], header["language"]) == ("cc-by-4.0", ["n<1K"], ["en"])
    [config] = header["configs"]
    named = {file["split"]: file["path"] for file in config["data_files"]}
    assert named == {name: f"{name}.parquet" for name in ("train", "validation", "test")}
    assert "as stated by whoever made this export" in text
    assert "Not known: this was exported from task records" in text


def test_the_card_counts_what_is_exported(run: Path) -> None:
    first, *rest = Run.open(run).tasks()
    reviewed(run, (first.id, "reject"))
    assert export.main([str(run), "--format", "huggingface"]) == 0
    _, text = card(run.with_name("run-huggingface"))
    assert "A reader rejected 1 more; they are left out." in text
    for dimension in DIMENSIONS:
        for value in {cell(r)[dimension] for r in rest}:
            assert f"| {dimension} | {value} | {sum(cell(r)[dimension] == value for r in rest)} |" in text
    floors = [figures(r)["search_floor"] for r in rest]
    row = re.search(r"\| `search_floor` \| (\d+) \| (\d+) .* (\d+) \|", text)
    assert row is not None
    assert [int(n) for n in row.groups()] == [len(rest), min(floors), max(floors)]
    assert "5 candidates were tried, 4 tasks accepted." in text
    assert "| `cpu_s` | 2.5 | 0.625 |" in text
    assert "| `pages` | 15 | 3.75 |" in text


def test_the_card_names_a_column_for_each_there_is(run: Path) -> None:
    assert export.main([str(run), "--format", "huggingface"]) == 0
    _, text = card(run.with_name("run-huggingface"))
    assert [name for name in HuggingFace.model_fields if f"`{name}`" not in text] == []


def test_no_licence_is_claimed_for_pages_of_unknown_origin(finished: Path, tmp_path: Path) -> None:
    assert export.main([str(finished), "--format", "huggingface", "--out", str(tmp_path / "unknown")]) == 0
    assert card(tmp_path / "unknown")[0]["license"] == UNKNOWN
    free = [_from_wikidata(r) for r in Run.open(finished).tasks()]
    assert export.main([str(task_file(tmp_path / "free.jsonl", free)), "--format", "huggingface"]) == 0
    header, text = card(tmp_path / "free-huggingface")
    assert header["license"] == CC0
    assert "facts of Wikidata, which are in the public domain" in text


def _from_wikidata(record: TaskRecord) -> TaskRecord:
    row = json.loads(record.model_dump_json())
    for constraint in row["constraints"]:
        for said in constraint["evidence"]:
            said["url"] = f"https://www.wikidata.org/wiki/{said['page']}"
    return TaskRecord.model_validate(row)


@given(st.lists(st.sampled_from(["https://www.wikidata.org/wiki/Q1", "atlas:Q2", "", "https://example.org/"])))
def test_one_page_from_elsewhere_is_enough_to_claim_nothing(urls: list[str]) -> None:
    free = bool(urls) and not {"", "https://example.org/"} & set(urls)
    assert licence(None, urls) == (CC0 if free else UNKNOWN)
    assert licence("mit", urls) == "mit"
