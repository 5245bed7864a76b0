"""A solver played by a chat model: the conversation so far, and the next turn in the model's own words."""

from hcsp.frozen import Frozen
from prompts.render import render
from roles.asking import sample_of
from roles.chat.port import Chat, Message, Request, Spoken
from roles.solver import Sight

STOPS = ("</search>", "</answer>")
"""Where a turn ends, as in Search-R1: a model that goes on would write what it wants to be shown."""


class Allowance(Frozen):
    """What the prompt says that a solver may do."""

    turns: int
    searches: int
    at_once: int


class ModelSolver:
    """Implements `Solver`. Another `seed` is another rollout; what it says is parsed by the environment alone."""

    def __init__(self, chat: Chat, allowance: Allowance, seed: str) -> None:
        self._chat, self._allowance, self._sample = chat, allowance, sample_of(seed)

    async def move(self, sight: Sight) -> str:
        """What the model says; raises `Refused` where it says nothing, `TooLong` where it cannot read all of it."""
        limits = {name: str(value) for name, value in self._allowance}
        system, user = render("solve_question", {"question": sight.question}, **limits)
        messages = [Message(role="system", content=system), Message(role="user", content=user)]
        for said, shown in zip(sight.said, await sight.shown(), strict=True):
            messages += [Message(role="assistant", content=said), Message(role="user", content=shown)]
        call = Request("solver", "solve_question", tuple(messages), Spoken, self._sample, STOPS)
        return turn_in(await self._chat.ask(call))


def turn_in(reply: Spoken) -> str:
    """What is said up to the tag that ends a turn, which is put back where the server left it out.

    What a server that does not stop says beyond it is not part of the turn: it saw no pages yet.
    """
    text = reply.text
    ends = [text.find(tag) + len(tag) for tag in STOPS if tag in text]
    if ends:
        return text[: min(ends)]
    opened = {text.rfind(tag.replace("/", "")): tag for tag in STOPS}
    last = max(opened)
    return f"{text}{opened[last]}" if reply.stopped and last >= 0 else text
