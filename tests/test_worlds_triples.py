"""Triples files: what is read, and what is said of a malformed one."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from worlds.model import Fact
from worlds.triples import Triples, read_triples

SOUND: dict[str, Any] = {"triples": [["Q1", "P19", "Q2"]], "labels": {"Q1": "Ada", "Q2": "Brenz"}}


def tsv(folder: Path, *lines: str) -> Path:
    path = folder / "facts.tsv"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def labelled(folder: Path, **changes: object) -> Path:
    path = folder / "graph.json"
    path.write_text(json.dumps({**SOUND, **changes}), "utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ValueError, match=r".") as refused:
        read_triples(path, "w")
    message = str(refused.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_a_tsv_gives_facts_entities_and_descriptions(tmp_path: Path) -> None:
    lines = ("# people", "", "q1\tlabel\tAda", "q1\talias\tA. L.", "q1\ttype\thuman", "q1\tdescription\ta counter")
    found = read_triples(tsv(tmp_path, *lines, "q1\tP19\tq2", "q1\tP569\t1815-12-10", "q1\tnote\tfast\tstring"), "w")
    ada, brenz = found.data.entities
    assert (ada.id, ada.label, ada.aliases, ada.types) == ("q1", "Ada", ("A. L.",), ("human",))
    assert (brenz.id, brenz.label) == ("q2", "q2")
    assert [f.kind for f in found.data.facts] == ["entity", "time", "string"]
    assert found.descriptions == {"q1": "a counter"}
    assert {r.id: r.kind for r in found.data.relations} == {"P19": "entity", "P569": "time", "note": "string"}


def test_a_repeated_fact_counts_once(tmp_path: Path) -> None:
    assert read_triples(tsv(tmp_path, "a\tP19\tb", "a\tP19\tb"), "w").data.facts == [Fact("a", "P19", "b")]


def read_gzipped(plain: Path) -> Triples:
    packed = plain.with_name(f"{plain.name}.gz")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    return read_triples(packed, "w")


def test_gzip_makes_no_difference(tmp_path: Path) -> None:
    for plain in (tsv(tmp_path, "a\tP19\tb"), labelled(tmp_path)):
        assert read_gzipped(plain) == read_triples(plain, "w")


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "facts.tsv"
    path.write_bytes("a\tP19\tb\n".encode("utf-8-sig"))
    assert read_triples(path, "w").data.facts == [Fact("a", "P19", "b")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a\tP19", "expected 3 or 4"),
        ("a\tP19\t", "none empty"),
        ("a\tb\tc\td\te", "got 5"),
        ("a\tr\tb\tcolour", "unknown kind 'colour'"),
        ("a\tP19\t1815\ttime", "P19 (place of birth) has values of kind 'entity', not 'time'"),
        ("a\tP569\tlong ago", "'long ago' is not a time"),
        ("a\tP569\t1815-13", "'1815-13' is not a time"),
        ("a\tP2067\theavy", "'heavy' is not a quantity"),
        ("a\tr\t1815\ttime", "'r' has values of kind 'entity' above, not 'time'"),
    ],
)
def test_a_malformed_line_is_named_by_its_number(tmp_path: Path, line: str, says: str) -> None:
    message = refusal(tsv(tmp_path, "# first", "x\tr\ty", line, "x\tr\tz"))
    assert "line 3" in message
    assert says in message


def test_a_file_without_facts_is_refused(tmp_path: Path) -> None:
    assert "holds no facts" in refusal(tsv(tmp_path, "a\tlabel\tAda"))
    assert "holds no facts" in refusal(labelled(tmp_path, triples=[]))


def test_labelled_json_gives_facts_entities_and_relations(tmp_path: Path) -> None:
    more = {"desc": {"Q1": "a counter"}, "types": {"Q1": ["human"]}, "relations": {"P19": "ignored", "odd": "oddly"}}
    found = read_triples(labelled(tmp_path, triples=[["Q1", "P19", "Q2"], ["Q1", "odd", "Q3"]], **more), "w")
    assert [(e.id, e.label, e.types) for e in found.data.entities] == [
        ("Q1", "Ada", ("human",)),
        ("Q2", "Brenz", ()),
        ("Q3", "Q3", ()),
    ]
    assert [r.label for r in found.data.relations] == ["place of birth", "oddly"]
    assert found.descriptions == {"Q1": "a counter"}


def test_literals_in_json_are_literals(tmp_path: Path) -> None:
    found = read_triples(labelled(tmp_path, triples=[["Q1", "P569", "1815"]]), "w")
    assert found.data.facts == [Fact("Q1", "P569", "1815", "time")]
    assert "triples[0]" in refusal(labelled(tmp_path, triples=[["Q1", "P569", "long ago"]]))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"triples": None}, "'triples'"),
        ({"triples": [["Q1", "P19"]]}, "triples[0]"),
        ({"triples": [["Q1", "P19", "Q2"], ["Q1", "P19", 7]]}, "triples[1]"),
        ({"labels": ["Ada"]}, "'labels'"),
        ({"labels": {"Q1": 7}}, "'labels'"),
        ({"types": ["human"]}, "'types'"),
        ({"types": {"Q1": "human"}}, "'types'"),
        ({"types": {"Q1": [7]}}, "'types'"),
        ({"desc": [1]}, "'desc'"),
        ({"desc": {"Q1": None}}, "'desc'"),
        ({"relations": {"P19": 7}}, "'relations'"),
    ],
)
def test_a_malformed_key_is_named(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    assert says in refusal(labelled(tmp_path, **changes))


def test_what_is_not_json_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    path.write_text('{"triples": [],\n "labels": }')
    assert "line 2" in refusal(path)
    path.write_text("[]")
    assert "expected an object" in refusal(path)
    path.write_text("[" * 100_000)
    assert "nested" in refusal(path)


def test_other_encodings_and_damaged_archives_are_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.tsv"
    latin.write_bytes("Zoë\tP19\tb\n".encode("latin-1"))
    assert "not UTF-8" in refusal(latin)
    packed = gzip.compress("".join(f"e{n}\tP19\tb\n" for n in range(3000)).encode())
    for damage in (packed[:-20], b"plain text", packed[:200] + b"\xff" * 200 + packed[400:]):
        path = tmp_path / "damaged.tsv.gz"
        path.write_bytes(damage)
        assert "damaged .gz" in refusal(path)
