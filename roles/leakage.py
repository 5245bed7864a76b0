"""Names that a question must not contain (design 1.4)."""

from collections.abc import Iterable, Mapping

from hcsp.names import occurring
from hcsp.tree import ResearchTree
from worlds.model import Entity


def leaks(question: str, tree: ResearchTree, entities: Mapping[str, Entity]) -> dict[str, list[str]]:
    """Per variable the label and aliases of its entity that stand in the question; empty when nothing leaks.

    `entities` holds the entity of each variable. Whole words, case and accents aside.
    """
    found = {v: occurring(names_of(entities[v]), question) for v in tree.entities}
    return {v: names for v, names in found.items() if names}


def names_of(entity: Entity) -> Iterable[str]:
    """The label and the aliases."""
    return dict.fromkeys((entity.label, *entity.aliases))
