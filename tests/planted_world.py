"""Worlds to plant defects in: a built world taken apart, changed, built again; and records certified anew there."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from hcsp.certificate import certify
from hcsp.constraints import TypeConstraint
from hcsp.tree import ResearchTree
from tasks.assemble import assemble
from tasks.audit import audit
from tasks.needs import Grounds
from tasks.queries import retrieve
from tasks.record import TaskRecord, tree_of
from tasks.unaided import said_again
from worlds.build import build
from worlds.local import LocalWorld
from worlds.model import Entity, Fact, Page, Relation, Rendered, Statement, WorldData
from worlds.opening import open_world

Row = dict[str, Any]

TINY = (
    "Faro Hahnel",
    "Carla Hahnel",
    "Jora Hahnel",
    "Ada Elster",
    "Edda Cuvry",
    "Hedy Cuvry",
    "Dov Hahnel",
    "Dov Elster",
    "Gala Grohl",
)
"""Entities of the tiny world that questions are soon found for."""


@dataclass(frozen=True)
class Case:
    """An accepted record, its tree and its world."""

    record: TaskRecord
    world: LocalWorld

    @property
    def tree(self) -> ResearchTree:
        """The record's research tree."""
        return tree_of(self.record)

    @property
    def row(self) -> Row:
        """The record as a line of a file holds it, to be changed at will."""
        row: Row = json.loads(self.record.model_dump_json())
        return row


def accepted(world: str, entities: Sequence[str], most: int) -> list[Case]:
    """The first records that the graph accepts at `medium`."""

    async def run(entity: str) -> Case | None:
        job = Job(entity, Context(world=world))
        last = await runner.run(job)
        done = last.verdict is not None and last.verdict.status == "accepted"
        return Case(await runner.record(job, last), open_world(world)) if done else None

    runner = Runner(default_deps(), None)
    cases: list[Case] = []
    for entity in entities:
        if len(cases) < most and (case := asyncio.run(run(entity))) is not None:
            cases.append(case)
    return cases


@dataclass
class Draft:
    """A world taken apart: `entities` and `pages` may be changed before it is built again."""

    name: str
    entities: dict[str, Entity]
    pages: dict[str, Rendered]
    facts: tuple[Fact, ...]
    relations: list[Relation]
    world: LocalWorld
    changed: bool = field(default=False)

    def copy(self) -> "Draft":
        """Another draft of the same world, to be changed apart from this one."""
        return replace(self, entities=dict(self.entities), pages=dict(self.pages))

    def rename(self, entity: str, alias: str) -> None:
        """Give an entity one more alias."""
        known = self.entities[entity]
        self.put(known.model_copy(update={"aliases": (*known.aliases, alias)}))

    def put(self, entity: Entity) -> None:
        """Add an entity, or replace the one of its id."""
        self.entities[entity.id] = entity
        self.changed = True

    def print(self, page: str, text: str, facts: list[Fact]) -> None:
        """Add a page that states facts, all of them in its whole text."""
        stated = tuple(Statement(fact, page, 0, len(text)) for fact in facts)
        self.pages[page] = Rendered(Page(id=page, title=page, url="", text=text), stated)
        self.changed = True

    def unsay(self, fact: Fact) -> None:
        """Blank every sentence that states a fact or its mirror image, and forget both."""
        for name, (page, statements) in list(self.pages.items()):
            gone = {(s.start, s.end) for s in statements if _ends(s.fact) == _ends(fact)}
            text = page.text
            for start, end in gone:
                text = f"{text[:start]}{'-' * (end - start)}{text[end:]}"
            if gone:
                kept = tuple(s for s in statements if (s.start, s.end) not in gone)
                self.pages[name] = Rendered(page.model_copy(update={"text": text}), kept)
        stated = {s.fact for _, statements in self.pages.values() for s in statements}
        self.facts = tuple(f for f in self.facts if f in stated)
        self.changed = True

    def build(self, out: Path) -> LocalWorld:
        """The changed world; the old one where nothing was changed."""
        if not self.changed:
            return self.world
        data = WorldData(self.name, list(self.entities.values()), self.facts, self.relations)
        build(data, self.pages.values(), out)
        return LocalWorld(out)


def _ends(fact: Fact) -> tuple[str, ...]:
    return tuple(sorted((fact.subject, fact.object)))


async def taken_apart(world: LocalWorld) -> Draft:
    """What a world was built from."""
    facts = {f for e in world.entity_ids for f in await world.facts(e) if f.subject == e}
    base = tuple(sorted([f for f in facts if await world.steps(f) == (f,)]))
    stated: dict[str, list[Statement]] = {page: [] for page in world.page_ids}
    for fact in base:
        for statement in await world.stated(fact):
            stated[statement.page].append(statement)
    pages = {name: Rendered(await world.page(name), tuple(found)) for name, found in stated.items()}
    entities = {e: await world.entity(e) for e in world.entity_ids}
    return Draft(world.name, entities, pages, base, list((await world.relations()).values()), world)


async def certified(tree: ResearchTree, world: LocalWorld, case: Case) -> Row:
    """A record of the tree with words, numbers, quotes and provenance all as the world gives them."""
    before = case.record.provenance
    labels = {e: (await world.entity(e)).label for e in tree.entities.values()}
    relations = {r.id: r.label for r in (await world.relations()).values()}
    wording = said_again(before, tree, labels, relations)
    retrieved = await retrieve(world, tree, wording.question, wording.surfaces)
    attacked = await audit(world, tree, wording.question, wording.surfaces, before["preset"]["name"])
    provenance = {k: v for k, v in before.items() if k != "world"}
    provenance["settings"] = {**before["settings"], "world": str(world.path)}
    record = await assemble(
        world,
        tree,
        wording,
        certify(tree, world.source, retrieved),
        {},
        attacked.model_dump(mode="json"),
        provenance,
    )
    row: Row = json.loads(record.model_dump_json())
    return row


async def grounds(tree: ResearchTree, world: LocalWorld) -> Mapping[str, list[list[Fact]]]:
    """Per clue and edge the stated facts that it rests on, one list a need: all of which would do."""
    known, found = Grounds(world), {}
    for c in tree.constraints:
        if not isinstance(c, TypeConstraint):
            needs = await known.needs(c, tree.entities)
            found[c.id] = [[step for fact in need for step in await world.steps(fact)] for need in needs]
    return found
