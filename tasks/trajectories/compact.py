"""Turns without the words of pages: small enough for a graph's state, and the same again over the same pages."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from tasks.trajectories.trajectory import Passage, Search, Turn
from tasks.trajectories.transcript import parse_turn
from worlds.model import Page

ReadPage = Callable[[str], Awaitable[Page]]
Row = list[Any]
"""`[said, fault, [[query, [page, …], [[place of the page, start, end], …]], …]]`."""


def packed(turn: Turn) -> Row:
    """A turn as the environment made it, in plain JSON."""
    return [turn.said, turn.fault, [_packed(search) for search in turn.searches]]


def _packed(search: Search) -> Row:
    return [
        search.query,
        list(search.pages),
        [[search.pages.index(p.page), p.start, p.end] for p in search.information],
    ]


async def unpacked(rows: Iterable[Row], read: ReadPage) -> tuple[Turn, ...]:
    """The turns again; raises `KeyError` when a page is gone."""
    return tuple([await _turn(row, read) for row in rows])


async def _turn(row: Row, read: ReadPage) -> Turn:
    said, fault, searches = row
    turn = parse_turn(said)
    if fault:
        return Turn(think=turn.think, said=said, fault=fault)
    return turn.model_copy(update={"searches": tuple([await _search(search, read) for search in searches])})


async def _search(row: Row, read: ReadPage) -> Search:
    query, pages, places = row
    shown = [await _passage(pages[number], start, end, read) for number, start, end in places]
    return Search(query=query, pages=tuple(pages), information=tuple(shown))


async def _passage(page: str, start: int, end: int, read: ReadPage) -> Passage:
    found = await read(page)
    return Passage(page=page, title=found.title, start=start, end=end, text=found.text[start:end])
