"""From what a reader hands on to a world of articles, and a report of what was left out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from hcsp.names import words
from worlds.corpus.document import Document, Read, Skipped
from worlds.corpus.mentions import Mention, Names, ordinary_words
from worlds.corpus.missed import missed
from worlds.corpus.room import Room
from worlds.corpus.textual import Article, Named, Textual, textual
from worlds.corpus.titles import Titles, normal
from worlds.corpus.wording import documents, reason

EXAMPLES = 3
"""How many cases of each reason are named."""
AGAIN = "a second page of this title"

Watch = Callable[[str, int, int | None], object]
"""Told how far a step is: its name, how many are done, and of how many where that is known."""

Naming = Callable[[Sequence[Article], Titles], list[Article]]
"""Gives articles further names, before they are looked for in the texts."""

READING, FINDING = "documents read", "articles searched for names"


@dataclass
class Report:
    """What became of the input.

    Attributes:
        kinds: documents by kind.
        left_out: what was left out, by reason, with `examples`.
        links: how many links lead to an article.
        missed: those of them that a look-up by their exact text would miss, by cause.
        notes: what else there is to say, a line each.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    links: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def leave(self, skipped: Skipped) -> None:
        """Count something that was not read."""
        self.left_out[skipped.why] += 1
        if len(self.examples[skipped.why]) < EXAMPLES:
            self.examples[skipped.why].append(skipped.where)


def text_world(
    reading: Iterable[Read],
    name: str,
    watch: Watch = lambda *_: None,
    naming: Naming = lambda articles, _: [*articles],
) -> tuple[Textual, Report]:
    """A world of the articles of a corpus, with bounds on who is mentioned in whose article.

    Disambiguation pages, lists and stubs are left out: they are no answers, and what they name they do not tell of.
    Raises `ValueError` when there is no article at all, or more than memory holds.
    """
    titles, report = Titles(), Report()
    documents = list(_articles(reading, titles, report, watch))
    for broken in titles.broken():
        report.leave(broken)
    if not documents:
        raise ValueError(f"no article was found, so {name} is not built ({_why(report)})")
    report.links, report.missed = missed(documents, titles)
    articles = naming(_linked(documents, titles), titles)
    find, searched = _finder(articles), count(1)

    def watched(text: str) -> Iterable[Named]:
        watch(FINDING, next(searched), len(articles))
        return find(text)

    return textual(articles, watched, name), report


def _articles(reading: Iterable[Read], titles: Titles, report: Report, watch: Watch) -> Iterable[Document]:
    room = Room()
    for number, read in enumerate(reading, start=1):
        watch(READING, number, None)
        room.check(number)
        if isinstance(read, Skipped):
            report.leave(read)
            continue
        if not titles.add(read):
            report.leave(Skipped(read.title, AGAIN))
            continue
        report.kinds[read.kind] += 1
        if read.kind == "article":
            yield read


def _linked(documents: list[Document], titles: Titles) -> list[Article]:
    aliases = titles.aliases()
    at = {document.title: n for n, document in enumerate(documents)}
    found = []
    for document in documents:
        goals = (at.get(titles.resolve(link.target) or "") for link in document.links)
        linked = tuple(dict.fromkeys(n for n in goals if n is not None))
        names = tuple(dict.fromkeys(name for name in aliases.get(document.title, ()) if name != document.title))
        found.append(Article(identifier(document.title), document, names, linked))
    return found


def identifier(title: str) -> str:
    """The id of the article of that title: as a wiki writes it in an address."""
    return normal(title).replace(" ", "_")


def _finder(articles: list[Article]) -> Callable[[str], Iterable[Named]]:
    """Finds the names of all articles, with what an ordinary word of the corpus may not be taken for."""
    called = [
        (name, n)
        for n, (_, document, aliases, _) in enumerate(articles)
        for name in (document.title, *document.aliases, *aliases)
    ]
    ordinary = ordinary_words((article.document.text for article in articles), (name for name, _ in called))
    names = Names(called, ordinary)
    return lambda text: (_named(mention, text, ordinary) for mention in names.find(text))


def _named(mention: Mention, text: str, ordinary: Collection[str]) -> Named:
    said = words(text[mention.start : mention.end])
    return Named(*mention, ordinary=len(said) == 1 and said[0] in ordinary)


def _why(report: Report) -> str:
    worst = report.left_out.most_common(1)
    kinds = documents(report.kinds)
    reasons = [f"read: {kinds}"] if kinds else []
    reasons += [f"{n} left out as “{reason(why)}”, such as {report.examples[why][0]}" for why, n in worst]
    return "; ".join(reasons) or "there is no document in the input"
