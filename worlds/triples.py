"""Reading triples: a TSV, or the JSON of a labelled knowledge graph."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, NamedTuple

from worlds.literals import interval
from worlds.model import Entity, Fact, Kind, WorldData
from worlds.relations import known_relations, relation

KINDS: tuple[Kind, ...] = ("entity", "time", "quantity", "string")
ATTRIBUTES = ("label", "alias", "type", "description")


class Triples(NamedTuple):
    """What a triples file holds: the world's data and a description per entity where there is one."""

    data: WorldData
    descriptions: dict[str, str]


def read_triples(path: Path, name: str) -> Triples:
    """Read `.json` or `.json.gz` (keys triples, labels, desc, relations, types) or else TSV, plain or `.gz`.

    A TSV line is `subject, relation, object` and, for a literal of a relation that the shipped table does not know, its
    kind (`time`, `quantity`, `string`). The relations `label`, `alias`, `type` and `description` describe the subject;
    an entity without a label is named by its id. Raises `ValueError` naming the line or key that is malformed.
    """
    stem = path.name.removesuffix(".gz")
    with _open(path) as lines:
        try:
            if stem.endswith(".json"):
                return _from_json(_parsed(path, lines), path, name)
            return _from_tsv(lines, path, name)
        except UnicodeDecodeError as error:
            raise ValueError(f"{path} is not UTF-8 text ({error.reason} at byte {error.start})") from None
        except (EOFError, gzip.BadGzipFile) as error:
            raise ValueError(f"{path} is a damaged gzip file ({error})") from None


def _open(path: Path) -> IO[str]:
    if path.name.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _parsed(path: Path, lines: IO[str]) -> dict[str, Any]:
    try:
        found = json.load(lines)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} line {error.lineno}: not JSON ({error.msg})") from None
    for wanted, kind in (("triples", list), ("labels", dict)):
        if not isinstance(found, dict) or not isinstance(found.get(wanted), kind):
            raise ValueError(f"{path}: expected an object with the key {wanted!r} ({kind.__name__})")
    return found  # type: ignore[no-any-return]


def _from_json(found: dict[str, Any], path: Path, name: str) -> Triples:
    labels, types = found["labels"], found.get("types", {})
    facts = []
    for n, row in enumerate(found["triples"]):
        if not (isinstance(row, list) and len(row) == 3 and all(isinstance(part, str) for part in row)):
            raise ValueError(f"{path}: triples[{n}] is {row!r}; expected three strings")
        facts.append(Fact(*row))
    ids = dict.fromkeys((*labels, *(e for f in facts for e in (f.subject, f.object))))
    entities = [Entity(id=e, label=labels.get(e, e), types=tuple(types.get(e, ()))) for e in ids]
    relations = [relation(r, label=found.get("relations", {}).get(r)) for r in sorted({f.relation for f in facts})]
    return Triples(WorldData(name, entities, facts, relations), dict(found.get("desc", {})))


def _from_tsv(lines: Iterable[str], path: Path, name: str) -> Triples:
    facts: dict[Fact, None] = {}
    about: dict[str, dict[str, list[str]]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            row = _row(line.rstrip("\n\r").split("\t"), f"{path} line {number}")
            if row.relation in ATTRIBUTES:
                about.setdefault(row.subject, {}).setdefault(row.relation, []).append(row.object)
            else:
                facts[row] = None
    if not facts:
        raise ValueError(f"{path} holds no facts; expected lines of subject, relation, object, tab-separated")
    return _gathered(list(facts), about, name)


def _row(parts: list[str], where: str) -> Fact:
    if len(parts) not in (3, 4) or not all(part.strip() for part in parts):
        raise ValueError(f"{where}: expected 3 or 4 tab-separated fields, none empty; got {len(parts)}: {parts!r}")
    subject, name, target = (part.strip() for part in parts[:3])
    known = known_relations().get(name)
    kind = parts[3].strip() if len(parts) == 4 else (known.kind if known else "entity")
    if kind not in KINDS:
        raise ValueError(f"{where}: unknown kind {kind!r}; expected one of {', '.join(KINDS)}")
    if known and name not in ATTRIBUTES and kind != known.kind:
        raise ValueError(f"{where}: {name} ({known.label}) has values of kind {known.kind!r}, not {kind!r}")
    if kind in ("time", "quantity"):
        try:
            interval(target, kind)
        except ValueError as why:
            raise ValueError(f"{where}: {why}") from None
    return Fact(subject, name, target, kind)


def _gathered(facts: list[Fact], about: dict[str, dict[str, list[str]]], name: str) -> Triples:
    ends = (e for f in facts for e in ((f.subject, f.object) if f.kind == "entity" else (f.subject,)))
    ids = dict.fromkeys((*about, *ends))
    entities = [
        Entity(
            id=e,
            label=about.get(e, {}).get("label", [e])[0],
            aliases=tuple(dict.fromkeys(about.get(e, {}).get("alias", ()))),
            types=tuple(dict.fromkeys(about.get(e, {}).get("type", ()))),
        )
        for e in ids
    ]
    kinds = {f.relation: f.kind for f in facts}
    relations = [relation(r, kind) for r, kind in sorted(kinds.items())]
    descriptions = {e: a["description"][0] for e, a in about.items() if "description" in a}
    return Triples(WorldData(name, entities, facts, relations), descriptions)
