"""From constraints to phrases: nouns for variables, and verb phrases in which clues of one stem are told together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from hcsp.constraints import (
    Anchored,
    Asserting,
    Constraint,
    CountConstraint,
    PredicateConstraint,
    RangeConstraint,
    RelationConstraint,
    ToEntity,
    TypeConstraint,
    anchor_of,
    child_of,
    constant_of,
    is_edge,
)
from hcsp.tree import ResearchTree
from prompts.phrases import Noun, Row, Template, phrase_book
from roles import english
from roles.fallback import fallback
from roles.ways import far_type, way_of


@dataclass(frozen=True)
class Head:
    """How a variable is called: its noun, and the clue that lent it if an occupation did."""

    noun: Noun
    role: str | None = None


@dataclass(frozen=True)
class Piece:
    """Clues of one relation and direction, or one edge, with a choice of wording; `many` if there are more of them."""

    row: Row
    pick: int
    constraints: tuple[Asserting, ...]
    many: bool = False

    @property
    def child(self) -> str | None:
        """The variable at the far end, if this is an edge."""
        return child_vertex(self.constraints[0])

    @property
    def anchor(self) -> str | None:
        """The variable that this one is held against, if this is a chord."""
        return anchor_of(self.constraints[0])

    @property
    def compares(self) -> bool:
        """Whether the variable is held against something else."""
        return isinstance(self.constraints[0], Anchored)

    @property
    def names_type(self) -> bool:
        """Whether the far end is any member of a type."""
        return far_type(self.constraints[0]) is not None

    @property
    def merges(self) -> bool:
        """Whether another clue of the same wording can go with it: "the same teacher as A and B" says too much."""
        return way_of(self.constraints[0]) in ("out", "in", "range", "more", "less")

    def template(self, *, inline: bool = False) -> Template:
        """The wording in use; `inline` if a clause of the child's own will follow."""
        first = self.constraints[0]
        if inline:
            return self._choose(self.row.long)
        if self.child or self.anchor or self.names_type:
            return self._choose(self.row.short)
        if isinstance(first, CountConstraint) and first.high == 1:
            return self._choose(self.row.single)
        return self._choose((self.row.lists if self.many else ()) or self.row.vp)

    def values(self, template: Template) -> list[str]:
        """What stands in the slot for each clue whose other end is no variable."""
        return [value(c, template.slot, self.pick) for c in self.constraints]

    def reduced(self) -> Template | None:
        """The wording that can follow a noun ("born in …"), if there is one."""
        return self.row.post[self.pick % len(self.row.post)] if self.row.post else None

    def of_whom(self) -> Template | None:
        """The wording that follows "whose", if there is one."""
        return self._choose(self.row.whose) if self.row.whose else None

    def as_noun(self) -> Template | None:
        """The noun for a person that says it ("student of {}"), if there is one."""
        return self.row.noun[0] if self.row.noun and len(self.constraints) == 1 else None

    def with_stem(self, wanted: bool) -> "Piece":
        """The piece in a wording that can share its stem with others, or in one that cannot, if there is one."""
        able = [n for n, template in enumerate(self.row.vp) if bool(template.stem) is wanted]
        return replace(self, pick=able[0]) if able else self

    def opposes(self, other: "Piece") -> bool:
        """Whether the two are a lower and an upper bound: "after Bohr but before Planck"."""
        mine, theirs = self.constraints[0], other.constraints[0]
        return mine.relation == theirs.relation and {way_of(mine), way_of(theirs)} == {"more", "less"}

    def _choose(self, templates: Sequence[Template]) -> Template:
        fitting = [t for t in templates if t.closes or not self.many] or self.row.long or templates
        return fitting[self.pick % len(fitting)]


def has_wording(constraint: Asserting, kind: str) -> bool:
    """Whether the phrase book has words of its own for a constraint on a variable whose noun is of class `kind`."""
    return bool(_fitting(constraint, kind, None, ""))


def child_vertex(constraint: Constraint) -> str | None:
    """The variable at the far end of a constraint, if it is an edge."""
    return child_of(constraint) if is_edge(constraint) else None


def row_for(constraint: Asserting, head: Head, child: Head | None, label: str, name: str = "") -> Row:
    """The row of the phrase book that fits the variable and the target; by rule from the relation's label if none.

    `name` is what the far end of an edge is called where it is named after all.
    """
    fitting = _fitting(constraint, head.noun.kind, child, name)
    if head.noun.kind == "any":
        own = [r for r in fitting if r.subject == head.noun.one]
        fitting = own or fitting[-1:]
    return fitting[0] if fitting else fallback(constraint.relation, label, way_of(constraint))


