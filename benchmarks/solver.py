"""How fast `H(root)` is beside two query engines: a JSON line an engine, then one with the ratios.

Run it as `python benchmarks/solver.py [--data DIR]`; DIR holds `codex-labelled.json.gz`, by default `../shared/data`.
All engines answer the same three-level trees over the same closure, and every answer set is compared. What each engine
is given, and what is timed, stands in `benchmarks/README.md`.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import islice
from math import ceil
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple, Protocol

import numpy as np
from pyroaring import BitMap

from hcsp.constraints import Constraint, Direction, RelationConstraint, ToEntity, ToVertex, TypeConstraint, child_of
from hcsp.nouns import ANYTHING, noun_of
from hcsp.solver import Solver
from hcsp.tree import ResearchTree, Variable
from worlds.build import build
from worlds.local import LocalWorld
from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples

try:
    import duckdb
    import pyoxigraph as ox
except ImportError as missing:
    sys.exit(f"error: {missing}; install the engines with pip install --group bench")

FILE = "codex-labelled.json.gz"
NAMES = "ABCDE"
LEVELS, CLUES = 3, 3
GENERIC = 5
"""Fewest candidates of a clue, as the preset `medium` asks."""
HUB = 50
"""An entity that more facts point at is no variable of a tree."""
LIMIT, SLOW = 5.0, 500.0
"""After so many seconds a query counts as taking them; after so many milliseconds it is not repeated."""
CORES = os.cpu_count() or 1
FORK = get_context("fork")
TARGETS = {"pyoxigraph": {"median": 15, "p99": 100}, "duckdb": {"median": 200}}
"""How many times faster than each engine `H` has to be."""

Answer = Callable[[], Iterable[int]]


class Tie(NamedTuple):
    """A fact seen from one of its ends: where it leads from there."""

    relation: str
    direction: Direction
    entity: str


class Data(NamedTuple):
    """What every engine is given: the closure and the types in dense ids; and what trees are drawn from."""

    world: LocalWorld
    facts: list[tuple[int, int, int]]
    types: list[tuple[int, int]]
    relation_ids: Mapping[str, int]
    type_ids: Mapping[str, int]
    ties: Mapping[str, list[Tie]]
    rare: frozenset[str]

    def ends(self, clue: RelationConstraint) -> tuple[int, int | str]:
        """The relation, and the far end: a dense id, or the name of a variable."""
        to = clue.target
        return self.relation_ids[clue.relation], to.vertex if isinstance(to, ToVertex) else self.world.index(to.entity)

    def kind(self, tree: ResearchTree, vertex: str) -> int | None:
        """The type that a variable has to have; `None` for the pseudo-type, which asks nothing."""
        return self.type_ids.get(tree.noun(vertex).type)


class Engine(Protocol):
    """Answers trees. What `prepare` does is not timed; the call that it returns is."""

    def prepare(self, tree: ResearchTree) -> Answer:
        """A call that gives the dense ids of the root's answers."""
        ...


class Hcsp:
    """This project's solver, a fresh one for each call; `anew` opens the world again for each, so nothing is cached."""

    def __init__(self, data: Data, anew: bool) -> None:
        self._world, self._anew = data.world, anew

    def prepare(self, tree: ResearchTree) -> Answer:
        source = (LocalWorld(self._world.path) if self._anew else self._world).source
        return lambda: Solver(tree, source).answers().lower


