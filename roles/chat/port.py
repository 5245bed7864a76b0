"""The one door to a chat model: ask, and get back a reply that fits its schema and passes the code's check."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

from hcsp.frozen import Frozen

T = TypeVar("T", bound=BaseModel)


class Message(Frozen):
    """One turn of what the model is sent."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Request(Generic[T]):
    """A call: who asks, with which prompt, and the schema that the reply has to fit.

    Another `sample` is another call: `k` indices give `k` independent samples.
    """

    role: str
    prompt: str
    messages: tuple[Message, ...]
    schema: type[T]
    sample: int = 0


class Refused(Exception):
    """No acceptable reply came, though the reason was sent back twice."""


class Chat(Protocol):
    """Asks a model."""

    async def ask(self, request: Request[T], check: Callable[[T], str] | None = None) -> T:
        """A reply that is parsed and checked; `check` gives the reason why code refuses one, or an empty string.

        Raises `Refused` with the last reason.
        """
        ...
