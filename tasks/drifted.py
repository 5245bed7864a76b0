"""A record of a live world against the world as it is now."""

from typing import NamedTuple

from hcsp.certificate import RETRIEVAL, certify
from tasks.record import TaskRecord, certificate_of, tree_of
from tasks.unaided import compare
from worlds.drift import drift
from worlds.kept import KeptWorld
from worlds.world import World

SEARCHED = {*RETRIEVAL, "route", "not_checked"}
"""What rests on searches, whose results change by the day: held to the kept answers only."""


class Drifted(NamedTuple):
    """What the world answers otherwise now, and the certificate's fields that it no longer bears out; a line each."""

    answers: list[str]
    certificate: list[str]


async def drifted(record: TaskRecord, kept: KeptWorld, world: World) -> Drifted:
    """Ask `world`, opened anew, what `kept` holds, and compute the record's certificate over it."""
    return Drifted(await drift(kept, world), await _no_longer(record, world))


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
