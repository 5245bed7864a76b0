"""The cheapest way to the evidence: how many pages state a tree, and how few retrievals reach them (design 1.3).

What a retrieval brings is a set of bits: the stated facts that its pages hold, and the names that they show. A query
may need a name that must have been seen first. Everything is monotone, so a state is the union of what was brought.
"""

from collections.abc import Sequence
from typing import NamedTuple

BUDGET = 60_000
"""Most states that the breadth-first search of one floor visits."""


class Move(NamedTuple):
    """A query: the bits it needs, the bits it brings, and its place in the caller's list."""

    needs: int
    brings: int
    query: int


class Floor(NamedTuple):
    """Fewest moves to the goal, exact when `low == high`, and a sequence of `high` queries that gets there."""

    low: int
    high: int
    route: tuple[int, ...]


def rounds(moves: Sequence[Move], goal: int, start: int = 0) -> int | None:
    """The least longest chain of dependent queries: rounds of asking all that may be asked until the goal is held.

    In any route a query whose name was first seen at chain length n brings nothing that round n+1 does not, so no route
    has a shorter longest chain, and the queries of these rounds contain one that has this. `None` when out of reach.
    """
    held, count = start, 0
    while goal & ~held:
        brought = held
        for move in moves:
            if not move.needs & ~held:
                brought |= move.brings
        if brought == held:
            return None
        held, count = brought, count + 1
    return count


def fewest(moves: Sequence[Move], goal: int, start: int = 0, budget: int = BUDGET) -> Floor | None:
    """The fewest moves whose union holds the goal, each allowed when it is made; `None` when no sequence does."""
    if rounds(moves, goal, start) is None:
        return None
    useful = _undominated(moves, goal)
    reached: dict[int, tuple[int, int]] = {start: (start, -1)}
    frontier, depth = [start], 0
    while not any(not goal & ~state for state in frontier):
        if len(reached) > budget:
            route = _greedy(useful, goal, start)
            return Floor(depth + 1, len(route), route)
        frontier = _next(useful, frontier, reached)
        depth += 1
    end = next(state for state in frontier if not goal & ~state)
    return Floor(depth, depth, _route(reached, start, end))


def _next(moves: Sequence[Move], frontier: list[int], reached: dict[int, tuple[int, int]]) -> list[int]:
    fresh: list[int] = []
    for state in frontier:
        for move in moves:
            after = state | move.brings
            if after not in reached and not move.needs & ~state:
                reached[after] = (state, move.query)
                fresh.append(after)
    return _maximal(fresh)


def _maximal(states: list[int]) -> list[int]:
    """The states that no other of the same depth contains: the others cannot get there sooner."""
    kept: list[int] = []
    for state in sorted(set(states), key=lambda s: (-s.bit_count(), s)):
        if not any(state | other == other for other in kept):
            kept.append(state)
    return kept


def _undominated(moves: Sequence[Move], goal: int) -> list[Move]:
    """The moves worth making: none that needs as much as another and brings no more; the first of equals."""
    relevant = goal
    for move in moves:
        relevant |= move.needs
    kept: list[Move] = []
    for move in sorted((m._replace(brings=m.brings & relevant) for m in moves), key=_worth):
        if not any(not k.needs & ~move.needs and move.brings | k.brings == k.brings for k in kept):
            kept.append(move)
    return kept


def _worth(move: Move) -> tuple[int, int, int]:
    return -move.brings.bit_count(), move.needs.bit_count(), move.query


def _greedy(moves: Sequence[Move], goal: int, start: int) -> tuple[int, ...]:
    """A route that takes whatever brings most next; it exists because the goal is in reach."""
    state, route = start, []
    while goal & ~state:
        open_ = [m for m in moves if not m.needs & ~state and m.brings & ~state]
        best = max(
            open_, key=lambda m: ((m.brings & ~state & goal).bit_count(), (m.brings & ~state).bit_count(), -m.query)
        )
        state |= best.brings
        route.append(best.query)
    return tuple(route)


def _route(reached: dict[int, tuple[int, int]], start: int, end: int) -> tuple[int, ...]:
    route: list[int] = []
    while end != start:
        end, query = reached[end]
        route.append(query)
    return tuple(reversed(route))
