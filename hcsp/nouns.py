"""Which type the question names for an entity (design 1.2)."""

from functools import lru_cache
from math import ceil

from hcsp.constraints import TypeConstraint
from hcsp.source import CandidateSource

ANYTHING = "entity"
"""The pseudo-type of every entity."""


def smallest_noun(size: int) -> int:
    """How many members a type needs to be a noun in a universe of `size` entities: a rarer one would be a clue."""
    return ceil(min(50, size / 20))


@lru_cache(maxsize=1 << 16)
def noun_of(types: tuple[str, ...], source: CandidateSource) -> str:
    """The largest of an entity's types that is common enough, ties by name; `ANYTHING` when none is."""
    counted = [(len(source.members(TypeConstraint(id="", vertex="", type=t)).lower), t) for t in types if t != ANYTHING]
    common = [(-n, t) for n, t in counted if n >= smallest_noun(source.size)]
    return min(common)[1] if common else ANYTHING
