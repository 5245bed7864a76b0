"""The seam between the formal problem and a world: where candidate sets come from."""

from typing import Protocol

from hcsp.bounds import Bounds
from hcsp.constraints import Constraint
from hcsp.ties import Tie


class CandidateSource(Protocol):
    """Candidate sets over a fixed universe of dense ids `0 … size-1`. Synchronous, pure and total."""

    @property
    def size(self) -> int:
        """The number of entities."""
        ...

    def __hash__(self) -> int:
        """By identity: a source never changes."""
        ...

    def index(self, entity: str) -> int:
        """The dense id of an entity; raises `KeyError` when the world does not hold it."""
        ...

    def entity(self, index: int) -> str:
        """The entity of a dense id."""
        ...

    def members(self, clue: Constraint) -> Bounds:
        """`S(c)` of a clue or a noun; raises `TypeError` for an edge or a chord, which have a `preimage`."""
        ...

    def restrict(self, clue: Constraint, pool: Bounds) -> Bounds:
        """`S(c) ∩ pool`."""
        ...

    def preimage(self, tie: Tie, targets: Bounds, pool: Bounds) -> Bounds:
        """`r⁻¹(targets) ∩ pool`: those of `pool` for which the edge or chord holds with some target at its far end."""
        ...

    def namesakes(self, entity: str) -> tuple[str, ...]:
        """The other entities that share a label or alias with this one."""
        ...
