"""Every clue that could be asked of an entity, whatever tree it stands in."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from random import Random
from weakref import WeakKeyDictionary

from hcsp.constraints import Constraint, constant_of
from hcsp.names import key
from hcsp.source import CandidateSource
from roles.browser import Claim
from roles.derived import derived
from roles.options import constraints, other_end
from roles.subject import Subject
from worlds.model import Entity
from worlds.world import World

KEPT = 256
"""Most offers that are remembered of one world, the latest made; a run asks for some ten."""

_Asked = tuple[str, str, str, bool, int]
_REMEMBERED: WeakKeyDictionary[World, dict[_Asked, tuple[Constraint, ...]]] = WeakKeyDictionary()
"""Per world what was offered before: equal arguments give equal clues, and each is asked for at every step of a run."""


async def offers(
    claims: Sequence[Claim], entity: str, vertex: str, world: World, source: CandidateSource, seed: str, more: bool
) -> tuple[Constraint, ...]:
    """The clues that the claims about `entity` become, with `more` the derived ones too; ids left open."""
    known = _REMEMBERED.setdefault(world, {})
    key = (seed, entity, vertex, more, len(claims))
    if key not in known:
        if len(known) >= KEPT:
            del known[next(iter(known))]
        known[key] = tuple(await _made(claims, entity, vertex, world, source, seed, more))
    return known[key]


async def _made(
    claims: Sequence[Claim], entity: str, vertex: str, world: World, source: CandidateSource, seed: str, more: bool
) -> list[Constraint]:
    about = await world.entity(entity)
    secrets = (about.label, *about.aliases)
    subject = await Subject.of(entity, vertex, world, source, secrets)
    found: list[Constraint] = []
    for claim in claims:
        far = other_end(claim.fact, entity)
        labels = {} if far is None else {far: (await world.entity(far)).label}
        plain = constraints(claim, entity, vertex, labels, secrets, source)
        found += [clue for clue in plain if subject.is_told_by(clue)]
    if more:
        found += await derived(claims, subject, Random(f"{seed}:{entity}:derived"))
    return list(dict.fromkeys(found))


class Secrets:
    """The entities of a tree, and what no clue may say: a name that holds, or is held by, one of theirs."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._hidden = {e.id: e for e in entities}
        self._names = [_padded(name) for e in self._hidden.values() for name in (e.label, *e.aliases) if key(name)]

    def told_by(self, clue: Constraint) -> bool:
        """Whether a clue names one of the entities, or gives a name of one away."""
        constant = constant_of(clue)
        if constant is None:
            return False
        label = _padded(constant.label)
        return constant.entity in self._hidden or any(name in label or label in name for name in self._names)


@lru_cache(maxsize=1 << 15)
def _padded(name: str) -> str:
    return f" {key(name)} "
