"""A mind of `minds` behind the chat server: requests are told apart by what their first message says."""

import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from chat_server import Asked, Mind, Said

from prompts.render import prompt_book
from roles.chat.port import Message, Request

Playing = Callable[[Request[Any], str], Awaitable[Any]]


def played_by(mind: Playing) -> Mind:
    """What the server says where a mind plays every role; `None` of the mind is a refusal."""

    def said(asked: Asked) -> Said:
        reply = _at_once(mind(request_of(asked), _reason(asked)))
        return Said(refusal="I cannot help with that.", text=None) if reply is None else Said(json.dumps(reply))

    return said


def request_of(asked: Asked) -> Request[Any]:
    """The request as the port was asked, but for role and schema, which no server sees."""
    system, user = asked.body["messages"][:2]
    openings = {name: prompt.system.template.partition("$")[0][:200] for name, prompt in prompt_book().items()}
    name = next(name for name, opening in openings.items() if system["content"].startswith(opening))
    return Request("", name, (Message.model_validate(system), Message.model_validate(user)), Any)  # type: ignore[arg-type]


def _reason(asked: Asked) -> str:
    """Why the last reply was sent back; empty the first time."""
    return asked.body["messages"][-1]["content"] if len(asked.body["messages"]) > 2 else ""


def _at_once(work: Awaitable[Any]) -> Any:
    """The result of a coroutine that waits for nothing, as those over worlds at hand."""
    assert isinstance(work, Coroutine)
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("this mind waits for something")
