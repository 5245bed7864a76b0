"""How fast `H(root)` is, against two query engines: one JSON line an engine, then one with the ratios.

Run it as `python benchmarks/solver.py [--data DIR] [--queries N] [--seed N]`; DIR holds `codex-labelled.json.gz`, by
default `../shared/data`. Every engine answers the same random three-level trees over the same closure, and every answer
set is compared. Without the data it says so and exits 0. See benchmarks/README.md for what each engine was given.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple, Protocol

from pyroaring import BitMap

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hcsp.nouns import ANYTHING, noun_of
from hcsp.solver import Solver
from hcsp.tree import RelationConstraint, ResearchTree, ToEntity, ToVertex, TypeConstraint, Variable, child_of
from worlds.build import build
from worlds.local import LocalWorld
from worlds.model import Fact
from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples

DEFAULT, FILE = Path("../shared/data"), "codex-labelled.json.gz"
NAMES = "ABCDE"
TARGETS = {"pyoxigraph": {"median": 15, "p99": 100}, "duckdb": {"median": 200}}
"""How many times faster than each engine `H` has to be."""


class Data(NamedTuple):
    """What every engine is given: the world and its closed facts and types in dense ids."""

    world: LocalWorld
    facts: list[tuple[int, int, int]]
    types: list[tuple[int, int]]
    relations: Mapping[str, int]
    nouns: Mapping[str, int]


class Engine(Protocol):
    """Answers trees; `prepare` is not timed, the call that it returns is."""

    name: str

    def prepare(self, tree: ResearchTree) -> Callable[[], set[int]]:
        """A call that gives the dense ids of the root's answers."""
        ...


class Hcsp:
    """The solver of this project, a fresh one each query; `cold` opens the world anew, so that no row is cached."""

    def __init__(self, data: Data, cold: bool) -> None:
        self.name = "hcsp cold" if cold else "hcsp"
        self._world, self._cold = data.world, cold

    def prepare(self, tree: ResearchTree) -> Callable[[], BitMap]:
        source = (LocalWorld(self._world.path) if self._cold else self._world).source
        return lambda: Solver(tree, source).answers().lower


class Oxigraph:
    """pyoxigraph: the closure in an in-memory store, the tree as one basic graph pattern."""

    name = "pyoxigraph"

    def __init__(self, data: Data) -> None:
        import pyoxigraph as ox

        self._data, self._store = data, ox.Store()
        node = ox.NamedNode
        a = node("t:is")
        quads = [ox.Quad(node(f"e:{s}"), node(f"r:{r}"), node(f"e:{o}")) for r, s, o in data.facts]
        quads += [ox.Quad(node(f"e:{e}"), a, node(f"t:{t}")) for t, e in data.types]
        self._store.bulk_extend(quads)

    def prepare(self, tree: ResearchTree) -> Callable[[], set[int]]:
        query = self.text(tree)
        return lambda: {int(row[0].value[2:]) for row in self._store.query(query)}

    def text(self, tree: ResearchTree) -> str:
        """The clues first, then the edges, then the nouns."""
        patterns = [self._pattern(c) for c in (*tree.clues, *tree.edges)]
        nouns = [(v.id, tree.noun(v.id).type) for v in tree.variables]
        patterns += [f"?{v} <t:is> <t:{self._data.nouns[t]}>" for v, t in nouns if t != ANYTHING]
        return f"SELECT DISTINCT ?{tree.root} WHERE {{ {' . '.join(patterns)} }}"

    def _pattern(self, clue: RelationConstraint) -> str:
        target = clue.target
        far = f"?{target.vertex}" if isinstance(target, ToVertex) else f"<e:{self._data.world.index(target.entity)}>"
        ends = (f"?{clue.vertex}", far) if clue.direction == "out" else (far, f"?{clue.vertex}")
        return f"{ends[0]} <r:{self._data.relations[clue.relation]}> {ends[1]}"


