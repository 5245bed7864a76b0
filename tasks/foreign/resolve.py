"""From a draft to a tree over a world: who the names denote, what the claims say, and what stays unresolved."""

from collections.abc import Mapping
from typing import NamedTuple

from hcsp.nouns import noun_of
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from tasks.foreign.draft import Draft, Left, short
from tasks.foreign.lookup import Lookup, listed
from tasks.foreign.structure import shape
from tasks.foreign.understanding import Reading, Understanding
from tasks.foreign.wordings import Phrase, Way, Wordings
from worlds.model import Entity
from worlds.world import World

MOST_VARIABLES, MOST_CLAIMS = 30, 120
"""Past these nobody reads the question, and pairs of clauses no longer make a query language."""


class Resolved(NamedTuple):
    """A draft over a world.

    Attributes:
        tree: what can be certified, placeholders for the entities that are not known; `None` when nothing can.
        known: the entities by variable.
        left: what could not be certified.
    """

    draft: Draft
    tree: ResearchTree | None
    known: dict[str, str]
    readings: tuple[Reading, ...]
    left: tuple[Left, ...]

    @property
    def surfaces(self) -> dict[str, str]:
        """The wording of each constraint of the tree."""
        if self.draft.tree is not None:
            return dict(self.draft.surfaces)
        said = {c.id: c.surface for c in self.draft.claims}
        return {} if self.tree is None else {c.id: said.get(c.id, "") for c in self.tree.constraints}


async def resolve(
    draft: Draft, world: World, source: CandidateSource, mapping: Mapping[Phrase, tuple[str, Way]]
) -> Resolved:
    """Look everything up. Nothing that is wrong with the draft raises; it is named in `left`."""
    if draft.tree is not None:
        return await _ours(draft, world)
    if draft.root is None:
        return Resolved(draft, None, {}, (), draft.left)
    if len(draft.vertices) > MOST_VARIABLES or len(draft.claims) > MOST_CLAIMS:
        return Resolved(draft, None, {}, (), (_too_large(draft), *draft.left))
    relations = await world.relations()
    lookup = Lookup(world, source, relations)
    entities, left = await _entities(draft, lookup)
    compared = {draft.root} if draft.form == "formalisation" else set()
    understanding = Understanding(lookup, Wordings(relations, mapping), entities, compared)
    readings = tuple([await understanding.read(claim) for claim in draft.claims])
    known = {v: e for v, e in entities.items() if e is not None}
    nouns = {v: noun_of((await world.entity(e)).types, source) for v, e in known.items()}
    found = shape(draft.root, entities, nouns, readings)
    readings = tuple(r._replace(note=found.notes.get(r.claim.id, r.note)) for r in readings)
    unread = [Left(part=r.claim.id, what=short(r.claim.text), why=r.why) for r in readings if r.constraint is None]
    return Resolved(draft, found.tree, known, readings, (*draft.left, *left, *unread, *found.left))


def _too_large(draft: Draft) -> Left:
    size = f"{len(draft.vertices)} variables and {len(draft.claims)} claims"
    why = f"at most {MOST_VARIABLES} variables and {MOST_CLAIMS} claims are certified"
    return Left(part="the question", what=size, why=why)


async def _ours(draft: Draft, world: World) -> Resolved:
    assert draft.tree is not None
    left: list[Left] = []
    for entity in (*draft.tree.entities.values(), *sorted(draft.tree.constants)):
        try:
            await world.entity(entity)
        except KeyError as error:
            left.append(Left(part="an entity of the record", what=short(entity, 40), why=str(error.args[0])))
    if draft.made_in and draft.made_in != world.sha256:
        why = f"it is another version of a world than {world.name} {world.version}: what the facts say may differ"
        left.append(Left(part="the world that the record was made in", what="", why=why))
    missing = any(x.what for x in left)
    return Resolved(draft, None if missing else draft.tree, dict(draft.tree.entities), (), tuple(left))


async def _entities(draft: Draft, lookup: Lookup) -> tuple[dict[str, str | None], list[Left]]:
    """The entity of each variable that has a name; of several with that name the one that the claims fit."""
    found = {v.id: await lookup.named(v.name) if v.name else [] for v in draft.vertices}
    entities = {v: e[0].id if len(e) == 1 else None for v, e in found.items()}
    left: list[Left] = []
    for vertex in draft.vertices:
        several, name = found[vertex.id], short(vertex.name or "")
        if vertex.name and not several:
            left.append(Left(part=vertex.id, what=name, why=await lookup.closest(vertex.name)))
        if len(several) > 1:
            fitting = await _fitting(vertex.id, several, draft, found, lookup)
            if len(fitting) == 1:
                entities[vertex.id] = fitting[0].id
            else:
                why = f"the name is ambiguous, and {len(fitting) or 'none'} of its bearers fit: {listed(several)}"
                left.append(Left(part=vertex.id, what=name, why=why))
    return entities, left


async def _fitting(
    vertex: str, several: list[Entity], draft: Draft, found: Mapping[str, list[Entity]], lookup: Lookup
) -> list[Entity]:
    """Those that the world ties to the far ends of most of the variable's claims."""
    ends: list[list[Entity]] = []
    for claim in draft.claims:
        if claim.vertex == vertex:
            ends.append(found[claim.target] if claim.target else await lookup.named(claim.constant or ""))
        elif claim.target == vertex:
            ends.append(found[claim.vertex])
    scores = {e.id: 0 for e in several}
    for entity in several:
        for far in ends:
            scores[entity.id] += any([await lookup.links(entity.id, e.id) for e in far])
    most = max(scores.values())
    return [e for e in several if most and scores[e.id] == most]
