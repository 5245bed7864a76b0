"""Candidate sets and facts of many items at once, asked through SPARQL and remembered."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from hcsp.constraints import Direction
from hcsp.names import key
from worlds.model import Relation
from worlds.web.fetching import TooMuch
from worlds.wikidata import queries
from worlds.wikidata.api import Api, Row
from worlds.wikidata.claims import KIND, quantity_text, time_text
from worlds.wikidata.queries import Goal, Paths
from worlds.wikidata.shipped import classes

GOALS, NAMES = 25, 80
"""Goals, and names, of one query."""
AT_ONCE: Mapping[Direction, int] = {"out": 400, "in": 100}
"""Items of one query for their facts: as the far end an item may have very many."""
SPLITS = 24
"""Most queries for the facts of one relation before what is left stays unknown."""
SAMPLE = 64
"""Members of each class that are listed at least, where there are so many: more than a noun needs."""

T = TypeVar("T")
Way = tuple[str, Direction]
_ITEM = re.compile(r"Q([1-9]\d*)")
_TIME = re.compile(r"-?\d{4}-\d\d-\d\dT.*")


def number(item: str) -> int | None:
    """The number of an item; `None` for what is none."""
    match = _ITEM.fullmatch(item)
    return int(match[1]) if match else None


class Lookup:
    """Remembers what it asked; a set that is `None` could not be listed."""

    def __init__(self, api: Api, relations: Mapping[str, Relation]) -> None:
        self.api, self.settings = api, api.settings
        self.paths = Paths({**relations, KIND: Relation(id=KIND, label="instance of")})
        self._relations = relations
        self._sets: dict[tuple[Goal, int], frozenset[int] | None] = {}
        self._rows: dict[tuple[Way, int], tuple[int, ...] | None] = {}
        self._literals: dict[tuple[str, int], tuple[str, ...] | None] = {}
        self._vague: dict[str, set[int]] = defaultdict(set)
        self._broader: dict[int, tuple[str, ...]] = {}
        self._samples: dict[str, tuple[int, ...]] = {}
        self._called: dict[str, frozenset[str]] = {}
        self._labels: dict[str, set[str]] = defaultdict(set)

    async def sets(self, goals: Iterable[Goal], limit: int) -> dict[Goal, frozenset[int] | None]:
        """Who is tied to each goal's item; `None` where they are more than `limit`."""
        wanted = list(dict.fromkeys(goals))
        asked = sorted(goal for goal in wanted if (goal, limit) not in self._sets)
        parts = [asked[at : at + GOALS] for at in range(0, len(asked), GOALS)]
        await asyncio.gather(*(self._ask_sets(part, limit) for part in parts))
        return {goal: self._sets[goal, limit] for goal in wanted}

    async def _ask_sets(self, goals: Sequence[Goal], limit: int) -> None:
        counted = await self._select(queries.numbers(self.paths, goals, limit))
        if counted is None:
            if len(goals) == 1:
                self._sets[goals[0], limit] = None
                return
            middle = len(goals) // 2
            await asyncio.gather(self._ask_sets(goals[:middle], limit), self._ask_sets(goals[middle:], limit))
            return
        sizes = {int(row["c"]): int(row["n"]) for row in counted if "c" in row}
        for n, goal in enumerate(goals):
            self._sets[goal, limit] = None if sizes.get(n) else frozenset()
        for part in _packed([(goals[n], sizes.get(n, 0)) for n in range(len(goals))], limit, self.settings.rows):
            found = await self._listed(part, limit)
            self._sets.update({(goal, limit): items if len(items) <= limit else None for goal, items in found.items()})

    async def first(self, goals: Sequence[Goal], most: int) -> dict[Goal, list[int]]:
        """For each goal the first `most` of those that came; they may be any of all that there are."""
        return {goal: sorted(items)[:most] for goal, items in (await self._listed(goals, most)).items()}

    async def _listed(self, goals: Sequence[Goal], limit: int) -> dict[Goal, frozenset[int]]:
        """Up to one beyond `limit` for each goal; nothing for those that the server gives up on."""
        rows = await self._select(queries.extents(self.paths, goals, limit))
        if rows is None:
            middle = len(goals) // 2
            return (
                {}
                if not middle
                else {**await self._listed(goals[:middle], limit), **await self._listed(goals[middle:], limit)}
            )
        found: dict[Goal, set[int]] = {goal: set() for goal in goals}
        for row in rows:
            if (item := number(row.get("x", ""))) is not None:
                found[goals[int(row["c"])]].add(item)
        return {goal: frozenset(items) for goal, items in found.items()}

    async def rows(self, ways: Iterable[Way], pool: Iterable[int]) -> dict[tuple[Way, int], tuple[int, ...]]:
        """Per relation in a direction and item all its partners; those that could not be listed are left out."""
        everyone, wanted = sorted(set(pool)), sorted(set(ways))
        for direction in ("out", "in"):
            same = [way for way in wanted if way[1] == direction]
            missing = [x for x in everyone if any((way, x) not in self._rows for way in same)]
            if same:
                await self._ask_rows(same, missing, AT_ONCE[same[0][1]])
        asked = ((way, x) for way in wanted for x in everyone)
        return {at: found for at in asked if (found := self._rows.get(at)) is not None}

    async def _ask_rows(self, ways: Sequence[Way], pool: Sequence[int], size: int) -> None:
        waiting = [pool[at : at + size] for at in range(0, len(pool), size)]
        left = len(waiting) + SPLITS
        while waiting:
            now, waiting = waiting[: self.settings.concurrency], waiting[self.settings.concurrency :]
            left -= len(now)
            done = await asyncio.gather(*(self._ask_part(ways, part) for part in now))
            for part, complete in zip(now, done, strict=True):
                if not complete and len(part) > 1 and left > 0:
                    waiting += [part[: len(part) // 2], part[len(part) // 2 :]]
                elif not complete:
                    self._rows.update({(way, x): None for way in ways for x in part})

    async def _ask_part(self, ways: Sequence[Way], pool: Sequence[int]) -> bool:
        """Whether the facts of these items came whole."""
        limit = self.settings.rows
        rows = await self._select(queries.rows(self.paths, ways, _items(pool), limit))
        if rows is None or len(rows) >= limit:
            return False
        found: dict[tuple[Way, int], set[int]] = {(way, x): set() for way in ways for x in pool}
        for row in rows:
            x, y = number(row["x"]), number(row["y"])
            if x is not None and y is not None:
                found[ways[int(row["c"])], x].add(y)
        self._rows.update({at: tuple(sorted(ys)) for at, ys in found.items()})
        return True

    async def literals(
        self, relations: Iterable[str], pool: Iterable[int]
    ) -> tuple[dict[tuple[str, int], tuple[str, ...]], dict[str, set[int]]]:
        """Per relation and item its literals, and per relation the items with some that cannot be written."""
        everyone, wanted = sorted(set(pool)), sorted(set(relations))
        missing = [x for x in everyone if any((r, x) not in self._literals for r in wanted)]
        size = AT_ONCE["out"]
        parts = [missing[at : at + size] for at in range(0, len(missing) if wanted else 0, size)]
        await asyncio.gather(*(self._ask_literals(wanted, part) for part in parts))
        asked = ((r, x) for r in wanted for x in everyone)
        known = {at: found for at in asked if (found := self._literals.get(at)) is not None}
        return known, {r: self._vague[r] & set(everyone) for r in wanted}

    async def _ask_literals(self, relations: Sequence[str], pool: Sequence[int]) -> None:
        kinds, limit = [(r, self._relations[r].kind) for r in relations], self.settings.rows
        rows = await self._select(queries.literals(kinds, _items(pool), limit))
        if rows is None or len(rows) >= limit:
            self._literals.update({(r, x): None for r in relations for x in pool})
            return
        units = await self.unit_names({unit for row in rows if number(unit := row.get("u", "")) is not None})
        found: dict[tuple[str, int], set[str]] = {(r, x): set() for r in relations for x in pool}
        for row in rows:
            relation, kind = kinds[int(row["c"])]
            x, text = number(row["x"]), _literal(row, kind, units)
            if x is not None and text is not None:
                found[relation, x].add(text)
            elif x is not None:
                self._vague[relation].add(x)
        self._literals.update({at: tuple(sorted(texts)) for at, texts in found.items()})

    async def unit_names(self, units: Iterable[str]) -> dict[str, str]:
        """What units are called; all of them are asked for at once."""
        found = await self.api.items(sorted(units))
        language = self.settings.language
        labels = {u: (raw.get("labels") or {}) for u, raw in found.items()}
        return {u: str((said.get(language) or said.get("mul") or {}).get("value", u)) for u, said in labels.items()}

    async def types(self, pool: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """Per item the shipped classes that it is of, as far as its own are known."""
        everyone = sorted(set(pool))
        kinds = {x: own for (_, x), own in (await self.rows([(KIND, "out")], everyone)).items()}
        broader = await self.broader(set(chain.from_iterable(kinds.values())))
        return {x: tuple(sorted(set(chain.from_iterable(broader[k] for k in own)))) for x, own in kinds.items()}

    async def broader(self, kinds: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """The names of the shipped classes that each class is, or is a subclass of."""
        wanted = sorted(set(kinds))
        missing = [k for k in wanted if k not in self._broader]
        for at in range(0, len(missing), AT_ONCE["in"]):
            part = missing[at : at + AT_ONCE["in"]]
            rows = await self._whole(part, lambda few: queries.broader(_items(few), classes()))
            found: dict[int, set[str]] = {k: set() for k in part}
            for row in rows:
                if (k := number(row["x"])) is not None:
                    found[k].add(classes()[row["k"]])
            self._broader.update({k: tuple(sorted(names)) for k, names in found.items()})
        return {k: self._broader[k] for k in wanted}

    async def samples(self) -> dict[str, tuple[int, ...]]:
        """Some members of each shipped class, so that it can be seen to be common."""
        if not self._samples:
            rows = await self._select(queries.samples(classes(), SAMPLE)) or []
            found: dict[str, set[int]] = defaultdict(set)
            for row in rows:
                if (x := number(row["x"])) is not None:
                    found[classes()[row["k"]]].add(x)
            self._samples = {name: tuple(sorted(items)) for name, items in found.items()}
        return self._samples

    async def namesakes(self, names: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
        """Per item the others with a page that one of its names denotes, spelt exactly so."""
        await self._ask_all_names(name for own in names.values() for name in own)
        found = {e: set(chain.from_iterable(self._called[name] for name in own)) - {e} for e, own in names.items()}
        return {e: tuple(sorted(others)) for e, others in found.items()}

    async def labels(self, names: Iterable[str]) -> set[str]:
        """What the items with a page that a name denotes, spelt exactly so, are called."""
        wanted = list(dict.fromkeys(names))
        await self._ask_all_names(wanted)
        return set().union(*(self._labels[item] for name in wanted for item in self._called[name]))

    async def _ask_all_names(self, names: Iterable[str]) -> None:
        every = sorted(set(names) - self._called.keys())
        await asyncio.gather(*(self._ask_names(every[at : at + NAMES]) for at in range(0, len(every), NAMES)))

    async def _ask_names(self, names: Sequence[str]) -> None:
        rows = await self._whole(names, lambda part: queries.denoted(part, self.settings.language, self.settings.site))
        found: dict[str, set[str]] = {name: set() for name in names}
        for row in rows:
            if number(row["x"]) is not None and row["n"] in found and key(row["n"]):
                found[row["n"]].add(row["x"])
                self._labels[row["x"]] |= {row["l"]} if "l" in row else set()
        self._called.update({name: frozenset(items) for name, items in found.items()})

    async def _whole(self, of: Sequence[T], query: Callable[[Sequence[T]], str]) -> list[Row]:
        """The rows for all of them, asked for in halves where the server gives up, and the last one twice."""
        try:
            return await self.api.select(query(of))
        except TooMuch:
            if len(of) == 1:  # a server that is busy gives up on little, too
                return await self.api.select(query(of))
        middle = len(of) // 2
        return [*await self._whole(of[:middle], query), *await self._whole(of[middle:], query)]

    async def _select(self, query: str) -> list[Row] | None:
        try:
            return await self.api.select(query)
        except TooMuch:
            return None


def _items(pool: Iterable[int]) -> list[str]:
    return [f"Q{x}" for x in pool]


def _literal(row: Row, kind: str, units: Mapping[str, str]) -> str | None:
    value, more = row["v"], row.get("u", "")
    if kind == "string":
        return value if value.strip() else None
    if kind == "time":
        if not (_TIME.fullmatch(value) and more.isdigit()):
            return None
        return time_text(_historical(value), int(more))
    text = quantity_text(value, more)
    if text is None:
        return None
    amount, _, unit = text.partition(" ")
    return f"{amount} {units.get(unit, unit)}" if unit else amount


def _historical(time: str) -> str:
    """A year as items have it: RDF counts a year 0, the one before the year 1."""
    year, rest = (-int(time[1:5]), time[5:]) if time.startswith("-") else (int(time[:4] or 0), time[4:])
    return time if year > 0 else f"-{1 - year:04d}{rest}"


def _packed(sized: Iterable[tuple[Goal, int]], limit: int, rows: int) -> list[list[Goal]]:
    """The goals that have any and not too many, in groups whose lists fit one reply."""
    groups: list[list[Goal]] = []
    room = 0
    for goal, size in sized:
        if 0 < size <= limit:
            if size > room or not groups:
                groups.append([])
                room = rows
            groups[-1].append(goal)
            room -= size
    return groups
