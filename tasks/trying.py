"""A finished question is tried by a model: from memory, and from its own pages among others."""

from collections.abc import Iterable, Mapping

from hcsp.tree import ResearchTree
from roles.chat.port import Chat
from tasks.alternatives import alternatives
from tasks.attempts import ALTERNATIVES, CLOSED_BOOK, FROM_PAGES, Attempt, attempt, wrong
from tasks.audit import Audit
from tasks.evidence import evidence
from tasks.filters import LONGEST, difficulty, distracting, verifiability
from worlds.model import Evidence, Page
from worlds.world import World

AROUND = 300
"""Characters shown before and after each quote of a page that is too long to be shown whole."""


async def tried(
    audit: Audit,
    chat: Chat,
    world: World,
    tree: ResearchTree,
    question: str,
    surfaces: Mapping[str, str],
    seed: str,
    *,
    closed_book: int,
    from_pages: bool,
) -> Audit:
    """The audit with what a model answered; the pages are shown only where memory did not do, since they cost more.

    `closed_book` is how often it is asked without pages, 0 for not at all.
    """
    answer = await world.entity(tree.entities[tree.root])
    names = (answer.label, *answer.aliases)
    recalled = await difficulty(chat, question, names, closed_book) if closed_book else None
    read: Attempt | None = None
    if from_pages and not (recalled and recalled.right):
        gold = await gold_pages(world, tree)
        others = await distracting(world, question, surfaces, [page.id for page in gold], seed)
        read = await verifiability(chat, question, names, gold, others, seed)
    return audit.model_copy(update=await _judged(audit, world, tree, recalled, read, names))


async def tried_before(audit: Audit, claimed: Audit, world: World, tree: ResearchTree) -> Audit:
    """The audit with what another one says that models answered, everything that follows from it worked out anew."""
    answer = await world.entity(tree.entities[tree.root])
    names = (answer.label, *answer.aliases)
    recalled, read = (
        None if said is None else attempt(said.given, names, said.refused, said.pages)
        for said in (claimed.closed_book, claimed.from_pages)
    )
    return audit.model_copy(update=await _judged(audit, world, tree, recalled, read, names))


async def _judged(
    audit: Audit,
    world: World,
    tree: ResearchTree,
    recalled: Attempt | None,
    read: Attempt | None,
    names: tuple[str, ...],
) -> dict[str, object]:
    asked = recalled is not None or read is not None
    others = await alternatives(world, tree, wrong((recalled, read), names)) if asked else None
    done = {
        CLOSED_BOOK: recalled is not None and recalled.conclusive,
        FROM_PAGES: read is not None,
        ALTERNATIVES: others is not None,
    }
    left = tuple(check for check in audit.not_checked if not done.get(check))
    return {CLOSED_BOOK: recalled, FROM_PAGES: read, ALTERNATIVES: others, "not_checked": left}


async def gold_pages(world: World, tree: ResearchTree) -> list[Page]:
    """The pages with the words that bear every clue and edge out; of long ones the parts around these words."""
    quotes = await evidence(world, tree, tree.entities, ())
    by_page: dict[str, list[Evidence]] = {}
    for quote in quotes:
        by_page.setdefault(quote.page, []).append(quote)
    return [excerpt(await world.page(page), said) for page, said in by_page.items()]


def excerpt(page: Page, quotes: Iterable[Evidence]) -> Page:
    """The page, cut down to the stretches around some quotes where it is too long to be shown whole."""
    if len(page.text) <= LONGEST:
        return page
    spans: list[tuple[int, int]] = []
    for start, end in sorted((max(0, q.start - AROUND), q.end + AROUND) for q in quotes):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return page.model_copy(update={"text": "\n…\n".join(page.text[start:end] for start, end in spans)})
