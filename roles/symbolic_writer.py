"""The Writer that needs no model: phrase book, grammar, and a seed that chooses among wordings."""

from collections.abc import Mapping
from random import Random

from hcsp.tree import ResearchTree, variables_of
from roles.claims import claims
from roles.sentences import Speaker
from roles.writer import Rung, Step, Wording


def render(tree: ResearchTree, labels: Mapping[str, str], relation_labels: Mapping[str, str], seed: str) -> Wording:
    """Word a tree.

    `labels` names the entities of the tree's variables, `relation_labels` the relations that the phrase book does not
    know. The same arguments give the same bytes.
    """
    speaker = Speaker(tree, relation_labels, Random(seed))
    question = speaker.question()
    return Wording(
        question=question,
        surfaces={c.id: speaker.surfaces[c.id] for c in tree.constraints},
        claims=claims(tree, speaker.heads, labels, relation_labels),
        steps=_steps(tree, labels, relation_labels, seed, question),
        ladder=_ladder(tree, relation_labels, seed, question),
    )


def ask(tree: ResearchTree, relation_labels: Mapping[str, str], seed: str) -> str:
    """The question alone."""
    return Speaker(tree, relation_labels, Random(seed)).question()


def _steps(
    tree: ResearchTree, labels: Mapping[str, str], relation_labels: Mapping[str, str], seed: str, question: str
) -> tuple[Step, ...]:
    asked = {
        v: question if v == tree.root else ask(tree.subtree(v), relation_labels, f"{seed}:{v}")
        for v in tree.bottom_up()
    }
    return tuple(Step(vertex=v, question=q, answer=labels[tree.entities[v]]) for v, q in asked.items())


def _ladder(tree: ResearchTree, relation_labels: Mapping[str, str], seed: str, question: str) -> tuple[Rung, ...]:
    lower = [
        Rung(vertices=n, question=ask(cut_to(tree, n), relation_labels, f"{seed}:{n}"))
        for n in range(1, len(tree.variables))
    ]
    return (*lower, Rung(vertices=len(tree.variables), question=question))


def cut_to(tree: ResearchTree, size: int) -> ResearchTree:
    """The tree as it was when it had `size` variables: the others are left out, with the edges to them."""
    variables = tree.variables[:size]
    keep = {v.id for v in variables}
    constraints = tuple(c for c in tree.constraints if variables_of(c) <= keep)
    return ResearchTree(variables=variables, constraints=constraints)


class SymbolicWriter:
    """Plays the `Writer` by rule."""

    def __init__(self, relation_labels: Mapping[str, str]) -> None:
        self._relation_labels = relation_labels

    async def write(self, tree: ResearchTree, labels: Mapping[str, str], seed: str) -> Wording:
        """Word the tree; see `render`."""
        return render(tree, labels, self._relation_labels, seed)
