"""Does the certificate predict? Rank correlation of each field with what four model-free solvers do.

  python -m benchmarks.predict --world DIR --records tasks.jsonl --count 300

One JSON line a solver and preset, two a field and solver (Spearman's rho with ties and its bootstrap interval, over all
questions and ranked within presets), then which fields have no signal.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.cases import Case, about, cases, completed, emit, records_for
from benchmarks.solvers import BUDGET, SOLVERS, Outcome, outcomes
from hcsp.certificate import Count, low
from tasks.queries import BLIND
from worlds.opening import open_world

Floats = NDArray[np.float64]
Names = NDArray[np.str_]
Numbers = NDArray[np.intp]
RESAMPLES = 1000
WEAK = 0.1
"""A correlation nearer to zero than this is no signal, whatever its interval."""
HARDER = {"success": -1, "retrievals": 1, "evidence": -1}
"""Per measure the sign that it has where a higher value of a field makes a question harder."""


def main() -> int:
    """Measure, print; exit code 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", required=True, help="the directory of a built world, or atlas")
    parser.add_argument("--records", type=Path, help="accepted records (default: generated, easy and medium)")
    parser.add_argument("--count", type=int, default=300, help="most questions (default 300)")
    parser.add_argument("--seed", type=int, default=0, help="draws the records and the bootstrap (default 0)")
    parser.add_argument("--budget", type=int, default=BUDGET, help=f"most retrievals of a solver (default {BUDGET})")
    parser.add_argument("--confidence", type=float, default=0.99, help="of the intervals (default 0.99)")
    return completed(run(parser.parse_args()))


async def run(parsed: argparse.Namespace) -> None:
    """Every solver on every question, then the correlations."""
    world = open_world(parsed.world)
    records = await records_for(parsed.records, parsed.world, world, parsed.count, parsed.seed, ("easy", "medium"))
    played = await outcomes(world, cases(world, records), parsed.budget)
    for row in skill(played):
        emit(row)
    fields = [fields_of(case) for case, _ in played]
    found = [row for name in fields[0] for row in correlations(name, fields, played, parsed)]
    for row in found:
        emit(row)
    emit({"over": "all questions", **verdicts([r for r in found if not r["within_presets"]])})
    emit({"over": "all questions, ranked within presets", **verdicts([r for r in found if r["within_presets"]])})
    emit({"world": world.name, "questions": len(played), "budget": parsed.budget, **about()})


def skill(played: Sequence[tuple[Case, list[Outcome]]]) -> list[dict[str, Any]]:
    """How each solver did, by preset."""
    rows = []
    for preset in sorted({case.preset for case, _ in played}):
        for n, solver in enumerate(SOLVERS):
            found = [outcomes[n] for case, outcomes in played if case.preset == preset]
            rows.append({"solver": solver.name, "preset": preset} | summary(found))
    return rows


def summary(found: Sequence[Outcome]) -> dict[str, Any]:
    """Success and effort over some questions."""
    return {
        "questions": len(found),
        "success": round(mean(o.success for o in found), 3),
        "median_retrievals": median(o.retrievals for o in found),
        "median_used": median(o.used for o in found),
        "all_evidence": round(mean(o.held_at is not None for o in found), 3),
        "evidence": round(mean(o.evidence for o in found), 3),
    }


def fields_of(case: Case) -> dict[str, float | None]:
    """The fields that are to predict, as numbers; `None` where a field does not apply.

    A reference solver that never got there counts as one retrieval more than it may make, as does a rank too low to
    be recorded.
    """
    made, tree, audit = case.certificate, case.tree, case.record.audit
    ranks = audit.get("ranks")
    return {
        "search_floor": None if made.search_floor is None else low(made.search_floor),
        "dependency": made.dependency,
        "dispersion": made.dispersion,
        "blind_cost": made.blind_cost or BLIND + 1,
        "t_hit": made.t_hit or BLIND + 1,
        "necessary_min": _least(made.necessary),
        "hierarchy_min": _least(made.hierarchy),
        "selectivity": low(made.selectivity),
        "edges_min": _least(made.edges),
        "rival_count": low(made.rival_count),
        "levels": tree.levels,
        "variables": len(tree.variables),
        "clues": len(tree.clues),
        "vertices": tree.size,
        "exposed_count": audit.get("exposed_count"),
        "rare_words": audit.get("rare_words"),
        "popularity": audit.get("popularity"),
        "answer_best": None if ranks is None else ranks["answer_best"] or ranks["depth"] + 1,
    }


