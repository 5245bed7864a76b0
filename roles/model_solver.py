"""A solver played by a chat model: the conversation so far, and the next turn in the model's own words."""

from hcsp.frozen import Frozen
from prompts.render import render
from roles.asking import sample_of
from roles.chat.port import Chat, Message, Request, Spoken
from roles.solver import Sight


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
        call = Request("solver", "solve_question", tuple(messages), Spoken, self._sample)
        return (await self._chat.ask(call)).text
