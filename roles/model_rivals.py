"""Rivals that a chat model proposes: names to be looked up and judged, never believed."""

from collections.abc import Sequence

from hcsp.frozen import Frozen
from hcsp.names import key
from prompts.render import numbered
from roles.asking import request
from roles.chat.port import Chat, Refused
from worlds.model import Entity


class Rivals(Frozen):
    """A reply."""

    rivals: tuple[str, ...]


async def rivals(chat: Chat, question: str, clues: Sequence[str], answer: Entity, most: int = 10) -> list[str]:
    """At most `most` names of other things that might answer the question, the most dangerous first.

    No name of the answer is among them, and none twice. Empty where the model refuses.
    """
    data = {"question": question, "clues": numbered(list(clues)), "answer": answer.label}
    try:
        reply = await chat.ask(request("judge", "propose_rivals", Rivals, data, most=str(most)))
    except Refused:
        return []
    taken = {"", *(key(name) for name in (answer.label, *answer.aliases))}
    found: list[str] = []
    for name in reply.rivals:
        if key(name) not in taken:
            found.append(" ".join(name.split()))
            taken.add(key(name))
    return found[:most]
