"""A world out of text alone: who is mentioned in whose article, as bounds (design 1.2).

The one relation is that between an article and what it mentions. It surely holds where a sentence of the article names
the other by one of its names, and nobody else goes by that name. It may hold where a link leads there in other words,
where the name stands in no sentence or is an ordinary word that opens one, or where several go by it. All that is
claimed is about these texts.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from worlds.corpus.document import Document
from worlds.model import Entity, Fact, Page, Relation, Rendered, Statement, WorldData
from worlds.web.sentences import Span, sentences

MENTIONS = "mentions"
ARTICLE = "article"
"""The noun of everything in such a world."""


class Named(NamedTuple):
    """A name as it stands in a text, `text[start:end]`, and the numbers of all articles that go by it.

    One that is an `ordinary` word as well says nothing by its capital where a sentence begins with it.
    """

    start: int
    end: int
    articles: tuple[int, ...]
    ordinary: bool = False


class Article(NamedTuple):
    """A document that can be an answer: its id, its other names, and the articles that its links lead to."""

    id: str
    document: Document
    aliases: tuple[str, ...] = ()
    linked: tuple[int, ...] = ()


class Textual(NamedTuple):
    """What `worlds.build.build` takes."""

    data: WorldData
    pages: list[Rendered]
    possible: list[Fact]


Find = Callable[[str], Iterable[Named]]


def textual(articles: Sequence[Article], find: Find, name: str) -> Textual:
    """A world of articles; `find` tells which names stand in a text."""
    told = [_read(n, articles, find) for n in range(len(articles))]
    surely = [fact for reading in told for fact in reading.stated]
    return Textual(
        data=WorldData(
            name, [_entity(a) for a in articles], surely, [Relation(id=MENTIONS, label="mentions", kind="entity")]
        ),
        pages=[_page(article, reading, articles) for article, reading in zip(articles, told, strict=True)],
        possible=[fact for reading in told for fact in reading.possible],
    )


class _Reading(NamedTuple):
    """Facts by one article: with the sentence that says so, or perhaps; and whom it mentions in order."""

    stated: Mapping[Fact, Span]
    possible: Sequence[Fact]
    links: Sequence[int]


def _read(number: int, articles: Sequence[Article], find: Find) -> _Reading:
    mine = articles[number]
    stated: dict[Fact, Span] = {}
    possible: dict[Fact, None] = {}
    links = dict.fromkeys(mine.linked)
    for span, others in _told(mine.document.text, find):
        for other in others:
            if other == number:
                continue
            fact = Fact(mine.id, MENTIONS, articles[other].id)
            links[other] = None
            if span is not None and len(others) == 1:
                stated.setdefault(fact, span)
            else:
                possible[fact] = None
    possible |= {Fact(mine.id, MENTIONS, articles[other].id): None for other in mine.linked if other != number}
    return _Reading(stated, [fact for fact in possible if fact not in stated], [n for n in links if n != number])


def _told(text: str, find: Find) -> Iterator[tuple[Span | None, tuple[int, ...]]]:
    """Each name with the sentence that it stands in, `None` where it stands in none, or may be no name."""
    spans = list(sentences(text))
    starts = [span.start for span in spans]
    for name in find(text):
        at = bisect_right(starts, name.start) - 1
        inside = at >= 0 and name.end <= spans[at].end and not (name.ordinary and name.start == spans[at].start)
        yield (spans[at] if inside else None), name.articles


def _entity(article: Article) -> Entity:
    document = article.document
    names = dict.fromkeys((*document.aliases, *article.aliases))
    types = (ARTICLE, *(f"{ARTICLE} on {kind}" for kind in document.types))
    return Entity(id=article.id, label=document.title, aliases=tuple(names), types=tuple(dict.fromkeys(types)))


def _page(article: Article, reading: _Reading, articles: Sequence[Article]) -> Rendered:
    document = article.document
    page = Page(
        id=article.id,
        title=document.title,
        url=document.url,
        text=document.text,
        links=tuple(articles[n].id for n in reading.links),
    )
    statements = tuple(Statement(fact, article.id, *span) for fact, span in reading.stated.items())
    return Rendered(page, statements)
