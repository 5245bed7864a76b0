"""The shipped tables: which classes a question may name, and the words that tell a relation."""

from functools import cache
from importlib.resources import files

from hcsp.names import words
from worlds.relations import known_relations

_IDLE = frozenset(words("a an and as at by for from in is of on or the to was with"))


@cache
def classes() -> dict[str, str]:
    """The name of each class that types an entity, by item id. A class not named here is no noun of a question."""
    return dict(_rows("classes.tsv"))


@cache
def cues(relation: str) -> tuple[str, ...]:
    """Beginnings of words, one of which a sentence that states the relation has: shipped, and those of its label."""
    label = known_relations()[relation].label if relation in known_relations() else relation
    own = [word for word in words(label) if word not in _IDLE]
    said = words(dict(_rows("cues.tsv")).get(relation, ""))
    return tuple(dict.fromkeys([*said, *own]))


def _rows(name: str) -> list[tuple[str, str]]:
    lines = files("worlds.wikidata").joinpath(name).read_text("utf-8").splitlines()
    return [(first, rest) for first, _, rest in (line.partition("\t") for line in lines if line)]
