"""Reading triples: a TSV, the JSON of a labelled knowledge graph, or N-Triples."""

import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, NamedTuple

from worlds.corpus.packed import DAMAGED, open_packed, unpacked_name
from worlds.literals import interval
from worlds.model import Entity, Fact, Kind, WorldData
from worlds.relations import known_relations, relation

KINDS: tuple[Kind, ...] = ("entity", "time", "quantity", "string")
ATTRIBUTES = ("label", "alias", "type", "description", "sitelink")
NONE: Mapping[str, Any] = MappingProxyType({})
SHAPES = {
    "triples": "a list",
    "labels": "an object of strings",
    "types": "an object of lists of strings",
    "desc": "an object of strings",
    "relations": "an object of strings",
    "sitelinks": "an object of strings",
}
"""What each key of the JSON holds."""


class Triples(NamedTuple):
    """What a triples file holds.

    Attributes:
        descriptions: per entity, where there is one.
        skipped: how much was passed over, by reason.
        sitelinks: per entity the title or address of the page about it, where the file says so.
    """

    data: WorldData
    descriptions: dict[str, str]
    skipped: Mapping[str, int] = NONE
    sitelinks: Mapping[str, str] = NONE


def read_triples(path: Path, name: str, language: str = "en", lenient: bool = False) -> Triples:
    """Read `.json` (keys of `SHAPES`), `.nt` (see `worlds.ntriples`) or else TSV.

    Each is plain, `.gz`, `.bz2` or `.xz`; `language` and `lenient` are of N-Triples only.

    A TSV line is `subject, relation, object` and, for a literal of a relation that the shipped table does not know, its
    kind (`time`, `quantity`, `string`). The relations `label`, `alias`, `type`, `description` and `sitelink` (title or
    address of a page) describe the subject; an entity without a label is named by its id. Raises `ValueError` naming
    the line or key that is malformed.
    """
    stem = unpacked_name(path)
    if stem.endswith(".nt"):
        return _from_ntriples(path, name, language, lenient)
    with _open(path) as lines:
        try:
            if stem.endswith(".json"):
                return _from_json(_parsed(path, lines), path, name)
            return _from_tsv(lines, path, name)
        except UnicodeDecodeError as error:
            raise ValueError(f"{path} is not UTF-8 text ({error.reason} at byte {error.start})") from None
        except DAMAGED as error:
            raise ValueError(f"{path} is a damaged {path.suffix} file ({error}); get or pack it again") from None


@contextmanager
def _open(path: Path) -> Iterator[IO[str]]:
    with open_packed(path) as stream:
        yield io.TextIOWrapper(stream, encoding="utf-8-sig")


def _parsed(path: Path, lines: IO[str]) -> dict[str, Any]:
    try:
        found = json.load(lines)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} line {error.lineno}: not JSON ({error.msg})") from None
    except RecursionError:
        raise ValueError(f"{path}: nested too deeply; expected an object with the key 'triples'") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path}: expected an object with the keys 'triples' and 'labels'")
    found = {"types": {}, "desc": {}, "relations": {}, "sitelinks": {}} | found
    for key, said in SHAPES.items():
        if not _has_shape(key, found.get(key)):
            raise ValueError(f"{path}: expected the key {key!r} with {said}")
    return found


def _has_shape(key: str, value: Any) -> bool:
    if key == "triples":
        return isinstance(value, list)
    if not isinstance(value, dict):
        return False
    lists = value.values() if key == "types" else [[v] for v in value.values()]
    return all(isinstance(v, list) and all(isinstance(part, str) for part in v) for v in lists)


def _from_json(found: dict[str, Any], path: Path, name: str) -> Triples:
    labels, types, names = found["labels"], found["types"], found["relations"]
    facts: dict[Fact, None] = {}
    for n, row in enumerate(found["triples"]):
        if not (isinstance(row, list) and len(row) == 3 and all(isinstance(part, str) for part in row)):
            raise ValueError(f"{path}: triples[{n}] is {row!r}; expected three strings")
        facts[_row(row, f"{path}: triples[{n}]")] = None
    _some(facts, path, "a list of [subject, relation, object] under 'triples'")
    ids = dict.fromkeys((*labels, *_named(facts)))
    entities = [Entity(id=e, label=labels.get(e, e), types=tuple(types.get(e, ()))) for e in ids]
    kinds = {f.relation: f.kind for f in facts}
    relations = [relation(r, kind, names.get(r)) for r, kind in sorted(kinds.items())]
    return Triples(WorldData(name, entities, list(facts), relations), found["desc"], sitelinks=found["sitelinks"])


def _from_ntriples(path: Path, name: str, language: str, lenient: bool) -> Triples:
    try:
        told = import_module("worlds.ntriples").read_ntriples(path, language, lenient)
    except ModuleNotFoundError:
        raise ValueError("N-Triples need pyoxigraph: pip install -e '.[documents]'") from None
    _some(told.facts, path, "statements of items, such as <…/entity/Q42> <…/prop/direct/P19> <…/entity/Q350> .")
    return _gathered(list(told.facts), told.kinds, told.about, name, told.labels, told.skipped)


def _from_tsv(lines: Iterable[str], path: Path, name: str) -> Triples:
    facts: dict[Fact, None] = {}
    kinds: dict[str, Kind] = {}
    about: dict[str, dict[str, list[str]]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            where = f"{path} line {number}"
            row = _row(line.rstrip("\n\r").split("\t"), where)
            if row.relation in ATTRIBUTES:
                about.setdefault(row.subject, {}).setdefault(row.relation, []).append(row.object)
            elif kinds.setdefault(row.relation, row.kind) != row.kind:
                said = kinds[row.relation]
                raise ValueError(f"{where}: {row.relation!r} has values of kind {said!r} above, not {row.kind!r}")
            else:
                facts[row] = None
    _some(facts, path, "lines of subject, relation, object, tab-separated")
    return _gathered(list(facts), kinds, about, name)


def _some(facts: Collection[Fact], path: Path, expected: str) -> None:
    if not facts:
        raise ValueError(f"{path} holds no facts; expected {expected}")


def _named(facts: Iterable[Fact]) -> Iterator[str]:
    """The entities that facts are about."""
    return (e for f in facts for e in (f.subject, *((f.object,) if f.kind == "entity" else ())))


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


def _gathered(
    facts: list[Fact],
    kinds: dict[str, Kind],
    about: dict[str, dict[str, list[str]]],
    name: str,
    labels: Mapping[str, str] = NONE,
    skipped: Mapping[str, int] = NONE,
) -> Triples:
    described = (e for e, sayings in about.items() if sayings.keys() != {"sitelink"})
    ids = dict.fromkeys((*described, *_named(facts)))
    entities = [
        Entity(
            id=e,
            label=about.get(e, {}).get("label", [e])[0],
            aliases=tuple(dict.fromkeys(about.get(e, {}).get("alias", ()))),
            types=tuple(dict.fromkeys(about.get(e, {}).get("type", ()))),
        )
        for e in ids
    ]
    relations = [relation(r, kind, labels.get(r)) for r, kind in sorted(kinds.items())]
    descriptions, sitelinks = (
        {e: a[said][0] for e, a in about.items() if said in a} for said in ("description", "sitelink")
    )
    return Triples(WorldData(name, entities, facts, relations), descriptions, skipped, sitelinks)
