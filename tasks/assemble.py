"""Putting a record together from a tree, its wording, its certificate and the claims behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from hcsp.certificate import Certificate, edge_sizes, selectivity, size
from hcsp.constraints import TypeConstraint, child_of, is_edge
from hcsp.solver import Solver
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from prompts.phrases import digest
from roles.browser import Claim
from roles.writer import Wording
from tasks.evidence import evidence, fact_of, quotes
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
    """The finished record. `claims` holds per variable what the Browser read; every quote is taken from its page."""
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
            "prompts": {"phrases": digest()},
            **provenance,
        },
    )


async def _constraints(
    world: World, tree: ResearchTree, wording: Wording, claims: Mapping[str, Sequence[Claim]]
) -> list[dict[str, Any]]:
    counts = candidate_counts(tree, await world.frame(tree))
    found = []
    for c in tree.constraints:
        read = claims.get(c.vertex, ())
        fact = fact_of(c, tree.entities, [claim.fact for claim in read])
        said = [] if fact is None else await quotes(world, read, fact)
        words = {"claim": wording.claims[c.id], "surface": wording.surfaces[c.id], "candidates": counts[c.id]}
        found.append(
            c.model_dump(mode="json", exclude_none=True)
            | words
            | {"evidence": [e.model_dump(mode="json") for e in said]}
        )
    return found


def candidate_counts(tree: ResearchTree, source: CandidateSource) -> dict[str, Any]:
    """Per constraint how many of its vertex's kind meet it alone: nouns all, edges with their child solved."""
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
