"""What an item says of itself: names, classes and facts, as `wbgetentities` gives them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from worlds.model import Fact, Kind, Relation

YEAR, MONTH, DAY = 9, 10, 11
"""Wikidata's precisions of a time; a coarser one, such as a century, is no literal that can be written."""
KIND = "P31"


class Item(NamedTuple):
    """An item, read. `vague` names the relations of which it has a literal that cannot be written."""

    id: str
    label: str
    aliases: tuple[str, ...]
    description: str
    title: str | None
    kinds: tuple[str, ...]
    facts: tuple[Fact, ...]
    units: tuple[str, ...]
    vague: frozenset[str]


def read_item(raw: Mapping[str, Any], relations: Mapping[str, Relation], language: str, site: str) -> Item:
    """The item; its facts are the best-ranked statements of the relations given, units as item ids."""
    identifier = str(raw["id"])
    claims, also = raw.get("claims") or {}, raw.get("aliases") or {}
    facts: list[Fact] = []
    vague = set()
    for name, relation in relations.items():
        for value in best(claims.get(name, ())):
            text = literal(value, relation.kind)
            if text is not None:
                facts.append(Fact(identifier, name, text, relation.kind))
            elif relation.kind != "entity":
                vague.add(name)
    return Item(
        id=identifier,
        label=_in(raw.get("labels"), language) or identifier,
        aliases=tuple(dict.fromkeys(a["value"] for key in (language, "mul") for a in also.get(key, ()))),
        description=_in(raw.get("descriptions"), language),
        title=((raw.get("sitelinks") or {}).get(site) or {}).get("title"),
        kinds=tuple(v for value in best(claims.get(KIND, ())) if (v := literal(value, "entity")) is not None),
        facts=tuple(dict.fromkeys(facts)),
        units=tuple(sorted({unit for f in facts if f.kind == "quantity" and (unit := f.object.partition(" ")[2])})),
        vague=frozenset(vague),
    )


def best(statements: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The values of the preferred statements, else of the normal ones; deprecated and unknown ones never."""
    ranked: dict[str, list[Mapping[str, Any]]] = {}
    for statement in statements:
        ranked.setdefault(str(statement.get("rank", "normal")), []).append(statement)
    for statement in ranked.get("preferred") or ranked.get("normal") or ():
        snak = statement.get("mainsnak") or {}
        if snak.get("snaktype") == "value":
            yield snak["datavalue"]


def literal(value: Mapping[str, Any], kind: Kind) -> str | None:
    """The object of a fact as a world writes it; `None` for another kind of value, or one too coarse to be written."""
    found = value.get("value")
    if kind == "entity":
        entity = found.get("id") if isinstance(found, dict) else None
        return entity if isinstance(entity, str) and entity.startswith("Q") else None
    if kind == "string":
        text = found.get("text") if isinstance(found, dict) else found
        return text if isinstance(text, str) and text.strip() else None
    if not isinstance(found, dict):
        return None
    if kind == "time":
        return time_text(str(found.get("time", "")), int(found.get("precision", 0)))
    return quantity_text(str(found.get("amount", "")), str(found.get("unit", "1")))


def time_text(time: str, precision: int) -> str | None:
    """ISO 8601 cut to its precision; `None` for a decade and what is coarser."""
    sign, digits = ("-", time[1:]) if time.startswith("-") else ("", time.lstrip("+"))
    parts = digits.partition("T")[0].split("-")
    if precision < YEAR or len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    year, month, day = (*(int(part) for part in parts),)
    text = f"{sign}{year:04d}"
    if precision >= MONTH and 1 <= month <= 12:
        text += f"-{month:02d}"
        if precision >= DAY and 1 <= day <= 31:
            text += f"-{day:02d}"
    return text


def quantity_text(amount: str, unit: str) -> str | None:
    """A decimal number, and the item id of its unit if it has one; `None` for what is no number."""
    try:
        number = Decimal(amount)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    measure, text = unit.rpartition("/")[2], f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text  # RDF stores do not keep them
    return text + (f" {measure}" if measure.startswith("Q") and measure != "Q199" else "")


def with_units(fact: Fact, names: Mapping[str, str]) -> Fact:
    """The fact with its unit called by name."""
    number, _, unit = fact.object.partition(" ")
    return fact._replace(object=f"{number} {names.get(unit, unit)}") if fact.kind == "quantity" and unit else fact


def ends(facts: Sequence[Fact], entity: str) -> list[str]:
    """The entities at the far ends of facts, sorted."""
    both = {e for f in facts for e in (f.subject, *((f.object,) if f.kind == "entity" else ()))}
    return sorted(both - {entity})


def _in(texts: Mapping[str, Any] | None, language: str) -> str:
    texts = texts or {}
    found = texts.get(language) or texts.get("mul") or {}
    return str(found.get("value", ""))
