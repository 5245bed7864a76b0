"""TRL's prompt-only layout, for trainers that sample answers and score them, such as `GRPOTrainer`.

`prompt` is a list of messages (https://huggingface.co/docs/trl/dataset_formats#prompt-only). Every other column is
handed to the reward function under its own name, `ground_truth` and all
(https://huggingface.co/docs/trl/grpo_trainer#using-a-custom-reward-function); those of `tasks.rewards.trl` take
`reward_sheet`.
"""

from collections.abc import Iterator

from roles.writer import Step
from tasks.exports.chat import Messages, asked
from tasks.exports.options import Options
from tasks.exports.source import Source
from tasks.exports.tables import Row
from tasks.record import TaskRecord


class Trl(Row):
    """A line of the file.

    Attributes:
        ground_truth: the answer.
        answers: the answer, then its aliases.
        sub_questions: what a reward for the way there can look at, the root's question left out.
        evidence: the pages whose words prove the answer, in the order of the clues.
        reward_sheet: what a trajectory is judged by, a `tasks.trajectories.sheet.Sheet` as JSON.
    """

    id: str
    prompt: Messages
    question: str
    ground_truth: str
    answers: tuple[str, ...]
    answer_type: str
    sub_questions: tuple[Step, ...]
    evidence: tuple[str, ...]
    preset: str
    reward_sheet: str

    @property
    def answer(self) -> str:
        """The answer."""
        return self.ground_truth


def trl(source: Source, split: str, options: Options, sheets: Iterator[str]) -> Iterator[Trl]:
    """The lines of a split."""
    return (_line(record, options, next(sheets)) for record in source.records(split))


def _line(record: TaskRecord, options: Options, sheet: str) -> Trl:
    inner = (s for s in record.steps if s["vertex"] != record.root["id"])
    return Trl(
        id=record.id,
        prompt=asked(record.question, options.instruction),
        question=record.question,
        ground_truth=record.answer,
        answers=answers(record),
        answer_type=record.answer_type,
        sub_questions=tuple(Step.model_validate(s) for s in inner),
        evidence=evidence_pages(record),
        preset=record.provenance["preset"]["name"],
        reward_sheet=sheet,
    )


def answers(record: TaskRecord) -> tuple[str, ...]:
    """Every name that is a right answer, the label first."""
    return tuple(dict.fromkeys((record.answer, *record.answer_aliases)))


def evidence_pages(record: TaskRecord) -> tuple[str, ...]:
    """The pages that the record quotes for its clues and edges."""
    return tuple(dict.fromkeys(e["page"] for c in record.constraints for e in c["evidence"]))
