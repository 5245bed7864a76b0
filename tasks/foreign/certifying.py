"""Certifying somebody else's question over a world."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hcsp.certificate import Certificate, Count, certify, edge_sizes, selectivity, size
from hcsp.constraints import (
    Constraint,
    CountConstraint,
    RangeConstraint,
    RelationConstraint,
    SameConstraint,
    ToEntity,
    TypeConstraint,
    child_of,
    is_edge,
)
from hcsp.names import key
from hcsp.nouns import ANYTHING
from hcsp.solver import Solver
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree, Variable
from tasks.foreign.assigning import assigned
from tasks.foreign.draft import Draft, Left, short
from tasks.foreign.findings import LISTED, ClaimFinding, Finding, LeftOut, Named, VariableFinding, spare, verdict
from tasks.foreign.resolve import Resolved, resolve
from tasks.foreign.values import FAR
from tasks.foreign.wordings import Phrase, Way
from tasks.queries import retrieve
from worlds.model import Relation
from worlds.world import World

LONGEST_QUESTION = 5_000
"""Most characters of a question that are sent to a retriever."""
_ANYBODY = ResearchTree(
    variables=(Variable(id="A", entity=""),), constraints=(TypeConstraint(id="c1", vertex="A", type=ANYTHING),)
)


async def audit(draft: Draft, world: World, mapping: Mapping[Phrase, tuple[str, Way]] | None = None) -> Finding:
    """Everything that can be said of one question; what cannot be is named in it. Never raises for a bad draft."""
    resolved = await resolve(draft, world, await world.frame(_ANYBODY), mapping or {})
    if resolved.tree is None:
        return _finding(resolved, verdict=f"cannot be certified: {_first(resolved)}")
    source = await world.frame(resolved.tree)
    solver = Solver(resolved.tree, source)
    tree = assigned(solver, resolved.known)
    if tree is None:
        return await _nothing(resolved, solver)
    return await _Report(resolved, tree, source, world).finding()


def _first(resolved: Resolved) -> str:
    said = [x for x in resolved.left if x.part == "the question"] or list(resolved.left)
    return said[0].why if said else "there is nothing to certify"


def _finding(resolved: Resolved, **fields: Any) -> Finding:
    draft = resolved.draft
    defaults: dict[str, Any] = {
        "name": draft.name,
        "form": draft.form,
        "question": short(draft.question, LONGEST_QUESTION),
        "given_answer": short(draft.answer),
        "asks": short(draft.asks),
        "unresolved": _left(resolved.left),
        "idle": _left(draft.idle),
        "holds": False,
    }
    return Finding(**(defaults | fields))


def _left(left: tuple[Left, ...]) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(part=x.part, what=x.what, why=x.why) for x in left)


async def _nothing(resolved: Resolved, solver: Solver) -> Finding:
    """Nobody meets everything: which single clue is in the way?"""
    left = {c.id: size(solver.answers([c.id])) for c in solver.tree.clues}
    helps = {c: n for c, n in left.items() if n != 0}
    if solver.answers().upper:
        said = "no answer: its variables cannot stand for distinct entities"
    elif helps:
        said = f"no answer: nothing in the world meets every claim; without {' or '.join(helps)} something does"
    else:
        said = "no answer: nothing in the world meets every claim"
    return _finding(resolved, answers=0, without=helps, verdict=said)


class _Report:
    """The finding on a tree whose variables all have an entity."""

    def __init__(self, resolved: Resolved, tree: ResearchTree, source: CandidateSource, world: World) -> None:
        self._resolved, self._tree, self._source, self._world = resolved, tree, source, world
        self._solver = Solver(tree, source)

    async def finding(self) -> Finding:
        """The whole of it."""
        certificate = await self._certified()
        answers = self._solver.answers()
        found = _finding(
            self._resolved,
            answers=size(answers),
            listed=tuple([await self._named(self._source.entity(e)) for e in answers.upper[:LISTED]]),
            variables=tuple([await self._variable(v.id) for v in self._tree.variables]),
            claims=tuple(await self._claims()),
            drop=spare(self._solver, certificate),
            certificate=await self._fields(certificate),
            verdict="",
        )
        holds, said = verdict(found, certificate, await self._matches())
        return found.model_copy(update={"holds": holds, "verdict": said})

    async def _certified(self) -> Certificate:
        surfaces = self._resolved.surfaces
        question = self._resolved.draft.question[:LONGEST_QUESTION] or " ".join(filter(None, surfaces.values()))
        retrieved = await retrieve(self._world, self._tree, question, surfaces)
        has_pages = any(retrieved.results) or bool(retrieved.says)
        return certify(self._tree, self._source, retrieved if has_pages else None)

    async def _named(self, entity: str) -> Named:
        return Named(entity=entity, label=(await self._world.entity(entity)).label)

    async def _variable(self, vertex: str) -> VariableFinding:
        given = next((v.name for v in self._resolved.draft.vertices if v.id == vertex), None)
        entity = self._tree.entities[vertex]
        return VariableFinding(
            id=vertex,
            given=short(given) if given else None,
            entity=await self._named(entity),
            noun=self._tree.noun(vertex).type,
            candidates=size(self._solver.candidates(vertex)),
            found_by="given" if self._resolved.known.get(vertex) == entity else "solving",
        )

    async def _claims(self) -> list[ClaimFinding]:
        relations = await self._world.relations()
        sizes: dict[str, Count] = dict(selectivity(self._solver))
        edges = edge_sizes(self._solver)
        said = {r.claim.id: r for r in self._resolved.readings}
        found = []
        for c in self._tree.constraints:
            reading = said.get(c.id)
            if reading is None and isinstance(c, TypeConstraint):
                continue
            found.append(
                ClaimFinding(
                    id=c.id,
                    vertex=c.vertex,
                    text=short(reading.claim.text if reading else self._resolved.surfaces.get(c.id, "")),
                    how=reading.how if reading else "given",
                    read=read_as(c, relations),
                    note=reading.note if reading else "",
                    candidates=edges[child_of(c)] if is_edge(c) else sizes.get(c.id),
                )
            )
        order = {claim.id: n for n, claim in enumerate(self._resolved.draft.claims)}
        return sorted(found, key=lambda f: order.get(f.id, 0))

    async def _fields(self, certificate: Certificate) -> dict[str, Any]:
        fields = certificate.model_dump(mode="json")
        for rival in fields["rivals"]:
            rival["label"] = (await self._world.entity(rival["entity"])).label
        return fields

    async def _matches(self) -> bool | None:
        """Whether the given answer is the one found; `None` when no answer is given or it could not be looked up."""
        root, draft = self._tree.entities[self._tree.root], self._resolved.draft
        if draft.asks:
            return await self._states(root, draft.answer)
        if draft.tree is not None:
            entity = await self._world.entity(root)
            return key(draft.answer) in map(key, (entity.label, *entity.aliases))
        given = self._resolved.known.get(self._tree.root)
        return None if given is None else given == root

    async def _states(self, entity: str, answer: str) -> bool | None:
        """Whether the world has the answer among the values of the root's entity; `None` when it has no such value."""
        facts = await self._world.facts(entity)
        stated = {key(f.object) for f in facts if f.kind != "entity"}
        return True if key(answer.replace(",", "")) in stated else None


def _span(c: RangeConstraint) -> str:
    low, high = Decimal(c.low), Decimal(c.high)
    if low == high:
        return c.low
    ends = ([] if low <= -FAR else [f"from {c.low}"]) + ([] if high >= FAR else [f"to {c.high}"])
    return " ".join(ends)


def read_as(c: Constraint, relations: Mapping[str, Relation]) -> str:
    """A constraint in short: `place of birth → Korogocho`, `discoverer ← B`."""
    if isinstance(c, TypeConstraint):
        return f"is a {c.type}"
    label = relations[c.relation].label if c.relation in relations else c.relation
    if isinstance(c, RelationConstraint):
        target = c.target.label if isinstance(c.target, ToEntity) else next(iter(c.target.model_dump().values()))
        return f"{label} {'→' if c.direction == 'out' else '←'} {target}"
    if isinstance(c, RangeConstraint):
        return f"{label}: {_span(c)}{' ' + c.unit if c.unit else ''}"
    if isinstance(c, CountConstraint):
        return f"{label}: at least {c.low}"
    if isinstance(c, SameConstraint):
        return f"same {label} as {next(iter(c.anchor.model_dump().values()))}"
    return f"{label} ({c.kind})"
