"""How far the entities that a solver has read of meet the constraints of a tree, counted from the leaves up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice, product

from benchmarks.reading import Notes
from hcsp.constraints import RelationConstraint, anchor_of, child_of
from hcsp.ties import grounded
from hcsp.tree import ResearchTree

READINGS = 16
"""Most assignments of the variables below a candidate that are held against the chords."""

Scores = Mapping[str, int]


class Standing:
    """Per variable, how many constraints at and below it each entity is known to meet. Nouns are conditions.

    Chords count once the rest is scored, for the best of the assignments that support the candidate.
    """

    def __init__(self, tree: ResearchTree, notes: Notes) -> None:
        self.tree, self.notes = tree, notes
        self._chords = {c.id for c in tree.chords}
        self._up: dict[str, Scores] = {}
        self.scores: dict[str, Scores] = {}
        for vertex in tree.bottom_up():
            self.scores[vertex] = self._score(vertex)

    def most(self, vertex: str) -> int:
        """What an entity scores that meets everything at and below a variable, chords left out."""
        below = self.tree.below(vertex)
        clues = [c for v in below for c in self.tree.clues_of(v) if c.id not in self._chords]
        return len(clues) + sum(len(self.tree.edges_of(v)) for v in below)

    def leading(self, vertex: str) -> list[str]:
        """The entities that meet most at and below a variable, none when nothing was read that fits; sorted."""
        return _highest(self.scores[vertex])

    def leading_jointly(self, vertex: str) -> list[str]:
        """The entities that stand for a variable in an assignment of all variables that meets most; sorted."""
        return _highest(self.joint[vertex])

    @cached_property
    def joint(self) -> dict[str, Scores]:
        """Per variable and entity the most constraints that an assignment of all variables with it meets (max-sum)."""
        found = {self.tree.root: self.scores[self.tree.root]}
        for vertex in self.tree.below(self.tree.root):
            for edge in self.tree.edges_of(vertex):
                found[child_of(edge)] = self._down(edge, found[vertex])
        return found

    def settled(self, vertex: str) -> bool:
        """Whether one entity alone is known to meet all at and below a variable."""
        leading = self.leading(vertex)
        return len(leading) == 1 and self.scores[vertex][leading[0]] == self.most(vertex)

    def answers(self) -> list[str]:
        """The root's leading entities, those first and alone that meet most chords; sorted."""
        leading = self.leading(self.tree.root)
        if not self._chords:
            return leading
        met = {entity: self.chords_met(entity) for entity in leading}
        return [e for e in leading if met[e] == max(met.values())]

    def proved(self) -> str | None:
        """The one entity that is known to meet everything, chords included."""
        answers = self.answers()
        if len(answers) != 1 or self.scores[self.tree.root][answers[0]] < self.most(self.tree.root):
            return None
        return answers[0] if self.chords_met(answers[0]) == len(self._chords) else None

    def chords_met(self, entity: str) -> int:
        """How many chords hold under the best of the assignments that support a root candidate."""
        readings = islice(self._assignments(self.tree.root, entity), READINGS)
        return max((self._held(values) for values in readings), default=0)

    def _held(self, values: Mapping[str, str]) -> int:
        held = 0
        for chord in self.tree.chords:
            anchor = anchor_of(chord)
            if anchor is not None and anchor in values and chord.vertex in values:
                clue = grounded(chord, anchor, values[anchor])
                held += values[chord.vertex] in self.notes.meeting(clue)
        return held

    def _assignments(self, vertex: str, entity: str) -> Iterable[dict[str, str]]:
        below = [
            [found for child in self._best(edge, entity) for found in self._assignments(child_of(edge), child)] or [{}]
            for edge in self.tree.edges_of(vertex)
        ]
        for parts in product(*below):
            values = {vertex: entity}
            for part in parts:
                values |= part
            yield values

    def _best(self, edge: RelationConstraint, entity: str) -> list[str]:
        scores = self.scores[child_of(edge)]
        children = [far for near, far in self.notes.ties(edge) if near == entity and far in scores]
        best = max((scores[c] for c in children), default=0)
        return sorted(c for c in children if scores[c] == best)[:READINGS]

    def _score(self, vertex: str) -> Scores:
        noun = self.tree.noun(vertex).type
        found: dict[str, int] = defaultdict(int)
        for clue in self.tree.clues_of(vertex):
            if clue.id not in self._chords:
                for entity in self.notes.meeting(clue):
                    found[entity] += 1
        for edge in self.tree.edges_of(vertex):
            self._up[child_of(edge)] = self._through(edge)
            for entity, score in self._up[child_of(edge)].items():
                found[entity] += score
        constants = self.tree.constants
        return {e: n for e, n in found.items() if e not in constants and self.notes.is_a(e, noun)}

    def _through(self, edge: RelationConstraint) -> Scores:
        """Per parent the edge itself and what its best child meets; any child of the right noun will do."""
        child = child_of(edge)
        noun, scores = self.tree.noun(child).type, self.scores[child]
        best: dict[str, int] = {}
        for near, far in self.notes.ties(edge):
            if self.notes.is_a(far, noun) and near != far:
                best[near] = max(best.get(near, 0), 1 + scores.get(far, 0))
        return best

    def _down(self, edge: RelationConstraint, above: Scores) -> Scores:
        """What the child's entities meet, and the most that is met outside their part of the tree."""
        child, noun = child_of(edge), self.tree.noun(child_of(edge)).type
        outside = {e: n - self._up[child].get(e, 0) for e, n in above.items()}
        apart = max(outside.values(), default=0)
        found = {e: n + apart for e, n in self.scores[child].items()}
        for near, far in self.notes.ties(edge):
            if near in outside and near != far and self.notes.is_a(far, noun):
                tied = self.scores[child].get(far, 0) + 1 + outside[near]
                found[far] = max(found.get(far, 0), tied)
        return found


def _highest(scores: Scores) -> list[str]:
    best = max(scores.values(), default=0)
    return sorted(e for e, n in scores.items() if n == best)
