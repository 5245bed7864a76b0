"""Drafts as tasks: a question that validation sent back can be tried by a solver like any other."""

from collections.abc import Mapping
from typing import Any

from hcsp.certificate import Certificate
from hcsp.tree import ResearchTree
from roles.writer import Wording
from tasks.assemble import assemble
from tasks.record import TaskRecord
from worlds.world import World

PARTS = ("tree", "wording", "certificate")
"""What a kept draft needs to be a task; a run that was given up before it had a question lacks some."""


def holds_drafts(first: Mapping[str, Any]) -> bool:
    """Whether a file that begins with this line keeps what was not accepted, with the reasons."""
    return "reasons" in first


def is_draft(row: Mapping[str, Any]) -> bool:
    """Whether a line is a draft with a question, as `--rejected` and batches keep it."""
    return "provenance" in row and all(row.get(part) for part in PARTS)


async def record_of(row: Mapping[str, Any], world: World) -> TaskRecord:
    """The record that the draft would have had; raises `ValueError` where no page states one of its facts."""
    tree, wording = ResearchTree.model_validate(row["tree"]), Wording.model_validate(row["wording"])
    certificate = Certificate.model_validate(row["certificate"])
    return await assemble(world, tree, wording, certificate, {}, row.get("audit") or {}, row["provenance"])
