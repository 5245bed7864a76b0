"""N-Triples as in Wikidata's truthy dump: labels, types and facts of items; everything else is counted."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from worlds.corpus.packed import DAMAGED, Line, packed_lines
from worlds.literals import interval
from worlds.model import Fact, Kind
from worlds.relations import known_relations

ITEM = "http://www.wikidata.org/entity/"
DIRECT = "http://www.wikidata.org/prop/direct/"
ABOUT = "http://schema.org/about"
INSTANCE, SUBCLASS = "P31", "P279"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_SAYINGS = {
    "http://www.w3.org/2000/01/rdf-schema#label": "label",
    "http://www.w3.org/2004/02/skos/core#altLabel": "alias",
    "http://schema.org/description": "description",
}
_LITERALS: dict[str, Kind] = {
    f"{_XSD}dateTime": "time",
    f"{_XSD}decimal": "quantity",
    f"{_XSD}string": "string",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString": "string",
}
_BLOCK = 1000
_TIME = re.compile(r"\+?(?P<year>-?\d{4,})-(?P<month>\d\d)-(?P<day>\d\d)T")

Value = tuple[str, Kind]


class Statements(NamedTuple):
    """What the lines say: facts, kinds and labels of their relations, and what was passed over, by reason.

    `about` says of an item by the keys label, alias, description, type and sitelink what it is.
    """

    facts: dict[Fact, None]
    kinds: dict[str, Kind]
    labels: dict[str, str]
    about: dict[str, dict[str, list[str]]]
    skipped: Counter[str]


def read_ntriples(path: Path, language: str = "en", lenient: bool = False) -> Statements:
    """Read `.nt`, plain or packed, one line at a time.

    Facts are `prop/direct` statements between items (`Q…`), or with a literal: xsd:dateTime, xsd:decimal, xsd:string,
    or a text in the language. Truthy statements carry no precision, so a time on the first day of a month is cut to the
    month, in January to the year. Instance of (P31), with all that is above by subclass of (P279), gives types by
    label. A sitelink is the article of the language's Wikipedia. A line that is no triple raises `ValueError` naming
    it, or is counted when `lenient`; so does an archive that breaks off.
    """
    told = Statements({}, {}, {}, {}, Counter())
    classes: dict[str, dict[str, list[str]]] = {INSTANCE: {}, SUBCLASS: {}}
    for triple in _triples(path, lenient, told.skipped):
        if why := _take(triple, language, told, classes):
            told.skipped[why] += 1
    for item in classes[INSTANCE]:
        kinds = _above(item, classes)
        labels = (told.about.get(kind, {}).get("label", [kind])[0] for kind in kinds)
        told.about.setdefault(item, {})["type"] = list(dict.fromkeys(labels))
    return told


def _triples(path: Path, lenient: bool, skipped: Counter[str]) -> Iterator[ox.Triple]:
    try:
        lines = packed_lines(path)
        while block := tuple(islice(lines, _BLOCK)):
            try:
                yield from _parsed(b"\n".join(b"!" if line.content is None else line.content for line in block))
            except SyntaxError:
                yield from _one_by_one(path, block, lenient, skipped)
    except FileNotFoundError:
        raise
    except DAMAGED as error:
        if not lenient:
            raise ValueError(f"{path} cannot be read to its end ({error})") from None
        skipped["damaged archive"] += 1


def _parsed(content: bytes) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(input=content, format=ox.RdfFormat.N_TRIPLES)]


def _one_by_one(path: Path, block: Iterable[Line], lenient: bool, skipped: Counter[str]) -> Iterator[ox.Triple]:
    """A block with a bad line in it: its parser would take what follows an open quote for a part of it."""
    for number, content in block:
        try:
            yield from _parsed(b"!" if content is None else content)
        except SyntaxError as error:
            if not lenient:
                raise ValueError(f"{path} line {number}: not N-Triples ({error.msg})") from None
            skipped["not N-Triples"] += 1


def _take(triple: ox.Triple, language: str, told: Statements, classes: dict[str, dict[str, list[str]]]) -> str:
    """Take one statement down; returns why it was passed over, if it was."""
    subject, predicate, target = triple.subject, triple.predicate.value, triple.object
    if not isinstance(subject, ox.NamedNode):
        return "subject is no item"
    if not subject.value.startswith(ITEM):
        return _link(subject.value, predicate, target, language, told)
    about = subject.value.removeprefix(ITEM)
    if saying := _SAYINGS.get(predicate):
        return _say(about, saying, target, language, told)
    if not predicate.startswith(DIRECT):
        return "other predicate"
    if not about.startswith("Q"):
        return "subject is no item"
    relation = predicate.removeprefix(DIRECT)
    value = _value(target, language)
    if isinstance(value, str):
        return value
    if relation in classes and value[1] == "entity":
        classes[relation].setdefault(about, []).append(value[0])
        return ""
    return _state(Fact(about, relation, *value), told)


def _say(about: str, saying: str, target: object, language: str, told: Statements) -> str:
    if not isinstance(target, ox.Literal) or not target.value.strip():
        return "saying is no text"
    if target.language != language:
        return "other language"
    text = " ".join(target.value.split())
    if about.startswith("Q"):
        told.about.setdefault(about, {}).setdefault(saying, []).append(text)
    elif saying == "label":
        told.labels[about] = text
    return ""


def _link(address: str, predicate: str, target: object, language: str, told: Statements) -> str:
    if predicate != ABOUT or not isinstance(target, ox.NamedNode):
        return "subject is no item"
    item = target.value.removeprefix(f"{ITEM}Q")
    if item == target.value or not address.startswith(f"https://{language}.wikipedia.org/wiki/"):
        return "page of another site"
    told.about.setdefault(f"Q{item}", {})["sitelink"] = [address]
    return ""


def _state(fact: Fact, told: Statements) -> str:
    known = known_relations().get(fact.relation)
    if told.kinds.setdefault(fact.relation, known.kind if known else fact.kind) != fact.kind:
        return "value of another kind than the relation's"
    told.facts[fact] = None
    return ""


def _value(target: object, language: str) -> Value | str:
    """The object of a fact and its kind, or why it is none."""
    if isinstance(target, ox.NamedNode):
        name = target.value.removeprefix(ITEM)
        return (name, "entity") if name.startswith("Q") and name != target.value else "value is no item"
    if not isinstance(target, ox.Literal):
        return "unknown value"
    kind = _LITERALS.get(target.datatype.value)
    if kind is None:
        return "literal of another type"
    if target.language not in (None, language):
        return "other language"
    text = _time(target.value) if kind == "time" else " ".join(target.value.split())
    return (
        (text.removeprefix("+") if kind == "quantity" else text, kind) if _sound(text, kind) else "unreadable literal"
    )


def _sound(text: str, kind: Kind) -> bool:
    if kind == "string":
        return bool(text)
    try:
        interval(text, kind)
    except ValueError:
        return False
    return True


def _time(text: str) -> str:
    match = _TIME.match(text)
    if match is None:
        return ""
    year, month, day = match.groups()
    if day not in ("00", "01"):
        return f"{year}-{month}-{day}"
    return year if month in ("00", "01") else f"{year}-{month}"


def _above(item: str, classes: dict[str, dict[str, list[str]]]) -> list[str]:
    """The classes of an item, and all above them; circles do no harm."""
    found: dict[str, None] = {}
    waiting = classes[INSTANCE][item][::-1]
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found[kind] = None
            waiting.extend(classes[SUBCLASS].get(kind, ())[::-1])
    return list(found)
