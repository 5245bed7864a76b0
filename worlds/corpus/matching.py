"""Which article is about which entity of a file of facts: by sitelink, by title, by alias, and never by guess."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from hcsp.names import key
from worlds.corpus.textual import Article
from worlds.corpus.titles import normal
from worlds.model import Entity

WIKI = "/wiki/"
"""What stands before the title in the address of a wiki's page."""

Claims = Mapping[int, Collection[str]]
"""By the number of an article the entities that it may be about."""


class Matched(NamedTuple):
    """What was found.

    Attributes:
        articles: per entity the id of the article that is about it.
        perhaps: per entity the ids of articles with a name of it that may be about another: nobody decides.
        by: how many were matched by what.
        unclear: titles of the articles in `perhaps`, in order.
    """

    articles: Mapping[str, str]
    perhaps: Mapping[str, tuple[str, ...]]
    by: Counter[str]
    unclear: tuple[str, ...]


def matched(
    articles: Sequence[Article],
    redirects: Mapping[str, Sequence[str]],
    entities: Sequence[Entity],
    sitelinks: Mapping[str, str],
) -> Matched:
    """Match articles with entities; `redirects` gives by an article's title the titles that lead to it.

    An article is about the entity whose sitelink leads to it. Else it is about the one entity that its title denotes as
    label, or that its title or other names denote as label or alias, as long as no other entity and no other article
    goes by these names. Once one sitelink is found here, an entity whose sitelink leads elsewhere is matched no more.
    """
    settling = _Settling(articles)
    settling.settle("sitelink", _by_sitelink(articles, redirects, sitelinks))
    barred = sitelinks.keys() if settling.taken else frozenset[str]()
    names = _Names(entity for entity in entities if entity.id not in barred)
    settling.settle("title", {n: names.labelled(a.document.title) for n, a in enumerate(articles)})
    named = {
        n: {e for name in (a.document.title, *_others(a, redirects)) for e in names.denoted(name)}
        for n, a in enumerate(articles)
    }
    settling.settle("alias", named)
    return settling.ended(named)


class _Names:
    """Whom the names of a file denote."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._denoted: dict[str, set[str]] = defaultdict(set)
        self._labels: dict[str, str] = {}
        for entity in entities:
            self._labels[entity.id] = key(entity.label)
            for name in (entity.label, *entity.aliases):
                self._denoted[key(name)].add(entity.id)

    def denoted(self, name: str) -> Collection[str]:
        return self._denoted.get(key(name), ()) if key(name) else ()

    def labelled(self, name: str) -> Collection[str]:
        """Those denoted, where one of them has the name as its label."""
        found = self.denoted(name)
        return found if any(self._labels[entity] == key(name) for entity in found) else ()


class _Settling:
    """Articles and entities find each other, in rounds; a pair that has found each other leaves."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = articles
        self.taken: dict[str, int] = {}
        self._settled: set[int] = set()
        self._by: Counter[str] = Counter()

    def settle(self, by: str, claims: Claims) -> None:
        """Pair those that nobody else claims."""
        claimants: dict[str, list[int]] = defaultdict(list)
        for n, entities in claims.items():
            if len(entities) == 1 and n not in self._settled:
                claimants[next(iter(entities))].append(n)
        for entity, articles in claimants.items():
            if len(articles) == 1 and entity not in self.taken:
                self.taken[entity] = articles[0]
                self._settled.add(articles[0])
                self._by[by] += 1

    def ended(self, claims: Claims) -> Matched:
        """What was settled, and what the claims of the others leave open."""
        perhaps: dict[str, list[str]] = defaultdict(list)
        unclear: dict[str, None] = {}
        for n, entities in claims.items():
            for entity in sorted(entities) if n not in self._settled else ():
                if entity not in self.taken:
                    perhaps[entity].append(self._articles[n].id)
                    unclear[self._articles[n].document.title] = None
        return Matched(
            articles={entity: self._articles[n].id for entity, n in self.taken.items()},
            perhaps={entity: tuple(found) for entity, found in perhaps.items()},
            by=self._by,
            unclear=tuple(unclear),
        )


def _by_sitelink(
    articles: Sequence[Article], redirects: Mapping[str, Sequence[str]], sitelinks: Mapping[str, str]
) -> Claims:
    at = {normal(name): n for n, a in enumerate(articles) for name in redirects.get(a.document.title, ())}
    at |= {normal(a.document.title): n for n, a in enumerate(articles)}
    claims: dict[int, set[str]] = defaultdict(set)
    for entity, link in sitelinks.items():
        n = at.get(normal(link.partition(WIKI)[2] or link))
        if n is not None:
            claims[n].add(entity)
    return claims


def _others(article: Article, redirects: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Other names that the source itself gives; what links call an article is no name to know it by."""
    return (*article.document.aliases, *redirects.get(article.document.title, ()))
