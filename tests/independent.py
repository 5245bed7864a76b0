"""Rechecks task records against a world's neutral export with plain sets, sharing no code with the project.

python tests/independent.py EXPORT_DIR RECORDS.jsonl   prints a line a difference; exit code 1 if there is one
"""

import hashlib
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from decimal import Decimal
from math import ceil, isqrt
from pathlib import Path
from typing import Any

HELD = {"same": "as", "compare": "than"}
"""The kinds that hold a variable against something, and where a record says what."""


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
        self.far: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        self.valued: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self.literals: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for line in (folder / "facts.tsv").read_text("utf-8").removesuffix("\n").split("\n"):
            subject, relation, value, kind = line.split("\t")
            if kind == "entity":
                self.out[relation].add((subject, value))
                self.far[relation, "out", subject].add(value)
                self.far[relation, "in", value].add(subject)
            else:
                self.literals[relation].append((subject, value, kind))
                self.valued[relation, subject].append((value, kind))
        lines = (folder / "relations.tsv").read_text("utf-8").splitlines()
        self.complete = {line.split("\t")[0] for line in lines if "complete" in line.split("\t")[2].split()}

    def clue(self, c: dict[str, Any]) -> tuple[set[str], set[str]]:
        """Who surely and who may meet a constraint that speaks of one variable; they differ for an open upper count."""
        if c["kind"] == "count":
            times = Counter(s if c["direction"] == "out" else o for s, o in self.pairs(c["relation"], c["direction"]))
            enough = {e for e, n in times.items() if n >= c["low"]}
            if c.get("high") is None:
                return enough, enough
            few = {e for e in enough if times[e] <= c["high"]}
            return (few, few) if c["relation"] in self.complete else (set(), enough)
        found = self._exactly(c)
        return found, found

    def pairs(self, relation: str, direction: str) -> list[tuple[str, str]]:
        """The facts of a relation as pairs; literals have subjects alone."""
        valued = [(s, v) for s, v, _ in self.literals[relation]] if direction == "out" else []
        return [*self.out[relation], *valued]

    def _exactly(self, c: dict[str, Any]) -> set[str]:
        if c["kind"] == "type":
            return self.members[c["type"]]
        if c["kind"] == "range":
            low, high, unit = Decimal(c["low"]), Decimal(c["high"]), c.get("unit") or ""
            return {s for s, v, kind in self.literals[c["relation"]] if lies(v, kind, low, high, unit)}
        if c["kind"] == "predicate":
            return {s for s, v, kind in self.literals[c["relation"]] if has(c["predicate"], c["args"], v, kind)}
        if c["kind"] in HELD:
            return {e for e in self.entities if self.tied(c, e, c[HELD[c["kind"]]]["entity"])}
        target = c["target"]
        return self.reach(c, {target["entity"]} if "entity" in target else self.members[target["type"]])

    def reach(self, c: dict[str, Any], targets: set[str]) -> set[str]:
        """Who is tied to one of the targets by a relation in its direction."""
        if c["direction"] == "out":
            return {s for s, o in self.out[c["relation"]] if o in targets}
        return {o for s, o in self.out[c["relation"]] if s in targets}

    def tied(self, c: dict[str, Any], one: str, other: str) -> bool:
        """Whether an edge or something that is held against something else holds between two entities."""
        if c["kind"] == "relation":
            return ((one, other) if c["direction"] == "out" else (other, one)) in self.out[c["relation"]]
        if c["kind"] == "same":
            return one != other and bool(self.objects(c["relation"], one) & self.objects(c["relation"], other))
        mine, theirs = (list(map(measure, self.valued[c["relation"], e])) for e in (one, other))
        ends = [(m, t) if c["op"] == ">" else (t, m) for m in mine for t in theirs if m and t]
        return any(more[2] == less[2] and more[0] > less[1] for more, less in ends)

    def objects(self, relation: str, subject: str) -> set[str]:
        """All that a subject has by a relation, entities or literals."""
        return self.far[relation, "out", subject] | {v for v, _ in self.valued[relation, subject]}


