"""A chat in the process: replies are computed from the request, parsed and checked as the port promises."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from roles.chat.port import Refused, Request, T

Mind = Callable[[Request[Any], str], Awaitable[Any]]
"""From a request, and why the last reply was sent back, to what is replied: plain JSON; `None` for a refusal."""

_DATA = re.compile(
    r"<data (?P<name>\w+(?: \d+)?) (?P<mark>[0-9a-f]{12})>\n(?P<text>.*?)\n</data (?P=name) (?P=mark)>", re.DOTALL
)


class ScriptedChat:
    """Asks a mind, at most three times; `reasons` holds why replies were sent back, `requests` all that was asked."""

    def __init__(self, mind: Mind) -> None:
        self.mind = mind
        self.reasons: list[str] = []
        self.requests: list[Request[Any]] = []

    async def ask(self, request: Request[T], check: Callable[[T], str] | None = None) -> T:
        self.requests.append(request)
        reason = ""
        for _ in range(3):
            reply = await self.mind(request, reason)
            try:
                parsed = request.schema.model_validate(reply)
            except ValidationError as error:
                reason = str(error)
            else:
                reason = check(parsed) if check else ""
                if not reason:
                    return parsed
            self.reasons.append(reason)
        raise Refused(reason)


def data_of(request: Request[BaseModel], name: str) -> str:
    """What stands between the fences of a variable."""
    return dict(_blocks(request.messages[-1].content))[name]


def pages_of(request: Request[BaseModel]) -> list[tuple[str, str]]:
    """Title and text of the pages that are shown."""
    found = [text for name, text in _blocks(data_of(request, "pages")) if name.startswith("page ")]
    return [(title, text) for title, _, text in (page.partition("\n\n") for page in found)]


def lines_of(request: Request[BaseModel], name: str) -> list[str]:
    """A numbered list without its numbers."""
    return [line.partition(". ")[2] for line in data_of(request, name).splitlines()]


def _blocks(text: str) -> list[tuple[str, str]]:
    return [(match["name"], match["text"]) for match in _DATA.finditer(text)]


def replying(*replies: Any) -> ScriptedChat:
    """A chat that gives these replies in turn, then the last again and again."""
    left = list(replies)

    async def mind(request: Request[Any], reason: str) -> Any:
        return left.pop(0) if len(left) > 1 else left[0]

    return ScriptedChat(mind)
