"""Everything that code can find wrong with a question: its certificate and its audit, held against the preset."""

from typing import NamedTuple

from hcsp.certificate import Certificate, certify
from hcsp.preset import Failure, Preset
from hcsp.retrieval import Retrieved
from hcsp.tree import ResearchTree
from roles.writer import Wording
from tasks.audit import Audit, audit
from tasks.finding import Finding
from tasks.judging import judge
from tasks.queries import retrieve
from worlds.world import World


class Examined(NamedTuple):
    """What was found; `retrieved` is what the retriever brought, `None` where nothing was searched for."""

    certificate: Certificate
    audit: Audit
    missed: list[Failure]
    findings: list[Finding]
    retrieved: Retrieved | None

    @property
    def passes(self) -> bool:
        """Whether nothing keeps the question from its preset."""
        return not self.missed and not self.findings


async def examine(
    world: World, tree: ResearchTree, wording: Wording, preset: Preset, max_popularity: float, *, searching: bool
) -> Examined:
    """Certify a tree and attack its wording without a model; without `searching` nothing is looked for in pages."""
    retrieved = await retrieve(world, tree, wording.question, wording.surfaces) if searching else None
    certificate = certify(tree, await world.frame(tree), retrieved)
    attacked = await audit(
        world,
        tree,
        wording.question,
        wording.surfaces,
        preset.name,
        symbolic=wording.symbolic,
        searching=searching,
    )
    missed, findings = judge(certificate, attacked, preset, tree, max_popularity)
    return Examined(certificate, attacked, missed, findings, retrieved)
