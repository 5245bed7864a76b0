"""Articles joined to the fields of the lines they came from: facts wherever a sentence bears them out.

A field alone is somebody's word. It becomes a fact where a sentence of the article names the value, and may hold where
none does; either way it is of a relation of its own, worded by the phrase book.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from hcsp.names import occurs
from worlds.corpus.document import Skipped
from worlds.corpus.fields import FieldFact
from worlds.corpus.library import Report
from worlds.corpus.textual import Textual
from worlds.model import Entity, Fact, Kind, Relation, Rendered, Statement
from worlds.relations import relation
from worlds.web.sentences import Span, says, sentences
from worlds.wikidata.shipped import cues


class _Joining(NamedTuple):
    """What comes of one field: the fact, whose article it is of, and the name that a sentence has to hold."""

    fact: Fact
    article: str
    name: str


UNTOLD = "a field that no sentence says"


def joined(text: Textual, fields: Iterable[FieldFact], relations: Mapping[str, Kind], report: Report) -> Textual:
    """The world with the facts of the fields; `relations` gives the kind of each relation that a field may have.

    What no sentence bears out is counted in the report.

    An object without a type that is the title of an article is that article; any other is an entity of its own.
    """
    by_title = {entity.label: entity.id for entity in text.data.entities}
    found, made = _read(fields, by_title)
    pages = {rendered.page.id: rendered for rendered in text.pages}
    told = {article: dict(_told(pages[article], rows)) for article, rows in found.items()}
    stated = {fact for spans in told.values() for fact in spans}
    every = {row.fact: None for rows in found.values() for row in rows}
    data = text.data._replace(
        entities=[*text.data.entities, *made],
        facts=[*text.data.facts, *(fact for fact in every if fact in stated)],
        relations=[*text.data.relations, *_relations(relations)],
    )
    untold = [fact for fact in every if fact not in stated]
    for fact in untold:
        report.leave(Skipped(f"{fact.subject} {fact.relation} {fact.object}", UNTOLD))
    return Textual(data, [_with(page, told.get(page.page.id, {})) for page in text.pages], [*text.possible, *untold])


def _read(fields: Iterable[FieldFact], by_title: Mapping[str, str]) -> tuple[dict[str, list[_Joining]], list[Entity]]:
    """The joinings by article, and the entities that the fields alone know; a field of no article is passed over."""
    found: dict[str, list[_Joining]] = {}
    types: dict[tuple[str, str], set[str]] = {}
    for row in fields:
        article = by_title.get(row.subject)
        if article is None:
            continue
        target = row.object
        if row.kind == "entity":
            own = row.type != "" or row.object not in by_title
            target = _identifier(row) if own else by_title[row.object]
            if own:
                types.setdefault((target, row.object), set()).update({row.type} - {""})
        fact = Fact(article, row.relation, target, row.kind)
        found.setdefault(article, []).append(_Joining(fact, article, row.object))
    made = [Entity(id=i, label=name, types=tuple(sorted(kinds))) for (i, name), kinds in sorted(types.items())]
    return found, made


def _identifier(row: FieldFact) -> str:
    """The id of an entity that only fields name: its type keeps it apart from an article of the same title."""
    return f"{row.type or row.relation}:{row.object}"


def _told(page: Rendered, rows: Iterable[_Joining]) -> Iterator[tuple[Fact, Span]]:
    """The facts that a sentence names the value of, with the first that has a word for the relation, or the first."""
    text = page.page.text
    spans = list(sentences(text))
    for row in rows:
        naming = [span for span in spans if occurs(row.name, text[slice(*span)])]
        telling = (span for span in naming if says(text[slice(*span)], [row.name], cues(row.fact.relation)))
        if naming:
            yield row.fact, next(telling, naming[0])


def _relations(kinds: Mapping[str, Kind]) -> list[Relation]:
    return [relation(name, kind) for name, kind in sorted(kinds.items())]


def _with(page: Rendered, told: Mapping[Fact, Span]) -> Rendered:
    statements = (*page.statements, *(Statement(fact, page.page.id, *span) for fact, span in told.items()))
    return Rendered(page.page, statements)
