"""The reward sheet: what it takes to judge a trajectory of a task, as plain data that needs no world.

Never show it to a solver: it holds the answer.
"""

from collections.abc import Iterable
from functools import cached_property
from urllib.parse import urlsplit

from pydantic import Field

from hcsp.frozen import Frozen
from hcsp.names import key

TOP = 5
"""Pages of one retrieval that count: as many as the certificate's own retrievals bring."""
BLOCKED = ("huggingface.co",)
"""Where the questions of data sets stand with their answers; FORT blocks it too (arXiv 2606.12087, section 4.1)."""
SHORT = 2
"""Names of so few characters stand in too many texts to say anything."""


class Stated(Frozen):
    """A fact behind a clue or an edge, and every page that states it: any one of them will do.

    Attributes:
        constraint: the id of the clue or edge.
        vertex: the variable that it is said of; of a chord the lowest with both of its ends at or below it.
        pages: sorted; empty where no page states it, which then counts for nothing.
    """

    constraint: str
    vertex: str
    pages: tuple[str, ...]


class Sought(Frozen):
    """A variable: the names of its entity, its level (the root's is 1), and the variables below it."""

    vertex: str
    level: int
    names: tuple[str, ...]
    below: tuple[str, ...] = ()


class Sheet(Frozen):
    """What a trajectory of one task is judged by.

    Attributes:
        task: the id of the task.
        question: as asked.
        answers: every name that is a right answer, the label first.
        stated: the facts that the tree rests on.
        variables: the root first.
        rivals: the names of each of the nearest wrong answers.
        search_floor: the fewest retrievals that bring everything (its lower end); `None` where it was not computed.
        route: the pages of each retrieval of the cheapest route.
        naming: the pages on which a name of the answer stands.
        blocked: pages, and domains of pages whose id is an address, that nobody may use.
        whole: whether `stated` and `naming` list every page of the world; else a record's own quotes.
    """

    task: str
    question: str
    answers: tuple[str, ...] = Field(min_length=1)
    stated: tuple[Stated, ...] = ()
    variables: tuple[Sought, ...] = ()
    rivals: tuple[tuple[str, ...], ...] = ()
    search_floor: int | None = None
    route: tuple[tuple[str, ...], ...] = ()
    naming: tuple[str, ...] = ()
    blocked: tuple[str, ...] = BLOCKED
    whole: bool = True

    @cached_property
    def facts(self) -> tuple[Stated, ...]:
        """The facts that some page states."""
        return tuple(fact for fact in self.stated if fact.pages)

    @cached_property
    def states(self) -> dict[str, tuple[int, ...]]:
        """Per page which of the `facts` it states."""
        found: dict[str, list[int]] = {}
        for number, fact in enumerate(self.facts):
            for page in fact.pages:
                found.setdefault(page, []).append(number)
        return {page: tuple(numbers) for page, numbers in found.items()}

    @cached_property
    def names_answer(self) -> frozenset[str]:
        """The pages that name the answer."""
        return frozenset(self.naming)

    @cached_property
    def answer_keys(self) -> tuple[str, ...]:
        """What to look for in a text to see whether it names the answer."""
        return sought_in_text(self.answers)

    @cached_property
    def variable_keys(self) -> dict[str, tuple[str, ...]]:
        """The same for every variable."""
        return {v.vertex: sought_in_text(v.names) for v in self.variables}

    @cached_property
    def needs(self) -> dict[str, tuple[int, ...]]:
        """Per variable the facts that are said at and below it."""
        places = {v.vertex: {v.vertex, *v.below} for v in self.variables}
        return {v: tuple(n for n, f in enumerate(self.facts) if f.vertex in within) for v, within in places.items()}

    @cached_property
    def route_pages(self) -> frozenset[str]:
        """The pages of the cheapest route."""
        return frozenset(page for pages in self.route for page in pages)

    def is_blocked(self, page: str) -> bool:
        """Whether nobody may use a page."""
        if "://" not in page:
            return page in self.blocked
        host = _host(page)
        return page in self.blocked or any(host == b or host.endswith(f".{b}") for b in self.blocked)


def _host(address: str) -> str:
    """Of a page's address; empty where it is none, which `urlsplit` may refuse."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def sought_in_text(names: Iterable[str]) -> tuple[str, ...]:
    """Names as they are looked for in ` key(text) `; very short ones only where there is no longer one."""
    keys = [key(name) for name in names]
    long = [k for k in keys if len(k) > SHORT]
    return tuple(f" {k} " for k in dict.fromkeys(long or keys) if k)
