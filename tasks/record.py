"""The task record: one question with all that proves it (design, section 3)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import TypeAdapter, model_validator

from hcsp.certificate import Certificate
from hcsp.constraints import Constraint, child_of
from hcsp.frozen import Frozen
from hcsp.tree import ResearchTree, Variable

CONSTRAINT: TypeAdapter[Constraint] = TypeAdapter(Constraint)
WORDS = ("claim", "surface", "candidates", "evidence")
"""What a record adds to a constraint."""


class TaskRecord(Frozen):
    """A line of a task file. Constraints keep their formal fields and add `claim, surface, candidates, evidence`."""

    id: str
    question: str
    answer: str
    answer_aliases: tuple[str, ...]
    answer_type: str
    root: dict[str, Any]
    constraints: tuple[dict[str, Any], ...]
    steps: tuple[dict[str, Any], ...]
    ladder: tuple[dict[str, Any], ...]
    certificate: dict[str, Any]
    audit: dict[str, Any]
    provenance: dict[str, Any]

    @model_validator(mode="after")
    def _readable(self) -> Self:
        try:
            tree_of(self)
        except (AttributeError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"root and constraints are not shaped as a tree ({error!r})") from None
        return self


def tree_of(record: TaskRecord) -> ResearchTree:
    """The research tree of a record; raises `ValueError` when its parts do not fit together."""
    entities = dict(_variables(record.root))
    parts = [CONSTRAINT.validate_python({k: v for k, v in c.items() if k not in WORDS}) for c in record.constraints]
    return ResearchTree(
        variables=tuple(Variable(id=v, entity=e) for v, e in entities.items()), constraints=tuple(parts)
    )


def certificate_of(record: TaskRecord) -> Certificate:
    """The certificate as computed, without what the record adds to its rivals."""
    fields = dict(record.certificate)
    fields["rivals"] = [{k: r[k] for k in ("entity", "fails", "witness")} for r in fields["rivals"]]
    return Certificate.model_validate(fields)


def identify(world_version: str, tree: ResearchTree) -> str:
    """The id of a task: the first 16 hex digits of sha256 over world version, root entity and constraints."""
    constraints = [c.model_dump(mode="json", exclude_none=True) for c in tree.constraints]
    canonical = json.dumps(
        [world_version, tree.entities[tree.root], constraints], sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def nested(
    tree: ResearchTree, vertex: str, labels: Mapping[str, str], questions: Mapping[str, str], claims: Mapping[str, str]
) -> dict[str, Any]:
    """The tree as the paper's dataset nests it; a clue is a child without entity, as its blurred vertices are."""
    clues, edges = tree.clues_of(vertex), tree.edges_of(vertex)
    targets = [(c.id, c.id) for c in clues] + [(child_of(e), e.id) for e in edges]
    return {
        "id": vertex,
        "entity": labels[vertex],
        "entity_id": tree.entities[vertex],
        "question": questions.get(vertex, ""),
        "claims": [{"target_id": target, "claim": claims[c]} for target, c in targets],
        "children": [{"id": c.id, "entity": None, "claims": [], "children": []} for c in clues]
        + [nested(tree, child_of(e), labels, questions, claims) for e in edges],
    }


def _variables(node: Mapping[str, Any]) -> list[tuple[str, str]]:
    own = [(str(node["id"]), str(node["entity_id"]))] if node.get("entity") is not None else []
    return own + [pair for child in node["children"] for pair in _variables(child)]
