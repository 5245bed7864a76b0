"""Whether a clue says anything of an entity but that something is known of it."""

from pyroaring import BitMap

from hcsp.constraints import Asserting, CountConstraint, RelationConstraint
from hcsp.source import CandidateSource
from hcsp.trail import is_vague

NAMED, VAGUE = 0.9, 0.5
"""The largest share of its peers of whom the relation is known that may meet a clue that names, or names nothing.

"Was buried in a cemetery" is met by nearly all who have a place of burial: who reads it learns nothing.
"""


def tells(clue: Asserting, peers: BitMap, source: CandidateSource) -> bool:
    """Whether enough of the peers (entities of the same noun) with any fact of the clue's relation do not meet it."""
    direction = clue.direction if isinstance(clue, RelationConstraint | CountConstraint) else "out"
    any_ = CountConstraint(id="", vertex=clue.vertex, relation=clue.relation, direction=direction, low=1)
    having = source.members(any_).lower & peers
    return len(source.members(clue).lower & having) <= (VAGUE if is_vague(clue) else NAMED) * len(having)