class Problem:
    """A record's constraints by variable. Sets are asked for by their end: 0 who surely, 1 who may."""

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
        self.chords = [c for c in self.all_clues if other_of(c) is not None]
        single = [c for c in (*self.nouns.values(), *self.all_clues) if c not in self.chords]
        self.sets = {c["id"]: export.clue(c) for c in single}

    def solve(self, vertex: str, without: set[str], end: int = 0) -> set[str]:
        """The candidates of a variable when some clues are left out."""
        part = self.variables(vertex)
        chords = [c for c in self.chords if c["id"] not in without and {c["vertex"], other_of(c)} <= set(part)]
        if not chords:
            return self._tree(vertex, without, end)
        relaxed = {v: self._tree(v, without, end) for v in part}
        return {e for e in relaxed[vertex] if self._complete({vertex: e}, part, relaxed, chords)}

    def _tree(self, vertex: str, without: set[str], end: int) -> set[str]:
        found = set(self.sets[self.nouns[vertex]["id"]][end])
        for c in self.clues[vertex]:
            if c["id"] not in without and c not in self.chords:
                found &= self.sets[c["id"]][end]
        for edge in self.edges[vertex]:
            found &= self.export.reach(edge, self._tree(edge["target"]["vertex"], without, end))
        return found

    def _complete(
        self, values: dict[str, str], part: list[str], relaxed: dict[str, set[str]], chords: list[dict[str, Any]]
    ) -> bool:
        """Whether values for the rest of the variables, parents first and all distinct, meet edges and chords."""
        if len(values) == len(part):
            return True
        vertex = part[len(values)]
        edge = next(e for v in part for e in self.edges[v] if e["target"]["vertex"] == vertex)
        ties = self.export.far[edge["relation"], edge["direction"], values[edge["vertex"]]]
        for value in (ties & relaxed[vertex]) - set(values.values()):
            wider = values | {vertex: value}
            if all(self.meets(c, wider) for c in chords) and self._complete(wider, part, relaxed, chords):
                return True
        return False

    def meets(self, chord: dict[str, Any], values: dict[str, str]) -> bool:
        """Whether a chord holds, or cannot be told yet."""
        ends = [values.get(chord["vertex"]), values.get(other_of(chord))]
        return None in ends or self.export.tied(chord, *ends)

    def variables(self, vertex: str) -> list[str]:
        """A variable and all below it, parents first."""
        return [vertex, *(v for e in self.edges[vertex] for v in self.variables(e["target"]["vertex"]))]

    def below(self, vertex: str) -> set[str]:
        """The clues at and below a variable."""
        return {c["id"] for v in self.variables(vertex) for c in self.clues[v]}

    def lowest(self, c: dict[str, Any]) -> str:
        """The variable lowest in the tree that has all variables of a clue at or below it."""
        ends = {c["vertex"], other_of(c) or c["vertex"]}
        return min((v for v in self.entity if ends <= set(self.variables(v))), key=lambda v: len(self.variables(v)))


def expected(problem: Problem) -> dict[str, Any]:
    """The certificate fields that need no retrieval."""
    p, answer = problem, problem.entity[problem.root]
    left = {c["id"]: both(p, p.root, {c["id"]}) for c in p.all_clues}
    names = [p.export.entities[answer]["label"], *p.export.entities[answer]["aliases"]]
    alone = all(found == {e} for v, e in p.entity.items() for found in both(p, v, set()))
    rivals = [set().union(*(found[end] for found in left.values())) - {answer} for end in (0, 1)]
    narrow = [[len(s) for s in _alone(p, c)] for c in p.all_clues]
    return {
        "unique": alone and all(p.export.named[normal(n)] == {answer} for n in names),
        "necessary": {c: size(found) for c, found in left.items()},
        "necessary_locally": {c["id"]: size(both(p, p.lowest(c), {c["id"]})) for c in p.all_clues},
        "antichain": all(_antichain(p, v) for v in p.entity),
        "hierarchy": {v: size(both(p, p.root, p.below(v))) for v in p.entity if v != p.root},
        "selectivity": count(*(min(sizes) for sizes in zip(*narrow, strict=True))) if narrow else 0,
        "edges": {e["target"]["vertex"]: size(_alone(p, e)) for v in p.entity for e in p.edges[v]},
        "rival_count": size(rivals),
        "universe": len(p.export.entities),
    }


def both(p: Problem, vertex: str, without: set[str]) -> list[set[str]]:
    """Who surely and who may be a candidate."""
    return [p.solve(vertex, without, end) for end in (0, 1)]


def size(ends: list[set[str]]) -> Any:
    """How many elements a set has, as a record writes it."""
    return count(len(ends[0]), len(ends[1]))


def count(low: int, high: int) -> Any:
    """A number, or the two ends between which it lies."""
    return low if low == high else {"low": low, "high": high}


def _antichain(p: Problem, vertex: str) -> bool:
    sets = [_alone(p, c) for c in p.clues[vertex]]
    for e in p.edges[vertex]:
        reached = [p.export.reach(e, found) for found in both(p, e["target"]["vertex"], set())]
        sets.append([found & p.sets[p.nouns[vertex]["id"]][end] for end, found in enumerate(reached)])
    return not any(a[0] <= b[1] for n, a in enumerate(sets) for m, b in enumerate(sets) if n != m)


