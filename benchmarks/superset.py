"""Does anything outside the query language get around the search floor? An adversary with more to say tries.

  python -m benchmarks.superset --world DIR --records tasks.jsonl --count 200

Besides the design's language a searcher may ask any name that it has read on a held page, of any entity of the world,
with or without clauses and other words; random subsets of the question's words; and any mixture. Three of rising
strength: one asks by chance; one knows which pages it still needs, tries two dozen queries before each step and
keeps the best; in hindsight, the fewest of all the retrievals that both ever made are searched for exactly. Routes
inside the language are tried as well: none may be shorter than the floor.

One JSON line for each question that it wins, then one with the totals. Exit code 1 when a route inside the language
beats the floor.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.adversary import Adversary, Hop
from benchmarks.cases import Case, about, cases, completed, emit, records_for
from benchmarks.language import Moves, Texts
from hcsp.certificate import low
from hcsp.routes import Floor, Move, fewest
from worlds.local import LocalWorld
from worlds.opening import open_world

ROUTES = 50
"""Random routes inside the language that are tried a question."""


def main() -> int:
    """Attack the floors; exit code 1 when the floor is no floor inside its own language, 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", required=True, help="the directory of a built world, or atlas")
    parser.add_argument("--records", type=Path, help="accepted records (default: generated, easy and medium)")
    parser.add_argument("--count", type=int, default=200, help="most questions with an exact floor (default 200)")
    parser.add_argument("--seed", type=int, default=0, help="draws records and queries (default 0)")
    parser.add_argument("--walks", type=int, default=12, help="restarts of the adversary (default 12)")
    parser.add_argument("--proposals", type=int, default=24, help="queries it weighs before each step (default 24)")
    parser.add_argument("--least", type=int, default=2, help="smallest floor that is attacked (default 2)")
    return completed(run(parser.parse_args()))


class Attack(NamedTuple):
    """What came of one question.

    Attributes:
        floor: its search floor.
        by_chance: whether a searcher by chance held everything sooner.
        by_choice: whether one did that weighs queries by what they bring.
        route: a shorter route over all queries ever made, found in hindsight; `None` when there is none.
        inside: the least length of the routes tried inside the language.
        queries: how many queries outside the language were made.
        exact: whether the search over them was complete.
    """

    floor: int
    by_chance: bool
    by_choice: bool
    route: tuple[Hop, ...] | None
    inside: int
    queries: int
    exact: bool


async def run(parsed: argparse.Namespace) -> int:
    """Attack each question in turn; the exit code."""
    world = open_world(parsed.world)
    records = await records_for(parsed.records, parsed.world, world, 3 * parsed.count, parsed.seed, ("easy", "medium"))
    texts, attacks, skipped, begun = Texts(world), list[Attack](), Counter[str](), perf_counter()
    async for case in cases(world, records):
        moves = await Moves.of(texts, case)
        floor = fewest(moves.language, moves.goal)
        if (why := unfit(case, floor, parsed.least)) is not None or floor is None:
            skipped[str(why)] += 1
            continue
        attacks.append(await attack(world, case, moves, floor, parsed))
        if (route := attacks[-1].route) is not None:
            emit(explained(case, attacks[-1], route, moves))
        if len(attacks) >= parsed.count:
            break
    emit(totals(attacks, skipped) | {"world": world.name, "seconds": round(perf_counter() - begun, 1)} | about())
    return 1 if any(a.inside < a.floor for a in attacks) else 0


def unfit(case: Case, floor: Floor | None, least: int) -> str | None:
    """Why a question is not attacked; `None` when it is."""
    if floor is None:
        return "unretrievable"
    if floor.low != floor.high:
        return "floor not exact"
    said = case.certificate.search_floor
    if said is None or low(said) != floor.low:
        return "certificate says otherwise"
    return "floor below --least" if floor.low < least else None


