"""Is a world large enough for a preset? Told at once where it is small, instead of after long trying."""

from collections import Counter
from collections.abc import Sequence

from graph.batching.order import Prepared
from graph.build import default_deps
from graph.context import Context
from graph.driver import Job, Runner, heading
from hcsp.preset import PRESETS

SMALL = 100
"""Roots below which a few are tried before the batch begins."""
TRIED = 24
"""How many."""


async def check_fits(prepared: Prepared) -> None:
    """Raises `ValueError` when a small world gives nothing at the preset asked for, and says at which it does."""
    order = prepared.order
    if len(prepared.roots) >= SMALL or order.entities or "preset" in order.mix:
        return
    runner, roots = Runner(default_deps(), None), prepared.roots[:TRIED]
    accepted, funnel = await _tried(runner, roots, order.settings)
    if accepted:
        return
    others = [name for name in PRESETS if name != order.settings.difficulty]
    found = {
        name: (await _tried(runner, roots, order.settings.model_copy(update={"difficulty": name})))[0]
        for name in others
    }
    fits = [f"--difficulty {name} accepts {n} of {len(roots)}" for name, n in found.items() if n]
    why = funnel.most_common(1)[0][0]
    raise ValueError(
        f"{prepared.world.name} is too small for {order.settings.difficulty}: of its {len(prepared.roots)} roots"
        f" {len(roots)} were tried and none accepted, most for “{why}”; {'; '.join(fits) or 'no other preset fits'}"
    )


async def _tried(runner: Runner, roots: Sequence[str], settings: Context) -> tuple[int, Counter[str]]:
    accepted, funnel = 0, Counter[str]()
    for root in roots:
        growth = await runner.run(Job(root, settings))
        if growth.verdict and growth.verdict.status == "accepted":
            accepted += 1
        else:
            funnel[heading(growth)] += 1
    return accepted, funnel
