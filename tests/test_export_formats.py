"""What each format holds: it comes back as it was written, and says of a record what the record says."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from exported import rewritten, task_file
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import export
from hcsp.constraints import TypeConstraint, child_of, constant_of, is_edge
from roles.symbolic_writer import cut_to
from tasks.exports.chat import answer_of
from tasks.exports.curriculum import lessons_of
from tasks.exports.formats import FORMATS, read_export
from tasks.exports.infoseek import infoseek
from tasks.exports.options import INSTRUCTION, Options
from tasks.exports.sft import WHOLE, solution
from tasks.exports.trl import answers
from tasks.foreign.nested import read_nested
from tasks.foreign.reading import read_drafts
from tasks.record import TaskRecord, tree_of
from tasks.runs import Run

TABLES = sorted(name for name, form in FORMATS.items() if form.row is not None)
words = st.text(st.characters(codec="utf-8", exclude_characters="<\n"), min_size=1).filter(str.strip)


@pytest.fixture(scope="module")
def records(finished: Path) -> list[TaskRecord]:
    return list(Run.open(finished).tasks())


@pytest.fixture
def exported(finished: Path, tmp_path: Path) -> Callable[..., list[Any]]:
    """`exported(name, …)` gives the rows of an export of the run with those flags."""

    def run(name: str, *flags: str) -> list[Any]:
        out = tmp_path / name
        assert export.main([str(finished), "--format", name, "--out", str(out), *flags]) == 0
        return list(read_export(out, name)["train"])

    return run


@cache
def _records(finished: Path) -> tuple[TaskRecord, ...]:
    return tuple(Run.open(finished).tasks())


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=15)
@given(data=st.data(), question=words, answer=words)
def test_question_and_answer_come_back(
    finished: Path, name: str, data: st.DataObject, question: str, answer: str
) -> None:
    record = rewritten(data.draw(st.sampled_from(_records(finished))), question, answer)
    given_ = {"preference": ["--drafts", str(finished / "rejected.jsonl")]}.get(name, [])
    with tempfile.TemporaryDirectory() as folder:
        file = task_file(Path(folder) / "tasks.jsonl", [record])
        code = export.main([str(file), "--format", name, "--out", f"{folder}/out", *given_])
        if name == "preference" and code == 2:  # nothing of this candidate was sent back
            return
        rows = read_export(Path(folder) / "out", name)["train"]
    assert (question, answer) in [(row.question, row.answer) for row in rows]


# InfoSeek


def test_the_reader_of_the_papers_layout_finds_the_same_tree(finished: Path, tmp_path: Path) -> None:
    assert export.main([str(finished), "--format", "infoseek", "--out", str(tmp_path / "out")]) == 0
    drafts = read_drafts(tmp_path / "out" / "train.jsonl")
    for draft, record in zip(drafts, _records(finished), strict=True):
        tree, told = tree_of(record), {c["id"]: c["claim"] for c in record.constraints}
        labels = {s["vertex"]: s["answer"] for s in record.steps}
        assert (draft.form, draft.left) == ("research tree", ())
        assert (draft.question, draft.answer, draft.root) == (record.question, record.answer, tree.root)
        assert {v.id: v.name for v in draft.vertices} == {v: labels[v] for v in tree.entities}
        said = {(c.vertex, c.text, c.target, c.constant) for c in draft.claims}
        assert said == {
            (
                c.vertex,
                told[c.id],
                child_of(c) if is_edge(c) else None,
                None if is_edge(c) or (constant := constant_of(c)) is None else constant.label,
            )
            for c in tree.constraints
            if not isinstance(c, TypeConstraint)
        }


def test_the_trees_of_the_construction_grow_to_the_whole_one(records: list[TaskRecord]) -> None:
    for record in records:
        [row] = infoseek(record, Options())
        assert row.all_tree_list[-1] == row.root
        assert [t.question for t in row.all_tree_list] == [r["question"] for r in record.ladder]
        for size, found in enumerate(row.all_tree_list, start=1):
            if found.claims:
                draft = read_nested({"root": found.model_dump(mode="json", exclude_none=True)}, "")
                cut = cut_to(tree_of(record), size)
                # a variable of which nothing is said yet is a constant
                told_of = {v for v in cut.entities if cut.clues_of(v) or cut.edges_of(v)}
                assert ({v.id for v in draft.vertices}, draft.left) == (told_of, ())
                assert len(draft.claims) == len(cut.clues) + len(cut.edges)


def test_a_cut_tree_asks_only_what_it_still_answers(records: list[TaskRecord]) -> None:
    for record in records:
        tree, asked = tree_of(record), {s["vertex"]: s["question"] for s in record.steps}
        [row] = infoseek(record, Options())
        for size, found in enumerate(row.all_tree_list[:-1], start=1):
            kept = set(cut_to(tree, size).entities)
            for node in _nodes(found.model_dump())[1:]:
                whole = node["id"] in kept and set(tree.below(node["id"])) <= kept
                assert node["question"] == (asked[node["id"]] if whole else None)


def _nodes(root: dict[str, Any]) -> list[dict[str, Any]]:
    """A vertex and all below it."""
    return [root, *(node for child in root["children"] for node in _nodes(child))]


def test_a_vertex_has_the_keys_of_the_published_examples(exported: Callable[..., list[Any]]) -> None:
    rows = [row.model_dump(mode="json", exclude_none=True) for row in exported("infoseek")]
    nodes = [node for row in rows for node in _nodes(row["root"])]
    assert all(set(node) - {"question"} == {"id", "entity", "claims", "children"} for node in nodes)
    assert all(node["entity"] for node in nodes)
    leaves = [node for node in nodes if not node["claims"]]
    assert all("question" not in leaf and leaf["children"] == [] for leaf in leaves)
    assert len({leaf["entity"] for leaf in leaves} - {"None"}) > 1


# Chat


def test_a_solution_says_nothing_but_what_the_record_says(records: list[TaskRecord]) -> None:
    for record in records:
        left = solution(record)
        for c in record.constraints:
            for e in c["evidence"]:
                where = ", ".join(filter(None, (e["title"], e["url"])))
                assert f"“{e['quote']}” ({where})" in left
        for line in {f"  “{e['quote']}” ({e['title']})" for c in record.constraints for e in c["evidence"]}:
            left = left.replace(line, "")
        for c in record.constraints:
            left = left.replace(f"- {c['claim']}.", "")
        for step in record.steps:
            left = left.replace(f"So it is {step['answer']}.", "").replace(step["question"], "")
        assert left.split() == f"{WHOLE} <answer>{record.answer}</answer>".split()


def test_a_solution_goes_from_the_deepest_sub_question_up(records: list[TaskRecord]) -> None:
    for record in records:
        text = solution(record)
        asked = [s["question"] if s["vertex"] != record.root["id"] else WHOLE for s in record.steps]
        places = [text.index(part) for part in asked]
        assert places == sorted(places)
        for step, start, end in zip(record.steps, places, [*places[1:], len(text)], strict=True):
            assert f"So it is {step['answer']}." in text[start:end]
            told = {c["id"]: c["claim"] for c in record.constraints}
            here = tree_of(record).edges_of(step["vertex"])
            assert all(told[edge.id] in text[start:end] for edge in here)


def test_what_ties_two_variables_is_said_where_both_are_known(records: list[TaskRecord]) -> None:
    """Told of the lower variable, a chord belongs to the question of the upper one all the same."""
    row = next(r for r in records if tree_of(r).chords).model_dump(mode="json")
    chord = next(c for c in row["constraints"] if "vertex" in (c.get("as") or c.get("than") or {}))
    anchor = chord.get("as") or chord["than"]
    upper, lower = sorted((chord["vertex"], anchor["vertex"]))  # letters are in reading order
    chord["vertex"], anchor["vertex"] = lower, upper
    text = solution(TaskRecord.model_validate(row))
    answer = {s["vertex"]: s["answer"] for s in row["steps"]}
    assert text.index(f"So it is {answer[lower]}.") < text.index(f"- {chord['claim']}.")


def test_a_line_for_finetuning_holds_messages_alone(finished: Path, tmp_path: Path) -> None:
    assert export.main([str(finished), "--format", "sft", "--out", str(tmp_path / "out")]) == 0
    rows = read_export(tmp_path / "out", "sft")["train"]
    for row, record in zip(rows, _records(finished), strict=True):
        plain = row.model_dump(mode="json")
        assert set(plain) == {"messages"}
        user, assistant = plain["messages"]
        assert user == {"role": "user", "content": f"{record.question}\n\n{INSTRUCTION}"}
        assert (assistant["role"], answer_of(assistant["content"])) == ("assistant", record.answer)


def test_a_reply_without_an_answer_is_said() -> None:
    with pytest.raises(ValueError, match="gives no answer"):
        answer_of("I do not know.")


@pytest.mark.parametrize("name", ["sft", "trl", "verl"])
@pytest.mark.parametrize(("instruction", "ending"), [("", ""), ("Be brief.", "\n\nBe brief.")])
def test_the_instruction_is_ones_own(
    name: str, instruction: str, ending: str, exported: Callable[..., list[Any]], records: list[TaskRecord]
) -> None:
    rows = exported(name, "--instruction", instruction)
    for row, record in zip(rows, records, strict=True):
        asked = (row.messages if name == "sft" else row.prompt)[0]
        assert asked.content == record.question + ending
        assert row.question == record.question


def test_a_prompt_carries_what_a_reward_looks_at(exported: Callable[..., list[Any]], records: list[TaskRecord]) -> None:
    rows = zip(exported("trl"), exported("verl"), records, strict=True)
    for index, (prompt, row, record) in enumerate(rows):
        names = [record.answer, *record.answer_aliases]
        pages = {e["page"] for c in record.constraints for e in c["evidence"]}
        assert prompt.prompt == row.prompt
        assert list(prompt.answers) == list(row.reward_model.ground_truth.target) == names
        assert set(prompt.evidence) == set(row.extra_info.evidence) == pages
        assert [s.model_dump() for s in prompt.sub_questions] == list(record.steps[:-1])
        assert (row.reward_model.style, row.extra_info.split, row.extra_info.index) == ("rule", "train", index)


def test_every_name_of_the_answer_is_right_once(records: list[TaskRecord]) -> None:
    record = records[0].model_copy(update={"answer_aliases": ("The other", records[0].answer, "A third")})
    assert answers(record) == (record.answer, "The other", "A third")


# Curriculum


def test_the_lessons_go_from_few_variables_to_all(
    exported: Callable[..., list[Any]], records: list[TaskRecord]
) -> None:
    rows = exported("curriculum")
    assert [row.vertices for row in rows] == sorted(row.vertices for row in rows)
    for record in records:
        mine = [row for row in rows if row.id == record.id]
        assert mine == lessons_of(record)
        assert [row.step for row in mine] == list(range(1, len(mine) + 1))
        assert {row.question for row in mine} == {p["question"] for p in (*record.steps, *record.ladder)}
        last = mine[-1]
        size = len(tree_of(record).variables)
        assert (last.kind, last.question, last.answer) == ("task", record.question, record.answer)
        assert last.vertices == size


def test_only_what_is_proved_is_given_as_an_answer(records: list[TaskRecord]) -> None:
    for record in records:
        proved = {(s["vertex"], s["question"]): s["answer"] for s in record.steps}
        for lesson in lessons_of(record):
            assert lesson.answer == (None if lesson.kind == "rung" else proved[lesson.vertex, lesson.question])
