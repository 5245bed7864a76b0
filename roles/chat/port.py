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


class Spoken(Frozen):
    """A reply in the model's own words: it is asked for in no form and taken as it is, whatever it is.

    `stopped` says that the server was to stop at some words, did stop, and left them out, as all servers do.
    """

    text: str
    stopped: bool = False


@dataclass(frozen=True)
class Request(Generic[T]):
    """What a role asks.

    `role` is planner, browser, writer, judge or solver and chooses the model; `prompt` names the prompt's file for the
    ledger; another `sample` is another call: `k` indices give `k` independent samples. At `stop` a reply of the model's
    own words is to end; servers that refuse to stop are asked without.
    """

    role: str
    prompt: str
    messages: tuple[Message, ...]
    schema: type[T]
    sample: int = 0
    stop: tuple[str, ...] = ()


class Refused(Exception):
    """No acceptable reply came to one request, though the reason was sent back; the run goes on without it."""


class TooLong(Refused):
    """The request does not fit into what the model reads at once."""


class ChatError(RuntimeError):
    """What stops a run: one line that says what, why and what to do. Replies that came are kept.

    A `RuntimeError`, since of others the server behind LangGraph Studio shows nothing but the type.
    """


class Chat(Protocol):
    """Asks a model."""

    async def ask(self, request: Request[T], check: Callable[[T], str] | None = None) -> T:
        """A reply that is parsed and checked; `check` gives the reason why code refuses one, or an empty string.

        A reply that does not parse, does not fit or is refused is sent back with the reason, twice at most. Raises
        `Refused` with the last reason, and `ChatError` for what no other reply would mend.
        """
        ...
