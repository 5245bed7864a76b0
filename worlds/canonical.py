"""The neutral form of a world, so that anyone can recheck it with tools of their own (design, section 3)."""

import json
from collections.abc import Iterable, Iterator, Sequence

from worlds.model import Entity, Fact, Page, Relation

FILES = ("entities.jsonl", "facts.tsv", "pages.jsonl", "relations.tsv")
POSSIBLE = "possible.tsv"
"""Facts that are not stated and not ruled out either: upper ends of candidate sets hold them, lower ends do not."""


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


def lines(
    entities: Iterable[Entity],
    facts: Iterable[Fact],
    pages: Iterable[Page],
    relations: Iterable[Relation],
    possible: Sequence[Fact] = (),
) -> Iterator[tuple[str, Iterator[str]]]:
    """The export's files by name, each as its lines; one more for facts that may hold, where there are any."""
    parts = (map(entity_line, entities), map(fact_line, facts), map(page_line, pages), map(relation_line, relations))
    yield from zip(FILES, parts, strict=True)
    if possible:
        yield POSSIBLE, map(fact_line, possible)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_ESCAPES = str.maketrans({"\t": " ", "\n": " ", "\r": " "})