async def attack(world: LocalWorld, case: Case, moves: Moves, floor: Floor, parsed: argparse.Namespace) -> Attack:
    """Walk, then search everything that was asked for a route shorter than the floor."""
    adversary = Adversary(world, case, moves, Random(f"{parsed.seed}:superset:{case.record.id}"))
    chance = [await adversary.wander(floor.low - 1) for _ in range(parsed.walks)]
    choice = [await adversary.walk(floor.low - 1, parsed.proposals) for _ in range(parsed.walks)]
    route, exact = await adversary.shortest(below=floor.low)
    inside = shortest_inside(moves, Random(f"{parsed.seed}:inside:{case.record.id}"))
    return Attack(floor.low, any(chance), any(choice), route, inside, len(adversary.asked), exact)


def shortest_inside(moves: Moves, rng: Random) -> int:
    """The least length of many routes inside the language: half of them random, half greedy with random ties."""
    return min(_route(moves, rng, greedy=bool(n % 2)) for n in range(ROUTES))


def _route(moves: Moves, rng: Random, *, greedy: bool) -> int:
    held, length = 0, 0
    while moves.goal & ~held:
        usable = [m for m in moves.language if not m.needs & ~held and m.brings & ~held]
        held |= max(usable, key=lambda m: _gain(m, held, moves.goal, rng) if greedy else (rng.random(),)).brings
        length += 1
    return length


def _gain(move: Move, held: int, goal: int, rng: Random) -> tuple[float, ...]:
    fresh = move.brings & ~held
    return (fresh & goal).bit_count(), fresh.bit_count() + rng.random()


def explained(case: Case, found: Attack, route: Sequence[Hop], moves: Moves) -> dict[str, Any]:
    """A route under the floor: what each query brought, and why no query of the language does as well."""
    hops, held = [], 0
    for hop in route:
        brought = moves.bits(hop.pages) & moves.goal & ~held
        why = None if hop.kind == "language" else _reason(brought, moves)
        hops.append({"query": hop.text, "kind": hop.kind, "brings": moves.said(brought), "reason": why})
        held |= brought
    return {
        "id": case.record.id,
        "question": case.question,
        "floor": found.floor,
        "retrievals": len(route),
        "found_by": "chance" if found.by_chance else "choice" if found.by_choice else "hindsight",
        "route": hops,
        "outside": sorted({hop.kind for hop in route} - {"language"}),
    }


def _reason(brought: int, moves: Moves) -> str:
    """What the language has to do for what one query outside it brought."""
    asked = fewest(moves.language, brought)
    if asked is None:
        return "no query of the language brings this"
    if asked.high > 1:
        return f"the language needs {asked.low} retrievals for what this one brings"
    return "a query of the language brings this, but only once a name has been seen"


def totals(attacks: Sequence[Attack], skipped: Counter[str]) -> dict[str, Any]:
    """Over all questions, and by floor."""
    beaten = [a for a in attacks if a.route is not None]
    by_floor = {floor: tally([a for a in attacks if a.floor == floor]) for floor in sorted({a.floor for a in attacks})}
    return {
        **tally(attacks),
        "by_floor": by_floor,
        "beaten_inside_the_language": sum(a.inside < a.floor for a in attacks),
        "shortest_inside_meets_the_floor": sum(a.inside == a.floor for a in attacks),
        "kinds": dict(Counter(h.kind for a in beaten for h in a.route or () if h.kind != "language").most_common()),
        "queries_a_question": round(sum(a.queries for a in attacks) / len(attacks)) if attacks else None,
        "search_cut_short": sum(not a.exact for a in attacks),
        "not_attacked": dict(skipped),
    }


def tally(attacks: Sequence[Attack]) -> dict[str, Any]:
    """How many floors fell to each adversary, and the share that fell in hindsight."""
    hindsight = sum(a.route is not None for a in attacks)
    return {
        "questions": len(attacks),
        "beaten_by_chance": sum(a.by_chance for a in attacks),
        "beaten_by_choice": sum(a.by_choice for a in attacks),
        "beaten_in_hindsight": hindsight,
        "share_in_hindsight": round(hindsight / len(attacks), 4) if attacks else None,
    }


if __name__ == "__main__":
    sys.exit(main())
