"""Articles joined to a file of facts: what is known of their subjects, wherever a sentence bears it out.

The article stays what it was, with its id, and gets the types and other names of the entity that it is about. A fact
between two of them surely holds where a sentence of one names the other, which is then its evidence; where none does,
or where it is not clear whom the article is about, it may hold.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from hcsp.names import occurs
from worlds.corpus.document import Skipped
from worlds.corpus.library import Report
from worlds.corpus.matching import Matched, matched
from worlds.corpus.textual import MENTIONS, Article, Textual
from worlds.corpus.titles import Titles
from worlds.model import Entity, Fact, Rendered, Statement
from worlds.triples import Triples
from worlds.web.sentences import Span, sentences

UNCLEAR = "an article by whose name --with knows several, or one of several articles of that name: joined to none"
UNTOLD = "a fact of --with that no sentence says"
_LEAST_DIGITS = 3
_OFTEN = 1 << 62


class Knowledge:
    """A file of facts, joined in two steps: names before the texts are read, facts when they have been.

    Raises `ValueError` when it has a relation of its own by the name of the one between articles.
    """

    def __init__(self, triples: Triples, name: str) -> None:
        if any(relation.id == MENTIONS for relation in triples.data.relations):
            raise ValueError(f"{name} has a relation {MENTIONS!r}, which is that between articles; rename it")
        self._name = name
        self._triples = triples
        self._entities = {entity.id: entity for entity in triples.data.entities}
        self._matched = Matched({}, {}, Counter(), ())

    def naming(self, articles: Sequence[Article], titles: Titles) -> list[Article]:
        """The articles with the names of the entities that they are about."""
        redirects = titles.aliases(_OFTEN)
        self._matched = matched(articles, redirects, self._triples.data.entities, self._triples.sitelinks)
        about = {article: self._entities.get(item) for item, article in self._matched.articles.items()}
        return [_called(article, about.get(article.id)) for article in articles]

    def joined(self, text: Textual, report: Report) -> Textual:
        """The world with the facts; what was joined by what, and what was not, is in the report."""
        sure, doubtful = self._facts()
        evidence = _Evidence(sure)
        pages = [evidence.told(page) for page in text.pages]
        stated = {s.fact for page in pages for s in page.statements}
        facts = [fact for fact in sure if fact in stated]
        untold = [fact for fact in sure if fact not in stated]
        self._tell(report, len(text.pages), len(facts), len(untold))
        for fact in untold:
            report.leave(Skipped(f"{fact.subject} {fact.relation} {fact.object}", UNTOLD))
        data = text.data._replace(
            entities=self._typed(text.data.entities),
            facts=[*text.data.facts, *facts],
            relations=[*text.data.relations, *self._triples.data.relations],
        )
        return Textual(data, pages, [*text.possible, *untold, *doubtful])

    def _facts(self) -> tuple[dict[Fact, None], dict[Fact, None]]:
        """The facts between articles: those that are about them, and those that may be."""
        sure, doubtful = dict[Fact, None](), dict[Fact, None]()
        for fact in self._triples.data.facts:
            known = fact.subject in self._matched.articles and (
                fact.kind != "entity" or fact.object in self._matched.articles
            )
            (sure if known else doubtful).update(dict.fromkeys(self._moved(fact)))
        return sure, {fact: None for fact in doubtful if fact not in sure}

    def _moved(self, fact: Fact) -> Iterator[Fact]:
        for subject in self._homes(fact.subject):
            for target in self._homes(fact.object) if fact.kind == "entity" else (fact.object,):
                if fact.kind != "entity" or subject != target:
                    yield Fact(subject, fact.relation, target, fact.kind)

    def _homes(self, item: str) -> tuple[str, ...]:
        """The article that is about an item, else those that may be."""
        article = self._matched.articles.get(item)
        return self._matched.perhaps.get(item, ()) if article is None else (article,)

    def _typed(self, entities: Iterable[Entity]) -> list[Entity]:
        """What an entity is by the facts takes the place of what kind of article it has."""
        types = {
            article: self._entities[item].types
            for item, article in self._matched.articles.items()
            if item in self._entities
        }
        return [e.model_copy(update={"types": types[e.id]}) if types.get(e.id) else e for e in entities]

    def _tell(self, report: Report, pages: int, stated: int, untold: int) -> None:
        by = self._matched.by
        ways = ", ".join(f"{n:,} by {way}" for way, n in by.items())
        told = f": {ways}" if ways else "; is it about the same things, in the same language?"
        report.notes.append(f"joined to {self._name}: {by.total():,} of {pages:,} articles{told}")
        report.notes.append(f"facts between them: {stated:,} that a sentence bears out, {untold:,} that none does")
        for title in self._matched.unclear:
            report.leave(Skipped(title, UNCLEAR))


class _Evidence:
    """Finds the sentences for facts: where one article names the other, or its own literal."""

    def __init__(self, facts: Collection[Fact]) -> None:
        self._between: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        self._literals: dict[str, list[Fact]] = defaultdict(list)
        for fact in facts:
            if fact.kind == "entity":
                self._between[fact.subject, fact.object].append(fact)
                self._between[fact.object, fact.subject].append(fact)
            else:
                self._literals[fact.subject].append(fact)

    def told(self, page: Rendered) -> Rendered:
        """The page with what it states of the facts."""
        here = page.page.id
        found: dict[Fact, Span] = {}
        for mention in page.statements:
            for fact in self._between.get((here, mention.fact.object), ()):
                found.setdefault(fact, Span(mention.start, mention.end))
        found |= _literals(page.page.text, self._literals.get(here, ()))
        return Rendered(page.page, (*page.statements, *(Statement(fact, here, *span) for fact, span in found.items())))


def _literals(text: str, facts: Sequence[Fact]) -> Mapping[Fact, Span]:
    """The first sentence that says each literal."""
    spans = list(sentences(text)) if facts else []
    found: dict[Fact, Span] = {}
    for fact in facts:
        forms = _forms(fact)
        first = next((span for span in spans if any(occurs(form, text[slice(*span)]) for form in forms)), None)
        if first is not None:
            found[fact] = first
    return found


def _forms(fact: Fact) -> tuple[str, ...]:
    """How a text may say a literal: a time by its year; a number of one or two digits says nothing."""
    if fact.kind == "string":
        return (fact.object,)
    first = fact.object.lstrip("-").partition("-" if fact.kind == "time" else " ")[0]
    if fact.kind == "time":
        first = first.lstrip("0")
    if sum(map(str.isdigit, first)) < _LEAST_DIGITS:
        return ()
    return (first, f"{int(first):,}") if first.isdecimal() and fact.kind == "quantity" else (first,)


def _called(article: Article, entity: Entity | None) -> Article:
    """An article with the names of the entity that it is about."""
    if entity is None:
        return article
    names = dict.fromkeys((*article.aliases, entity.label, *entity.aliases))
    return article._replace(aliases=tuple(name for name in names if name != article.document.title))
