"""The rewards as TRL's trainers take them: `reward_funcs=[outcome, evidence, …]`, or `[compound]` alone.

    from tasks.rewards.trl import compound, outcome
    trainer = GRPOTrainer(model=…, reward_funcs=[compound], train_dataset=…)

TRL calls a reward with `prompts`, `completions` and every other column of the row as lists of one length, and wants a
number a completion, or `None` where the reward does not apply (https://huggingface.co/docs/trl/grpo_trainer). The rows
of `python -m graph.export --format trl` hold all that is needed.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tasks.rewards.combine import reward
from tasks.rewards.parts import PARTS, PENALTIES
from tasks.rewards.rows import COLUMN, Completion, read_sheet, turns_of, turns_of_transcript
from tasks.trajectories.measures import Course
from tasks.trajectories.sheet import Sheet
from tasks.trajectories.trajectory import Turn

Worth = Callable[[tuple[Turn, ...], Sheet], float | None]
Reader = Callable[[Completion], tuple[Turn, ...]]


class RewardFunc:
    """What TRL calls, and logs under its `__name__`."""

    def __init__(self, name: str, worth: Worth, about: str, read: Reader = turns_of) -> None:
        self.__name__, self.__doc__ = name, about
        self.worth, self._read = worth, read

    def __call__(self, prompts: Sequence[Any], completions: Sequence[Completion], **columns: Any) -> list[float | None]:
        """The reward of each completion. Raises `ValueError` when the rows hold no reward sheets."""
        if COLUMN not in columns:
            raise ValueError(f"the rows have no column {COLUMN!r}; make them with python -m graph.export --format trl")
        sheets = map(read_sheet, columns[COLUMN])
        return [self.worth(self._read(said), sheet) for said, sheet in zip(completions, sheets, strict=True)]


def _part(name: str) -> RewardFunc:
    """One part; of a penalty what is left of 1, since TRL adds what its functions give."""
    return RewardFunc(name, partial(_worth, name), PARTS[name].__doc__ or "")


def _worth(name: str, turns: tuple[Turn, ...], sheet: Sheet) -> float | None:
    value = PARTS[name](Course(turns, sheet))
    return 1.0 - value if name in PENALTIES and value is not None else value


outcome = _part("outcome")
grounded = _part("grounded")
layout = _part("format")
evidence = _part("evidence")
progress = _part("progress")
efficiency = _part("efficiency")
not_repeated = _part("repeated")
not_prior = _part("prior")
compound = RewardFunc("compound", reward, reward.__doc__ or "")


def of_transcripts(reward_func: RewardFunc) -> RewardFunc:
    """The same reward for rollouts of one's own (`rollout_func`), each in one text with what searches brought inside.

    See `tasks.rewards.rows.turns_of_transcript` for what that asks of the rollout.
    """
    return RewardFunc(reward_func.__name__, reward_func.worth, reward_func.__doc__ or "", turns_of_transcript)
