"""What was gathered of a world that nobody can hold whole: plain data, stored as JSON beside a record."""

from collections.abc import Iterable, Iterator
from itertools import chain

from pydantic import Field

from hcsp.frozen import Frozen
from worlds.model import Kind


class Tied(Frozen):
    """Facts of one relation, closure included.

    Attributes:
        pairs: per subject its objects, as far as they are known; dense ids.
        subjects: those of which every object is in `pairs`, even where there is none.
        objects: those of which every subject is in `pairs`, even where there is none.
        denied: per subject the objects that it is known not to be tied to. What stands in `pairs` too is tied.
    """

    pairs: dict[int, tuple[int, ...]] = Field(default_factory=dict)
    denied: dict[int, tuple[int, ...]] = Field(default_factory=dict)
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
        names: the ids of those that were seen, by number. The item `Qn`, unseen, has the number `len(names) + n`. A
            name beyond `size` is of something that facts lead to and no variable may stand for.
        types: per type those who surely are of it.
        typed: those of whom every type is known.
        namesakes: per entity the others that share a name, where that was asked.
    """

    size: int
    names: tuple[str, ...]
    ties: dict[str, Tied] = Field(default_factory=dict)
    literals: dict[str, Told] = Field(default_factory=dict)
    types: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    typed: tuple[int, ...] = ()
    namesakes: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def renumbered(items: Known) -> Known:
    """What is known of items by their own numbers, `n` for `Qn`, with those that are named counted from 0 instead."""
    numbers = sorted(set(_named(items)))
    at = {item: n for n, item in enumerate(numbers)}

    def moved(group: Iterable[int]) -> tuple[int, ...]:
        return tuple([at[item] for item in group])

    return Known(
        size=items.size,
        names=tuple(f"Q{item}" for item in numbers),
        ties={
            relation: Tied(
                pairs={at[s]: moved(os) for s, os in tied.pairs.items()},
                denied={at[s]: moved(os) for s, os in tied.denied.items()},
                subjects=moved(tied.subjects),
                objects=moved(tied.objects),
            )
            for relation, tied in items.ties.items()
        },
        literals={
            relation: Told(
                kind=told.kind,
                texts={at[e]: texts for e, texts in told.texts.items()},
                subjects=moved(told.subjects),
                vague=moved(told.vague),
            )
            for relation, told in items.literals.items()
        },
        types={name: moved(members) for name, members in items.types.items()},
        typed=moved(items.typed),
        namesakes=items.namesakes,
    )


def _named(items: Known) -> Iterator[int]:
    """Every item that stands anywhere."""
    for tied in items.ties.values():
        for rows in (tied.pairs, tied.denied):
            yield from chain(rows, *rows.values())
        yield from chain(tied.subjects, tied.objects)
    for told in items.literals.values():
        yield from chain(told.texts, told.subjects, told.vague)
    yield from chain(items.typed, *items.types.values())