class Oxigraph:
    """The closure in a store in memory. `nested` asks with a sub-select per variable instead of one graph pattern."""

    def __init__(self, data: Data, nested: bool) -> None:
        self._data, self._nested, self._store = data, nested, ox.Store()
        node, kind = ox.NamedNode, ox.NamedNode("r:is")
        self._store.bulk_extend(ox.Quad(node(f"e:{s}"), node(f"r:{r}"), node(f"e:{o}")) for r, s, o in data.facts)
        self._store.bulk_extend(ox.Quad(node(f"e:{e}"), kind, node(f"t:{t}")) for t, e in data.types)

    def prepare(self, tree: ResearchTree) -> Answer:
        text = self._select(tree, tree.root) if self._nested else self._pattern(tree)
        return lambda: [int(row[0].value[2:]) for row in self._store.query(text)]

    def _pattern(self, tree: ResearchTree) -> str:
        """The clues first, then the edges, then the nouns."""
        parts = [self._triple(c) for c in (*tree.clues, *tree.edges)]
        parts += [part for v in tree.variables for part in self._kind(tree, v.id)]
        return f"SELECT DISTINCT ?{tree.root} WHERE {{ {' . '.join(parts)} }}"

    def _select(self, tree: ResearchTree, vertex: str) -> str:
        parts = [self._triple(c) for c in tree.clues_of(vertex)]
        for edge in tree.edges_of(vertex):
            parts += [f"{{ {self._select(tree, child_of(edge))} }}", self._triple(edge)]
        return f"SELECT DISTINCT ?{vertex} WHERE {{ {' . '.join(parts + self._kind(tree, vertex))} }}"

    def _triple(self, clue: RelationConstraint) -> str:
        relation, far = self._data.ends(clue)
        ends = [f"?{clue.vertex}", f"?{far}" if isinstance(far, str) else f"<e:{far}>"]
        return f" <r:{relation}> ".join(ends if clue.direction == "out" else reversed(ends))

    def _kind(self, tree: ResearchTree, vertex: str) -> list[str]:
        kind = self._data.kind(tree, vertex)
        return [] if kind is None else [f"?{vertex} <r:is> <t:{kind}>"]


class Sql:
    """Integer tables in memory, sorted, with statistics; statements are prepared."""

    def __init__(self, data: Data, nested: bool, indexed: bool, threads: int) -> None:
        self._data, self._nested, self._connection = data, nested, duckdb.connect(":memory:")
        run = self._connection.execute
        run("CREATE TABLE facts (r INTEGER, s INTEGER, o INTEGER)")
        run("CREATE TABLE types (t INTEGER, e INTEGER)")
        for table, columns, rows in (("facts", "rso", data.facts), ("types", "te", data.types)):
            loaded = dict(zip(columns, np.array(rows, dtype=np.int32).T, strict=True))
            self._connection.register("loaded", loaded)
            run(f"INSERT INTO {table} SELECT * FROM loaded ORDER BY ALL")
        for index in ("a ON facts (r, s)", "b ON facts (r, o)", "c ON types (t)") if indexed else ():
            run(f"CREATE INDEX {index}")
        run("ANALYZE")
        run(f"SET threads = {threads}")

    def prepare(self, tree: ResearchTree) -> Answer:
        text = self._select(tree, tree.root) if self._nested else self._join(tree)
        self._connection.execute(f"PREPARE asked AS SELECT DISTINCT {text}")
        return lambda: [row[0] for row in self._connection.execute("EXECUTE asked").fetchall()]

    def _join(self, tree: ResearchTree) -> str:
        """One join of as many tables as the tree has constraints."""
        tables, conditions, columns = [], [], {v.id: [] for v in tree.variables}
        for n, clue in enumerate((*tree.clues, *tree.edges)):
            relation, far = self._data.ends(clue)
            near, other = _columns(clue)
            tables.append(f"facts f{n}")
            conditions.append(f"f{n}.r = {relation}")
            columns[clue.vertex].append(f"f{n}.{near}")
            if isinstance(far, str):
                columns[far].append(f"f{n}.{other}")
            else:
                conditions.append(f"f{n}.{other} = {far}")
        for vertex, own in columns.items():
            if (kind := self._data.kind(tree, vertex)) is not None:
                tables.append(f"types t{vertex}")
                conditions.append(f"t{vertex}.t = {kind}")
                own.append(f"t{vertex}.e")
        conditions += [f"{first} = {c}" for first, *rest in columns.values() for c in rest]
        return f"{columns[tree.root][0]} FROM {', '.join(tables)} WHERE {' AND '.join(conditions)}"

    def _select(self, tree: ResearchTree, vertex: str) -> str:
        """The first constraint's candidates that are among those of every other."""
        sets = [self._set(tree, c) for c in (*tree.edges_of(vertex), *tree.clues_of(vertex))]
        if (kind := self._data.kind(tree, vertex)) is not None:
            sets.append(f"SELECT e AS x FROM types WHERE t = {kind}")
        others = " AND ".join(f"x IN ({s})" for s in sets[1:]) or "true"
        return f"x FROM ({sets[0]}) WHERE {others}"

    def _set(self, tree: ResearchTree, clue: RelationConstraint) -> str:
        relation, far = self._data.ends(clue)
        near, other = _columns(clue)
        meets = f"IN (SELECT {self._select(tree, far)})" if isinstance(far, str) else f"= {far}"
        return f"SELECT {near} AS x FROM facts WHERE r = {relation} AND {other} {meets}"


