"""Facts as they stream by: packed keys in both directions, what follows from them, and their literals."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from worlds import canonical
from worlds.closure import close
from worlds.facts import ENTITY_BITS, distinct, pack, turned
from worlds.literals import interval
from worlds.model import Fact, Relation
from worlds.store import Keys, write_strings
from worlds.writing.numbering import Numbering

UPPER, UPPER_PARTS = "upper", ("out", "in", "literals")
"""Files of what holds or may hold, in worlds that know of some facts only that they may."""
LINES = 1 << 16
"""How many facts are put into words at a time."""
_PLACE, _LOW = np.uint64(ENTITY_BITS), np.uint64((1 << ENTITY_BITS) - 1)
_RELATION, _SUBJECT = np.uint64(2 * ENTITY_BITS), np.uint64(64 - ENTITY_BITS)
"""Where the relation begins in a key, and the subject in one that sorts by it first."""


class Facts(NamedTuple):
    """Sorted keys of what was told, of what follows, and of what may hold beside that; literals as (kind, text)."""

    stated: Keys
    closed: Keys
    possible: Keys
    literals: Sequence[tuple[str, str]]
    units: Sequence[str]


def write_facts(
    facts: Iterable[Fact], possible: Iterable[Fact], relations: Sequence[Relation], numbering: Numbering, path: Path
) -> Facts:
    """Write the facts in both directions, what may hold where anything may, and the literals."""
    stated, perhaps = numbering.keys(facts), numbering.keys(possible)
    literals = numbering.settle(stated, perhaps)
    stated, perhaps = distinct(stated), distinct(perhaps)
    between, valued = _apart(stated, numbering)
    closed = close(between, relations)
    np.save(path / "out.npy", closed)
    np.save(path / "in.npy", turned(closed))
    np.save(path / "literals.npy", valued)
    open_ = perhaps[:0]
    if len(perhaps):
        upper, valued_upper = map(np.union1d, (between, valued), _apart(perhaps, numbering))
        upper = close(upper, relations)
        open_ = np.setdiff1d(np.concatenate([upper, valued_upper]), np.concatenate([closed, valued]))
    if len(open_):
        np.save(path / f"{UPPER}_out.npy", upper)
        np.save(path / f"{UPPER}_in.npy", turned(upper))
        np.save(path / f"{UPPER}_literals.npy", valued_upper)
    units = _write_literals(path, literals)
    return Facts(stated, np.concatenate([closed, valued]), open_, literals, units)


def fact_lines(keys: Keys, numbering: Numbering, literals: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The lines of `facts.tsv`, sorted by subject, relation and object: ids, relations and literals sort as numbers."""
    order = _subject_first(keys)
    for start in range(0, len(order), LINES):
        yield from map(canonical.fact_line, numbering.parts(_relation_first(order[start : start + LINES]), literals))


def _subject_first(keys: Keys) -> Keys:
    found = ((keys >> _PLACE) & _LOW) << _SUBJECT
    found |= (keys >> _RELATION) << _PLACE
    found |= keys & _LOW
    found.sort()
    return found


def _relation_first(keys: Keys) -> Keys:
    return pack((keys << _PLACE) >> _RELATION, keys >> _SUBJECT, keys & _LOW)


def _apart(keys: Keys, numbering: Numbering) -> tuple[Keys, Keys]:
    """Those between entities, and those with a literal."""
    literal = numbering.is_literal[(keys >> _RELATION).astype(np.intp)]
    return keys[~literal], keys[literal]


def _write_literals(path: Path, literals: Sequence[tuple[str, str]]) -> list[str]:
    """Write texts and intervals; returns the units in the order of their numbers."""
    write_strings(path / "literal_texts", (text for _, text in literals))
    spans = [None if kind == "string" else interval(text, kind) for kind, text in literals]
    units = sorted({s.unit for s in spans if s is not None})
    at = {unit: float(n) for n, unit in enumerate(units)}
    nowhere = (float("nan"), float("nan"), -1.0)
    rows = [nowhere if s is None else (float(s.low), float(s.high), at[s.unit]) for s in spans]
    np.save(path / "literal_spans.npy", np.array(rows, dtype=np.float64).reshape(-1, 3))
    return units
