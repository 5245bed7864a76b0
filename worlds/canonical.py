"""The neutral form of a world, so that anyone can recheck it with tools of their own (design, section 3)."""

import hashlib
import json
from collections.abc import Iterable
from itertools import islice

from worlds.model import Entity, Fact, Page, Relation

ENTITIES, FACTS, PAGES, RELATIONS = FILES = ("entities.jsonl", "facts.tsv", "pages.jsonl", "relations.tsv")
POSSIBLE = "possible.tsv"
"""Facts that are not stated and not ruled out either: upper ends of candidate sets hold them, lower ends do not."""
LINES = 1 << 10
"""How many lines are hashed at a time."""


def entity_line(entity: Entity) -> str:
    """A line of `entities.jsonl`: id, label, aliases, types."""
    return _json(entity.model_dump(mode="json"))


def fact_line(fact: Fact) -> str:
    """A line of `facts.tsv`: subject, relation, object, kind."""
    return "\t".join(part.translate(_ESCAPES) for part in fact)


def page_line(page: Page) -> str:
    """A line of `pages.jsonl`: id, title, url, text, links."""
    return _json(page.model_dump(mode="json"))


def relation_line(relation: Relation) -> str:
    """A line of `relations.tsv`: id, label, flags."""
    names = ("symmetric", "transitive", "functional", "complete", "time_varying")
    flags = [name for name in names if getattr(relation, name)]
    if relation.inverse_of is not None:
        flags.append(f"inverse_of:{relation.inverse_of}")
    return f"{relation.id}\t{relation.label}\t{' '.join(flags)}"


class Digest:
    """The sha256 of the neutral form: every file by its name and its lines, in the order of `FILES`."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()

    def add(self, name: str, lines: Iterable[str]) -> None:
        """One more file."""
        self._sha.update(f"{name}\n".encode())
        ended = (f"{line}\n" for line in lines)
        while part := "".join(islice(ended, LINES)):
            self._sha.update(part.encode())

    def __str__(self) -> str:
        return self._sha.hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_ESCAPES = str.maketrans({"\t": " ", "\n": " ", "\r": " "})
