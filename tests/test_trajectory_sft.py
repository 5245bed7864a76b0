"""Trajectories as finetuning data: of a conversation only what the solver said is learnt, down to the token."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from graded import Graded, graded
from hypothesis import given, settings
from hypothesis import strategies as st
from test_trajectories import SOLVER, trajectory
from test_transcript import ANYTHING, shown
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as Decoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

from graph import export
from tasks.exports.chat import Message
from tasks.exports.formats import read_export
from tasks.exports.options import INSTRUCTION
from tasks.files import append
from tasks.trajectories.sft import Span, conversation, text_of, token_mask
from tasks.trajectories.transcript import parse_turn, say, transcript

START, END = "<|start|>", "<|end|>"


@pytest.fixture(scope="module")
def tasks(finished: Path) -> list[Graded]:
    return graded(finished)


def trained(tasks: list[Graded], split: bool) -> Tokenizer:
    """A tokenizer of what it is to encode; its tokens go across words and line breaks unless these `split` them."""
    found = Tokenizer(BPE())
    found.pre_tokenizer = ByteLevel(add_prefix_space=False, use_regex=split)
    found.decoder = Decoder()
    texts = [transcript(episode.turns) for task in tasks for episode in task.episodes.values()]
    trainer = BpeTrainer(
        vocab_size=2000, special_tokens=[START, END], show_progress=False, initial_alphabet=ByteLevel.alphabet()
    )
    found.train_from_iterator(texts if split else [line for text in texts for line in _chunks(text)], trainer)
    return found


def _chunks(text: str) -> list[str]:
    """Pieces of sixty characters: unsplit, a whole text would become one token."""
    return [text[at : at + 60] for at in range(0, len(text), 60)]


def rendered(messages: Sequence[Message]) -> tuple[str, list[Span]]:
    """A chat template of its own: the text, and what of it a trainer learns that learns the assistant's messages."""
    text, learnt = "", []
    for message in messages:
        text += f"{START}{message.role}\n"
        if message.role == "assistant":
            learnt.append((len(text), len(text) + len(message.content) + len(END)))
        text += f"{message.content}{END}"
    return text, learnt


def test_the_tokens_that_are_learnt_are_what_the_solver_said(tasks: list[Graded]) -> None:
    tokenizer = trained(tasks, split=True)
    for task in tasks:
        kept = task.episodes["teacher"].trajectory(SOLVER, {}, 5)
        text, spans = rendered(conversation(kept, INSTRUCTION))
        encoded = tokenizer.encode(text)
        mask = token_mask(encoded.offsets, spans)
        learnt = [token for token, own in zip(encoded.ids, mask, strict=True) if own]
        said = "".join(f"{turn.said}{END}" for turn in kept.turns)
        assert _text(tokenizer, learnt) == said
        hidden = _text(tokenizer, [token for token, own in zip(encoded.ids, mask, strict=True) if not own])
        passages = [p.text for search in kept.searches for p in search.information]
        assert passages
        assert all(passage.replace("\n", " ") in hidden for passage in passages)
        assert kept.question in hidden


@pytest.mark.parametrize("split", [True, False])
def test_in_one_text_no_token_of_what_was_retrieved_is_learnt(tasks: list[Graded], split: bool) -> None:
    tokenizer = trained(tasks, split)
    for task in tasks:
        for episode in task.episodes.values():
            text, spans = text_of(episode.trajectory(SOLVER, {}, 5))
            assert "".join(text[a:b] for a, b in spans) == "".join(turn.said for turn in episode.turns)
            encoded = tokenizer.encode(text)
            for (start, end), own in zip(encoded.offsets, token_mask(encoded.offsets, spans), strict=True):
                inside = [(a, b) for a, b in spans if a < end and start < b]
                assert own == any(a <= start and end <= b for a, b in inside)


def _text(tokenizer: Tokenizer, ids: list[int]) -> str:
    pieces = [tokenizer.id_to_token(token) for token in ids]
    text, waiting = "", list[str]()
    for piece in [*pieces, END]:
        if piece in (START, END):
            text += Decoder().decode(waiting) + piece
            waiting = []
        else:
            waiting.append(piece)
    return text.removesuffix(END)


@settings(max_examples=50)
@given(st.data())
def test_roles_take_turns_and_what_did_not_parse_is_left_out(data: st.DataObject) -> None:
    said = [parse_turn(text) for text in data.draw(st.lists(ANYTHING, max_size=4))]
    turns = (*(data.draw(shown(t)) for t in said if t.answer is None), parse_turn(say("so", answer="Ada")))
    messages = conversation(trajectory(turns), "")
    assert [m.role for m in messages] == ["user", "assistant"] * (len(messages) // 2)
    assert [m.content for m in messages if m.role == "assistant"] == [t.said for t in turns if not t.fault]
    text, spans = text_of(trajectory(turns))
    assert [text[a:b] for a, b in spans] == [t.said for t in turns if not t.fault]


def test_an_export_teaches_from_what_was_kept(
    finished: Path, tmp_path: Path, tasks: list[Graded], capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "trajectories.jsonl"
    for task in reversed(tasks):
        for episode in task.episodes.values():
            append(file, episode.trajectory(SOLVER, {}, 5).model_dump(mode="json"))
    out = tmp_path / "out"
    given_ = ["--format", "sft", "--trajectories", str(file), "--instruction", "Go.", "--out", str(out)]
    assert export.main([str(finished), *given_]) == 0
    rows = read_export(out, "sft")["train"]
    taught = [task.episodes["teacher"] for task in reversed(tasks)]
    assert [row.question for row in rows] == [episode.question for episode in taught]
    for row, episode in zip(rows, taught, strict=True):
        assert list(row.model_dump()) == ["messages"]
        assert row.messages[0].content.endswith("\n\nGo.")
        assert [m.content for m in row.messages if m.role == "assistant"] == [turn.said for turn in episode.turns]
    details = json.loads((out / "export.json").read_text("utf-8"))["details"]
    assert details["trajectories"]["kept"] == len(tasks)
    assert "trajectories: " in capsys.readouterr().out


def test_nothing_to_teach_from_is_one_line(
    finished: Path, tmp_path: Path, tasks: list[Graded], capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "trajectories.jsonl"
    append(file, tasks[0].episodes["random"].trajectory(SOLVER, {}, 5).model_dump(mode="json"))
    given_ = ["--format", "sft", "--trajectories", str(file), "--out", str(tmp_path / "out")]
    assert export.main([str(finished), *given_]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "none of its tasks gives a row of this format" in line
    assert not (tmp_path / "out").exists()


def test_a_line_that_is_no_trajectory_is_named(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.jsonl").write_text('{"id": "x"}\n', "utf-8")
    given_ = ["--format", "sft", "--trajectories", str(tmp_path / "t.jsonl"), "--out", str(tmp_path / "out")]
    assert export.main([str(finished), *given_]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "t.jsonl row 1 is no trajectory (task: field required)" in line
