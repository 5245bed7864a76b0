"""From constraints to phrases: nouns for variables, and verb phrases in which clues of one stem are told together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

from hcsp.constraints import Constraint, RangeConstraint, RelationConstraint, ToEntity, ToVertex, TypeConstraint
from hcsp.tree import ResearchTree
from prompts.phrases import Direction, Noun, Row, Template, phrase_book
from roles import english

PREPOSITIONS = frozenset(
    ("about", "after", "against", "as", "at", "by", "for", "from", "in", "into", "of", "on", "to", "under", "with")
)
_TIMES = frozenset(("date", "dates", "day", "end", "inception", "start", "time", "year"))


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
    constraints: tuple[RelationConstraint | RangeConstraint, ...]
    many: bool = False

    @property
    def child(self) -> str | None:
        """The variable at the far end, if this is an edge."""
        return child_vertex(self.constraints[0])

    def template(self, *, inline: bool = False) -> Template:
        """The wording in use; `inline` if a clause of the child's own will follow."""
        if self.child is None:
            return self._choose((self.row.lists if self.many else ()) or self.row.vp)
        return self._choose(self.row.long if inline else self.row.short)

    def reduced(self) -> Template | None:
        """The wording that can follow a noun ("born in …"), if there is one."""
        return self._choose(self.row.post) if self.row.post else None

    def of_whom(self) -> Template | None:
        """The wording that follows "whose", if there is one."""
        return self._choose(self.row.whose) if self.row.whose else None

    def _choose(self, templates: Sequence[Template]) -> Template:
        fitting = [t for t in templates if t.closes or not self.many] or self.row.long or templates
        return fitting[self.pick % len(fitting)]


@lru_cache(maxsize=1024)
def fallback(relation: str, label: str, direction: Direction) -> Row:
    """Wordings by rule, from a relation's label, for what the phrase book does not know."""
    words = label.split() or [relation]
    text = " ".join(words)
    if direction == "range":
        time = not _TIMES.isdisjoint(words)
        return _plain_row(f"has its {text} {{when}}" if time else f"has {english.indefinite(text)} {{amount}}")
    if words[-1] not in PREPOSITIONS:
        if direction == "in":
            return _plain_row(f"is the {text} of {{}}")
        return _plain_row(f"has {{}} as its {text}", f"has as its {text} {{}}")
    participle = words[0].endswith("ed") or words[0] in ("said", "made", "held", "built", "written", "known", "set")
    if direction == "in":
        if words[-1] == "of" and not participle:
            role = " ".join(words[:-1])
            return _plain_row(f"has {{}} as its {role}", f"has as its {role} {{}}")
        return _plain_row(f'is given as "{text}" for {{}}')
    if words[0].endswith("s") and len(words) > 1:
        return _plain_row(f"{text} {{}}")
    return _plain_row(f"is {text} {{}}" if participle else f"is {english.indefinite(text)} {{}}")


def _plain_row(*phrases: str) -> Row:
    vp, *var = (Template.parse(p) for p in phrases)
    return Row(vp=(vp,), var=tuple(var))


def direction_of(constraint: RelationConstraint | RangeConstraint) -> Direction:
    """The direction that a constraint is looked up by."""
    return "range" if isinstance(constraint, RangeConstraint) else constraint.direction


def child_vertex(constraint: RelationConstraint | RangeConstraint) -> str | None:
    """The variable at the far end of a constraint, if it is an edge."""
    if isinstance(constraint, RelationConstraint) and isinstance(constraint.target, ToVertex):
        return constraint.target.vertex
    return None


def row_for(
    constraint: RelationConstraint | RangeConstraint, head: Head, child: Head | None, label: str, name: str = ""
) -> Row:
    """The row of the phrase book that fits the variable and the target; by rule from the relation's label if none.

    `name` is what the far end of an edge is called where it is named after all.
    """
    rows = phrase_book().rows(constraint.relation, direction_of(constraint))
    if isinstance(constraint, RelationConstraint) and isinstance(constraint.target, ToEntity):
        name = constraint.target.label
    fitting = [r for r in rows if r.suits(head.noun.kind) and _fits_target(r, child, name)]
    if head.noun.kind == "any":
        own = [r for r in fitting if r.subject == head.noun.one]
        fitting = own or fitting[-1:]
    return fitting[0] if fitting else fallback(constraint.relation, label, direction_of(constraint))


def _fits_target(row: Row, child: Head | None, name: str) -> bool:
    if row.to and (child is None or child.noun.kind not in row.to):
        return False
    if row.only and name not in row.only:
        return False
    return row.label is None or not name or english.denotes_person(name)


def value(constraint: Constraint, slot: str) -> str:
    """What stands in the slot for a clue: a constant, a span of years or a quantity."""
    if isinstance(constraint, RangeConstraint):
        if slot == "when":
            return english.span(constraint.low, constraint.high)
        return english.amount(constraint.low, constraint.high, constraint.unit)
    if isinstance(constraint, RelationConstraint) and isinstance(constraint.target, ToEntity):
        return english.constant(constraint.target.label, slot)
    raise TypeError(f"constraint {constraint.id!r} has no value of its own")


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
    offers = [r.target for r in phrase_book().rows(parent.relation, parent.direction)] if parent else []
    for c in tree.constraints:
        if c.vertex == vertex and not isinstance(c, TypeConstraint):
            offers += [r.subject for r in phrase_book().rows(c.relation, direction_of(c))]
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
    tree: ResearchTree, vertex: str, named: Mapping[str, Head], relation_labels: Mapping[str, str], rng: Random
) -> list[Piece]:
    """The clues of a variable, those of one relation together where a list reads well, then its edges."""
    groups: dict[tuple[str, str], list[tuple[Row, RelationConstraint | RangeConstraint]]] = {}
    for c in tree.constraints:
        if c.vertex != vertex or isinstance(c, TypeConstraint) or c.id == named[vertex].role:
            continue
        child = child_vertex(c)
        label = relation_labels.get(c.relation, c.relation)
        row = row_for(c, named[vertex], named[child] if child else None, label)
        groups.setdefault((c.relation, phrase_book().direction(c.relation, direction_of(c))), []).append((row, c))
    pick = rng.randrange(60)
    return [p for group in groups.values() for p in _grouped(group, pick)]


def _grouped(group: Sequence[tuple[Row, RelationConstraint | RangeConstraint]], pick: int) -> list[Piece]:
    many = len(group) > 1
    together: dict[Row, list[RelationConstraint | RangeConstraint]] = {}
    alone: list[Piece] = []
    for row, c in group:
        if child_vertex(c) is None and isinstance(c, RelationConstraint) and row.lists:
            together.setdefault(row, []).append(c)
        else:
            alone.append(Piece(row, pick, (c,), many))
    return [*(Piece(row, pick, tuple(cs), many) for row, cs in together.items()), *alone]
