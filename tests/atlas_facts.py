"""The facts of atlas, by entity and relation."""

from collections import defaultdict
from collections.abc import Iterator

from worlds.atlas.tables import load
from worlds.model import Entity, Fact

DATA = load()
BY_ID = {e.id: e for e in DATA.entities}
LABEL = {e.id: e.label for e in DATA.entities}
ABOUT: dict[str, list[Fact]] = defaultdict(list)
OBJECTS: dict[tuple[str, str], list[str]] = defaultdict(list)
for _fact in DATA.facts:
    OBJECTS[_fact.subject, _fact.relation].append(_fact.object)
    for _end in {_fact.subject, _fact.object} if _fact.kind == "entity" else {_fact.subject}:
        ABOUT[_end].append(_fact)


def year(entity: str, relation: str) -> int | None:
    """The year of a dated fact, if the entity has one."""
    values = OBJECTS[entity, relation]
    return int(values[0].split("-")[0]) if values else None


def pairs(relation: str) -> Iterator[tuple[str, str]]:
    """Subject and object of the facts of a relation."""
    return ((f.subject, f.object) for f in DATA.facts if f.relation == relation)


def all_of(type_: str) -> list[Entity]:
    """The entities of a type."""
    return [e for e in DATA.entities if type_ in e.types]
