"""A built world, opened: its files are mapped, nothing is parsed until it is asked for."""

import difflib
import hashlib
import json
from collections.abc import Sequence
from functools import cached_property, lru_cache, partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hcsp.names import key
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from worlds.bounded import BoundedSource
from worlds.closure import Derivation
from worlds.facts import Pairs, pack, unpack
from worlds.frame import FactSource
from worlds.magnitudes import Literals
from worlds.manifest import read_manifest
from worlds.model import Entity, Evidence, Fact, Hit, Page, Relation, Statement
from worlds.retrieval import Retriever
from worlds.store import Strings
from worlds.writing.facts import UPPER, UPPER_PARTS

MIN_OWN, MAX_INCOMING = 3, 50
"""Which entities `sample` draws: enough facts to build on, and no hub."""
CLOSEST_AMONG = 200_000


class LocalWorld:
    """Implements `World` over the directory that `build` writes.

    Raises `FileNotFoundError` when the directory holds no world, `ValueError` if it is damaged or of another format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._manifest = read_manifest(path)
        try:
            self._open(path)
        except (OSError, ValueError, KeyError, EOFError) as error:
            why = str(error).partition("\n")[0]
            raise ValueError(f"the world {path} cannot be read ({why}); build it again") from None

    def _open(self, path: Path) -> None:
        self.name: str = self._manifest["name"]
        self.version: str = self._manifest["version"]
        self.sha256: str = self._manifest["sha256"]
        self._relations = {r["id"]: Relation.model_validate(r) for r in self._manifest["relations"]}
        self._relation_ids = {r: n for n, r in enumerate(self._relations)}
        self._ids, self._entities = Strings(path / "ids"), Strings(path / "entities")
        self._names, self._named = Strings(path / "names"), Pairs(path / "named.npy")
        self._outward, self._inward = Pairs(path / "out.npy"), Pairs(path / "in.npy")
        uncertain = (path / f"{UPPER}_out.npy").exists()
        self._upper = tuple(Pairs(path / f"{UPPER}_{way}.npy") for way in UPPER_PARTS) if uncertain else None
        self._literals, self._literal_texts = Pairs(path / "literals.npy"), Strings(path / "literal_texts")
        self._stated = np.load(path / "stated.npy", mmap_mode="r").view(np.ndarray)
        self._places = np.load(path / "places.npy", mmap_mode="r").view(np.ndarray)
        self._page_ids, self._pages, self._about = (Strings(path / n) for n in ("page_ids", "pages", "about"))
        self._derivation = Derivation(self._relations, self)
        self._entity = lru_cache(1 << 16)(lambda n: Entity.model_validate_json(self._entities[n]))
        self._statements = lru_cache(1 << 16)(self._read_statements)
        self._steps = lru_cache(1 << 16)(self._derivation.steps)
        self._facts = lru_cache(1 << 11)(self._read_facts)
        self._called = lru_cache(1 << 15)(self._read_called)
        self._sharing_a_name = lru_cache(1 << 16)(self._read_namesakes)
        self._found: dict[str, int] = {}
        self._retriever = Retriever(path / "index", self._page_ids)
        self.source = self._sources()

    @property
    def counts(self) -> dict[str, int]:
        """How many entities, facts, stated facts and pages there are."""
        return dict(self._manifest["counts"])

    @property
    def entity_ids(self) -> Sequence[str]:
        """Every entity, sorted."""
        return self._ids

    @property
    def page_ids(self) -> Sequence[str]:
        """Every page, sorted."""
        return self._page_ids

    @property
    def origin(self) -> dict[str, Any]:
        """What the world was built from."""
        return dict(self._manifest["origin"])

    async def resolve(self, name: str) -> list[Entity]:
        """The entity with that id, else those that a label or alias denotes, by label first, then id."""
        number = self._ids.find(name)
        if number is not None:
            return [self._entity(number)]
        found = [self._entity(n) for n in self._denoted(name)]
        return sorted(found, key=partial(_rank, key(name)))

    async def meant(self, names: Sequence[str]) -> list[str]:
        return sorted({entity.label for name in names for entity in await self.resolve(name)})

    async def suggest(self, name: str, n: int = 5) -> list[str]:
        """The labels closest to a name, among the first `CLOSEST_AMONG` names."""
        close = difflib.get_close_matches(key(name), self._names[:CLOSEST_AMONG], n=n, cutoff=0.5)
        labels = [min(map(self._entity, self._denoted(c)), key=partial(_rank, c)).label for c in close]
        return list(dict.fromkeys(labels))

    async def entity(self, entity: str) -> Entity:
        return self._entity(self.index(entity))

    async def relations(self) -> dict[str, Relation]:
        return self._relations

    async def page(self, page: str) -> Page:
        number = self._page_ids.find(page)
        if number is None:
            raise KeyError(f"no page {page!r} in the world {self.name!r}")
        title, url, links = json.loads(self._about[number])
        return Page(id=page, title=title, url=url, text=self._pages[number], links=tuple(links))

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        return self._retriever.search(query, k)

    async def facts(self, entity: str) -> list[Fact]:
        return list(self._facts(entity))

    def _read_facts(self, entity: str) -> tuple[Fact, ...]:
        number = self.index(entity)
        names = list(self._relations)
        count = len(names)
        found = {
            *(Fact(entity, names[r], self._ids[o]) for r, os in self._outward.partners(number, count) for o in os),
            *(Fact(self._ids[s], names[r], entity) for r, ss in self._inward.partners(number, count) for s in ss),
        }
        for r, values in self._literals.partners(number, count):
            found |= {Fact(entity, names[r], self._literal_texts[v], self._relations[names[r]].kind) for v in values}
        return tuple(sorted(found))

    async def steps(self, fact: Fact) -> tuple[Fact, ...]:
        return self._steps(fact)

    async def stated(self, fact: Fact) -> list[Statement]:
        return list(self._statements(fact))

    def _read_statements(self, fact: Fact) -> tuple[Statement, ...]:
        first, last = self._stated_span(fact)
        places = self._places[first:last].tolist()
        return tuple(Statement(fact, self._page_ids[page], start, end) for page, start, end in places)

    async def quote(self, page: str, start: int, end: int) -> Evidence:
        found = await self.page(page)
        return Evidence(
            page=page,
            title=found.title,
            url=found.url,
            start=start,
            end=end,
            quote=found.text[start:end],
            page_sha256=hashlib.sha256(found.text.encode()).hexdigest(),
        )

    async def frame(self, tree: ResearchTree, limit: int = 10_000, also: Sequence[str] = ()) -> CandidateSource:
        """A view of the whole world, whatever the tree."""
        return self.source

    async def sample(self, n: int, seed: str) -> list[str]:
        roots = self._rootable
        chosen = Random(f"{seed}:sample").sample(range(len(roots)), min(n, len(roots)))
        return [self._ids[int(roots[i])] for i in chosen]

    def possible(self) -> list[Fact]:
        """The facts that may hold beside those that do, sorted; none in most worlds."""
        if self._upper is None:
            return []
        found: list[Fact] = []
        for r, relation in enumerate(self._relations.values()):
            between = relation.kind == "entity"
            surely, possibly = (self._outward, self._upper[0]) if between else (self._literals, self._upper[2])
            subjects, objects = possibly.relation(r)
            every = zip(subjects.tolist(), objects.tolist(), strict=True)
            names = self._ids if between else self._literal_texts
            open_ = ((s, o) for s, o in every if o not in surely.row(r, s))
            found += [Fact(self._ids[s], relation.id, names[o], relation.kind) for s, o in open_]
        return sorted(found)

    def _sources(self) -> CandidateSource:
        """Exact sets, or bounds where some facts only may hold."""
        surely = self._source(self._outward, self._inward, self._literals)
        return surely if self._upper is None else BoundedSource(surely, self._source(*self._upper))

    def _source(self, outward: Pairs, inward: Pairs, literals: Pairs) -> FactSource:
        return FactSource(
            ids=self.index,
            names=self._ids.__getitem__,
            size=len(self._ids),
            relations=self._relation_ids,
            types={t: n for n, t in enumerate(self._manifest["types"])},
            outward=outward,
            inward=inward,
            members=Pairs(self.path / "types.npy"),
            literals=Literals(
                literals,
                np.load(self.path / "literal_spans.npy", mmap_mode="r"),
                self._manifest["units"],
                self._literal_texts,
            ),
            namesakes=self.namesakes,
            known=self._relations,
        )

    def index(self, entity: str) -> int:
        """The dense id of an entity; `KeyError` when there is none."""
        if entity not in self._found:
            number = self._ids.find(entity)
            if number is None:
                raise KeyError(f"no entity {entity!r} in the world {self.name!r}")
            self._found[entity] = number
        return self._found[entity]

    def namesakes(self, entity: str) -> tuple[str, ...]:
        """The other entities that share a label or alias; an id is no name here."""
        return self._sharing_a_name(self.index(entity))

    def _read_namesakes(self, number: int) -> tuple[str, ...]:
        named = _named(self._entity(number))
        others = frozenset[int]().union(*(self._denoted(name) for name in named)) - {number}
        return tuple(self._ids[n] for n in sorted(others) if named & _named(self._entity(n)))

    def relation_sizes(self) -> dict[str, int]:
        """How many facts each relation has, closure included."""
        return {
            r: len(self._outward.relation(n)[0]) + len(self._literals.relation(n)[0])
            for r, n in self._relation_ids.items()
        }

    def is_stated(self, fact: Fact) -> bool:
        """Whether some page states the fact itself."""
        first, last = self._stated_span(fact)
        return bool(last > first)

    def onward(self, entity: str, relation: str) -> list[str]:
        """The objects of the entity's facts by that relation, closure included."""
        return [self._ids[o] for o in self._outward.row(self._relation_ids[relation], self.index(entity))]

    @cached_property
    def _rootable(self) -> NDArray[np.intp]:
        facts = np.unique(self._stated)
        relation, subject, target = unpack(facts)
        is_entity = np.array([r.kind == "entity" for r in self._relations.values()])[relation]
        own = np.bincount(subject, minlength=len(self._ids))
        incoming = np.bincount(target[is_entity], minlength=len(self._ids))
        return np.nonzero((own >= MIN_OWN) & (incoming <= MAX_INCOMING))[0]

    def _denoted(self, name: str) -> frozenset[int]:
        return self._called(key(name))

    def _read_called(self, name: str) -> frozenset[int]:
        at = self._names.find(name)
        return frozenset(() if at is None else self._named.row(0, at))

    def _stated_span(self, fact: Fact) -> tuple[int, int]:
        """Where the fact's statements lie; an empty span when no page states it."""
        relation = self._relation_ids.get(fact.relation)
        target = None if relation is None else self._object(fact)
        if relation is None or target is None:
            return 0, 0
        wanted = pack(relation, self.index(fact.subject), np.array([target, target + 1]))
        first, last = self._stated.searchsorted(wanted)
        return int(first), int(last)

    def _object(self, fact: Fact) -> int | None:
        if fact.kind == "entity":
            return self._ids.find(fact.object)
        values = self._literals.row(self._relation_ids[fact.relation], self.index(fact.subject))
        return next((v for v in values if self._literal_texts[v] == fact.object), None)


def _rank(name: str, entity: Entity) -> tuple[bool, str]:
    """Those whose label a name is come before those whose alias or id it is."""
    return key(entity.label) != name, entity.id


def _named(entity: Entity) -> set[str]:
    return {key(name) for name in (entity.label, *entity.aliases)}
