"""Rechecks task records against a world's neutral export with plain sets, sharing no code with the project.

python tests/independent.py EXPORT_DIR RECORDS.jsonl   prints a line a difference; exit code 1 if there is one
"""

import hashlib
import json
import re
import sys
import unicodedata
from collections import defaultdict
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any


class Export:
    """The four files of an export, read into dictionaries."""

    def __init__(self, folder: Path) -> None:
        self.entities = {e["id"]: e for e in _lines(folder / "entities.jsonl")}
        self.pages = {p["id"]: p for p in _lines(folder / "pages.jsonl")}
        self.members: dict[str, set[str]] = defaultdict(set)
        self.named: dict[str, set[str]] = defaultdict(set)
        for e in self.entities.values():
            for kind in e["types"]:
                self.members[kind].add(e["id"])
            for name in (e["label"], *e["aliases"]):
                self.named[normal(name)].add(e["id"])
        self.out: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.literals: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for line in (folder / "facts.tsv").read_text("utf-8").removesuffix("\n").split("\n"):
            subject, relation, value, kind = line.split("\t")
            if kind == "entity":
                self.out[relation].add((subject, value))
            else:
                self.literals[relation].append((subject, value, kind))

    def clue(self, c: dict[str, Any]) -> set[str]:
        """Who meets a noun, a range, or a relation to a constant."""
        if c["kind"] == "type":
            return self.members[c["type"]]
        if c["kind"] == "range":
            low, high, unit = Decimal(c["low"]), Decimal(c["high"]), c.get("unit") or ""
            return {s for s, v, kind in self.literals[c["relation"]] if lies(v, kind, low, high, unit)}
        return self.reach(c, {c["target"]["entity"]})

    def reach(self, c: dict[str, Any], targets: set[str]) -> set[str]:
        """Who is tied to one of the targets by a relation in its direction."""
        if c["direction"] == "out":
            return {s for s, o in self.out[c["relation"]] if o in targets}
        return {o for s, o in self.out[c["relation"]] if s in targets}


class Problem:
    """A record's constraints by variable."""

    def __init__(self, record: dict[str, Any], export: Export) -> None:
        self.export = export
        self.entity = dict(_variables(record["root"]))
        self.root = record["root"]["id"]
        self.nouns, self.edges = {}, defaultdict(list)
        self.clues: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for c in record["constraints"]:
            if c["kind"] == "type":
                self.nouns[c["vertex"]] = c
            elif c["kind"] == "relation" and "vertex" in c["target"]:
                self.edges[c["vertex"]].append(c)
            else:
                self.clues[c["vertex"]].append(c)
        self.all_clues = [c for v in self.entity for c in self.clues[v]]
        self.sets = {c["id"]: export.clue(c) for c in (*self.nouns.values(), *self.all_clues)}

    def solve(self, vertex: str, without: set[str]) -> set[str]:
        """The candidates of a variable when some clues are left out."""
        found = set(self.sets[self.nouns[vertex]["id"]])
        for c in self.clues[vertex]:
            if c["id"] not in without:
                found &= self.sets[c["id"]]
        for edge in self.edges[vertex]:
            found &= self.export.reach(edge, self.solve(edge["target"]["vertex"], without))
        return found

    def below(self, vertex: str) -> set[str]:
        """The clues at and below a variable."""
        found = {c["id"] for c in self.clues[vertex]}
        return found.union(*(self.below(e["target"]["vertex"]) for e in self.edges[vertex]))


def expected(problem: Problem) -> dict[str, Any]:
    """The certificate fields that need no retrieval."""
    p, answer = problem, problem.entity[problem.root]
    left = {c["id"]: p.solve(p.root, {c["id"]}) for c in p.all_clues}
    names = [p.export.entities[answer]["label"], *p.export.entities[answer]["aliases"]]
    alone = all(p.solve(v, set()) == {e} for v, e in p.entity.items())
    return {
        "unique": alone and all(p.export.named[normal(n)] == {answer} for n in names),
        "necessary": {c: len(found) for c, found in left.items()},
        "necessary_locally": {c["id"]: len(p.solve(c["vertex"], {c["id"]})) for c in p.all_clues},
        "antichain": all(_antichain(p, v) for v in p.entity),
        "hierarchy": {v: len(p.solve(p.root, p.below(v))) for v in p.entity if v != p.root},
        "selectivity": min((len(_narrowed(p, c)) for c in p.all_clues), default=0),
        "edges": {e["target"]["vertex"]: len(_edge(p, e)) for v in p.entity for e in p.edges[v]},
        "rival_count": len(set().union(*left.values()) - {answer}),
    }


def _noun(p: Problem, vertex: str) -> set[str]:
    return p.sets[p.nouns[vertex]["id"]]


def _narrowed(p: Problem, clue: dict[str, Any]) -> set[str]:
    return p.sets[clue["id"]] & _noun(p, clue["vertex"])


def _edge(p: Problem, edge: dict[str, Any]) -> set[str]:
    return p.export.reach(edge, {p.entity[edge["target"]["vertex"]]}) & _noun(p, edge["vertex"])


