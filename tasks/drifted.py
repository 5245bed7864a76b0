"""A record of a live world against the world as it is now."""

from typing import NamedTuple

from hcsp.certificate import RETRIEVAL, certify
from tasks.record import TaskRecord, certificate_of, tree_of
from tasks.unaided import compare, quoted
from worlds.drift import changed_page, drift, texts
from worlds.kept import KeptWorld
from worlds.world import World

SEARCHED = {*RETRIEVAL, "route", "not_checked"}
"""What rests on searches, whose results change by the day: held to the kept answers only."""


class Drifted(NamedTuple):
    """What the world answers otherwise now, and what of the certificate it no longer bears out; a line each."""

    answers: list[str]
    certificate: list[str]


async def drifted(record: TaskRecord, kept: KeptWorld, world: World) -> Drifted:
    """Ask `world`, opened anew, what `kept` holds, and compute the record's certificate over it."""
    return Drifted(await drift(kept, world), await _no_longer(record, world))


async def reread(record: TaskRecord, kept: KeptWorld, web: World) -> Drifted:
    """Ask for the pages again that models read, and hold the record's quotes against them; nobody is judged anew."""
    pages = await texts(kept, lambda page: page.url, web)
    answers = [line for page, now in pages for line in changed_page(page, now)]
    said = {page.url: now or "" for page, now in pages}
    gone = [
        f"{field}: {quote.quote!r} no longer stands on {quote.url}"
        for field, quote in quoted(record)
        if quote.quote not in said.get(quote.url, "")
    ]
    return Drifted(answers, gone)


async def _no_longer(record: TaskRecord, world: World) -> list[str]:
    tree, claimed = tree_of(record), certificate_of(record)
    try:
        computed = certify(tree, await world.frame(tree))
    except KeyError as error:
        return [f"certificate: cannot be computed, {error.args[0]}"]
    return [
        line
        for name, (said, real) in claimed.differences(computed).items()
        if name not in SEARCHED
        for line in compare(f"certificate.{name}", said, real, "the live world gives")
    ]
