"""Supervised finetuning: the question, and a solution written down from what the record proves.

One conversation a line under `messages`, as the chat finetuning of OpenAI takes it
(https://platform.openai.com/docs/guides/supervised-fine-tuning) and TRL's `SFTTrainer`
(https://huggingface.co/docs/trl/dataset_formats#language-modeling). Nothing else stands in a line, because the first
refuses a file with further keys (https://community.openai.com/t/fine-tuning-with-function-call-in-jsonl/966285); the
manifest lists the tasks in the order of the lines.

The solution takes the sub-questions from the deepest up. Under each stand what holds of its answer and the words of
the pages that say so; all of it is copied from the record, only the words that join it are ours.

With trajectories of the tasks, those that rejection sampling keeps are the lines instead, in the order of their file:
what the solver said as the assistant, what its searches brought as the user (`tasks.trajectories.sft`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hcsp.certificate import spoken_at
from hcsp.constraints import TypeConstraint
from tasks.exports.chat import BREAK, Message, Messages, answer_of, answered, asked, question_of
from tasks.exports.options import Options
from tasks.exports.tables import Row
from tasks.record import TaskRecord, tree_of
from tasks.rewards.rows import read_sheet
from tasks.trajectories.sampling import judged
from tasks.trajectories.sft import conversation
from tasks.trajectories.trajectory import read_trajectories

WHOLE = "The question itself:"
"""Stands in for the root's question, which the user has just asked."""


class Sft(Row):
    """A line of the file."""

    messages: Messages

    @property
    def question(self) -> str:
        """What is asked."""
        return question_of(self.messages)

    @property
    def answer(self) -> str:
        """What the solution comes to."""
        return answer_of(self.messages[-1].content)


def sft(record: TaskRecord, options: Options) -> Iterator[Sft]:
    """The line of one record."""
    reply = Message(role="assistant", content=solution(record))
    yield Sft(messages=(*asked(record.question, options.instruction), reply))


def kept(path: Path, sheets: Mapping[str, str], options: Options, counts: Counter[str]) -> Iterator[Sft]:
    """The lines of the trajectories of some tasks, sheets by task; `counts` what became of each.

    Raises `OSError` or `ValueError` when the file holds something else.
    """
    for trajectory in read_trajectories(path):
        if trajectory.task in sheets:
            verdict = judged(trajectory, read_sheet(sheets[trajectory.task]))
            counts.update(["kept"] if verdict.kept else {reason.check for reason in verdict.reasons})
            if verdict.kept:
                yield Sft(messages=conversation(trajectory, options.instruction))


def solution(record: TaskRecord) -> str:
    """The worked solution, the answer at its end."""
    said = _said(record)
    root = record.root["id"]
    parts = []
    for step in record.steps:
        heading = WHOLE if step["vertex"] == root else step["question"]
        parts.append("\n".join((heading, *said[step["vertex"]], f"So it is {step['answer']}.")))
    return BREAK.join((*parts, answered(record.answer)))


def _said(record: TaskRecord) -> dict[str, list[str]]:
    """Per variable what holds of it, with the quotes; a chord where both of its ends are known."""
    tree = tree_of(record)
    told = {c["id"]: c for c in record.constraints}
    said: dict[str, list[str]] = {v: [] for v in tree.entities}
    for constraint in tree.constraints:
        if not isinstance(constraint, TypeConstraint):
            said[spoken_at(tree, constraint)] += [
                f"- {told[constraint.id]['claim']}.",
                *map(_quote, told[constraint.id]["evidence"]),
            ]
    return said


def _quote(evidence: Mapping[str, Any]) -> str:
    where = ", ".join(filter(None, (evidence["title"], evidence["url"])))
    return f"  “{evidence['quote']}” ({where})"
