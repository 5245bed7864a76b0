"""Floors and chains against brute force over every sequence."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from hcsp.routes import Move, fewest, rounds

BITS = 6
masks = st.integers(0, 2**BITS - 1)
moves_of = st.lists(st.tuples(masks.map(lambda m: m & (m >> 1)), masks), max_size=5).map(
    lambda pairs: [Move(needs, brings, n) for n, (needs, brings) in enumerate(pairs)]
)


def brute(moves: list[Move], goal: int) -> list[tuple[Move, ...]]:
    """Every legal sequence that reaches the goal."""
    found = []
    for length in range(len(moves) + 1):
        for order in permutations(moves, length):
            held = 0
            for move in order:
                if move.needs & ~held:
                    break
                held |= move.brings
            else:
                if not goal & ~held:
                    found.append(order)
    return found


def longest_chain(order: tuple[Move, ...]) -> int:
    """The longest run of queries each of which needs a bit first brought by the one before."""
    depth: dict[int, int] = {}
    longest = 0
    for move in order:
        own = 1 + max((depth[b] for b in range(BITS) if move.needs >> b & 1), default=0)
        longest = max(longest, own)
        for b in range(BITS):
            if move.brings >> b & 1:
                depth.setdefault(b, own)
    return longest


@given(moves_of, masks)
def test_the_floor_is_the_shortest_of_all_sequences(moves: list[Move], goal: int) -> None:
    routes = brute(moves, goal)
    floor = fewest(moves, goal)
    if not routes:
        assert floor is None
        return
    assert floor is not None
    assert floor.low == floor.high == min(map(len, routes)) == len(floor.route)
    assert tuple(moves[q] for q in floor.route) in routes


@given(moves_of, masks)
def test_past_its_budget_the_floor_is_still_bracketed(moves: list[Move], goal: int) -> None:
    routes = brute(moves, goal)
    floor = fewest(moves, goal, budget=0)
    if floor is not None and goal:
        assert floor.low <= min(map(len, routes)) <= floor.high
        assert tuple(moves[q] for q in floor.route) in routes


@given(moves_of, masks)
def test_rounds_are_the_least_longest_chain_over_all_routes(moves: list[Move], goal: int) -> None:
    routes = brute(moves, goal)
    count = rounds(moves, goal)
    assert count == (min(map(longest_chain, routes)) if routes else None)
