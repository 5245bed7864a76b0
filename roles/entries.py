"""What a wording has to say of a tree, entry by entry, and the words that it may not change."""

import re
from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from hcsp.constraints import (
    Constraint,
    CountConstraint,
    PredicateConstraint,
    RangeConstraint,
    TypeConstraint,
    anchor_of,
    child_of,
    constant_of,
    is_edge,
)
from hcsp.names import occurs, words
from hcsp.tree import ResearchTree
from prompts.phrases import phrase_book
from prompts.render import sides
from roles import english
from roles.ways import far_type

Forms = tuple[str, ...]
"""Several forms of the same words, of which one has to stand."""


class Entry(NamedTuple):
    """One constraint to be said: what it says of the variables by their letters, and the words to be kept."""

    constraint: Constraint
    told: str
    keep: tuple[Forms, ...]

    @property
    def is_noun(self) -> bool:
        """Whether it is the noun of its variable."""
        return isinstance(self.constraint, TypeConstraint)


def entries(tree: ResearchTree, letters: Mapping[str, str]) -> tuple[Entry, ...]:
    """All of them in the order of the tree.

    `letters` words the constraints as sentences in which variables are called by their ids.
    """
    told = {c.id: re.sub(r'"([A-Z])"', r"\1", letters[c.id]) for c in tree.constraints}  # a title that is a variable
    return tuple(Entry(c, told[c.id], _kept(c, told[c.id])) for c in tree.constraints)


def _kept(c: Constraint, told: str) -> tuple[Forms, ...]:
    if isinstance(c, TypeConstraint):
        return ((),) if c.type == "entity" else (_called(c),)
    constant, far = constant_of(c), far_type(c)
    if constant is not None:
        return ((constant.label, english.plural(constant.label)),)
    if far is not None:
        return ((english.noun(far).one, english.noun(far).many),)
    values = _values(c)
    said = [v for v in values if occurs(v, told)]
    also = values if isinstance(c, CountConstraint) else ()
    return (tuple(dict.fromkeys((*said[:1], *also))),) if said else ()


def _called(noun: TypeConstraint) -> Forms:
    """The words that can name a variable of a type: a person is also "who", "somebody's" "whose"."""
    found = english.noun(noun.type)
    personal = ("someone", "somebody", "who", "whom", "whose") if found.person else ()
    return tuple(dict.fromkeys((found.one, found.many, *([found.pronoun] if found.pronoun else []), *personal)))


def _values(c: Constraint) -> Forms:
    """Every way in which the grammar may tell the value of a clue, without the preposition before it."""
    if isinstance(c, RangeConstraint):
        told = (english.amount(c.low, c.high, c.unit), *([] if c.unit else _span(c)))
        return tuple(text.removeprefix("in ").removeprefix("of ") for text in told)
    if isinstance(c, CountConstraint):
        return tuple(english.count(c.low, c.high, pick) for pick in (0, 1))
    if isinstance(c, PredicateConstraint):
        slots = phrase_book().predicates
        return tuple(english.quality(slot, c.predicate, c.args) for slot in slots)
    return ()


def _span(c: RangeConstraint) -> list[str]:
    return [english.span(c.low, c.high)] if c.low.lstrip("-").isdigit() and c.high.lstrip("-").isdigit() else []


def turned(told: str, span: str, *, chord: bool) -> tuple[str, str] | None:
    """A word of a span that is on the other side of a pair of opposites than what was told, and the word told.

    Of a chord either end may be told of the other, which turns the comparison.
    """
    mine, theirs = frozenset(words(told)), frozenset(words(span))
    for pair in (*sides("opposites"), *(() if chord else sides("comparing"))):
        for wanted, other in (pair, pair[::-1]):
            if mine & wanted and not mine & other and (added := theirs & other):
                return min(added), min(mine & wanted)
    return None


def listed(tree: ResearchTree, found: tuple[Entry, ...]) -> list[str]:
    """A line for each entry, as the model is shown it."""
    return [_line(tree, entry) for entry in found]


def _line(tree: ResearchTree, entry: Entry) -> str:
    c, keep = entry.constraint, [forms[0] for forms in entry.keep if forms]
    if entry.is_noun:
        return f"{c.vertex}, noun: {english.noun(tree.noun(c.vertex).type).one}"
    to = child_of(c) if is_edge(c) else anchor_of(c)
    ends = f"{c.vertex} and {to}" if to else c.vertex
    return f"{ends}: {entry.told}" + (f" (keep: {'; '.join(keep)})" if keep else "")


def noun_words(tree: ResearchTree, surfaces: Mapping[str, str]) -> frozenset[str]:
    """The words by which variables may be called anywhere in the question."""
    nouns = [c for c in tree.constraints if isinstance(c, TypeConstraint)]
    called = chain.from_iterable((*_called(c), surfaces[c.id]) for c in nouns)
    return frozenset(word for name in called for word in words(name))
