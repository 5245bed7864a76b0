"""The paper's two filters: a question that a model answers from memory is too easy, one that the pages do not settle
cannot be verified."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random

from hcsp.frozen import Frozen
from roles.asking import request, shown, together
from roles.chat.port import Chat, Refused
from roles.recalling import recalled
from tasks.attempts import Attempt, attempt
from worlds.model import Page
from worlds.world import World

LONGEST = 4_000
"""Characters of a page that are shown."""
RESULTS = 5
"""How many pages of each search may distract."""


class Derived(Frozen):
    """A reply with pages."""

    answers: tuple[str, ...]


async def difficulty(chat: Chat, question: str, names: Sequence[str], k: int = 3) -> Attempt:
    """Ask `k` times without pages: one right answer rejects the question. `names` are the answer's label and aliases.

    Raises `ValueError` for `k` below 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}; at least one closed-book answer is needed")
    replies = await together(recalled(chat, question, sample) for sample in range(k))
    given = [reply for reply in replies if reply is not None]
    return attempt(given, names, refused=k - len(given))


async def verifiability(
    chat: Chat, question: str, names: Sequence[str], gold: Sequence[Page], distractors: Sequence[Page], seed: str
) -> Attempt | None:
    """Ask with the pages that bear the answer out, shuffled among others: anything but the one right answer rejects.

    `None` where no reply came. Raises `ValueError` without gold pages.
    """
    if not gold:
        raise ValueError("no gold pages: nothing could bear the answer out")
    pages = list({page.id: page for page in (*gold, *distractors)}.values())
    Random(f"{seed}:verifiability").shuffle(pages)
    call = request("solver", "answer_from_pages", Derived, {"question": question, "pages": shown(pages, LONGEST)})
    try:
        given = (await chat.ask(call)).answers
    except Refused:
        return None
    return attempt(given, names, pages=[page.id for page in pages])


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