def _columns(clue: RelationConstraint) -> tuple[str, str]:
    return ("s", "o") if clue.direction == "out" else ("o", "s")


ENGINES: dict[str, tuple[Callable[[Data], Engine], int]] = {
    "hcsp cold": (lambda data: Hcsp(data, anew=True), 1),
    "hcsp first": (lambda data: Hcsp(data, anew=False), 1),
    "hcsp": (lambda data: Hcsp(data, anew=False), 3),
    "pyoxigraph": (lambda data: Oxigraph(data, nested=False), 3),
    "pyoxigraph nested": (lambda data: Oxigraph(data, nested=True), 3),
    "duckdb": (lambda data: Sql(data, nested=False, indexed=True, threads=CORES), 3),
    "duckdb one thread": (lambda data: Sql(data, nested=False, indexed=True, threads=1), 3),
    "duckdb unindexed": (lambda data: Sql(data, nested=False, indexed=False, threads=1), 3),
    "duckdb nested": (lambda data: Sql(data, nested=True, indexed=False, threads=1), 3),
}
"""By name: how an engine is made, and how often it answers each tree; the least of its times counts."""


async def load(path: Path, out: Path) -> Data:
    """Build the world in the new directory `out` and read its closure."""
    triples = read_triples(path, "codex")
    wording = plain_sentences({r.id: r for r in triples.data.relations}, triples.descriptions)
    build(triples.data, render_pages(triples.data, wording, seed=0), out)
    world = LocalWorld(out)
    index, relation_ids = world.index, {r: n for n, r in enumerate(await world.relations())}
    facts = sorted({f for e in world.entity_ids for f in await world.facts(e)})
    types = {e: (await world.entity(e)).types for e in world.entity_ids}
    type_ids = {t: n for n, t in enumerate(sorted({t for ts in types.values() for t in ts} - {ANYTHING}))}
    ties: dict[str, list[Tie]] = {e: [] for e in world.entity_ids}
    for f in facts:
        ties[f.subject].append(Tie(f.relation, "out", f.object))
        ties[f.object].append(Tie(f.relation, "in", f.subject))
    return Data(
        world,
        [(relation_ids[f.relation], index(f.subject), index(f.object)) for f in facts],
        [(type_ids[t], index(e)) for e, ts in types.items() for t in ts if t != ANYTHING],
        relation_ids,
        type_ids,
        ties,
        frozenset(e for e, own in ties.items() if sum(t.direction == "in" for t in own) <= HUB),
    )


async def trees(data: Data, seed: int) -> Iterator[ResearchTree]:
    """Random three-level trees of three to five variables, one to three clues each, true of the entities drawn."""
    roots = await data.world.sample(len(data.ties), str(seed))
    kinds = {e: (await data.world.entity(e)).types for e in data.ties}
    rng = Random(seed)
    drawn = (_tree(data, kinds, root, rng) for root in roots)
    return (tree for tree in drawn if tree is not None)


