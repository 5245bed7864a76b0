"""Which entities satisfy a research tree: `H` and `Ans` of the design, section 1.1."""

from collections.abc import Iterable

from pyroaring import BitMap

from hcsp.bounds import Bounds
from hcsp.constraints import Anchored, RelationConstraint, anchor_of, child_of
from hcsp.joint import Joined, join
from hcsp.source import CandidateSource
from hcsp.ties import turned
from hcsp.tree import ResearchTree

NOTHING: frozenset[str] = frozenset()


class Solver:
    """Solves one tree over one source.

    Every set is kept by vertex and by the constraints left out at or below it, so that leaving out one clue costs only
    the path from its vertex to the root. Where a chord applies, both of its variables at or below the vertex, the
    candidates are those of the join over these variables, distinct ones standing for distinct entities.
    """

    def __init__(self, tree: ResearchTree, source: CandidateSource) -> None:
        self.tree = tree
        self.source = source
        self._unary = tree.own
        if tree.chords:
            self._unary = {v: tuple(c for c in own if anchor_of(c) is None) for v, own in tree.own.items()}
        self._chords: dict[str, tuple[Anchored, ...]] = {}
        self._below: dict[str, frozenset[str]] = {}
        self._within: dict[str, frozenset[str]] = {}
        self._solved: dict[tuple[str, frozenset[str]], Bounds] = {}
        self._joined: dict[tuple[str, frozenset[str]], Joined] = {}

    def clues_below(self, vertex: str) -> frozenset[str]:
        """The ids of the clues of a variable and of those below it."""
        if vertex not in self._below:
            own = frozenset(c.id for c in self.tree.clues_of(vertex))
            self._below[vertex] = own.union(*(self.clues_below(child_of(e)) for e in self.tree.onward[vertex]))
        return self._below[vertex]

    def clues_within(self, vertex: str) -> frozenset[str]:
        """The ids of the clues that speak only of a variable and of those below it."""
        if vertex not in self._within:
            outward = {c.id for c in self.tree.chords} - {c.id for c in self._chords_within(vertex)}
            self._within[vertex] = self.clues_below(vertex) - outward
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
        if self.tree.chords and (chords := [c for c in self._chords_within(vertex) if c.id not in dropped]):
            relaxed = dropped.union(c.id for c in chords)
            sets = {v: self.candidates(v, relaxed) for v in self.tree.below(vertex)}
            joined = self._joined[vertex, dropped] = join(self.tree, self.source, vertex, chords, sets)
            return joined.candidates
        found = Bounds.intersection([self.source.members(c) for c in self._unary[vertex] if c.id not in dropped])
        children = [(e, self.candidates(child_of(e), dropped)) for e in self.tree.onward[vertex]]
        children.sort(key=_fewest_first)
        for edge, targets in children:
            found = self.source.preimage(edge, targets, found)
        return found

    def _chords_within(self, vertex: str) -> tuple[Anchored, ...]:
        if vertex not in self._chords:
            part = set(self.tree.below(vertex)) if self.tree.chords else set()
            self._chords[vertex] = tuple(c for c in self.tree.chords if {c.vertex, anchor_of(c)} <= part)
        return self._chords[vertex]

    def witness(self, entity: int, without: Iterable[str] = NOTHING) -> dict[str, int]:
        """An assignment of all variables that makes `entity` an answer, always the same one.

        The smallest ids where there is a choice, unless a chord applies. Raises `ValueError` when `entity` is not
        proved to be an answer.
        """
        dropped = frozenset(without) & self.clues_within(self.tree.root)
        if entity not in self.answers(dropped).lower:
            raise ValueError(f"{self.source.entity(entity)!r} is not an answer")
        joined = self._joined.get((self.tree.root, dropped))
        if joined is not None:
            return joined.witness(self.tree.root, entity)
        chosen = {self.tree.root: entity}
        for vertex in self.tree.below(self.tree.root):
            for edge in self.tree.onward[vertex]:
                chosen[child_of(edge)] = self._partner(edge, chosen[vertex], dropped)
        return chosen

    def _partner(self, edge: RelationConstraint, entity: int, dropped: frozenset[str]) -> int:
        there = Bounds.exactly(BitMap([entity]))
        return self.source.preimage(turned(edge), there, self.candidates(child_of(edge), dropped)).lower.min()


def _fewest_first(child: tuple[RelationConstraint, Bounds]) -> int:
    return len(child[1].upper)
