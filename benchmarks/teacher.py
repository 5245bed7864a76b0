"""Does the teacher solve drafts before anything was rejected, and never with fewer retrievals than their floor?

  python -m benchmarks.teacher --world DIR --count 500
  python -m benchmarks.teacher --world DIR --count 500 --drafts drafts.jsonl     … keeping the drafts for another time

A draft is the tree of a root after blur and wording, the first that validation looks at, passing or not. What the
language of its tree does not solve is tried again with bridges (`roles.teacher`). One JSON line sums up: solved by
searches that were made, beside the floors; how often a name that is used stood in what was shown, not only elsewhere
on a page that came; and of each draft that is not solved either way one JSON line says why.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from benchmarks.cases import about, completed, emit, progress
from graph.context import Context
from graph.driver import Job, Runner
from graph.openers import default_deps
from graph.solver_cases import Case, Place, open_place
from graph.solver_context import SolverContext
from graph.solver_graph import build_solver
from graph.solver_openers import solver_deps
from graph.solving.rollout import Rollout, roll
from hcsp.certificate import low
from hcsp.names import occurs
from tasks.drafts import record_of
from tasks.files import append, read
from tasks.lessons import lesson_of
from tasks.record import certificate_of
from tasks.trajectories.intervals import mean, share
from tasks.trajectories.sampling import Judged, judged
from tasks.trajectories.trajectory import Trajectory

STRICT = SolverContext(solver="teacher", turns=600, searches=600)
BRIDGING = STRICT.model_copy(update={"bridges": True})


def main() -> int:
    """Measure and print; exit code 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", required=True, help="the directory of a built world, or atlas")
    parser.add_argument("--count", type=int, default=500, help="drafts (default 500)")
    parser.add_argument("--difficulty", default="medium", help="preset of the drafts (default medium)")
    parser.add_argument("--seed", type=int, default=0, help="draws the roots (default 0)")
    parser.add_argument("--drafts", type=Path, help="file of drafts: read where it holds some, else written")
    return completed(run(parser.parse_args()))


async def run(parsed: argparse.Namespace) -> None:
    """Every draft, then the sums."""
    place, found, begun = open_place(parsed.world), [], time.process_time()
    async with aclosing(drafts(parsed, place)) as rows:
        async for row in rows:
            found.append(await tried(row, place))
            progress(f"draft {len(found)}/{parsed.count}")
    for each in found:
        if not each["solved"]:
            emit(each)
    emit(summed(found) | {"world": place.searched.name, "difficulty": parsed.difficulty, "seed": parsed.seed})
    emit({"cpu_s": round(time.process_time() - begun, 1), **about()})


async def drafts(parsed: argparse.Namespace, place: Place) -> AsyncIterator[dict[str, Any]]:
    """The drafts of a file, and where these are too few more."""
    kept = [row for _, row in read(parsed.drafts)] if parsed.drafts and parsed.drafts.exists() else []
    for row in kept[: parsed.count]:
        yield row
    runner, made, done = Runner(default_deps(), None), len(kept), {row["entity"] for row in kept}
    settings = Context.model_validate({"world": parsed.world, "difficulty": parsed.difficulty, "seed": parsed.seed})
    assert place.world is not None
    for entity in await place.world.sample(4 * parsed.count, f"{parsed.seed}:teacher"):
        if made >= parsed.count:
            return
        if entity in done or (row := await first_draft(runner, Job(entity, settings))) is None:
            continue
        made += 1
        if parsed.drafts:
            append(parsed.drafts, row)
        yield row


async def first_draft(runner: Runner, job: Job) -> dict[str, Any] | None:
    """What validation looks at first; `None` where no question came of the root."""
    async with aclosing(runner.drafts(job)) as growing:  # type: ignore[type-var]
        async for growth in growing:
            if growth.wording and growth.certificate:
                return await runner.rejected(job, growth)
    return None


async def tried(row: dict[str, Any], place: Place) -> dict[str, Any]:
    """The teacher at one draft."""
    assert place.world is not None
    record = await record_of(row, place.world)
    case = await place.case(record)
    strict, by_language = await played(case, STRICT)
    made, verdict = (strict, by_language) if by_language.kept else await played(case, BRIDGING)
    certificate = certificate_of(record)
    uses, shown = named(strict, case)
    return {
        "task": record.id,
        "accepted": not any(row["reasons"]),
        "by_language": by_language.kept,
        "solved": verdict.kept,
        "outcome": made.outcome,
        "why": made.detail or "; ".join(r.why for r in verdict.reasons),
        "reasons": [r.check for r in verdict.reasons],
        "floor": None if certificate.search_floor is None else low(certificate.search_floor),
        "retrievals": len(made.searches),
        "turns": len(made.turns),
        "names_used": uses,
        "names_shown": shown,
    }


async def played(case: Case, settings: SolverContext) -> tuple[Trajectory, Judged]:
    """A trajectory of the teacher, and the verdict on it."""
    assert case.record is not None

    async def find(*_: object) -> Case:
        return case

    deps = solver_deps(find)
    made = await roll(Rollout(case.record.id, case.record.question, 0, settings), build_solver(deps), deps, case)
    return made, judged(made, case.sheet)


def named(made: Trajectory, case: Case) -> tuple[int, int]:
    """How many queries use a name that has to be seen first, and for how many it stood in what was shown."""
    assert case.record is not None
    assert case.sheet is not None
    lesson, uses, shown, text = lesson_of(case.record, case.sheet), 0, 0, ""
    hidden = {h.entity: h.names for h in lesson.variables.values()}
    asked = {query.text: query.name for query in lesson.queries}
    for turn in made.turns:
        for search in turn.searches:
            if (name := asked[search.query]) is not None:
                uses += 1
                shown += any(occurs(called, text) for called in hidden[name])
        text += " ".join(f" {p.title} {p.text}" for search in turn.searches for p in search.information)
    return uses, shown


def summed(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all drafts."""
    floors = [each for each in found if each["floor"] is not None]
    over = Counter(each["retrievals"] - each["floor"] for each in floors if each["by_language"])
    bridged = [each for each in found if each["solved"] and not each["by_language"]]
    return {
        "benchmark": "teacher",
        "drafts": len(found),
        "accepted": sum(each["accepted"] for each in found),
        "solved": share(sum(each["solved"] for each in found), len(found)).model_dump(),
        "by_language": share(sum(each["by_language"] for each in found), len(found)).model_dump(),
        "with_floor": len(floors),
        "with_floor_by_language": sum(each["by_language"] for each in floors),
        "retrievals_above_floor": {str(n): count for n, count in sorted(over.items())},
        "below_floor": sum(n for difference, n in over.items() if difference < 0),
        "retrievals_with_bridges": mean([each["retrievals"] for each in bridged]).model_dump(),
        "outcomes": dict(Counter(each["outcome"] for each in found)),
        "unsolved": dict(Counter(check for each in found if not each["solved"] for check in each["reasons"])),
        "names_shown": share(sum(e["names_shown"] for e in found), sum(e["names_used"] for e in found)).model_dump(),
    }


if __name__ == "__main__":
    sys.exit(main())