def _tree(data: Data, kinds: Mapping[str, tuple[str, ...]], root: str, rng: Random) -> ResearchTree | None:
    entities, constraints = _skeleton(data, root, rng)
    for vertex, entity in entities.items():
        noun = TypeConstraint(id=f"{vertex}-noun", vertex=vertex, type=noun_of(kinds[entity], data.world.source))
        constants = _generic(data, noun, sorted({t for t in data.ties[entity] if t.entity not in entities.values()}))
        if not constants or len(entities) < LEVELS:
            return None
        for n, tie in enumerate(rng.sample(constants, min(len(constants), rng.randint(1, CLUES)))):
            target = ToEntity(entity=tie.entity, label=tie.entity)
            constraints.append(_relation(f"{vertex}{n}", vertex, tie, target))
        constraints.append(noun)
    variables = tuple(Variable(id=v, entity=e) for v, e in entities.items())
    return ResearchTree(variables=variables, constraints=tuple(constraints))


def _skeleton(data: Data, root: str, rng: Random) -> tuple[dict[str, str], list[Constraint]]:
    """A chain of `LEVELS` variables, then further children of those above the last level; short where facts run out."""
    entities, depth, edges = {NAMES[0]: root}, {NAMES[0]: 1}, list[Constraint]()
    for child in NAMES[1 : rng.randint(LEVELS, len(NAMES))]:
        vertex = rng.choice([v for v, d in depth.items() if d < LEVELS]) if len(depth) >= LEVELS else max(depth)
        options = [
            t for t in data.ties[entities[vertex]] if t.entity in data.rare and t.entity not in entities.values()
        ]
        if not options:
            break
        tie = rng.choice(options)
        entities[child], depth[child] = tie.entity, depth[vertex] + 1
        edges.append(_relation(f"{vertex}-{child}", vertex, tie, ToVertex(vertex=child)))
    return entities, edges


def _generic(data: Data, noun: TypeConstraint, ties: list[Tie]) -> list[Tie]:
    """Those that, as a clue, leave at least `GENERIC` of the noun's members."""
    source = data.world.source
    pool = source.members(noun)
    clues = [_relation("", "", tie, ToEntity(entity=tie.entity, label="")) for tie in ties]
    return [t for t, c in zip(ties, clues, strict=True) if len(source.restrict(c, pool).lower) >= GENERIC]


def _relation(identifier: str, vertex: str, tie: Tie, target: ToVertex | ToEntity) -> RelationConstraint:
    return RelationConstraint(
        id=identifier, vertex=vertex, relation=tie.relation, direction=tie.direction, target=target
    )


class Asked(NamedTuple):
    """What came of one tree: the least of its times in milliseconds, and its answers unless it took too long."""

    time: float
    answers: BitMap | None


class Worker:
    """An engine in a process of its own, which is started again where a tree takes longer than `LIMIT`."""

    def __init__(self, make: Callable[[Data], Engine], data: Data, trees: Sequence[ResearchTree], repeat: int) -> None:
        self._work = make, data, trees, repeat
        self._start()

    def ask(self, number: int) -> Asked:
        """What comes of the tree of that number."""
        self._pipe.send(number)
        if self._pipe.poll(LIMIT):
            return Asked(*self._pipe.recv())
        self.stop()
        self._start()
        return Asked(LIMIT * 1000, None)

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        self._pipe, far = FORK.Pipe()
        self._process = FORK.Process(target=_work, args=(*self._work, far), daemon=True)
        self._process.start()
        self._pipe.recv()


