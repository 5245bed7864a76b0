"""What a live world answered, kept beside a record: the record is checked against it when the world has moved on."""

import gzip
import hashlib
import json
import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from hcsp.frozen import Frozen
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from worlds.known import Known
from worlds.model import Entity, Evidence, Fact, Hit, Page, Relation, Statement
from worlds.snapshot import Snapshot
from worlds.world import World

T = TypeVar("T")
FORMAT = 1


class Answers(Frozen):
    """Every answer by what was asked. `pages` are whole, `at` is when the first was given, in seconds since 1970."""

    format: int = FORMAT
    name: str
    version: str
    sha256: str
    at: float
    relations: dict[str, Relation]
    entities: dict[str, Entity]
    facts: dict[str, tuple[Fact, ...]]
    steps: dict[str, tuple[Fact, ...] | None]
    stated: dict[str, tuple[Statement, ...]]
    pages: dict[str, Page]
    searches: dict[str, tuple[Hit, ...]]
    meant: dict[str, tuple[str, ...]]
    frames: dict[str, Known]
    resolved: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Recorder:
    """A world that notes down whatever another one answers; `answers` gives the notes."""

    def __init__(self, world: World) -> None:
        self._world, self._at = world, time.time()
        self.name, self.version, self.sha256 = world.name, world.version, world.sha256
        self._entities: dict[str, Entity] = {}
        self._facts: dict[str, tuple[Fact, ...]] = {}
        self._steps: dict[str, tuple[Fact, ...] | None] = {}
        self._stated: dict[str, tuple[Statement, ...]] = {}
        self._pages: dict[str, Page] = {}
        self._searches: dict[str, tuple[Hit, ...]] = {}
        self._meant: dict[str, tuple[str, ...]] = {}
        self._frames: dict[str, Known] = {}
        self._resolved: dict[str, tuple[str, ...]] = {}

    async def answers(self) -> Answers:
        """All that was asked so far, with its answers."""
        return Answers(
            name=self.name,
            version=self.version,
            sha256=self.sha256,
            at=self._at,
            relations=await self._world.relations(),
            entities=self._entities,
            facts=self._facts,
            steps=self._steps,
            stated=self._stated,
            pages=self._pages,
            searches=self._searches,
            meant=self._meant,
            frames=self._frames,
            resolved=self._resolved,
        )

    async def resolve(self, name: str) -> list[Entity]:
        found = await self._world.resolve(name)
        self._entities.update({e.id: e for e in found})
        self._resolved[name] = tuple(e.id for e in found)
        return found

    async def meant(self, names: Sequence[str]) -> list[str]:
        found = await self._world.meant(names)
        self._meant[_asked(*names)] = tuple(found)
        return found

    async def suggest(self, name: str, n: int = 5) -> list[str]:
        return await self._world.suggest(name, n)

    async def entity(self, entity: str) -> Entity:
        self._entities[entity] = await self._world.entity(entity)
        return self._entities[entity]

    async def relations(self) -> dict[str, Relation]:
        return await self._world.relations()

    async def page(self, page: str) -> Page:
        self._pages[page] = await self._world.page(page)
        return self._pages[page]

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        found = await self._world.search(query, k)
        self._searches[_asked(query, k)] = tuple(found)
        return found

    async def facts(self, entity: str) -> list[Fact]:
        found = await self._world.facts(entity)
        self._facts[entity] = tuple(found)
        return found

    async def steps(self, fact: Fact) -> tuple[Fact, ...]:
        self._steps[_asked(*fact)] = None
        found = await self._world.steps(fact)
        self._steps[_asked(*fact)] = found
        return found

    async def stated(self, fact: Fact) -> list[Statement]:
        found = await self._world.stated(fact)
        self._stated[_asked(*fact)] = tuple(found)
        return found

    async def quote(self, page: str, start: int, end: int) -> Evidence:
        found = await self._world.quote(page, start, end)
        if page not in self._pages:
            await self.page(page)
        return found

    async def frame(self, tree: ResearchTree, limit: int = 10_000, also: Sequence[str] = ()) -> CandidateSource:
        """The other world's frame, cut down to what this tree needs; raises `TypeError` for one that is no snapshot."""
        found = await self._world.frame(tree, limit, also)
        if not isinstance(found, Snapshot):
            raise TypeError(f"the world {self.name!r} needs no frames kept: it has its facts at hand")
        kept = found.only(tree)
        if kept.known != self._frames.get(_framed(tree, limit)):
            self._frames[_framed(tree, limit, also)] = kept.known
        return kept

    async def sample(self, n: int, seed: str) -> list[str]:
        return await self._world.sample(n, seed)


