"""verl's layout for reinforcement learning: Parquet with the five fields that its trainers read.

`data_source, prompt, ability, reward_model, extra_info`
(https://verl.readthedocs.io/en/latest/preparation/prepare_data.html). The truth is `{"target": [names]}`, as verl's
scorer for search agents takes it: the last `<answer>` of a reply has to equal one of the names but for case, articles
and punctuation (https://github.com/volcengine/verl/blob/main/verl/utils/reward_score/search_r1_like_qa_em.py). verl
picks a scorer by `data_source` and knows none for ours; its `custom_reward_function` names one, such as
`tasks.rewards.verl`, which takes the `reward_sheet` of `extra_info`.
"""

from collections.abc import Iterator
from typing import Literal

from tasks.exports.chat import Messages, asked
from tasks.exports.options import Options
from tasks.exports.source import Source
from tasks.exports.tables import Row
from tasks.exports.trl import answers, evidence_pages

SOURCE = "taproot"


class Truth(Row):
    """The names that are right."""

    target: tuple[str, ...]


class RewardModel(Row):
    """How a reply is scored: by a rule, against the truth."""

    style: Literal["rule"] = "rule"
    ground_truth: Truth


class ExtraInfo(Row):
    """What scorers and tools may look at; `index` counts the rows of the split.

    `reward_sheet` is what a trajectory is judged by, a `tasks.trajectories.sheet.Sheet` as JSON.
    """

    split: str
    index: int
    id: str
    question: str
    answer: str
    answer_type: str
    evidence: tuple[str, ...]
    preset: str
    reward_sheet: str


class Verl(Row):
    """A row of the file."""

    data_source: str
    prompt: Messages
    ability: str
    reward_model: RewardModel
    extra_info: ExtraInfo

    @property
    def question(self) -> str:
        """What is asked."""
        return self.extra_info.question

    @property
    def answer(self) -> str:
        """The answer."""
        return self.extra_info.answer


def verl(source: Source, split: str, options: Options, sheets: Iterator[str]) -> Iterator[Verl]:
    """The rows of a split."""
    for index, record in enumerate(source.records(split)):
        yield Verl(
            data_source=SOURCE,
            prompt=asked(record.question, options.instruction),
            ability="deep-research",
            reward_model=RewardModel(ground_truth=Truth(target=answers(record))),
            extra_info=ExtraInfo(
                split=split,
                index=index,
                id=record.id,
                question=record.question,
                answer=record.answer,
                answer_type=record.answer_type,
                evidence=evidence_pages(record),
                preset=record.provenance["preset"]["name"],
                reward_sheet=next(sheets),
            ),
        )
