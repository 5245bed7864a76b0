"""SPARQL for the candidate sets: which pattern a relation is, and the few shapes of query that are asked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hcsp.constraints import Direction
from worlds.model import Relation

PREFIXES = """PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX p: <http://www.wikidata.org/prop/>
PREFIX psv: <http://www.wikidata.org/prop/statement/value/>
PREFIX wikibase: <http://wikiba.se/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX schema: <http://schema.org/>
"""
ENTITY = "http://www.wikidata.org/entity/"


class Goal(NamedTuple):
    """Who is tied to an item: `x` in `(x, relation, item)` for `out`, in `(item, relation, x)` for `in`."""

    relation: str
    direction: Direction
    item: str


class Paths:
    """Relations as property paths that follow their flags, so that a server's answer is closed as a built world is."""

    def __init__(self, relations: Mapping[str, Relation]) -> None:
        self._relations = relations
        self._inverses: dict[str, list[str]] = {}
        for relation in relations.values():
            if relation.inverse_of in relations:
                self._inverses.setdefault(str(relation.inverse_of), []).append(relation.id)

    def path(self, relation: str) -> str:
        """The path from subject to object of every fact of the relation, closure included."""
        ways = [self._closed(relation)]
        ways += [f"^({self._closed(r)})" for r in self._inverses.get(relation, ()) if self._relations[r].transitive]
        return "|".join(f"({way})" for way in ways) if len(ways) > 1 else ways[0]

    def plain(self, relation: str) -> bool:
        """Whether the relation's facts are those stated, with nothing to derive."""
        return self.path(relation) == f"wdt:{relation}"

    def _closed(self, relation: str) -> str:
        ways = [f"wdt:{relation}"]
        ways += [f"^wdt:{relation}"] if self._relations[relation].symmetric else []
        ways += [f"^wdt:{r}" for r in self._inverses.get(relation, ())]
        said = "|".join(ways)
        if self._relations[relation].transitive:
            return f"({said})+"
        return f"({said})" if len(ways) > 1 else said

    def pattern(self, goal: Goal, variable: str) -> str:
        """The triple pattern of a goal; what is only derived never leads back to where it began."""
        path, item, x = self.path(goal.relation), f"wd:{goal.item}", f"?{variable}"
        near, far = (x, item) if goal.direction == "out" else (item, x)
        loops = f" FILTER({x} != {item})" if "+" in path else ""
        return f"{near} {path} {far} .{loops}"


def numbers(paths: Paths, goals: Sequence[Goal], limit: int) -> str:
    """How many each goal has, counted no further than one beyond `limit`; a goal without any has no row."""
    return f"{PREFIXES}SELECT ?c (COUNT(?x) AS ?n) WHERE {{ {_each(paths, goals, limit + 1)} }} GROUP BY ?c"


def extents(paths: Paths, goals: Sequence[Goal], limit: int) -> str:
    """Who they are, as rows of the goal's number and an item, for each no further than one beyond `limit`."""
    return f"{PREFIXES}SELECT ?c ?x WHERE {{ {_each(paths, goals, limit + 1)} }}"


def rows(paths: Paths, relations: Sequence[tuple[str, Direction]], pool: Iterable[str], limit: int) -> str:
    """The partners `?y` of a pool of items `?x`, for each relation in a direction by its number `?c`."""
    values = f"VALUES ?x {{ {' '.join(f'wd:{item}' for item in pool)} }}"
    parts = []
    for n, (relation, direction) in enumerate(relations):
        path = paths.path(relation)
        near, far = ("?x", "?y") if direction == "out" else ("?y", "?x")
        loops = " FILTER(?x != ?y)" if "+" in path else ""
        parts.append(f"{{ {values} {near} {path} {far} .{loops} BIND({n} AS ?c) }}")
    return f"{PREFIXES}SELECT DISTINCT ?c ?x ?y WHERE {{ {' UNION '.join(parts)} }} LIMIT {limit}"


def literals(relations: Sequence[tuple[str, str]], pool: Iterable[str], limit: int) -> str:
    """The best-ranked literals of a pool: `?v` with its precision or unit `?u`, by the relation's number `?c`."""
    values = f"VALUES ?x {{ {' '.join(f'wd:{item}' for item in pool)} }}"
    parts = []
    for n, (relation, kind) in enumerate(relations):
        if kind == "string":
            parts.append(f"{{ {values} ?x wdt:{relation} ?v . BIND({n} AS ?c) }}")
            continue
        value, more = ("timeValue", "timePrecision") if kind == "time" else ("quantityAmount", "quantityUnit")
        deep = f"?s a wikibase:BestRank ; psv:{relation} ?d . ?d wikibase:{value} ?v ; wikibase:{more} ?u ."
        parts.append(f"{{ {values} ?x p:{relation} ?s . {deep} BIND({n} AS ?c) }}")
    return f"{PREFIXES}SELECT DISTINCT ?c ?x ?v ?u WHERE {{ {' UNION '.join(parts)} }} LIMIT {limit}"


def broader(items: Iterable[str], shipped: Iterable[str]) -> str:
    """Which of the shipped classes `?k` each class `?x` is, or is a subclass of."""
    these, those = (" ".join(f"wd:{item}" for item in group) for group in (items, shipped))
    pattern = f"VALUES ?x {{ {these} }} ?x wdt:P279* ?k . VALUES ?k {{ {those} }}"
    return f"{PREFIXES}SELECT DISTINCT ?x ?k WHERE {{ {pattern} }}"


def samples(shipped: Iterable[str], each: int) -> str:
    """Some members `?x` of each class `?k`, directly of it or of a class just below."""
    path = "wdt:P31|(wdt:P31/wdt:P279)"
    parts = [f"{{ SELECT DISTINCT (wd:{k} AS ?k) ?x WHERE {{ ?x {path} wd:{k} }} LIMIT {each} }}" for k in shipped]
    return f"{PREFIXES}SELECT ?k ?x WHERE {{ {' UNION '.join(parts)} }}"


def denoted(names: Iterable[str], language: str, wiki: str) -> str:
    """The items `?x`, labelled `?l`, that a name `?n` denotes as label or alias and that have a page in the wiki."""
    spoken = (language, "mul")
    values = " ".join(f"{_quoted(name)}@{each}" for name in names for each in spoken)
    page = f"?a schema:about ?x ; schema:isPartOf <{wiki}> ."
    apart = "FILTER NOT EXISTS { ?x wdt:P31 wd:Q4167410 }"
    label = f"OPTIONAL {{ ?x rdfs:label ?l FILTER(LANG(?l) IN ({', '.join(map(_quoted, spoken))})) }}"
    pattern = f"VALUES ?n {{ {values} }} ?x rdfs:label|skos:altLabel ?n . {page} {apart} {label}"
    return f"{PREFIXES}SELECT DISTINCT ?n ?x ?l WHERE {{ {pattern} }}"


def _each(paths: Paths, goals: Sequence[Goal], limit: int) -> str:
    return " UNION ".join(
        f"{{ SELECT DISTINCT ({n} AS ?c) ?x WHERE {{ {paths.pattern(goal, 'x')} }} LIMIT {limit} }}"
        for n, goal in enumerate(goals)
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
    return f'"{escaped}"'
