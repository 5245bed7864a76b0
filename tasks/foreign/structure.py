"""From the readings of a question's claims to a research tree, and what does not fit into one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hcsp.constraints import (
    Constraint,
    RelationConstraint,
    SameConstraint,
    ToVertex,
    TypeConstraint,
    child_of,
    constant_of,
    is_edge,
)
from hcsp.nouns import ANYTHING
from hcsp.tree import ResearchTree, Variable
from tasks.foreign.draft import Left, short
from tasks.foreign.understanding import Reading


class Shape(NamedTuple):
    """A tree whose unknown variables hold a placeholder, the parts that it leaves out, and a note on some claims."""

    tree: ResearchTree | None
    left: tuple[Left, ...]
    notes: Mapping[str, str]


def placeholder(vertex: str) -> str:
    """What stands for the entity of a variable until it is found; no world has such an id."""
    return f"\0{vertex}"


def shape(
    root: str, entities: Mapping[str, str | None], nouns: Mapping[str, str], readings: Sequence[Reading]
) -> Shape:
    """The spanning tree over what was understood. `nouns` holds the type of each variable whose entity is known."""
    return _Builder(root, entities, nouns, readings).shape()


class _Builder:
    def __init__(
        self, root: str, entities: Mapping[str, str | None], nouns: Mapping[str, str], readings: Sequence[Reading]
    ) -> None:
        self._root, self._entities, self._nouns = root, entities, nouns
        self._texts = {r.claim.id: r.claim.text for r in readings}
        self._parts = [r.constraint for r in readings if r.constraint is not None]
        self._left: list[Left] = []
        self._notes: dict[str, str] = {}
        self._order = [root]
        self._taken: dict[str, str] = {}

    def shape(self) -> Shape:
        edges = self._edges()
        kept = set(self._order)
        clues = [c for c in self._clues(kept) if not self._is_own(c)]
        nouns = [self._noun(v) for v in self._order]
        if not edges and not clues:
            why = "no claim about what is asked for was understood"
            return Shape(None, (*self._left, Left(part="the question", what="", why=why)), {})
        variables = tuple(Variable(id=v, entity=self._entities[v] or placeholder(v)) for v in self._order)
        tree = ResearchTree(variables=variables, constraints=(*nouns, *clues, *edges))
        return Shape(tree, tuple(self._left), self._notes)

    def _edges(self) -> list[Constraint]:
        """Breadth first from the root; what then ties two variables of the tree closes a cycle."""
        self._admit(self._root)
        rest: list[RelationConstraint] = [c for c in self._parts if isinstance(c, RelationConstraint) and is_edge(c)]
        edges: list[RelationConstraint] = []
        for vertex in self._order:
            for edge in [e for e in rest if vertex in (e.vertex, child_of(e))]:
                led = edge if edge.vertex == vertex else _turned(edge)
                if child_of(led) not in self._order and self._admit(child_of(led)):
                    self._order.append(child_of(led))
                    edges.append(led)
                    rest.remove(edge)
        return self._with_chords(edges, rest)

    def _admit(self, vertex: str) -> bool:
        """Whether a variable's entity stands for no other variable."""
        entity = self._entities[vertex]
        holder = self._taken.setdefault(entity, vertex) if entity is not None else vertex
        if holder != vertex:
            left = Left(part=vertex, what="", why=f"stands for the same entity as {holder}; left out with all below")
            if left not in self._left:
                self._left.append(left)
        return holder == vertex

    def _with_chords(self, edges: list[RelationConstraint], rest: list[RelationConstraint]) -> list[Constraint]:
        """A cycle through a variable of which nothing else is said is a `same` clue; other cycles stay out."""
        found: list[Constraint] = list(edges)
        for closing in rest:
            ends = (closing.vertex, child_of(closing))
            if not set(ends) <= set(self._order):
                self._leave(
                    closing, f"no understood claim ties {' or '.join(set(ends) - set(self._order))} to the root"
                )
            elif (same := self._shared(closing, edges)) is not None:
                edge, chord = same
                found.remove(edge)
                edges.remove(edge)
                found.append(chord)
                self._order.remove(child_of(edge))
                self._notes[closing.id] = (
                    f"{edge.id} and {closing.id} as one clue: {child_of(edge)} is only what they share"
                )
            else:
                self._leave(closing, f"closes a cycle through {ends[0]} and {ends[1]}, which no tree can hold")
        return found

    def _shared(
        self, closing: RelationConstraint, edges: list[RelationConstraint]
    ) -> tuple[RelationConstraint, SameConstraint] | None:
        """The edge and the chord when `x → z` and `y → z` by one relation are all that is said of `z`."""
        out = closing if closing.direction == "out" else _turned(closing)
        middle = child_of(out)
        edge = next((e for e in edges if child_of(e) == middle), None)
        if edge is None or self._entities[middle] is not None or edge.vertex == out.vertex:
            return None
        if (edge.relation, edge.direction) != (out.relation, "out"):
            return None
        said = [c for c in self._parts if middle in (c.vertex, child_of(c) if is_edge(c) else None)]
        if len(said) != 2:
            return None
        anchor = ToVertex(vertex=out.vertex)
        fields = {"id": closing.id, "vertex": edge.vertex, "relation": out.relation, "anchor": anchor}
        return edge, SameConstraint.model_validate(fields)

    def _clues(self, kept: set[str]) -> Iterator[Constraint]:
        for c in self._parts:
            if isinstance(c, TypeConstraint) or is_edge(c):
                continue
            if c.vertex in kept:
                yield c
            else:
                self._leave(c, f"no understood claim ties {c.vertex} to the root")

    def _is_own(self, clue: Constraint) -> bool:
        """Whether a clue names an entity of the tree as a constant: it would give that variable away."""
        constant = constant_of(clue)
        holder = None if constant is None else self._taken.get(constant.entity)
        if holder is not None:
            self._leave(clue, f"names the entity that {holder} stands for as a constant")
        return holder is not None

    def _noun(self, vertex: str) -> TypeConstraint:
        said = [c for c in self._parts if isinstance(c, TypeConstraint) and c.vertex == vertex]
        for c in said[1:]:
            self._leave(c, f"is a second type of {vertex}; a variable has one noun")
        if said:
            return said[0]
        return TypeConstraint(id=f"noun of {vertex}", vertex=vertex, type=self._nouns.get(vertex, ANYTHING))

    def _leave(self, constraint: Constraint, why: str) -> None:
        self._left.append(Left(part=constraint.id, what=short(self._texts[constraint.id]), why=why))


def _turned(edge: RelationConstraint) -> RelationConstraint:
    """The same fact told from the other end."""
    direction = "in" if edge.direction == "out" else "out"
    changes = {"vertex": child_of(edge), "direction": direction, "target": ToVertex(vertex=edge.vertex)}
    return edge.model_copy(update=changes)
