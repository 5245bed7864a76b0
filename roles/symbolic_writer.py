"""The Writer that needs no model: phrase book, grammar, and a seed that chooses among wordings."""

from collections.abc import Callable, Mapping
from random import Random

from hcsp.tree import ResearchTree, variables_of
from roles.claims import claims
from roles.lengths import count_words
from roles.sentences import Speaker
from roles.styles import STYLES, Style
from roles.writer import Rung, Step, Wording

Asking = Callable[[ResearchTree, str], str]
"""Words a part of a tree, under a name that goes into its seed."""
WORDINGS = 12
"""How many are tried for one that is short enough."""


def render(
    tree: ResearchTree,
    labels: Mapping[str, str],
    relation_labels: Mapping[str, str],
    seed: str,
    style: Style = "plain",
    most_words: int | None = None,
) -> Wording:
    """Word a tree in a style.

    `labels` names the entities of the tree's variables, `relation_labels` the relations that the phrase book does not
    know. Of several wordings the first is taken that has at most `most_words`, else the shortest. The same arguments
    give the same bytes.
    """
    speaker, question = _spoken(tree, relation_labels, seed, style, most_words)

    def asking(part: ResearchTree, name: str) -> str:
        return ask(part, relation_labels, f"{seed}:{name}", style, most_words)

    return Wording(
        question=question,
        surfaces={c.id: speaker.surfaces[c.id] for c in tree.constraints},
        claims=claims(tree, speaker.heads, labels, relation_labels),
        steps=_steps(tree, labels, asking, question),
        ladder=_ladder(tree, asking, question),
    )


def ask(
    tree: ResearchTree,
    relation_labels: Mapping[str, str],
    seed: str,
    style: Style = "plain",
    most_words: int | None = None,
) -> str:
    """The question alone."""
    return _spoken(tree, relation_labels, seed, style, most_words)[1]


def _spoken(
    tree: ResearchTree, relation_labels: Mapping[str, str], seed: str, style: Style, most_words: int | None
) -> tuple[Speaker, str]:
    tried: list[tuple[Speaker, str]] = []
    for n in range(1 if most_words is None else WORDINGS):
        speaker = STYLES[style](tree, relation_labels, Random(f"{seed}:wording {n}" if n else seed))
        tried.append((speaker, speaker.question()))
        if most_words is None or count_words(tried[-1][1]) <= most_words:
            return tried[-1]
    return min(tried, key=lambda spoken: count_words(spoken[1]))


def _steps(tree: ResearchTree, labels: Mapping[str, str], asking: Asking, question: str) -> tuple[Step, ...]:
    asked = {v: question if v == tree.root else asking(tree.subtree(v), v) for v in tree.bottom_up()}
    return tuple(Step(vertex=v, question=q, answer=labels[tree.entities[v]]) for v, q in asked.items())


def _ladder(tree: ResearchTree, asking: Asking, question: str) -> tuple[Rung, ...]:
    lower = [Rung(vertices=n, question=asking(cut_to(tree, n), str(n))) for n in range(1, len(tree.variables))]
    return (*lower, Rung(vertices=len(tree.variables), question=question))


def cut_to(tree: ResearchTree, size: int) -> ResearchTree:
    """The tree as it was when it had `size` variables: the others are left out, with the edges to them."""
    variables = tree.variables[:size]
    keep = {v.id for v in variables}
    constraints = tuple(c for c in tree.constraints if variables_of(c) <= keep)
    return ResearchTree(variables=variables, constraints=constraints)


class SymbolicWriter:
    """Plays the `Writer` by rule."""

    asks = False

    def __init__(
        self, relation_labels: Mapping[str, str], style: Style = "plain", most_words: int | None = None
    ) -> None:
        self._relation_labels = relation_labels
        self._style: Style = style
        self._most_words = most_words

    async def draft(self, tree: ResearchTree, labels: Mapping[str, str], seed: str) -> Wording:
        """The same as `write`."""
        return await self.write(tree, labels, seed)

    async def write(self, tree: ResearchTree, labels: Mapping[str, str], seed: str) -> Wording:
        """Word the tree; see `render`."""
        return render(tree, labels, self._relation_labels, seed, self._style, self._most_words)