def _work(
    make: Callable[[Data], Engine], data: Data, trees: Sequence[ResearchTree], repeat: int, pipe: Connection
) -> None:
    engine = make(data)
    pipe.send("ready")
    while True:
        answer = engine.prepare(trees[pipe.recv()])
        runs = [_timed(answer)]
        while len(runs) < repeat and runs[0][0] < SLOW:
            runs.append(_timed(answer))
        pipe.send(Asked(min(time for time, _ in runs), BitMap(runs[0][1])))


def _timed(answer: Answer) -> tuple[float, Iterable[int]]:
    started = perf_counter()
    found = answer()
    return (perf_counter() - started) * 1000, found


def quantiles(found: Iterable[Asked]) -> dict[str, float]:
    """Nearest-rank quantiles of the times."""
    times = sorted(asked.time for asked in found)
    return {name: times[ceil(share * len(times)) - 1] for name, share in (("median", 0.5), ("p90", 0.9), ("p99", 0.99))}


def disagreements(found: Iterable[Asked], expected: Iterable[Asked]) -> int:
    """How many trees have two different answer sets; one that took too long has none."""
    both = ((a.answers, b.answers) for a, b in zip(found, expected, strict=True))
    return sum(a is not None and a != b for a, b in both)


def compare(found: Mapping[str, dict[str, float]]) -> dict[str, Any]:
    """How many times the solver's time each engine takes, and whether that meets the targets."""
    others = {e: times for e, times in found.items() if not e.startswith("hcsp")}
    ratios = {
        mine: {e: {q: round(times[q] / found[mine][q], 1) for q in times} for e, times in others.items()}
        for mine in found.keys() - others.keys()
    }
    met = {
        f"{engine} {quantile}": ratios["hcsp"][engine][quantile] >= least
        for engine in others
        for quantile, least in TARGETS[engine.split()[0]].items()
    }
    return {"ratios": ratios, "targets": TARGETS, "met": met}


def about() -> dict[str, Any]:
    """The machine and the versions."""
    packages = ("numpy", "pyroaring", "pyoxigraph", "duckdb")
    versions = {"python": platform.python_version()} | {p: version(p) for p in packages}
    return {"machine": f"{platform.machine()}, {CORES} cores, {platform.system()}", "versions": versions}


async def run(path: Path, queries: int, seed: int) -> int:
    """Time every engine; returns the exit code, 1 when two of them disagree."""
    with tempfile.TemporaryDirectory() as scratch:
        data = await load(path, Path(scratch) / "world")
        drawn = list(islice(await trees(data, seed), queries))
        workers = {name: Worker(make, data, drawn, repeat) for name, (make, repeat) in ENGINES.items()}
        rounds = [{name: worker.ask(n) for name, worker in workers.items()} for n in range(len(drawn))]
        for worker in workers.values():
            worker.stop()
    asked = {name: [answered[name] for answered in rounds] for name in ENGINES}
    found = {name: quantiles(times) for name, times in asked.items()}
    differ = {name: disagreements(answers, asked["hcsp"]) for name, answers in asked.items()}
    for name, answers in asked.items():
        late = sum(a.answers is None for a in answers)
        counts = {"engine": name, "queries": len(answers), "differ": differ[name], "over_limit": late, "unit": "ms"}
        print(json.dumps(counts | {q: round(t, 4) for q, t in found[name].items()}))
    print(json.dumps(compare(found) | about()))
    return 1 if any(differ.values()) else 0


def main() -> int:
    """Read the arguments, skip where the data is absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help=f"the directory of {FILE}")
    parser.add_argument("--queries", type=int, default=300, help="how many trees (default 300)")
    parser.add_argument("--seed", type=int, default=0, help="draws the trees (default 0)")
    parsed = parser.parse_args()
    if not (parsed.data / FILE).exists():
        print(f"skipped: {parsed.data / FILE} is not there; name its directory with --data", file=sys.stderr)
        return 0
    return asyncio.run(run(parsed.data / FILE, parsed.queries, parsed.seed))


if __name__ == "__main__":
    sys.exit(main())
