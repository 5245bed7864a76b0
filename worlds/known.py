"""What was gathered of a world that nobody can hold whole: plain data, stored as JSON beside a record."""

from pydantic import Field

from hcsp.frozen import Frozen
from worlds.model import Kind


class Tied(Frozen):
    """Facts of one relation, closure included.

    Attributes:
        pairs: per subject its objects, as far as they are known; dense ids.
        subjects: those of which every object is in `pairs`, even where there is none.
        objects: those of which every subject is in `pairs`, even where there is none.
    """

    pairs: dict[int, tuple[int, ...]] = Field(default_factory=dict)
    subjects: tuple[int, ...] = ()
    objects: tuple[int, ...] = ()


class Told(Frozen):
    """Literals of one relation.

    Attributes:
        texts: per subject its literals as exported.
        subjects: those of which every literal is known, even where there is none.
        vague: those that have literals too coarse to be written, such as a century: nothing is ruled out for them.
    """

    kind: Kind
    texts: dict[int, tuple[str, ...]] = Field(default_factory=dict)
    subjects: tuple[int, ...] = ()
    vague: tuple[int, ...] = ()


class Known(Frozen):
    """All that a snapshot answers from.

    Attributes:
        size: the entities are `0 … size-1`, whether anybody saw them or not.
        names: the entities' ids by dense id; empty where `n` stands for `Qn`.
        types: per type those who surely are of it.
        typed: those of whom every type is known.
        namesakes: per entity the others that share a name, where that was asked.
    """

    size: int
    names: tuple[str, ...] = ()
    ties: dict[str, Tied] = Field(default_factory=dict)
    literals: dict[str, Told] = Field(default_factory=dict)
    types: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    typed: tuple[int, ...] = ()
    namesakes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
