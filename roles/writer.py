"""Who words a research tree: the `Writer` and what it hands back."""

from collections.abc import Mapping
from typing import Protocol

from hcsp.frozen import Frozen
from hcsp.tree import ResearchTree


class Step(Frozen):
    """A sub-question that stands alone, and its answer."""

    vertex: str
    question: str
    answer: str


class Rung(Frozen):
    """The question of the tree cut to its first `vertices` variables."""

    vertices: int
    question: str


class Wording(Frozen):
    """A tree in words.

    `surfaces` gives each constraint's own wording, nouns included, without nested clauses; `claims` the same as a
    declarative sentence with the names of the entities. `steps` stand children before parents, the root's last;
    `ladder` in the order of growth. `symbolic` tells that the grammar made the question, so that it can be read back.
    """

    question: str
    surfaces: dict[str, str]
    claims: dict[str, str]
    steps: tuple[Step, ...]
    ladder: tuple[Rung, ...]
    symbolic: bool = True


class Writer(Protocol):
    """Turns a tree into one question, its sub-questions and its growth ladder."""

    asks: bool
    """Whether a model is asked for a wording."""

    async def draft(self, tree: ResearchTree, labels: Mapping[str, str], seed: str) -> Wording:
        """Word the tree by grammar alone."""
        ...

    async def write(self, tree: ResearchTree, labels: Mapping[str, str], seed: str) -> Wording:
        """Word the tree; `labels` names the entities of its variables, which the question never does."""
        ...
