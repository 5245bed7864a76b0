"""The research tree: variables, and the constraints that pin each of them down (design 1.1)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import TypeVar

import networkx as nx
from pydantic import model_validator

from hcsp.constraints import (
    Anchored,
    Constraint,
    RelationConstraint,
    ToVertex,
    TypeConstraint,
    anchor_of,
    child_of,
    constant_of,
    is_edge,
)
from hcsp.frozen import Frozen

AnyConstraint = TypeVar("AnyConstraint", bound=Constraint)

NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""The names that variables get, the root's first."""


class Variable(Frozen):
    """A vertex whose value the solver has to find, and the entity that it stands for."""

    id: str
    entity: str


class ResearchTree(Frozen):
    """A rooted tree of variables with their constraints; the first variable is the root.

    Raises `ValueError` when the edges are no tree over the variables, a variable lacks its one noun, an entity stands
    for two variables, or a constant is an entity of the tree.
    """

    variables: tuple[Variable, ...]
    constraints: tuple[Constraint, ...]

    @model_validator(mode="after")
    def _well_formed(self) -> "ResearchTree":
        ids = [v.id for v in self.variables]
        _unique("variable", ids)
        _unique("entity", [v.entity for v in self.variables])
        _unique("constraint", [c.id for c in self.constraints])
        own = {v for c in self.constraints for v in (c.vertex, anchor_of(c)) if v is not None}
        if stray := own - set(ids):
            raise ValueError(f"constraints on unknown variables {sorted(stray)}")
        nouns = Counter(c.vertex for c in self.constraints if isinstance(c, TypeConstraint))
        if bad := [v for v in ids if nouns[v] != 1]:
            raise ValueError(f"variables {bad} need exactly one constraint of kind 'type' each")
        if not ids or len(self.edges) != len(ids) - 1:
            raise ValueError("the edges between variables are not a tree")
        if self._reached() != set(ids):
            elsewhere = nx.is_arborescence(self.graph)
            said = f"the first variable {self.root!r} is not the root" if elsewhere else "the edges are not a tree"
            raise ValueError(said)
        if loops := [c.id for c in self.chords if anchor_of(c) == c.vertex]:
            raise ValueError(f"constraints {loops} hold a variable against itself")
        if both := self.constants & {v.entity for v in self.variables}:
            raise ValueError(f"the constants {sorted(both)} are entities of the tree")
        return self

    def _reached(self) -> set[str]:
        """The variables that edges lead to from the root, which all of them do in a tree with an edge to each other."""
        found = {self.root}
        waiting = [self.root]
        while waiting:
            further = {child_of(e) for e in self.onward.get(waiting.pop(), ())} - found
            found |= further
            waiting += further
        return found

    @property
    def root(self) -> str:
        """The id of the root variable."""
        return self.variables[0].id

    @cached_property
    def graph(self) -> "nx.DiGraph[str]":
        """The variables as a networkx digraph, edges from parent to child."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(v.id for v in self.variables)
        graph.add_edges_from((e.vertex, child_of(e)) for e in self.edges)
        return graph

    @cached_property
    def entities(self) -> dict[str, str]:
        """The entity of each variable."""
        return {v.id: v.entity for v in self.variables}

    @cached_property
    def edges(self) -> tuple[RelationConstraint, ...]:
        """The constraints that tie a parent to its child."""
        return tuple(c for c in self.constraints if isinstance(c, RelationConstraint) and is_edge(c))

    @cached_property
    def clues(self) -> tuple[Constraint, ...]:
        """Every constraint that is neither edge nor noun."""
        return tuple(c for c in self.constraints if not isinstance(c, TypeConstraint) and not is_edge(c))

    @cached_property
    def chords(self) -> tuple[Anchored, ...]:
        """The clues that hold one variable against another: each closes a cycle."""
        return tuple(c for c in self.clues if isinstance(c, Anchored) and anchor_of(c) is not None)

    @cached_property
    def own(self) -> dict[str, tuple[Constraint, ...]]:
        """Per variable its noun and its clues: all that it has to meet but the edges."""
        return self._by_vertex(c for c in self.constraints if not is_edge(c))

    @cached_property
    def onward(self) -> dict[str, tuple[RelationConstraint, ...]]:
        """Per variable the edges to its children."""
        return self._by_vertex(self.edges)

    def _by_vertex(self, constraints: Iterable[AnyConstraint]) -> dict[str, tuple[AnyConstraint, ...]]:
        found: dict[str, list[AnyConstraint]] = {v.id: [] for v in self.variables}
        for constraint in constraints:
            found[constraint.vertex].append(constraint)
        return {v: tuple(own) for v, own in found.items()}

    @cached_property
    def constants(self) -> frozenset[str]:
        """The entities that the clues name."""
        named = (constant_of(c) for c in self.clues)
        return frozenset(constant.entity for constant in named if constant is not None)

    @property
    def inner(self) -> tuple[str, ...]:
        """The variables other than the root."""
        return tuple(v.id for v in self.variables[1:])

    def noun(self, vertex: str) -> TypeConstraint:
        """The noun of a variable."""
        return next(c for c in self.own[vertex] if isinstance(c, TypeConstraint))

    def clues_of(self, vertex: str) -> tuple[Constraint, ...]:
        """The clues of one variable."""
        return tuple(c for c in self.own[vertex] if not isinstance(c, TypeConstraint))

    def edges_of(self, vertex: str) -> tuple[RelationConstraint, ...]:
        """The edges from a variable to its children."""
        return self.onward[vertex]

    def parent_edge(self, vertex: str) -> RelationConstraint | None:
        """The edge that leads to a variable; `None` for the root."""
        return next((e for e in self.edges if child_of(e) == vertex), None)

    def below(self, vertex: str) -> tuple[str, ...]:
        """The variable and its descendants, parents first."""
        return (vertex, *chain.from_iterable(self.below(child_of(e)) for e in self.onward[vertex]))

    def bottom_up(self, vertex: str | None = None) -> Iterator[str]:
        """The variables at and below `vertex` (default: the root), children before parents."""
        here = vertex or self.root
        for edge in self.onward[here]:
            yield from self.bottom_up(child_of(edge))
        yield here

    @property
    def levels(self) -> int:
        """Variables on the longest path from the root."""
        return self._levels(self.root)

    def _levels(self, vertex: str) -> int:
        return 1 + max((self._levels(child_of(e)) for e in self.onward[vertex]), default=0)

    @property
    def size(self) -> int:
        """Vertices as the paper counts them: variables and clues."""
        return len(self.variables) + len(self.clues)

    @property
    def shape(self) -> str:
        """The isomorphism class of the rooted tree of variables with their clue counts, such as `2(3,1)`."""
        return self._shape(self.root)

    def _shape(self, vertex: str) -> str:
        parts = sorted(self._shape(child_of(e)) for e in self.edges_of(vertex))
        return f"{len(self.clues_of(vertex))}" + (f"({','.join(parts)})" if parts else "")

    def subtree(self, vertex: str) -> "ResearchTree":
        """The sub-question at `vertex`: the variables and constraints at and below it."""
        keep = set(self.below(vertex))
        return ResearchTree(
            variables=tuple(v for v in sorted(self.variables, key=lambda v: v.id != vertex) if v.id in keep),
            constraints=tuple(c for c in self.constraints if variables_of(c) <= keep),
        )

    def with_child(self, edge: RelationConstraint, noun: TypeConstraint, entity: str) -> "ResearchTree":
        """The tree grown by one variable, at the end of `edge`."""
        child = Variable(id=child_of(edge), entity=entity)
        return ResearchTree(variables=(*self.variables, child), constraints=(*self.constraints, edge, noun))

    def with_clues(self, vertex: str, clues: Iterable[Constraint]) -> "ResearchTree":
        """The tree with the clues of one variable replaced."""
        return self.with_choices({vertex: clues})

    def with_choices(self, clues: Mapping[str, Iterable[Constraint]]) -> "ResearchTree":
        """The tree with the clues of some variables replaced."""
        old = {c.id for vertex in clues for c in self.clues_of(vertex)}
        kept = [c for c in self.constraints if c.id not in old]
        return ResearchTree(variables=self.variables, constraints=(*kept, *chain.from_iterable(clues.values())))

    def without(self, vertex: str) -> "ResearchTree":
        """The tree without an inner variable, the edge to it and all below it."""
        gone = set(self.below(vertex))
        return ResearchTree(
            variables=tuple(v for v in self.variables if v.id not in gone),
            constraints=tuple(c for c in self.constraints if variables_of(c).isdisjoint(gone)),
        )

    def numbered(self) -> tuple["ResearchTree", dict[str, str]]:
        """The tree in reading order, and the new name of each variable.

        Variables are `A`, `B`, … parents first; constraints `c1`, `c2`, … per variable its noun, its clues, its edges.
        """
        order = self.below(self.root)
        names = {v: NAMES[n] for n, v in enumerate(order)}
        parts = [c for v in order for c in (self.noun(v), *self.clues_of(v), *self.edges_of(v))]
        variables = tuple(Variable(id=names[v], entity=self.entities[v]) for v in order)
        constraints = tuple(_renamed(c, f"c{n}", names) for n, c in enumerate(parts, start=1))
        return ResearchTree(variables=variables, constraints=constraints), names


def seedling(entity: str, noun: str) -> ResearchTree:
    """The tree that is nothing but its root."""
    root = NAMES[0]
    return ResearchTree(
        variables=(Variable(id=root, entity=entity),),
        constraints=(TypeConstraint(id=f"n{root}", vertex=root, type=noun),),
    )


def _renamed(constraint: Constraint, identifier: str, names: Mapping[str, str]) -> Constraint:
    changes: dict[str, object] = {"id": identifier, "vertex": names[constraint.vertex]}
    if is_edge(constraint):
        changes["target"] = ToVertex(vertex=names[child_of(constraint)])
    elif (anchor := anchor_of(constraint)) is not None:
        changes["anchor"] = ToVertex(vertex=names[anchor])
    return constraint.model_copy(update=changes)


def variables_of(constraint: Constraint) -> frozenset[str]:
    """The variables that a constraint speaks of."""
    far = child_of(constraint) if is_edge(constraint) else anchor_of(constraint)
    return frozenset((constraint.vertex,) if far is None else (constraint.vertex, far))


def _unique(what: str, values: Iterable[str]) -> None:
    every = list(values)
    if len(set(every)) < len(every):
        twice = min(v for v, n in Counter(every).items() if n > 1)
        raise ValueError(f"{what} {twice!r} stands twice in the tree")
