"""What trainers hand to a reward: completions as they come, and a column of reward sheets as JSON."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from tasks.trajectories.information import OPEN
from tasks.trajectories.sheet import Sheet
from tasks.trajectories.trajectory import Turn
from tasks.trajectories.transcript import answered_by, parse_turn, read_transcript

COLUMN = "reward_sheet"
"""The column of exported rows that holds the sheet."""
SOLVER = "assistant"

Completion = str | Sequence[Mapping[str, Any]]


@lru_cache(maxsize=4096)
def read_sheet(text: str) -> Sheet:
    """A sheet out of a column; raises `ValueError` when it is none."""
    try:
        return Sheet.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise ValueError(f"{COLUMN} holds no reward sheet ({where}: {first['msg'].lower()}); export again") from None


def turns_of(completion: Completion) -> tuple[Turn, ...]:
    """The turns of a completion whose roles say who spoke.

    What the assistant says, or a mere text, is the solver's; what any other role says next is what it was shown. Only
    that can hold pages, so a solver gains nothing by writing an `<information>` block.
    """
    if isinstance(completion, str):
        return (parse_turn(completion),)
    turns: list[Turn] = []
    for message in completion:
        content = _content(message)
        if message.get("role") == SOLVER:
            turns.append(parse_turn(content))
        elif turns:
            turns[-1] = answered_by(turns[-1], content)
    return tuple(turns)


def turns_of_transcript(completion: Completion, blocks: int | None = None) -> tuple[Turn, ...]:
    """The turns of a whole rollout in one text, or in one message, where the environment's blocks stand between them.

    They are told apart by their place, right after a search. So generation has to stop at `</search>`, as it does in
    Search-R1, or a solver could write such a block itself; where it is known how many `blocks` there were, more than
    these are taken for forged, and then nothing counts.
    """
    if not isinstance(completion, str) and len(completion) != 1:
        return turns_of(completion)
    text = completion if isinstance(completion, str) else _content(completion[0])
    if blocks is not None and text.count(OPEN) > blocks:
        return (parse_turn(text),)
    return read_transcript(text)


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else ""
