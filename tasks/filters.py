"""The paper's two filters: a question that a model answers from memory is too easy, one that the pages do not settle
cannot be verified."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from hcsp.frozen import Frozen
from roles.asking import request, shown, together
from roles.chat.port import Chat, Refused
from tasks.audit import Finding
from tasks.matching import matches
from worlds.model import Page
from worlds.world import World

CLOSED_BOOK, FROM_PAGES = "closed_book", "from_pages"
"""The names of the two checks."""
LONGEST = 12_000
"""Characters of a page that are read."""
RESULTS = 5
"""How many pages of each search may distract."""


class Recalled(Frozen):
    """A reply without pages; empty where the model cannot even guess."""

    answer: str


class Derived(Frozen):
    """A reply with pages."""

    answers: tuple[str, ...]


class Filtered(NamedTuple):
    """What a filter found.

    Attributes:
        check: the filter's name.
        checked: whether any reply came; where none did the filter says nothing, and never that all is well.
        findings: why the question is rejected; empty when it is not.
        answers: all that was answered, in order; the wrong ones may be rivals.
    """

    check: str
    checked: bool
    findings: tuple[Finding, ...] = ()
    answers: tuple[str, ...] = ()

    def wrong(self, names: Iterable[str]) -> tuple[str, ...]:
        """The answers that are not the one that goes by these names."""
        called = tuple(names)
        return tuple(a for a in dict.fromkeys(self.answers) if a.strip() and not matches(a, called))


async def difficulty(chat: Chat, question: str, names: Sequence[str], k: int = 3) -> Filtered:
    """Ask `k` times without pages: one right answer rejects the question. `names` are the answer's label and aliases.

    Raises `ValueError` for `k` below 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}; at least one closed-book answer is needed")
    replies = await together(_recall(chat, question, sample) for sample in range(k))
    given = tuple(reply for reply in replies if reply is not None)
    right = sum(matches(answer, names) for answer in given)
    why = f"{right} of {len(given)} answers from memory are right"
    found = (Finding(CLOSED_BOOK, why),) if right else ()
    return Filtered(CLOSED_BOOK, bool(found) or len(given) == k, found, given)


async def _recall(chat: Chat, question: str, sample: int) -> str | None:
    call = request("solver", "answer_closed_book", Recalled, {"question": question}, sample=sample)
    try:
        return (await chat.ask(call)).answer
    except Refused:
        return None


async def verifiability(
    chat: Chat, question: str, names: Sequence[str], gold: Sequence[Page], distractors: Sequence[Page], seed: str
) -> Filtered:
    """Ask with the pages that bear the answer out, shuffled among others: anything but the one right answer rejects.

    Raises `ValueError` without gold pages.
    """
    if not gold:
        raise ValueError("no gold pages: nothing could bear the answer out")
    pages = list({page.id: page for page in (*gold, *distractors)}.values())
    Random(f"{seed}:verifiability").shuffle(pages)
    call = request("solver", "answer_from_pages", Derived, {"question": question, "pages": shown(pages, LONGEST)})
    try:
        given = (await chat.ask(call)).answers
    except Refused:
        return Filtered(FROM_PAGES, checked=False)
    return Filtered(FROM_PAGES, True, tuple(_unverified(given, names)), given)


def _unverified(given: Sequence[str], names: Sequence[str]) -> Iterable[Finding]:
    answers = [answer for answer in given if answer.strip()]
    wrong = [answer for answer in answers if not matches(answer, names)]
    if not answers:
        yield Finding(FROM_PAGES, "the pages lead to no answer")
    elif wrong and len(answers) == len(wrong) == 1:
        yield Finding(FROM_PAGES, f"the pages lead to {wrong[0]!r}", name=wrong[0])
    elif wrong:
        yield Finding(FROM_PAGES, f"the pages lead to {len(answers)} answers, such as {wrong[0]!r}", name=wrong[0])


async def distracting(
    world: World, question: str, surfaces: Mapping[str, str], gold: Iterable[str], seed: str, most: int = 8
) -> list[Page]:
    """At most `most` pages that the question or one of its clauses brings and that are not gold, drawn by the seed."""
    taken = set(gold)
    found: dict[str, None] = {}
    for query in (question, *surfaces.values()):
        found.update((hit.page, None) for hit in await world.search(query, RESULTS) if hit.page not in taken)
    drawn = Random(f"{seed}:distractors").sample(sorted(found), min(most, len(found)))
    return [await world.page(page) for page in drawn]
