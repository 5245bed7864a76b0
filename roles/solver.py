"""Who searches for the answer: the `Solver`, what it sees, and what it does next."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol


async def _nothing() -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Sight:
    """What a solver sees of its own way so far; nothing here comes from anywhere but the question and its searches.

    Attributes:
        question: what is asked.
        said: what it said, turn by turn.
        shown: gives what it was shown for each of these.
        asked: its queries, in order.
        held: the ids of the pages that came, in order, each once.
        left: retrievals that it may still make.
        at_once: most of these in one turn.
    """

    question: str
    said: Sequence[str] = ()
    shown: Callable[[], Awaitable[Sequence[str]]] = _nothing
    asked: Sequence[str] = ()
    held: Sequence[str] = ()
    left: int = 1
    at_once: int = 1


@dataclass(frozen=True)
class Move:
    """A turn in parts: thought, then queries to ask at once or an answer."""

    think: str
    queries: Sequence[str] = field(default=())
    answer: str | None = None


class Stuck(Exception):
    """A solver that has nothing left to ask and no answer; says what it lacks."""


class Solver(Protocol):
    """Searches until it answers."""

    async def move(self, sight: Sight) -> Move | str:
        """The next turn: in parts, or as it was said, in the format of trajectories.

        Raises `Stuck`, or of a model `Refused` and `ChatError`.
        """
        ...