def _fitting(constraint: Asserting, kind: str, child: Head | None, name: str) -> list[Row]:
    if isinstance(constraint, RelationConstraint):
        constant, far = constant_of(constraint), far_type(constraint)
        name = name if constant is None else constant.label
        child = child if far is None else Head(english.noun(far))
    rows = phrase_book().rows(constraint.relation, way_of(constraint))
    return [r for r in rows if r.suits(kind) and _fits_target(r, child, name)]


def _fits_target(row: Row, child: Head | None, name: str) -> bool:
    if row.to and (child is None or child.noun.kind not in row.to):
        return False
    if row.only and name not in row.only:
        return False
    return row.label is None or not name or english.denotes_person(name)


def value(constraint: Asserting, slot: str, pick: int = 0) -> str:
    """What stands in the slot for a clue: a constant, a type, a span of years, a quantity, a number or a property."""
    if isinstance(constraint, RangeConstraint):
        if slot == "when":
            return english.span(constraint.low, constraint.high)
        return english.amount(constraint.low, constraint.high, constraint.unit)
    if isinstance(constraint, CountConstraint):
        return english.count(constraint.low, constraint.high, pick)
    if isinstance(constraint, PredicateConstraint):
        return english.quality(slot, constraint.predicate, constraint.args)
    constant, far = constant_of(constraint), far_type(constraint)
    if far is not None:
        return english.category(far)
    if constant is None:
        raise TypeError(f"constraint {constraint.id!r} has no value of its own")
    return english.constant(constant.label, slot)


def _role(tree: ResearchTree, vertex: str, rng: Random) -> RelationConstraint | None:
    kind = tree.noun(vertex).type
    roles = [
        c
        for c in tree.clues_of(vertex)
        if isinstance(c, RelationConstraint)
        and isinstance(c.target, ToEntity)
        and english.is_role(c.target.label)
        and any(r.role == kind for r in phrase_book().rows(c.relation, c.direction))
    ]
    return rng.choice(roles) if roles else None


def _generic(tree: ResearchTree, vertex: str) -> Noun:
    parent = tree.parent_edge(vertex)
    above = tree.noun(parent.vertex).type if parent else ""
    rows = phrase_book().rows(parent.relation, parent.direction) if parent else ()
    offers = [r.target for r in rows if r.suits(english.noun(above).kind)]
    for c in tree.constraints:
        if c.vertex == vertex and not isinstance(c, TypeConstraint):
            offers += [r.subject for r in phrase_book().rows(c.relation, way_of(c))]
    word = next((w for w in offers if w), None)
    return english.generic_noun(word) if word else english.noun("entity")


def heads(tree: ResearchTree, rng: Random) -> dict[str, Head]:
    """What each variable is called."""
    named: dict[str, Head] = {}
    for variable in tree.variables:
        role = _role(tree, variable.id, rng)
        kind = tree.noun(variable.id).type
        if role is not None and isinstance(role.target, ToEntity):
            base = english.noun(kind)
            one = role.target.label
            noun = replace(base, one=one, many=english.plural(one), article=english.article(one), pronoun=None)
            named[variable.id] = Head(noun, role.id)
        else:
            named[variable.id] = Head(_generic(tree, variable.id) if kind == "entity" else english.noun(kind))
    return named


def pieces(
    tree: ResearchTree, vertex: str, named: Mapping[str, Head], relation_labels: Mapping[str, str], pick: int
) -> list[Piece]:
    """The clues of a variable, those of one relation together where a list reads well, then its edges."""
    groups: dict[tuple[str, str], list[tuple[Row, Asserting]]] = {}
    for c in tree.constraints:
        if c.vertex != vertex or isinstance(c, TypeConstraint) or c.id == named[vertex].role:
            continue
        child = child_vertex(c)
        label = relation_labels.get(c.relation, c.relation)
        row = row_for(c, named[vertex], named[child] if child else None, label)
        groups.setdefault((c.relation, phrase_book().way(c.relation, way_of(c))), []).append((row, c))
    return [p for group in groups.values() for p in _grouped(group, pick)]


def _grouped(group: Sequence[tuple[Row, Asserting]], pick: int) -> list[Piece]:
    many = len(group) > 1
    together: dict[Row, list[Asserting]] = {}
    alone: list[Piece] = []
    for row, c in group:
        if isinstance(c, RelationConstraint) and isinstance(c.target, ToEntity) and row.lists:
            together.setdefault(row, []).append(c)
        else:
            alone.append(Piece(row, pick, (c,), many))
    return [*(Piece(row, pick, tuple(cs), many) for row, cs in together.items()), *alone]
