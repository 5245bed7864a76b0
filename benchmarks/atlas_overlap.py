"""How far the atlas agrees with a labelled subset of Wikidata: one JSON line a relation, one a disagreement.

Run it as `python -m benchmarks.atlas_overlap [DIR]`; DIR holds `codex-labelled.json.gz`, by default `../shared/data`.
An entity of the one is an entity of the other when their Wikidata items are the same or, failing that, when a label or
alias of the atlas is the label of exactly one item there and both or neither are people.
"""

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hcsp.names import key
from worlds.atlas.tables import load, wikidata_ids
from worlds.model import Entity
from worlds.relations import known_relations

DEFAULT, FILE = Path("../shared/data"), "codex-labelled.json.gz"
SINGLE = frozenset({"P17", "P19", "P20", "P30", "P36", "P119", "P159"})
"""Relations of which both sides as a rule know one value, so that a different one is a disagreement."""


class Overlap(NamedTuple):
    """The facts of both sides between shared entities, by relation; subsets' items are named by the atlas's ids."""

    ours: Mapping[str, set[tuple[str, str]]]
    theirs: Mapping[str, set[tuple[str, str]]]


def matches(data: Mapping[str, Any]) -> dict[str, str]:
    """Atlas ids by Wikidata item."""
    known = {item: entity for entity, item in wikidata_ids().items()}
    by_name: dict[str, list[str]] = defaultdict(list)
    for item, label in data["labels"].items():
        by_name[key(label)].append(item)
    found = {item: entity for item, entity in known.items() if item in data["labels"]}
    for entity in load().entities:
        items = {
            i for name in (entity.label, *entity.aliases) for i in by_name[key(name)] if same_sort(entity, data, i)
        }
        if len(items) == 1 and entity.id not in found.values():
            found.setdefault(items.pop(), entity.id)
    return found


def same_sort(entity: Entity, data: Mapping[str, Any], item: str) -> bool:
    """Whether both or neither are people."""
    return ("human" in entity.types) == ("human" in data["types"].get(item, ()))


def overlap(data: Mapping[str, Any]) -> Overlap:
    """The facts of either side whose subject and object both sides know."""
    entity_of = matches(data)
    shared = set(entity_of.values())
    ours: dict[str, set[tuple[str, str]]] = defaultdict(set)
    theirs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for fact in load().facts:
        if fact.subject in shared and fact.object in shared:
            ours[fact.relation].add((fact.subject, fact.object))
    for head, relation, tail in data["triples"]:
        if head in entity_of and tail in entity_of:
            theirs[relation].add((entity_of[head], entity_of[tail]))
    for relation in known_relations().values():
        if relation.symmetric:
            for side in (ours, theirs):
                side[relation.id] |= {(b, a) for a, b in side[relation.id]}
    return Overlap(ours, theirs)


def report(found: Overlap) -> Iterator[dict[str, Any]]:
    """Per relation: facts of theirs, those that we have too, and for single-valued ones each disagreement."""
    for relation in sorted((r for r, facts in found.ours.items() if facts), key=lambda r: int(r[1:])):
        ours, theirs = found.ours[relation], found.theirs.get(relation, set())
        line = {
            "relation": relation,
            "label": known_relations()[relation].label,
            "ours": len(ours),
            "theirs": len(theirs),
        }
        if theirs:
            yield {**line, "both": len(ours & theirs), "share_of_theirs": round(len(ours & theirs) / len(theirs), 3)}
    for relation in sorted(SINGLE & found.ours.keys()):
        yield from disagreements(relation, found.ours[relation], found.theirs.get(relation, set()))


def disagreements(relation: str, ours: set[tuple[str, str]], theirs: set[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Subjects whose values differ where both sides have one, after how many were compared and agree."""
    values: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for n, side in enumerate((ours, theirs)):
        for subject, value in side:
            values[subject][n].add(value)
    both = {s: v for s, v in sorted(values.items()) if v[0] and v[1]}
    counts = Counter(bool(a & b) for a, b in both.values())
    yield {"single_valued": relation, "compared": len(both), "agree": counts[True], "differ": counts[False]}
    for subject, (a, b) in both.items():
        if not a & b:
            yield {"disagreement": relation, "subject": subject, "ours": sorted(a), "theirs": sorted(b)}


def main(arguments: list[str]) -> int:
    """Print the report; says so, and succeeds, when the data is absent."""
    path = (Path(arguments[0]) if arguments else DEFAULT) / FILE
    if not path.exists():
        print(f"skipped: {path} is absent; give the directory that holds {FILE}", file=sys.stderr)
        return 0
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found = overlap(json.load(file))
    for line in report(found):
        print(json.dumps(line, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
