"""Putting a record together from a tree, its wording, its certificate and the claims behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from hcsp.certificate import Certificate, edge_sizes, selectivity, size
from hcsp.constraints import TypeConstraint, child_of, is_edge
from hcsp.solver import Solver
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree, variables_of
from roles.browser import Claim
from roles.writer import Wording
from tasks.evidence import evidence, quotes
from tasks.needs import Grounds
from tasks.record import TaskRecord, identify, nested
from worlds.world import World


async def assemble(
    world: World,
    tree: ResearchTree,
    wording: Wording,
    certificate: Certificate,
    claims: Mapping[str, Sequence[Claim]],
    audit: Mapping[str, Any],
    provenance: Mapping[str, Any],
) -> TaskRecord:
    """The finished record. `claims` holds per variable what the Browser read; every quote is taken from its page.

    Raises `ValueError` when no page states a fact that a constraint rests on.
    """
    root = await world.entity(tree.entities[tree.root])
    labels = {v: (await world.entity(e)).label for v, e in tree.entities.items()}
    questions = {s.vertex: s.question for s in wording.steps} | {tree.root: wording.question}
    return TaskRecord(
        id=identify(world.version, tree),
        question=wording.question,
        answer=root.label,
        answer_aliases=root.aliases,
        answer_type=tree.noun(tree.root).type,
        root=nested(tree, tree.root, labels, questions, wording.claims),
        constraints=tuple(await _constraints(world, tree, wording, claims)),
        steps=tuple(s.model_dump(mode="json") for s in wording.steps),
        ladder=tuple(r.model_dump(mode="json") for r in wording.ladder),
        certificate=await _certificate(world, tree, certificate),
        audit=dict(audit),
        provenance={
            "world": {"name": world.name, "version": world.version, "sha256": world.sha256},
            **provenance,
        },
    )


async def _constraints(
    world: World, tree: ResearchTree, wording: Wording, claims: Mapping[str, Sequence[Claim]]
) -> list[dict[str, Any]]:
    counts, grounds = candidate_counts(tree, await world.frame(tree)), Grounds(world)
    found = []
    for c in tree.constraints:
        read = [claim for v in sorted(variables_of(c), key=lambda v: v != c.vertex) for claim in claims.get(v, ())]
        needs = await grounds.needs(c, tree.entities)
        said = [quote for need in needs for quote in await quotes(world, need[0], read)]
        words = {"claim": wording.claims[c.id], "surface": wording.surfaces[c.id], "candidates": counts[c.id]}
        found.append(
            c.model_dump(mode="json", exclude_none=True)
            | words
            | {"evidence": [e.model_dump(mode="json") for e in said]}
        )
    return found


def candidate_counts(tree: ResearchTree, source: CandidateSource) -> dict[str, Any]:
    """Per constraint who of its vertex's kind meets it alone: nouns all, edges and chords with their far end solved."""
    solver = Solver(tree, source)
    edges = edge_sizes(solver)
    counts = {c.id: size(source.members(c)) for c in tree.constraints if isinstance(c, TypeConstraint)}
    counts |= selectivity(solver) | {c.id: edges[child_of(c)] for c in tree.constraints if is_edge(c)}
    return {c: n if isinstance(n, int) else n.model_dump(mode="json") for c, n in counts.items()}


async def _certificate(world: World, tree: ResearchTree, certificate: Certificate) -> dict[str, Any]:
    fields = certificate.model_dump(mode="json")
    for rival, found in zip(fields["rivals"], certificate.rivals, strict=True):
        rival["label"] = (await world.entity(found.entity)).label
        said = await evidence(world, tree, found.witness, found.fails)
        rival["evidence"] = [e.model_dump(mode="json") for e in said]
    return fields
