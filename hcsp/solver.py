"""Which entities satisfy a research tree: `H` and `Ans` of the design, section 1.1."""

from collections.abc import Iterable

from hcsp.bounds import Bounds
from hcsp.constraints import RelationConstraint, ToEntity, child_of
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree

NOTHING: frozenset[str] = frozenset()


class Solver:
    """Solves one tree over one source.

    Every set is kept by vertex and by the constraints left out at or below it, so that leaving out one clue costs only
    the path from its vertex to the root.
    """

    def __init__(self, tree: ResearchTree, source: CandidateSource) -> None:
        self.tree = tree
        self.source = source
        self._within: dict[str, frozenset[str]] = {}
        self._solved: dict[tuple[str, frozenset[str]], Bounds] = {}

    def clues_within(self, vertex: str) -> frozenset[str]:
        """The ids of the clues at and below a variable."""
        if vertex not in self._within:
            own = frozenset(c.id for c in self.tree.clues_of(vertex))
            self._within[vertex] = own.union(*(self.clues_within(child_of(e)) for e in self.tree.onward[vertex]))
        return self._within[vertex]

    def candidates(self, vertex: str, without: Iterable[str] = NOTHING) -> Bounds:
        """`H(vertex)`: the entities that meet all constraints at and below it but the clues named in `without`."""
        dropped = frozenset(without)
        if dropped:
            dropped &= self.clues_within(vertex)
        key = (vertex, dropped)
        found = self._solved.get(key)
        if found is None:
            found = self._solved[key] = self._solve(vertex, dropped)
        return found

    def answers(self, without: Iterable[str] = NOTHING) -> Bounds:
        """`Ans(C ∖ without)`: the root's answers, skeleton kept."""
        return self.candidates(self.tree.root, without)

    def _solve(self, vertex: str, dropped: frozenset[str]) -> Bounds:
        found = Bounds.intersection([self.source.members(c) for c in self.tree.own[vertex] if c.id not in dropped])
        children = [(e, self.candidates(child_of(e), dropped)) for e in self.tree.onward[vertex]]
        children.sort(key=_fewest_first)
        for edge, targets in children:
            found = self.source.preimage(edge, targets, found)
        return found

    def witness(self, entity: int, without: Iterable[str] = NOTHING) -> dict[str, int]:
        """An assignment of all variables that makes `entity` an answer; the smallest ids where there is a choice.

        Raises `ValueError` when `entity` is not proved to be an answer.
        """
        dropped = frozenset(without)
        if entity not in self.answers(dropped).lower:
            raise ValueError(f"{self.source.entity(entity)!r} is not an answer")
        chosen = {self.tree.root: entity}
        for vertex in self.tree.below(self.tree.root):
            for edge in self.tree.onward[vertex]:
                chosen[child_of(edge)] = self._partner(edge, chosen[vertex], dropped)
        return chosen

    def _partner(self, edge: RelationConstraint, entity: int, dropped: frozenset[str]) -> int:
        back = RelationConstraint(
            id=edge.id,
            vertex=child_of(edge),
            relation=edge.relation,
            direction="in" if edge.direction == "out" else "out",
            target=ToEntity(entity=self.source.entity(entity), label=""),
        )
        return self.source.restrict(back, self.candidates(child_of(edge), dropped)).lower.min()


def _fewest_first(child: tuple[RelationConstraint, Bounds]) -> int:
    return len(child[1].upper)