def differences(record: dict[str, Any], export: Export) -> list[str]:
    """All that a record says and the export does not bear out."""
    problem = Problem(record, export)
    said = record["certificate"]
    found = [f"{k}: {said[k]!r}, not {v!r}" for k, v in expected(problem).items() if said[k] != v]
    found += [line for rival in said["rivals"] for line in _rival(problem, rival)]
    found += [
        f"{c['id']}: {c['candidates']!r} candidates, not {n}"
        for c in record["constraints"]
        if c["candidates"] != (n := size(_alone(problem, c)))
    ]
    found += [
        f"{c['id']}: {len(c['evidence'])} quotes, needs {n}"
        for c in record["constraints"]
        if len(c["evidence"]) < (n := quotes_needed(c))
    ]
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


def quotes_needed(c: dict[str, Any]) -> int:
    """How many facts a constraint rests on at least."""
    return {"type": 0, "count": c.get("low"), "same": 2, "compare": 2}.get(c["kind"], 1)


def other_of(c: dict[str, Any]) -> str | None:
    """The variable that a chord is held against; none for any other constraint."""
    return c[HELD[c["kind"]]].get("vertex") if c["kind"] in HELD else None


def _alone(p: Problem, c: dict[str, Any]) -> list[set[str]]:
    """Who of the vertex's kind meets one constraint, an edge or a chord with its other end solved."""
    kind = p.sets[p.nouns[c["vertex"]]["id"]]
    if c["id"] in p.sets:
        return [kind[end] & p.sets[c["id"]][end] for end in (0, 1)]
    there = p.entity[other_of(c) or c["target"]["vertex"]]
    return [{e for e in members if p.export.tied(c, e, there)} for members in kind]


def _rival(p: Problem, rival: dict[str, Any]) -> list[str]:
    """Whether a rival fails what it is said to fail and its witness meets all else."""
    who, fails, witness = rival["entity"], set(rival["fails"]), rival["witness"]
    found = []
    if who in p.solve(p.root, set()) or who not in p.solve(p.root, fails):
        found.append(f"rival {who}: does not fail {sorted(fails)} alone")
    if witness[p.root] != who or rival["label"] != p.export.entities[who]["label"]:
        found.append(f"rival {who}: named or witnessed as another")
    met = {c: witness[v] in p.sets[c][0] for c, v in _places(p).items()}
    met |= {e["id"]: p.export.tied(e, witness[v], witness[e["target"]["vertex"]]) for v in p.entity for e in p.edges[v]}
    met |= {c["id"]: p.meets(c, witness) for c in p.chords}
    if any(c["id"] not in fails for c in p.chords) and len(set(witness.values())) < len(witness):
        found.append(f"rival {who}: the witness has an entity twice")
    return found + [
        f"rival {who}: the witness does not meet {c}" for c, holds in met.items() if not holds | (c in fails)
    ]


def _places(p: Problem) -> dict[str, str]:
    """The variables of nouns and of clues that speak of one variable."""
    return {c["id"]: c["vertex"] for c in (*p.nouns.values(), *p.all_clues) if c["id"] in p.sets}


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
    span = measure((value, kind))
    return span is not None and span[2] == unit and low <= span[0] and span[1] <= high


def measure(literal: tuple[str, str]) -> tuple[Decimal, Decimal, str] | None:
    """The ends of a literal's interval and its unit; none for a string."""
    value, kind = literal
    if kind == "time":
        year = Decimal(re.match(r"-?\d+", value)[0])
        return year, year, ""
    if kind != "quantity":
        return None
    number, _, unit = value.partition(" ")
    places = len(number.partition(".")[2])
    slack = Decimal(5).scaleb(-places - 1) if places else Decimal(0)
    return Decimal(number) - slack, Decimal(number) + slack, unit.strip()


def has(predicate: str, args: list[Any], value: str, kind: str) -> bool:
    """Whether a literal has a property, which only exact ones have."""
    if kind == "string":
        letters = normal(value).replace(" ", "")
        first = [letters[:1]] == [normal(str(a)) for a in args] and letters != ""
        return {"initial": first, "palindrome": letters != "" and letters == letters[::-1]}.get(predicate, False)
    low, high, _ = measure((value, kind))
    if low != high or predicate == "initial" or (predicate == "decade" and kind != "time"):
        return False
    n, arg = int(low), args[0] if args else None
    digits = str(abs(n))
    tests = {
        "prime": lambda: n > 1 and all(n % d for d in range(2, isqrt(n) + 1)),
        "palindrome": lambda: digits == digits[::-1],
        "multiple_of": lambda: n % arg == 0,
        "digit_sum": lambda: sum(int(d) for d in digits) == arg,
        "decade": lambda: arg <= n <= arg + 9,
    }
    return tests[predicate]()


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
