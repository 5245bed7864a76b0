"""The certificate by trying every assignment: what it is defined to be, over a plain world."""

from collections.abc import Iterable, Iterator
from itertools import chain, combinations

from plain import PlainSource, clue_ids, holds, lowest

from hcsp.constraints import Constraint, anchor_of, child_of
from hcsp.tree import ResearchTree

Tried = tuple[dict[str, int], frozenset[str]]


class Brute:
    """Per variable every assignment at and below it that meets nouns and edges, with the clues that it meets."""

    def __init__(self, tree: ResearchTree, source: PlainSource) -> None:
        self.tree, self.source = tree, source
        self._tried = {v: self._try(tree.subtree(v)) for v in tree.entities}

    def answers(self, vertex: str, without: Iterable[str] = ()) -> set[int]:
        """`H(vertex)` when some clues are left out."""
        kept = {c.id: c for c in self.tree.subtree(vertex).clues if c.id not in set(without)}
        cyclic = any(anchor_of(c) is not None for c in kept.values())
        return {
            values[vertex]
            for values, met in self._tried[vertex]
            if kept.keys() <= met and (not cyclic or len(set(values.values())) == len(values))
        }

    def fields(self) -> dict[str, object]:
        """The fields of the certificate that need no retriever, rivals apart."""
        tree, answer = self.tree, int(self.tree.entities[self.tree.root])
        left = {c.id: self.answers(tree.root, {c.id}) for c in tree.clues}
        return {
            "unique": all(self.answers(v) == {int(e)} for v, e in tree.entities.items()),
            "necessary": {c: len(found) for c, found in left.items()},
            "necessary_locally": {c.id: len(self.answers(lowest(tree, c), {c.id})) for c in tree.clues},
            "antichain": not any(self._nested(v) for v in tree.entities),
            "hierarchy": {v: len(self.answers(tree.root, clue_ids(tree, v))) for v in tree.inner},
            "selectivity": min((len(self._alone(c)) for c in tree.clues), default=0),
            "edges": {child_of(e): len(self._alone(e)) for e in tree.edges},
            "rival_count": len(set().union(*left.values()) - {answer}),
            "universe": self.source.size,
        }

    def _try(self, part: ResearchTree) -> list[Tried]:
        found: list[dict[str, int]] = [{}]
        for v in part.below(part.root):
            fixed = [c for c in (part.noun(v), part.parent_edge(v)) if c is not None]
            wider = ({**values, v: e} for values in found for e in range(self.source.size))
            found = [values for values in wider if all(holds(c, values, self.source) for c in fixed)]
        return [(values, frozenset(c.id for c in part.clues if holds(c, values, self.source))) for values in found]

    def _alone(self, c: Constraint) -> set[int]:
        """Who of the vertex's kind meets one constraint when every other variable stands for its entity."""
        solved = {v: int(e) for v, e in self.tree.entities.items()}
        return {e for e in self._kind(c.vertex) if holds(c, {**solved, c.vertex: e}, self.source)}

    def _kind(self, vertex: str) -> frozenset[int]:
        return self.source.types[self.tree.noun(vertex).type]

    def _nested(self, vertex: str) -> bool:
        sets = [self._alone(c) for c in self.tree.clues_of(vertex)]
        sets += [self._reaching(edge) for edge in self.tree.edges_of(vertex)]
        return any(a <= b for n, a in enumerate(sets) for m, b in enumerate(sets) if n != m)

    def _reaching(self, edge: Constraint) -> set[int]:
        """Who of the parent's kind an edge ties to anyone that its child may be."""
        child = child_of(edge)
        ends = [(e, t) for e in self._kind(edge.vertex) for t in self.answers(child)]
        return {e for e, t in ends if holds(edge, {edge.vertex: e, child: t}, self.source)}


def subsets(tree: ResearchTree) -> Iterator[tuple[str, ...]]:
    """Every set of clues, as their ids."""
    ids = [c.id for c in tree.clues]
    return chain.from_iterable(combinations(ids, n) for n in range(len(ids) + 1))
