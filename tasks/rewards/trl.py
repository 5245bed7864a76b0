"""The rewards as TRL's trainers take them: `reward_funcs=[outcome, evidence, …]`, or `[compound]` alone.

    from tasks.rewards.trl import compound, outcome
    trainer = GRPOTrainer(model=…, reward_funcs=[compound], train_dataset=…)

TRL calls a reward with `prompts`, `completions` and every other column of the row as lists of one length, and wants a
number a completion, or `None` where the reward does not apply (https://huggingface.co/docs/trl/grpo_trainer). The rows
of `python -m graph.export --format trl` hold all that is needed.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from tasks.rewards.combine import reward
from tasks.rewards.parts import PARTS, PENALTIES, Part
from tasks.rewards.rows import COLUMN, Completion, read_sheet, turns_of
from tasks.trajectories.measures import Course
from tasks.trajectories.sheet import Sheet
from tasks.trajectories.trajectory import Turn


class RewardFunc(Protocol):
    """What TRL calls."""

    __name__: str

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[Completion], **columns: Any
    ) -> list[float | None]: ...


def _reward_func(name: str, worth: Callable[[tuple[Turn, ...], Sheet], float | None], about: str) -> RewardFunc:
    def called(prompts: Sequence[Any], completions: Sequence[Completion], **columns: Any) -> list[float | None]:
        if COLUMN not in columns:
            raise ValueError(f"the rows have no column {COLUMN!r}; make them with python -m graph.export --format trl")
        sheets = map(read_sheet, columns[COLUMN])
        return [worth(turns_of(said), sheet) for said, sheet in zip(completions, sheets, strict=True)]

    called.__name__ = called.__qualname__ = name  # under which TRL logs it
    called.__doc__ = about
    return called


def _part(name: str) -> RewardFunc:
    """One part; of a penalty what is left of 1, since TRL adds what its functions give."""
    part: Part = PARTS[name]

    def worth(turns: tuple[Turn, ...], sheet: Sheet) -> float | None:
        value = part(Course(turns, sheet))
        return 1.0 - value if name in PENALTIES and value is not None else value

    return _reward_func(name, worth, part.__doc__ or "")


outcome = _part("outcome")
grounded = _part("grounded")
layout = _part("format")
evidence = _part("evidence")
progress = _part("progress")
efficiency = _part("efficiency")
not_repeated = _part("repeated")
not_prior = _part("prior")
compound = _reward_func("compound", reward, reward.__doc__ or "")
