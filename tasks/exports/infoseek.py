"""The layout of the dataset published with the paper: one research tree a line, and the trees it grew from.

`root` holds the question, the answer as its `entity`, and the tree below it; `all_tree_list` the tree after each step
of its construction (https://huggingface.co/datasets/Lk123/InfoSeek, README). A vertex has `id`, `entity`, `question`
where one is asked for it, `claims` and `children`; a missing entity is the text "None"; a constant is a child with an
entity and without claims (https://github.com/VectorSpaceLab/InfoSeek, README, both examples). How one element of
`all_tree_list` is laid out is not documented; here it is laid out as `root` is. `id` is ours.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from hcsp.constraints import constant_of
from hcsp.frozen import Frozen
from hcsp.tree import ResearchTree
from roles.symbolic_writer import cut_to
from tasks.exports.options import Options
from tasks.exports.tables import Row
from tasks.record import TaskRecord, nested, tree_of

NOBODY = "None"


class Told(Frozen):
    """A claim about a vertex and the child that it leads to."""

    target_id: str
    claim: str


class Node(Frozen):
    """A vertex and all below it."""

    id: str
    entity: str
    question: str | None = None
    claims: tuple[Told, ...]
    children: tuple["Node", ...]


class InfoSeek(Row):
    """A line of the file."""

    sparse: ClassVar[bool] = True

    id: str
    root: Node
    all_tree_list: tuple[Node, ...]

    @property
    def question(self) -> str:
        """What is asked."""
        return self.root.question or ""

    @property
    def answer(self) -> str:
        """The entity at the root."""
        return self.root.entity


def infoseek(record: TaskRecord, options: Options) -> Iterator[InfoSeek]:
    """The line of one record."""
    tree = tree_of(record)
    trees = tuple(_tree(record, cut_to(tree, r["vertices"]), r["question"]) for r in record.ladder)
    yield InfoSeek(id=record.id, root=_tree(record, tree, record.question), all_tree_list=trees)


def _tree(record: TaskRecord, tree: ResearchTree, question: str) -> Node:
    """The record's tree, or what is left when it is cut; a sub-question stands where all of its tree is there."""
    whole = tree_of(record)
    complete = {v for v in tree.inner if set(whole.below(v)) <= set(tree.entities)}
    questions = {s["vertex"]: s["question"] for s in record.steps if s["vertex"] in complete}
    labels = {s["vertex"]: s["answer"] for s in record.steps}
    claims = {c["id"]: c["claim"] for c in record.constraints}
    constants = {c.id: constant.label for c in tree.clues if (constant := constant_of(c)) is not None}
    return _node(nested(tree, tree.root, labels, questions | {tree.root: question}, claims), constants)


def _node(found: Mapping[str, Any], constants: Mapping[str, str]) -> Node:
    return Node(
        id=found["id"],
        entity=found["entity"] or constants.get(found["id"], NOBODY),
        question=found.get("question") or None,
        claims=tuple(Told(**claim) for claim in found["claims"]),
        children=tuple(_node(child, constants) for child in found["children"]),
    )
