"""Clues that a chat model would choose for a variable: an order for code to try, never a choice by itself."""

from collections.abc import Callable, Mapping, Sequence

from hcsp.constraints import Constraint
from hcsp.frozen import Frozen
from hcsp.source import CandidateSource
from prompts.render import numbered
from roles.asking import request
from roles.chat.port import Chat, Refused
from roles.saying import said


class Chosen(Frozen):
    """A reply."""

    clues: tuple[int, ...]


async def choose_constraints(
    chat: Chat,
    noun: str,
    pool: Sequence[Constraint],
    source: CandidateSource,
    relations: Mapping[str, str],
    most: int,
) -> list[Constraint]:
    """The clues of a pool that the model prefers, the best first; empty where it refuses.

    Whether they pin the variable down, and whether each is needed, is for `hcsp.selection` to find out.
    """
    if not pool:
        return []
    told = [f"{said(clue, relations)} – true of {len(source.members(clue).upper)}" for clue in pool]
    data = {"noun": noun, "clues": numbered(told)}
    try:
        reply = await chat.ask(
            request("planner", "choose_constraints", Chosen, data, most=str(most)), _check(told, most)
        )
    except Refused:
        return []
    return [pool[n - 1] for n in reply.clues]


def _check(told: Sequence[str], most: int) -> Callable[[Chosen], str]:
    def check(reply: Chosen) -> str:
        if stray := [n for n in reply.clues if not 1 <= n <= len(told)]:
            return f"there is no clue {stray[0]}; the clues are numbered 1 to {len(told)}"
        if not reply.clues or len(set(reply.clues)) < len(reply.clues):
            return "choose at least one clue, and none twice"
        return f"{len(reply.clues)} clues are too many; at most {most} are wanted" if len(reply.clues) > most else ""

    return check
