"""What trainers hand to a reward: completions as they come, and a column of reward sheets as JSON."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

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
    """The turns of a completion: a transcript as one text, or messages.

    In messages what the assistant says is the solver's, and what any other role says next is what it was shown; only
    that can hold pages. In a text the blocks are told apart by their place, so generation has to stop at `</search>`,
    as it does in Search-R1: else a solver could write a block of its own there.
    """
    if isinstance(completion, str):
        return read_transcript(completion)
    if len(completion) == 1:
        return read_transcript(_content(completion[0]))
    return _conversation(completion)


def _conversation(messages: Sequence[Mapping[str, Any]]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for message in messages:
        content = _content(message)
        if message.get("role") == SOLVER:
            turns.append(parse_turn(content))
        elif turns:
            turns[-1] = answered_by(turns[-1], content)
    return tuple(turns)


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else ""
