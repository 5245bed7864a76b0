"""The verdict: everything that keeps a question from its preset, by the certificate and by the audit."""

from hcsp.certificate import Certificate
from hcsp.preset import Failure, Preset, failures
from hcsp.tree import ResearchTree
from tasks.audit import Audit, failed
from tasks.finding import Finding


def judge(
    certificate: Certificate, audit: Audit, preset: Preset, tree: ResearchTree, max_popularity: float = 100
) -> tuple[list[Failure], list[Finding]]:
    """What the certificate misses, and what the attack on the question found; two empty lists where all is well."""
    unknown = [Failure(field, "not computed", 0, 1) for field in preset.defined_by if field in certificate.not_checked]
    missed = unknown + _too_small(tree, preset) + failures(certificate, preset, tree)
    return missed, failed(audit, preset.name, max_popularity)


def _too_small(tree: ResearchTree, preset: Preset) -> list[Failure]:
    """A question without sub-questions can be unique and need all of its clues, and is no research tree."""
    sizes = (
        Failure("levels", "", tree.levels, preset.levels[0]),
        Failure("variables", "", len(tree.variables), preset.variables[0]),
    )
    return [f for f in sizes if f.found < f.needed]
