"""The closure of facts, as facts."""

from collections.abc import Iterable, Mapping

from worlds.closure import close
from worlds.facts import distinct
from worlds.model import Fact, Relation
from worlds.writing.numbering import Numbering


def closed(facts: Iterable[Fact], relations: Mapping[str, Relation]) -> list[Fact]:
    """The facts and all that follows from them, sorted."""
    told = set(facts)
    literal = {f for f in told if f.kind != "entity"}
    between = told - literal
    numbering = Numbering(sorted({e for f in between for e in (f.subject, f.object)}), relations)
    found = close(distinct(numbering.keys(between)), list(relations.values()))
    return sorted({*literal, *(numbering.fact(key, ()) for key in found.tolist())})
