"""The neutral form of a world, so that anyone can recheck it with tools of their own (design, section 3)."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from itertools import islice

from worlds.model import Entity, Page, Relation

ENTITIES, FACTS, PAGES, RELATIONS = FILES = ("entities.jsonl", "facts.tsv", "pages.jsonl", "relations.tsv")
POSSIBLE = "possible.tsv"
"""Facts that are not stated and not ruled out either: upper ends of candidate sets hold them, lower ends do not."""
LINES = 1 << 10
"""How many lines are hashed at a time."""

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ESCAPES = str.maketrans({"\t": " ", "\n": " ", "\r": " "})


def entity_line(entity: Entity, types: Sequence[str] = ()) -> str:
    """A line of `entities.jsonl`: id, label, aliases, types; those given in place of its own."""
    about = {"id": entity.id, "label": entity.label, "aliases": entity.aliases, "types": types or entity.types}
    return _json(about)


def fact_line(fact: tuple[str, str, str, str]) -> str:
    """A line of `facts.tsv`: subject, relation, object, kind; no cell holds a tab or an end of a line."""
    line = "\t".join(fact)
    if line.count("\t") > 3 or "\n" in line or "\r" in line:
        return "\t".join(part.translate(_ESCAPES) for part in fact)
    return line


def page_line(page: Page) -> str:
    """A line of `pages.jsonl`: id, title, url, text, links."""
    return _json({"id": page.id, "title": page.title, "url": page.url, "text": page.text, "links": page.links})


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
