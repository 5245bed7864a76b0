"""Wordings by rule, from a relation's label, for what the phrase book does not know."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from prompts.phrases import Row, Template, Way
from roles import english

PREPOSITIONS = frozenset(
    ("about", "after", "against", "as", "at", "by", "for", "from", "in", "into", "of", "on", "to", "under", "with")
)
_TIMES = frozenset(("date", "dates", "day", "end", "inception", "start", "time", "year"))
_OF_LITERALS: tuple[Way, ...] = ("range", "more", "less", "predicate")


@lru_cache(maxsize=1024)
def fallback(relation: str, label: str, way: Way) -> Row:
    """Wordings by rule, from a relation's label, for what the phrase book does not know."""
    words = label.split() or [relation]
    text = " ".join(words)
    if way in _OF_LITERALS:
        return _of_literal(text, way, time=not _TIMES.isdisjoint(words))
    if way in ("same", "count_out", "count_in"):
        return _of_several(text, way)
    return _of_fact(words, way)


def _of_fact(words: Sequence[str], way: Way) -> Row:
    text = " ".join(words)
    if words[-1] not in PREPOSITIONS:
        if way == "in":
            return _plain_row(f"is the {text} of {{}}")
        return _plain_row(f"has {{}} as its {text}", f"has as its {text} {{}}")
    participle = words[0].endswith("ed") or words[0] in ("said", "made", "held", "built", "written", "known", "set")
    if way == "in":
        if words[-1] == "of" and not participle:
            role = " ".join(words[:-1])
            return _plain_row(f"has {{}} as its {role}", f"has as its {role} {{}}")
        return _plain_row(f'is given as "{text}" for {{}}')
    if words[0].endswith("s") and len(words) > 1:
        return _plain_row(f"{text} {{}}")
    return _plain_row(f"is {text} {{}}" if participle else f"is {english.indefinite(text)} {{}}")


def _of_literal(text: str, way: Way, *, time: bool) -> Row:
    """What is told of a literal: a range, a comparison or a property."""
    more, less = ("a later", "an earlier") if time else ("a higher", "a lower")
    wordings: dict[Way, str] = {
        "range": f"has its {text} {{when}}" if time else f"has {english.indefinite(text)} {{amount}}",
        "predicate": f"has its {text} {{year}}" if time else f"has {english.indefinite(text)} {{number}}",
        "more": f"has {more} {text} than {{}}",
        "less": f"has {less} {text} than {{}}",
    }
    return _plain_row(wordings[way])


def _of_several(text: str, way: Way) -> Row:
    """What is told of all facts of a relation: that one of them is shared, or how many there are."""
    if way == "same":
        plain = text.rsplit(maxsplit=1)[-1] not in PREPOSITIONS
        return _plain_row(f"has the same {text} as {{}}" if plain else f'agrees on "{text}" with {{}}')
    row = _plain_row(f'has {{count}} given as "{text}"' if way == "count_out" else f'is "{text}" of {{count}}')
    return replace(row, single=row.vp)


def _plain_row(*phrases: str) -> Row:
    vp, *var = (Template.parse(p) for p in phrases)
    return Row(vp=(vp,), var=tuple(var))
