"""Contamination: planted overlaps are found in every form of file, and named by file and line."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import pair

from hcsp.names import occurs
from tasks.hygiene.benchmarks import Item
from tasks.hygiene.contamination import Contamination
from tasks.record import TaskRecord

LONG = "Which painter of the north was born in the town that lies where two rivers meet and has a crooked tower?"
ELSE = "How many of the islands that a queen once sold to a merchant of salt have never had a lighthouse at all?"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(name: str, *rows: Any) -> Path:
        path = tmp_path / name
        lines = rows if path.suffix in {".txt", ".csv"} else map(json.dumps, rows)
        text = json.dumps(rows) if path.suffix == ".json" else "".join(f"{line}\n" for line in lines)
        path.write_text(text, "utf-8")
        return path

    return file


def about(root: str, inner: str, constant: str, question: str = "Who is asked for?") -> TaskRecord:
    return pair("Q1", "Q2", constant, labels={"A": root, "B": inner}, question=question)


ASKED = about("Aa", "Bb", "Cc", LONG)


@pytest.mark.parametrize(
    ("name", "rows", "where"),
    [
        ("b.jsonl", [{"question": ELSE}, {"question": LONG}], "b.jsonl line 2"),
        ("b.jsonl", [{"Problem": ELSE}, {"PROBLEM": LONG}], "b.jsonl line 2"),
        ("b.json", [{"query": ELSE, "gold": 7}, {"query": LONG}], "b.json item 2"),
        (
            "b.json",
            [{"prompt": [{"role": "system", "content": "Search."}, {"role": "user", "content": LONG}]}],
            "item 1",
        ),
        ("b.jsonl", [{"root": {"question": ELSE}}, {"root": {"question": LONG, "children": []}}], "b.jsonl line 2"),
        ("b.jsonl", [{"root": {"question": ELSE}}, {"root": json.dumps({"question": LONG})}], "b.jsonl line 2"),
        ("b.jsonl", [{"question": ELSE}, {"question": LONG, "children": [], "entity": "Zz"}], "b.jsonl line 2"),
        ("b.csv", ["id,Question,answer", f'1,"{ELSE}",x', f'2,"{LONG}",y'], "b.csv line 3"),
        ("b.txt", [ELSE, "", LONG], "b.txt line 3"),
    ],
)
def test_a_copied_question_is_found_in_any_form(write: Write, name: str, rows: list[Any], where: str) -> None:
    found = Contamination.read([write(name, *rows)]).found(ASKED)
    assert found is not None
    assert found.startswith("13 words in a row")
    assert found.endswith(where)


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        (LONG.upper().replace("?", "!"), True),
        (f"{' '.join(LONG.split()[4:17])} {ELSE}", True),
        (f"{' '.join(LONG.split()[4:16])} {ELSE}", False),
        (" ".join(LONG.split()[4:14]), True),
        (" ".join([*LONG.split()[4:12], *ELSE.split()[:2]]), False),
        (" ".join(LONG.split()[4:10]), False),
        (ELSE, False),
    ],
)
def test_what_counts_as_the_same_words(write: Write, theirs: str, found: bool) -> None:
    assert (Contamination.read([write("b.txt", theirs)]).found(ASKED) is not None) == found


def test_a_question_of_few_words_is_compared_whole(write: Write) -> None:
    known = Contamination.read([write("b.txt", "Who was it?", "Who painted it?")])
    assert known.found(about("Aa", "Bb", "Cc", "Who painted it")) == "it is worded as b.txt line 2"
    assert known.found(about("Aa", "Bb", "Cc", "Who painted")) is None


def test_a_phrase_of_many_questions_is_no_evidence(write: Write) -> None:
    phrase = " ".join(LONG.split()[:15])
    rows = [f"{phrase} {chr(97 + n) * 3}" for n in range(12)]
    assert Contamination.read([write("b.txt", *rows)]).found(ASKED) is None
    assert Contamination.read([write("c.txt", *rows[:3])]).found(ASKED) is not None
    assert Contamination.read([write("d.txt", *[rows[0]] * 12)]).found(ASKED) is not None, "one question, often"


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({"question": "Who left Ulm?", "answer": "Élise Roy"}, True),
        ({"question": "Did ELISE ROY see the Elbe?"}, True),
        ({"question": "Who left Ulm?", "answer": "Élise Royal"}, False),
        ({"question": "Who was Élise Roy?", "answer": "a painter"}, False),
        ({"question": "Does Ulm lie on the Elbe?", "answer": "no"}, False),
        ({"question": "Who?", "root": {"entity": "Elise Roy", "children": [{"entity": "Ulm", "children": []}]}}, True),
        ({"question": "Who?", "answer": ["Ulm", "Elise Roy"]}, True),
    ],
)
def test_the_answer_and_another_entity_in_one_question(write: Write, item: Any, found: bool) -> None:
    task = about("Élise Roy", "Ulm", "Elbe")
    why = Contamination.read([write("b.jsonl", {"question": ELSE}, item)]).found(task)
    assert (why is not None) == found
    if why:
        assert why.startswith("its answer 'Élise Roy' and ")
        assert why.endswith("both stand in b.jsonl line 2")


def test_a_name_within_the_answers_is_no_second_entity(write: Write) -> None:
    known = Contamination.read([write("b.jsonl", {"question": "Who runs New York City?"})])
    assert known.found(about("New York City", "New York", "Cc")) is None


NAMES = st.sampled_from(["Ulm", "New Ulm", "Elbe", "Roy", "Roy Elbe", "Élan"])


@given(st.lists(st.lists(NAMES, max_size=4), min_size=1, max_size=5), NAMES, NAMES, NAMES)
def test_entities_are_found_as_by_looking_at_every_item(
    items: list[list[str]], answer: str, inner: str, constant: str
) -> None:
    found = [f"q{n} " + " and ".join(names) for n, names in enumerate(items)]
    record = about(answer, inner, constant, "Zz zz?")
    others = [n for n in (inner, constant) if not occurs(n, answer) and not occurs(answer, n)]
    wanted = any(occurs(answer, text) and any(occurs(n, text) for n in others) for text in found)
    assert (_indexed(found).found(record) is not None) == wanted


def _indexed(questions: list[str]) -> Contamination:
    return Contamination([], [Item(f"line {n}", text, text) for n, text in enumerate(questions, 1)])


def test_files_are_told_for_the_manifest(write: Write) -> None:
    files = Contamination.read([write("a.txt", "One?", "Two?"), write("b.jsonl", {"question": "x"})]).files
    assert [(f["name"], f["items"], len(f["sha256"])) for f in files] == [("a.txt", 2, 64), ("b.jsonl", 1, 64)]
    assert Contamination.read([]).found(ASKED) is None


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("b.parquet", "", "a benchmark is a .jsonl, .json, .csv, .tsv or .txt file, not '.parquet'"),
        (
            "b.jsonl",
            '{"question": "a"}\n{"q": "b", "id": 3}\n',
            "line 2: no question; expected one of the fields question",
        ),
        ("b.jsonl", '{"question": "a"}\n{"question": \n', "line 2: not JSON"),
        ("b.jsonl", '{"question": "a"}\n[1]\n', "line 2: expected a JSON object, got list"),
        ("b.json", "[1]", "item 1: expected a JSON object, got int"),
        ("b.jsonl", '{"root": "{"}\n', "its root is not JSON"),
        ("b.json", "[]", "holds no questions"),
        ("b.csv", "id,text\n1,x\n", "line 2: no question"),
        ("b.csv", f'question\n"{"x" * (csv.field_size_limit() + 1)}"\n', "no table"),
        ("b.txt", "\n", "holds no questions"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=f"{name}.*{said.replace('.', '[.]')}"):
        Contamination.read([tmp_path / name])


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not UTF-8 text"):
        Contamination.read([tmp_path / "b.txt"])
