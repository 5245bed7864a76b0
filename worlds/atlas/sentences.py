"""Facts as sentences: every sentence states one fact and names its subject and its object."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from worlds.atlas.tables import load
from worlds.model import Entity, Fact

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def sentences(
    entity: Entity, facts: Sequence[Fact], label: Callable[[str], str], rng: Random
) -> list[tuple[str, list[Fact]]]:
    """The sentences of a page, each with the facts that it states, in the order of the templates.

    A fact about another subject is told from its object's side. Raises `KeyError` for a relation without templates.
    """
    order = {relation: n for n, relation in enumerate(templates())}
    told = sorted(facts, key=lambda f: (f.subject != entity.id, order[f.relation], f))
    return [(worded(rng.choice(wordings(f, f.subject == entity.id)), f, label), [f]) for f in told]


def worded(template: str, fact: Fact, label: Callable[[str], str]) -> str:
    """A template filled with the names, or the value, of a fact."""
    subject, value = label(fact.subject), label(fact.object) if fact.kind == "entity" else fact.object
    words = {"s": with_article(subject), "S": subject, "o": value, "O": value}
    if fact.kind == "entity":
        words |= {"o": with_article(value), "a": indefinite(value)}
    elif fact.kind == "time":
        words |= {"o": f"{'on' if value.count('-') == 2 else 'in'} {date(value)}", "t": date(value)}
    text = template.format_map(words)
    return text[0].upper() + text[1:]


def wordings(fact: Fact, from_subject: bool) -> Sequence[str]:
    """The templates that fit a fact: those for a type of its subject where there are any, else the general ones."""
    entry = templates()[fact.relation]
    fitting = [entry["for"][t] for t in entry.get("for", {}) if t in _types().get(fact.subject, ())]
    found: Sequence[str] = (fitting[0] if fitting else entry)["subject" if from_subject else "object"]
    return found


@cache
def templates() -> Mapping[str, Any]:
    """Templates by relation, in the order in which a page tells its facts."""
    found: Mapping[str, Any] = _book()["relation"]
    return found


@cache
def with_article(name: str) -> str:
    """The name with `the` where English has it."""
    book = _book()["article"]
    known = name in book["names"] or any(re.search(pattern, name) for pattern in book["patterns"])
    ending = name.rsplit(maxsplit=1)[-1] in book["endings"] and "'s " not in name and "' " not in name
    counted = name not in book["bare"] and any(t in book["types"] for t in _types_by_label().get(name, ()))
    return f"the {name}" if (known or ending or counted) and name not in book["without"] else name


def indefinite(name: str) -> str:
    """The name with `a` or `an`."""
    vowel = name[0].lower() in "aeiou" and not any(name.lower().startswith(s) for s in _book()["article"]["consonant"])
    return f"{'an' if vowel else 'a'} {name}"


def date(time: str) -> str:
    """A time as it is said: `7 October 1885`, `October 1885`, `1885`."""
    year, *rest = time.split("-")
    words = [str(int(rest[1]))] if len(rest) == 2 else []
    return " ".join([*words, *[_MONTHS[int(m) - 1] for m in rest[:1]], str(int(year))])


@cache
def _types() -> Mapping[str, Sequence[str]]:
    return {entity.id: entity.types for entity in load().entities}


@cache
def _types_by_label() -> Mapping[str, Sequence[str]]:
    return {entity.label: entity.types for entity in load().entities}


@cache
def _book() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("sentences.toml").read_text("utf-8"))
