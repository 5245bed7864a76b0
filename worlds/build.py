"""Building a world: entities, facts and pages become a directory of flat, mapped files."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np

from hcsp.names import key
from hcsp.nouns import ANYTHING
from worlds import canonical
from worlds.closure import close
from worlds.facts import pack, write_pairs
from worlds.literals import interval
from worlds.model import Entity, Fact, Relation, Rendered, WorldData
from worlds.relations import with_inverses
from worlds.retrieval import write_index
from worlds.store import write_strings

FORMAT = 1
MANIFEST = "manifest.json"
UPPER = "upper"
"""Files of what holds or may hold, in worlds that know of some facts only that they may."""


def build(
    data: WorldData,
    pages: Iterable[Rendered],
    out: Path,
    origin: Mapping[str, object] | None = None,
    possible: Collection[Fact] = (),
) -> None:
    """Write the world to the new directory `out`, which appears whole or not at all.

    `possible` are facts that may hold beside those of `data`: they stand in the upper ends of candidate sets alone.
    `origin` goes into the manifest: inputs with their hashes, seed, layout. Raises `FileExistsError` when `out` exists
    and `ValueError` when a fact names an unknown entity or relation or has an object of another kind than its relation,
    when a literal does not parse, an id or page stands twice, or a page states what is not among the facts.
    """
    with appearing_whole(out) as draft:
        relations = with_inverses(data.relations)
        entities = _checked(data, relations)
        rendered = _checked_pages(pages, frozenset(data.facts))
        closed = close(data.facts, relations)
        tables = _Tables(draft, entities, relations)
        tables.write_entities()
        units = tables.write_facts(closed)
        open_ = sorted(set(close([*data.facts, *possible], relations)).difference(closed)) if possible else []
        tables.write_upper(closed, open_)
        tables.write_pages(rendered)
        digest = _digest(entities, closed, rendered, relations.values(), open_)
        manifest = {
            "format": FORMAT,
            "name": data.name,
            "version": digest[:12],
            "sha256": digest,
            "counts": {
                "entities": len(entities),
                "facts": len(closed),
                "stated": len(set(data.facts)),
                "pages": len(rendered),
                **({"possible": len(open_)} if open_ else {}),
            },
            "relations": [r.model_dump(mode="json") for r in relations.values()],
            "types": tables.types,
            "units": units,
            "origin": dict(origin or {}),
        }
        (draft / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")


@contextmanager
def appearing_whole(out: Path) -> Iterator[Path]:
    """A temporary directory beside `out` that takes its name when the block ends well, else vanishes."""
    if out.exists():
        raise FileExistsError(f"{out} exists; choose another --out or remove it")
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield draft
        draft.chmod(0o755)
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


class _Tables:
    """Writes the files of one world; entities and relations get dense ids in the order of their ids."""

    def __init__(self, path: Path, entities: list[Entity], relations: Mapping[str, Relation]) -> None:
        self._path = path
        self._entities = entities
        self._relations = relations
        self._entity = {e.id: n for n, e in enumerate(entities)}
        self._relation = {r: n for n, r in enumerate(relations)}
        self._literal: dict[tuple[str, str], int] = {}
        self.types = sorted({t for e in entities for t in e.types})

    def write_entities(self) -> None:
        records = (canonical.entity_line(e) for e in self._entities)
        write_strings(self._path / "entities", records)
        write_strings(self._path / "ids", (e.id for e in self._entities))
        type_id = {t: n for n, t in enumerate(self.types)}
        write_pairs(
            self._path / "types.npy", {(0, type_id[t], n) for n, e in enumerate(self._entities) for t in e.types}
        )
        names = {(key(name), n) for n, e in enumerate(self._entities) for name in (e.id, e.label, *e.aliases)}
        keys = sorted({name for name, _ in names})
        write_strings(self._path / "names", keys)
        name_id = {name: n for n, name in enumerate(keys)}
        write_pairs(self._path / "named.npy", {(0, name_id[name], n) for name, n in names})

    def write_facts(self, closed: Iterable[Fact]) -> list[str]:
        """Write the facts in both directions and the literals; returns the units in order of their ids."""
        ends = [(self._relation[f.relation], self._entity[f.subject], self._object(f), f.kind) for f in closed]
        pairs = [(r, s, o) for r, s, o, kind in ends if kind == "entity"]
        write_pairs(self._path / "out.npy", pairs)
        write_pairs(self._path / "in.npy", ((r, o, s) for r, s, o in pairs))
        write_pairs(self._path / "literals.npy", ((r, s, o) for r, s, o, kind in ends if kind != "entity"))
        return self._write_literals()

    def write_upper(self, closed: Iterable[Fact], open_: Sequence[Fact]) -> None:
        """Write what holds together with what may hold, in both directions; no file where that is all the same."""
        if not open_:
            return
        every = (f for f in (*closed, *open_) if f.kind == "entity")
        pairs = [(self._relation[f.relation], self._entity[f.subject], self._entity[f.object]) for f in every]
        write_pairs(self._path / f"{UPPER}_out.npy", pairs)
        write_pairs(self._path / f"{UPPER}_in.npy", ((r, o, s) for r, s, o in pairs))

    def write_pages(self, rendered: list[Rendered]) -> None:
        write_strings(self._path / "page_ids", (r.page.id for r in rendered))
        write_strings(self._path / "pages", (r.page.text for r in rendered))
        about = ([r.page.title, r.page.url, r.page.links] for r in rendered)
        write_strings(self._path / "about", (json.dumps(a, ensure_ascii=False) for a in about))
        rows = sorted(
            (self._relation[s.fact.relation], self._entity[s.fact.subject], self._object(s.fact), n, s.start, s.end)
            for n, r in enumerate(rendered)
            for s in r.statements
        )
        table = np.array(rows, dtype=np.uint64).reshape(-1, 6)
        np.save(self._path / "stated.npy", pack(table[:, 0], table[:, 1], table[:, 2]))
        np.save(self._path / "places.npy", table[:, 3:].astype(np.uint32))
        write_index(self._path / "index", (f"{r.page.title} {r.page.text}" for r in rendered))

    def _object(self, fact: Fact) -> int:
        if fact.kind == "entity":
            return self._entity[fact.object]
        return self._literal.setdefault((fact.kind, fact.object), len(self._literal))

    def _write_literals(self) -> list[str]:
        write_strings(self._path / "literal_texts", (text for _, text in self._literal))
        spans = [None if kind == "string" else interval(text, kind) for kind, text in self._literal]
        units = sorted({s.unit for s in spans if s is not None})
        nowhere = (float("nan"), float("nan"), -1.0)
        rows = [nowhere if s is None else (float(s.low), float(s.high), float(units.index(s.unit))) for s in spans]
        np.save(self._path / "literal_spans.npy", np.array(rows, dtype=np.float64).reshape(-1, 3))
        return units


def _checked(data: WorldData, relations: Mapping[str, Relation]) -> list[Entity]:
    """The entities sorted by id, each with the pseudo-type of all."""
    entities = sorted(data.entities, key=lambda e: e.id)
    _once("entity", [e.id for e in entities])
    known = {e.id for e in entities}
    for fact in data.facts:
        relation = relations.get(fact.relation)
        if relation is None:
            raise ValueError(f"the fact {tuple(fact)} names {fact.relation!r}, which is no relation of the input")
        if fact.kind != relation.kind:
            raise ValueError(f"the fact {tuple(fact)} is of kind {fact.kind!r}, its relation of {relation.kind!r}")
        missing = {fact.subject, *((fact.object,) if fact.kind == "entity" else ())} - known
        if missing:
            raise ValueError(f"the fact {tuple(fact)} names {min(missing)!r}, which is no entity of the input")
    return [e.model_copy(update={"types": tuple(sorted({*e.types, ANYTHING}))}) for e in entities]


def _checked_pages(pages: Iterable[Rendered], facts: Set[Fact]) -> list[Rendered]:
    """The pages sorted by id."""
    rendered = sorted(pages, key=lambda r: r.page.id)
    _once("page", [r.page.id for r in rendered])
    for page, statements in rendered:
        unknown = next((s.fact for s in statements if s.fact not in facts), None)
        if unknown is not None:
            raise ValueError(f"page {page.id!r} states {tuple(unknown)}, which is not among the facts")
    return rendered


def _once(what: str, in_order: Sequence[str]) -> None:
    twice = next((a for a, b in pairwise(in_order) if a == b), None)
    if twice is not None:
        raise ValueError(f"{what} {twice!r} stands twice in the input")


def _digest(
    entities: list[Entity],
    facts: list[Fact],
    rendered: list[Rendered],
    relations: Iterable[Relation],
    possible: Sequence[Fact],
) -> str:
    digest = hashlib.sha256()
    for name, lines in canonical.lines(entities, facts, (r.page for r in rendered), relations, possible):
        digest.update(f"{name}\n".encode())
        for line in lines:
            digest.update(f"{line}\n".encode())
    return digest.hexdigest()
