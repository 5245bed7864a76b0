"""Where Wikipedia says a fact: sentences on the pages of its subject and object that tell it in so many words."""

from collections.abc import Iterable, Iterator, Sequence

from worlds.literals import time_interval
from worlds.model import Fact, Statement
from worlds.web.sentences import says, sentences
from worlds.wikidata.shipped import cues


def spoken(fact: Fact, page: str, text: str, names: Iterable[str]) -> Iterator[Statement]:
    """The sentences of a page about one end of a fact that name the other and have a word that tells the relation.

    `names` are those of the other end, or how its literal may be written. The page's own entity need not be named: a
    page is plainly about it.
    """
    said, telling = list(names), cues(fact.relation)
    for start, end in sentences(text):
        if says(text[start:end], said, telling):
            yield Statement(fact, page, start, end)


def written(fact: Fact) -> Sequence[str]:
    """How a text may write a literal: the year of a time, a number with and without its thousands set apart."""
    if fact.kind == "time":
        return (str(abs(int(time_interval(fact.object).low))),)
    if fact.kind == "quantity":
        number = fact.object.partition(" ")[0]
        whole, _, rest = number.partition(".")
        apart = f"{int(whole):,}" + (f".{rest}" if rest else "")
        return tuple(dict.fromkeys((number, apart)))
    return (fact.object,)
