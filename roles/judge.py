"""Who decides whether clues are true of a rival, and what follows for candidate sets."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.frozen import Frozen
from roles.browser import Place
from worlds.model import Entity, Page

Verdict = Literal["yes", "no", "unknown"]


class Held(NamedTuple):
    """What a rival is held against: a clue in words, and the name in it, which whatever bears it out has to tell."""

    clue: str
    name: str


class Judgement(Frozen):
    """A verdict, and where the words stand that bear it out; `yes` and `no` never come without."""

    verdict: Verdict
    place: Place | None = None


UNKNOWN = Judgement(verdict="unknown")


class Judge(Protocol):
    """Holds a rival against clues."""

    async def judge(self, rival: Entity, clues: Sequence[Held], pages: Sequence[Page]) -> list[Judgement]:
        """Per clue whether it is true of the rival, by what the pages say."""
        ...


def judged(verdicts: Mapping[int, Verdict], pool: BitMap) -> Bounds:
    """The candidate set of a clue within a pool (design 1.2): surely those judged yes, perhaps all but those judged no.

    Whoever was not judged is unknown.
    """
    yes = BitMap([entity for entity, verdict in verdicts.items() if verdict == "yes"])
    no = BitMap([entity for entity, verdict in verdicts.items() if verdict == "no"])
    return Bounds(pool & yes, pool - no)
