"""What a chat model answers from memory."""

from hcsp.frozen import Frozen
from roles.asking import request
from roles.chat.port import Chat, Refused


class Recalled(Frozen):
    """A reply without pages; empty where the model cannot even guess."""

    answer: str


async def recalled(chat: Chat, question: str, sample: int, role: str = "solver") -> str | None:
    """The answer of one sample by the model of a role, which may be empty; `None` where no acceptable reply came."""
    call = request(role, "answer_closed_book", Recalled, {"question": question}, sample=sample)
    try:
        return (await chat.ask(call)).answer
    except Refused:
        return None
