"""What a live world answers otherwise now than when its answers were kept."""

import json
from collections.abc import Callable, Iterable
from itertools import chain

from hcsp.bounds import Bounds
from hcsp.constraints import Constraint, anchor_of, is_edge
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from worlds.abreast import abreast
from worlds.kept import KeptWorld
from worlds.model import Entity, Fact, Page
from worlds.world import World


async def drift(kept: KeptWorld, world: World) -> list[str]:
    """Ask a world again what was kept of it: one line for every answer that is another now.

    Asked are the entities, the facts about them, the texts of the pages, and whom each clue admits. Searches are not:
    what they find changes by the day.
    """
    was = kept.kept
    changed = [
        *await abreast(_changed_entity(entity, world) for _, entity in sorted(was.entities.items())),
        *await abreast(_changed_facts(entity, facts, world) for entity, facts in sorted(was.facts.items())),
        *[changed_page(page, now) for page, now in await texts(kept, lambda page: page.id, world)],
        *[await _changed_frame(asked, kept, world) for asked in was.frames],
    ]
    return list(chain.from_iterable(changed))


async def _changed_entity(was: Entity, world: World) -> list[str]:
    try:
        now = await world.entity(was.id)
    except KeyError:
        return [f"entity {was.id} {was.label!r}: gone"]
    fields = [name for name in Entity.model_fields if getattr(was, name) != getattr(now, name)]
    return [f"entity {was.id}.{name}: {getattr(now, name)!r}, was {getattr(was, name)!r}" for name in fields]


async def texts(kept: KeptWorld, name: Callable[[Page], str], world: World) -> list[tuple[Page, str | None]]:
    """Every kept page with its text in a world that knows it by such a name; `None` where it is gone."""

    async def now(page: Page) -> tuple[Page, str | None]:
        try:
            return page, (await world.page(name(page))).text
        except KeyError:
            return page, None

    return await abreast(now(page) for _, page in sorted(kept.kept.pages.items()))


def changed_page(was: Page, now: str | None) -> list[str]:
    """A line where a page is gone or has another text."""
    if now is None:
        return [f"page {was.id} {was.title!r}: gone"]
    longer = len(now) - len(was.text)
    return [] if now == was.text else [f"page {was.id} {was.title!r}: another text, {longer:+} characters"]


async def _changed_facts(entity: str, was: Iterable[Fact], world: World) -> list[str]:
    try:
        before, after = set(was), set(await world.facts(entity))
    except KeyError:
        return [f"facts about {entity}: gone"]
    lines = [f"fact {tuple(fact)}: gone" for fact in sorted(before - after)]
    return lines + [f"fact {tuple(fact)}: new" for fact in sorted(after - before)]


async def _changed_frame(asked: str, kept: KeptWorld, world: World) -> list[str]:
    said, limit, *also = json.loads(asked)
    tree = ResearchTree.model_validate_json(said)
    try:
        before, after = await kept.frame(tree, limit, also), await world.frame(tree, limit, also)
    except KeyError as error:
        return [f"candidates: {error.args[0]}"]
    lines: list[str] = []
    for clue in tree.constraints:
        if not is_edge(clue) and anchor_of(clue) is None:
            was, now = _sizes(clue, before), _sizes(clue, after)
            lines += [] if was == now else [f"candidates of {clue.id}: {now}, were {was}"]
    return lines


def _sizes(clue: Constraint, source: CandidateSource) -> str:
    found: Bounds = source.members(clue)
    low, high = len(found.lower), len(found.upper)
    return str(low) if low == high else f"{low} to {high}"