class DuckDb:
    """DuckDB: sorted integer tables, an index in either direction, statistics, prepared statements.

    `joins` is one flat join, as a translation of the tree reads; the other form asks with nested `IN`.
    """

    def __init__(self, data: Data, joins: bool) -> None:
        import duckdb
        import numpy as np

        self.name, self._data, self._joins = "duckdb joins" if joins else "duckdb in", data, joins
        self._base = duckdb.connect(":memory:")
        facts = dict(zip("rso", np.array(sorted(data.facts), dtype=np.int32).T, strict=True))
        types = dict(zip("te", np.array(sorted(data.types), dtype=np.int32).T, strict=True))
        self._base.execute("CREATE TABLE facts (r INTEGER, s INTEGER, o INTEGER)")
        self._base.execute("CREATE TABLE types (t INTEGER, e INTEGER)")
        self._base.execute("INSERT INTO facts SELECT r, s, o FROM facts_", None) if False else None
        self._base.register("f_", facts)
        self._base.register("t_", types)
        self._base.execute("INSERT INTO facts SELECT r, s, o FROM f_ ORDER BY r, s, o")
        self._base.execute("INSERT INTO types SELECT t, e FROM t_ ORDER BY t, e")
        for index in ("out_ ON facts (r, s)", "in_ ON facts (r, o)", "of_ ON types (t)"):
            self._base.execute(f"CREATE INDEX {index}")
        self._base.execute("ANALYZE")

    def prepare(self, tree: ResearchTree) -> Callable[[], set[int]]:
        text = self._flat(tree) if self._joins else self._nested(tree, tree.root)
        self._base.execute(f"PREPARE q AS {text}")
        return lambda: {row[0] for row in self._base.execute("EXECUTE q").fetchall()}

    def _flat(self, tree: ResearchTree) -> str:
        tables, where, first = [], [], {}
        def at(v, col):
            if v in first: where.append(f"{col} = {first[v]}")
            else: first[v] = col
        for n, c in enumerate((*tree.clues, *tree.edges)):
            near, far = ("s", "o") if c.direction == "out" else ("o", "s")
            tables.append(f"facts f{n}")
            where.append(f"f{n}.r = {self._data.relations[c.relation]}")
            at(c.vertex, f"f{n}.{near}")
            if isinstance(c.target, ToVertex): at(c.target.vertex, f"f{n}.{far}")
            else: where.append(f"f{n}.{far} = {self._data.world.index(c.target.entity)}")
        for v in tree.variables:
            t = tree.noun(v.id).type
            if t != ANYTHING:
                tables.append(f"types t{v.id}")
                where.append(f"t{v.id}.t = {self._data.nouns[t]}")
                at(v.id, f"t{v.id}.e")
        return f"SELECT DISTINCT {first[tree.root]} FROM {', '.join(tables)} WHERE {' AND '.join(where)}"

    def _nested(self, tree, v) -> str:
        parts = []
        for n, c in enumerate((*tree.edges_of(v), *tree.clues_of(v))):
            near, far = ("s", "o") if c.direction == "out" else ("o", "s")
            to = f"IN ({self._nested(tree, c.target.vertex)})" if isinstance(c.target, ToVertex) else f"= {self._data.world.index(c.target.entity)}"
            parts.append(f"SELECT {near} AS x FROM facts WHERE r = {self._data.relations[c.relation]} AND {far} {to}")
        t = tree.noun(v).type
        if t != ANYTHING:
            parts.append(f"SELECT e AS x FROM types WHERE t = {self._data.nouns[t]}")
        last = parts[0]
        return f"SELECT DISTINCT x FROM ({parts[0]}) " + ("WHERE " + " AND ".join(f"x IN ({p})" for p in parts[1:]) if parts[1:] else "")


async def load(path, out) -> Data:
    triples = read_triples(path, "codex")
    wording = plain_sentences({r.id: r for r in triples.data.relations}, triples.descriptions)
    build(triples.data, render_pages(triples.data, wording, 0), out)
    world = LocalWorld(out)
    facts, types = set(), []
    rel = {r: n for n, r in enumerate(await world.relations())}
    names = {}
    for e in world.entity_ids:
        for f in await world.facts(e):
            facts.add((rel[f.relation], world.index(f.subject), world.index(f.object)))
        for t in (await world.entity(e)).types:
            if t != ANYTHING:
                types.append((names.setdefault(t, len(names)), world.index(e)))
    return Data(world, sorted(facts), types, rel, names)


async def draw(world, rng) -> ResearchTree | None:
    n = rng.randint(3, 5)
    root = (await world.sample(1, str(rng.random())))[0]
    variables, parents, edges = [root], [None], []
    depth = [1]
    facts = {root: await world.facts(root)}
    async def extend(at):
        here = variables[at]
        options = [f for f in facts[here] if f.kind == "entity" and (f.object if f.subject == here else f.subject) not in variables]
        if not options: return False
        f = rng.choice(options)
        there = f.object if f.subject == here else f.subject
        fs = await world.facts(there)
        variables.append(there); facts[there] = fs; depth.append(depth[at] + 1)
        edges.append(RelationConstraint(id=f"e{len(variables)}", vertex=NAMES[at], relation=f.relation, direction="out" if f.subject == here else "in", target=ToVertex(vertex=NAMES[len(variables) - 1])))
        return True
    if not await extend(0) or not await extend(1): return None
    while len(variables) < n:
        at = rng.choice([i for i in range(len(variables)) if depth[i] < 3])
        if not await extend(at): return None
    cons = list(edges)
    for i, e in enumerate(variables):
        clues = {}
        for f in facts[e]:
            far = f.object if f.subject == e else f.subject
            if far not in variables:
                clues[f.relation, "out" if f.subject == e else "in", far] = None
        clues = list(clues)
        if not clues: return None
        for n_, (r, d, far) in enumerate(rng.sample(clues, min(len(clues), rng.randint(1, 3)))):
            cons.append(RelationConstraint(id=f"c{i}{n_}", vertex=NAMES[i], relation=r, direction=d, target=ToEntity(entity=far, label="")))
        cons.append(TypeConstraint(id=f"n{i}", vertex=NAMES[i], type=noun_of((await world.entity(e)).types, world.source)))
    return ResearchTree(variables=tuple(Variable(id=NAMES[i], entity=e) for i, e in enumerate(variables)), constraints=tuple(cons))

async def main():
    import gc
    with tempfile.TemporaryDirectory() as tmp:
        t=time.perf_counter()
        data = await load(DEFAULT / FILE, Path(tmp) / "w")
        print("load", time.perf_counter() - t)
        rng = Random(7)
        trees = []
        while len(trees) < int(sys.argv[1]):
            tr = await draw(data.world, rng)
            if tr and tr.levels == 3: trees.append(tr)
        print("draw", time.perf_counter() - t)
        ref = None
        for eng in (Hcsp(data, True), Hcsp(data, False), Oxigraph(data), DuckDb(data, True), DuckDb(data, False)):
            best = []
            for rep in range(2):
                times, res = [], []
                for tr in trees:
                    f = eng.prepare(tr)
                    a = time.perf_counter(); r = f(); times.append((time.perf_counter() - a) * 1000); res.append(set(r))
                s = sorted(times)
                print(eng.name, rep, "median", round(median(s), 4), "p90", round(s[int(.9*len(s))], 4), "p99", round(s[int(.99*len(s))], 4), "max", round(s[-1],3))
            ref = ref or res
            assert res == ref, eng.name
        print([len(r) for r in ref][:50])
asyncio.run(main())
