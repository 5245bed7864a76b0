"""What the port needs of whoever runs models, and how a model is named."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel

from roles.chat.answer import Answer
from roles.chat.forms import Form
from roles.chat.port import ChatError, Message

Intend = Callable[[], Awaitable[None]]
"""Awaited as late as can be before a call goes out: once it returns, the call may have been made."""


class Superseded(Exception):
    """The call need not go out after all: another process made it, or is making it."""


@dataclass(frozen=True)
class Asked:
    """One call as a server makes it; `id` is the ledger's."""

    id: str
    model: str
    messages: Sequence[Message]
    schema: type[BaseModel]
    form: Form
    stop: tuple[str, ...] = ()


class Server(Protocol):
    """Runs models."""

    address: str
    """Where it is, as told in messages and as key of what is remembered about it."""
    first: Form
    """The strictest form of request that it may understand."""

    async def complete(self, asked: Asked, intend: Intend) -> Answer:
        """Makes one call, and makes it once.

        Raises `Passing`, `FormRefused`, `Garbled`, `Refused` or `ChatError`; before `intend`, nothing was sent.
        """
        ...

    async def close(self) -> None:
        """Lets go of connections."""
        ...


def named(spec: str) -> tuple[str, str]:
    """Provider and name of a model; raises `ChatError` when `spec` does not give both."""
    provider, _, name = spec.partition(":")
    if not provider.strip() or not name.strip():
        raise ChatError(f"--model {spec!r}: expected PROVIDER:NAME, such as openai:gpt-4.1-mini")
    return provider.strip(), name.strip()
