"""What a chat model says that pages state about an entity: numbers, names and quotes, nothing of it believed yet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from hcsp.frozen import Frozen
from prompts.phrases import phrase_book
from prompts.render import numbered
from roles.asking import request, shown, together
from roles.chat.port import Chat, Refused
from roles.quoting import places
from worlds.model import Entity, Page, Relation

LONGEST = 12_000
"""Characters of a page that are read."""
AT_ONCE = 24_000
"""Characters of pages in one call, about 6,000 tokens."""
MOST_CALLS = 3
"""Calls an entity; the pages beyond are not read."""
MOST_RELATIONS = 200
"""Relations that a claim may have, those with a wording of their own first."""


class Extracted(Frozen):
    """A fact as the model read it: numbers of a page and a relation, names, and the words that state it."""

    page: int
    relation: int
    subject: str
    object: str
    quote: str


class Extraction(Frozen):
    """A reply."""

    claims: tuple[Extracted, ...]


class Said(NamedTuple):
    """One fact of a reply, with the page and the relation that its numbers stand for."""

    claim: Extracted
    page: Page
    relation: Relation


def offered(relations: Mapping[str, Relation], *, time_varying: bool) -> list[Relation]:
    """The relations that a claim may have, in the order of their numbers."""
    worded = {relation for relation, _ in phrase_book().relations}
    able = [r for r in relations.values() if time_varying or not r.time_varying]
    return sorted(able, key=lambda r: (r.id not in worded, r.id))[:MOST_RELATIONS]


async def extracted(
    chat: Chat, about: Entity, relations: Sequence[Relation], pages: Sequence[Page]
) -> list[list[Said] | None]:
    """Per call what it says, in order; `None` where the model gives no acceptable reply."""
    batches = list(_batches(pages))[:MOST_CALLS]
    return await together(_ask(chat, about, relations, batch) for batch in batches)


async def _ask(chat: Chat, about: Entity, relations: Sequence[Relation], pages: Sequence[Page]) -> list[Said] | None:
    told = [r.label if r.kind == "entity" else f"{r.label} (a {r.kind})" for r in relations]
    data = {"entity": _told(about), "relations": numbered(told), "pages": shown(pages, LONGEST)}
    call = request("browser", "extract_claims", Extraction, data)
    try:
        reply = await chat.ask(call, _check(pages, len(relations)))
    except Refused:
        return None
    return [Said(claim, pages[claim.page - 1], relations[claim.relation - 1]) for claim in reply.claims]


def _told(entity: Entity) -> str:
    also = ", ".join(entity.aliases)
    return f"{entity.label}, also called {also}" if also else entity.label


def _batches(pages: Sequence[Page]) -> Iterator[list[Page]]:
    batch: list[Page] = []
    size = 0
    for page in pages:
        length = min(len(page.text), LONGEST)
        if batch and size + length > AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(page)
        size += length
    if batch:
        yield batch


def _check(pages: Sequence[Page], relations: int) -> Callable[[Extraction], str]:
    """What has to be said again: numbers of nothing, or no quote that stands."""

    def check(reply: Extraction) -> str:
        for n, said in enumerate(reply.claims, start=1):
            if not 1 <= said.page <= len(pages):
                return f"claim {n} is of page {said.page}; the pages are numbered 1 to {len(pages)}"
            if not 1 <= said.relation <= relations:
                return f"claim {n} has the relation {said.relation}; the relations are numbered 1 to {relations}"
        if reply.claims and not any(places(said.quote, pages[said.page - 1].text) for said in reply.claims):
            return (
                f"no quote stands on its page letter by letter, {reply.claims[0].quote!r} for one; copy, do not retell"
            )
        return ""

    return check