def _least(counts: Mapping[str, Count]) -> float | None:
    return min((low(n) for n in counts.values()), default=None)


def correlations(
    name: str,
    fields: Sequence[Mapping[str, float | None]],
    played: Sequence[tuple[Case, list[Outcome]]],
    parsed: argparse.Namespace,
) -> list[dict[str, Any]]:
    """One field against every solver's success, retrievals and evidence, over the questions that have the field.

    Once over all, once within presets: easy and medium questions differ in more than one field at a time.
    """
    usable = [n for n, row in enumerate(fields) if row.get(name) is not None]
    values = np.array([fields[n][name] for n in usable], dtype=float)
    presets = np.array([played[n][0].preset for n in usable])
    draws = resamples(len(usable), Random(f"{parsed.seed}:bootstrap:{name}"))
    rows = []
    for k, solver in enumerate(SOLVERS):
        for strata in (np.full(len(usable), ""), presets):
            row: dict[str, Any] = {"field": name, "solver": solver.name, "questions": len(usable)}
            row["within_presets"] = strata is presets
            for measure in HARDER:
                measured = np.array([float(getattr(played[n][1][k], measure)) for n in usable])
                row[measure] = estimate(values, measured, strata, draws, parsed.confidence)
            rows.append(row)
    return rows


def resamples(size: int, rng: Random) -> Numbers:
    """The questions of each bootstrap sample, a row a sample."""
    return np.array([rng.choices(range(size), k=size) for _ in range(RESAMPLES if size else 0)], dtype=np.intp)


def estimate(a: Floats, b: Floats, strata: Names, draws: Numbers, confidence: float) -> list[float] | None:
    """`[rho, low, high]` with the percentile bootstrap's ends; `None` when one of the two does not vary."""
    rho = spearman(a, b, strata)
    if rho is None:
        return None
    again = [r for draw in draws if (r := spearman(a[draw], b[draw], strata[draw])) is not None]
    tail = (1 - confidence) / 2
    ends = np.quantile(np.array(again), [tail, 1 - tail])
    return [round(rho, 3), round(float(ends[0]), 3), round(float(ends[1]), 3)]


def spearman(a: Floats, b: Floats, strata: Names | None = None) -> float | None:
    """Spearman's rank correlation, equal values sharing their mean rank; `None` when one of the two does not vary.

    With strata the ranks are taken within each of them and pooled, so that what sets the strata apart says nothing.
    """
    x, y = centred(a, strata), centred(b, strata)
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / scale if scale else None


def centred(values: Floats, strata: Names | None = None) -> Floats:
    """Relative ranks about their mean, within each stratum."""
    found = np.zeros(len(values))
    groups = np.zeros(len(values)) if strata is None else strata
    for group in np.unique(groups):
        inside = groups == group
        found[inside] = ranks(values[inside]) / (inside.sum() + 1) - 0.5
    return found


def ranks(values: Floats) -> Floats:
    """Ranks from 1 on, the mean rank for equal values."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    means: Floats = (last - (counts - 1) / 2)[place]
    return means


def verdicts(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields with no signal, those that point the wrong way, and the strongest correlation of each."""
    names = list(dict.fromkeys(row["field"] for row in rows if row["questions"]))
    telling: dict[str, list[tuple[float, str, str]]] = {name: [] for name in names}
    for row in rows:
        for measure, sign in HARDER.items():
            if row[measure] is not None and _tells(row[measure]):
                telling[row["field"]].append((row[measure][0] * sign, row["solver"], measure))
    best = {name: max(found, key=lambda t: abs(t[0])) for name, found in telling.items() if found}
    return {
        "strongest": {n: [round(t[0], 3), *t[1:]] for n, t in sorted(best.items(), key=lambda i: -abs(i[1][0]))},
        "no_signal": [name for name in names if not telling[name]],
        "not_computed": sorted({row["field"] for row in rows} - set(names)),
        "easier_when_higher": [name for name, found in telling.items() if found and all(t[0] < 0 for t in found)],
        "mixed_signs": [n for n, found in telling.items() if {t[0] > 0 for t in found} == {True, False}],
    }


def _tells(found: Sequence[float]) -> bool:
    rho, least, most = found
    return abs(rho) >= WEAK and (least > 0 or most < 0)


if __name__ == "__main__":
    sys.exit(main())