class KeptWorld:
    """Implements `World` over kept answers; raises `KeyError` for what was never asked."""

    def __init__(self, answers: Answers) -> None:
        self.kept = answers
        self.name, self.version, self.sha256 = answers.name, answers.version, answers.sha256
        self._frames: dict[str, Snapshot] = {}

    async def resolve(self, name: str) -> list[Entity]:
        """Whom a name denoted when that was asked; of any other, the entity of that id."""
        found = self.kept.resolved.get(name, (name,) if name in self.kept.entities else ())
        return [self.kept.entities[entity] for entity in found]

    async def meant(self, names: Sequence[str]) -> list[str]:
        return list(_of(self.kept.meant, _asked(*names), "names among"))

    async def suggest(self, name: str, n: int = 5) -> list[str]:
        return []

    async def entity(self, entity: str) -> Entity:
        return _of(self.kept.entities, entity, "entity")

    async def relations(self) -> dict[str, Relation]:
        return dict(self.kept.relations)

    async def page(self, page: str) -> Page:
        return _of(self.kept.pages, page, "page")

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        return list(_of(self.kept.searches, _asked(query, k), "search"))

    async def facts(self, entity: str) -> list[Fact]:
        return list(_of(self.kept.facts, entity, "facts of"))

    async def steps(self, fact: Fact) -> tuple[Fact, ...]:
        found = _of(self.kept.steps, _asked(*fact), "steps to")
        if found is None:
            raise KeyError(f"{fact} does not follow from the stated facts")
        return found

    async def stated(self, fact: Fact) -> list[Statement]:
        return list(_of(self.kept.stated, _asked(*fact), "statements of"))

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
        asked = next((a for a in (_framed(tree, limit, also), _framed(tree, limit)) if a in self.kept.frames), "")
        if asked not in self._frames:
            if not asked:
                raise KeyError(f"no frame of this tree, rooted at {tree.entities[tree.root]}, among the kept answers")
            known = self.kept.frames[asked]
            self._frames[asked] = Snapshot(known, dict(self.kept.relations))
        return self._frames[asked]

    async def sample(self, n: int, seed: str) -> list[str]:
        raise ValueError("kept answers have no list to draw roots from")


def packed(answers: Answers) -> bytes:
    """The content of a file of answers: canonical JSON, gzipped; equal answers are equal bytes."""
    said = json.dumps(answers.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return gzip.compress(said.encode(), 6, mtime=0)


def read_answers(path: Path) -> Answers:
    """The answers of a file; raises `FileNotFoundError` or `ValueError`."""
    try:
        found = Answers.model_validate_json(gzip.decompress(path.read_bytes()))
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: there are no kept answers of a live world here") from None
    except ValidationError as error:
        raise ValueError(f"{path} holds no kept answers of a live world ({error.errors()[0]['msg']})") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged ({error})") from None
    if found.format != FORMAT:
        raise ValueError(f"{path} is of format {found.format}, not {FORMAT}")
    return found


def _framed(tree: ResearchTree, limit: int, also: Sequence[str] = ()) -> str:
    """What a frame is kept by; one that is the same with further names is kept once."""
    return _asked(tree.model_dump_json(), limit, *also)


def _asked(*what: object) -> str:
    return json.dumps(what, ensure_ascii=False)


def _of(answers: Mapping[str, T], asked: str, what: str) -> T:
    if asked not in answers:
        raise KeyError(f"no {what} {asked} among the kept answers")
    return answers[asked]
