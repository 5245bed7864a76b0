"""Who decides whether a clue is true of a rival, and what follows for candidate sets."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.frozen import Frozen
from roles.browser import Place
from worlds.model import Entity, Page

Verdict = Literal["yes", "no", "unknown"]


class Judgement(Frozen):
    """A verdict, and where the words stand that bear it out; `yes` and `no` never come without."""

    verdict: Verdict
    place: Place | None = None


UNKNOWN = Judgement(verdict="unknown")


class Judge(Protocol):
    """Holds a rival against a clue."""

    async def judge(self, rival: Entity, clue: str, pages: Sequence[Page]) -> Judgement:
        """Whether the clue, in words, is true of the rival, by what the pages say."""
        ...


def judged(verdicts: Mapping[int, Verdict], pool: BitMap) -> Bounds:
    """The candidate set of a clue within a pool (design 1.2): surely those judged yes, perhaps all but those judged no.

    Whoever was not judged is unknown.
    """
    yes = BitMap([entity for entity, verdict in verdicts.items() if verdict == "yes"])
    no = BitMap([entity for entity, verdict in verdicts.items() if verdict == "no"])
    return Bounds(pool & yes, pool - no)
