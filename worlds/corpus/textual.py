"""A world out of text alone: who is mentioned in whose article, as bounds (design 1.2).

The one relation is that between an article and what it mentions. It surely holds where a sentence of the article names
the other by one of its names, nobody else goes by that name, and it is no part of a longer one. It may hold where a
link leads there in other words, where the name stands in no sentence, or where several go by it; and where no link
confirms it, by a name that is an ordinary word as well, or a title without what tells it apart. All that is claimed is
about these texts.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from worlds.corpus.document import Document
from worlds.corpus.standing import apart, ended, respelt, shortened
from worlds.model import Entity, Fact, Page, Relation, Rendered, Statement, WorldData
from worlds.web.sentences import Span, sentences

MENTIONS = "mentions"
ARTICLE = "article"
"""The noun of everything in such a world."""


class Named(NamedTuple):
    """A name as it stands in a text, `text[start:end]`, and the numbers of all articles that go by it.

    One that is an `ordinary` word as well says nothing by its capital: sentences begin with one, and longer names do.
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
    text = _Text(mine)
    stated: dict[int, Span] = {}
    told: dict[int, None] = {}
    for name in find(mine.document.text):
        for other in name.articles:
            told[other] = None
            if other not in stated and (span := text.surely(name, other, articles[other].document.title)):
                stated[other] = span
    links = [n for n in dict.fromkeys((*mine.linked, *told)) if n != number]

    def fact(other: int) -> Fact:
        return Fact(mine.id, MENTIONS, articles[other].id)

    surely = {fact(other): span for other, span in stated.items() if other != number}
    possible = [fact(n) for n in dict.fromkeys((*told, *mine.linked)) if n != number and n not in stated]
    return _Reading(surely, possible, links)


class _Text:
    """The text of an article: its sentences, its words as they are written, and which articles it links to."""

    def __init__(self, article: Article) -> None:
        self._text, self._linked = article.document.text, frozenset(article.linked)
        self._spans = [span for span in sentences(self._text) if ended(self._text, span.end)]
        self._starts = [span.start for span in self._spans]
        self._written = cache(lambda: frozenset(self._text.split()))

    def surely(self, name: Named, other: int, title: str) -> Span | None:
        """The sentence in which a name can only mean the other article of that title; `None` where there is doubt.

        A link confirms what is in doubt by itself.
        """
        start, end = name.start, name.end
        at = bisect_right(self._starts, start) - 1
        if len(name.articles) > 1 or at < 0 or end > self._spans[at].end:
            return None
        said = self._text[start:end]
        if other not in self._linked and (name.ordinary or shortened(said, title) or respelt(said, title)):
            return None
        alone = apart(self._text, start, end, self._starts[at], self._written)
        return self._spans[at] if alone else None


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