def _antichain(p: Problem, vertex: str) -> bool:
    sets = [_narrowed(p, c) for c in p.clues[vertex]]
    sets += [p.export.reach(e, p.solve(e["target"]["vertex"], set())) & _noun(p, vertex) for e in p.edges[vertex]]
    return not any(a <= b for n, a in enumerate(sets) for m, b in enumerate(sets) if n != m)


def differences(record: dict[str, Any], export: Export) -> list[str]:
    """All that a record says and the export does not bear out."""
    problem = Problem(record, export)
    said = record["certificate"]
    found = [f"{k}: {said[k]!r}, not {v!r}" for k, v in expected(problem).items() if said[k] != v]
    found += [line for rival in said["rivals"] for line in _rival(problem, rival)]
    found += [
        f"{c['id']}: {c['candidates']!r} candidates, not {n}"
        for c in record["constraints"]
        if c["candidates"] != (n := len(_alone(problem, c)))
    ]
    found += [f"{c['id']}: no quote" for c in record["constraints"] if c["kind"] != "type" and not c["evidence"]]
    for vertex, entity in problem.entity.items():
        if (noun := largest_type(export, entity)) != problem.nouns[vertex]["type"]:
            found.append(f"noun of {vertex}: {problem.nouns[vertex]['type']!r}, not {noun!r}")
        names = (export.entities[entity]["label"], *export.entities[entity]["aliases"])
        found += [
            f"question holds {n!r}"
            for n in names
            if normal(n) and f" {normal(n)} " in f" {normal(record['question'])} "
        ]
    quotes = [e for c in record["constraints"] for e in c["evidence"]]
    quotes += [e for r in said["rivals"] for e in r["evidence"]]
    return found + [f"quote {e['quote']!r} does not stand on {e['page']}" for e in quotes if not stands(e, export)]


def _alone(p: Problem, c: dict[str, Any]) -> set[str]:
    """Who of the vertex's kind meets one constraint, an edge with its child solved."""
    if c["kind"] == "type":
        return p.sets[c["id"]]
    return _edge(p, c) if c in p.edges[c["vertex"]] else _narrowed(p, c)


def _rival(p: Problem, rival: dict[str, Any]) -> list[str]:
    """Whether a rival fails what it is said to fail and its witness meets all else."""
    who, fails, witness = rival["entity"], set(rival["fails"]), rival["witness"]
    found = []
    if who in p.solve(p.root, set()) or who not in p.solve(p.root, fails):
        found.append(f"rival {who}: does not fail {sorted(fails)} alone")
    if witness[p.root] != who or rival["label"] != p.export.entities[who]["label"]:
        found.append(f"rival {who}: named or witnessed as another")
    sets = {c["id"]: (c["vertex"], p.sets[c["id"]]) for c in (*p.nouns.values(), *p.all_clues)}
    edges = [e for v in p.entity for e in p.edges[v]]
    sets |= {e["id"]: (e["vertex"], p.export.reach(e, {witness[e["target"]["vertex"]]})) for e in edges}
    broken = [c for c, (vertex, members) in sets.items() if c not in fails and witness[vertex] not in members]
    return found + [f"rival {who}: the witness does not meet {c}" for c in broken]


def largest_type(export: Export, entity: str) -> str:
    """The noun that the design prescribes."""
    least = ceil(min(50, len(export.entities) / 20))
    sizes = [(-len(export.members[t]), t) for t in export.entities[entity]["types"] if t != "entity"]
    return min((s for s in sizes if -s[0] >= least), default=(0, "entity"))[1]


def stands(quote: dict[str, Any], export: Export) -> bool:
    """Whether a quote is verbatim and its page unchanged."""
    page = export.pages.get(quote["page"])
    if page is None:
        return False
    text = page["text"]
    same = text[quote["start"] : quote["end"]] == quote["quote"] and bool(quote["quote"])
    hashed = hashlib.sha256(text.encode()).hexdigest() == quote["page_sha256"]
    return same and hashed and (page["title"], page["url"]) == (quote["title"], quote["url"])


def lies(value: str, kind: str, low: Decimal, high: Decimal, unit: str) -> bool:
    """Whether a literal's whole interval lies within the bounds."""
    if kind == "time":
        year = Decimal(re.match(r"-?\d+", value)[0])
        return not unit and low <= year <= high
    if kind != "quantity":
        return False
    number, _, own = value.partition(" ")
    places = len(number.partition(".")[2])
    slack = Decimal(5).scaleb(-places - 1) if places else Decimal(0)
    return own.strip() == unit and low <= Decimal(number) - slack and Decimal(number) + slack <= high


def normal(name: str) -> str:
    """Names as the design compares them."""
    decomposed = unicodedata.normalize("NFKD", name)
    return " ".join(re.findall(r"\w+", "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()))


def _variables(node: dict[str, Any]) -> list[tuple[str, str]]:
    own = [(node["id"], node["entity_id"])] if node["entity"] is not None else []
    return own + [pair for child in node["children"] for pair in _variables(child)]


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main() -> int:
    """Check every record of a file."""
    export, wrong = Export(Path(sys.argv[1])), 0
    for number, record in enumerate(_lines(Path(sys.argv[2])), start=1):
        found = differences(record, export)
        wrong += bool(found)
        for line in found:
            print(f"line {number}: {line}")
    print(f"{wrong} records with differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
