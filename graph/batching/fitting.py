"""Is a world large enough for a preset? Told at once where it is small, instead of after long trying."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console

from graph.batching.order import Prepared
from graph.context import Context
from graph.driver import Job, Runner, heading
from graph.openers import default_deps
from hcsp.preset import PRESETS

SMALL = 100
"""Roots below which a few are tried before the batch begins."""
TRIED, AGAIN = 24, 8
"""How many, and how many again for each easier preset."""


async def check_fits(prepared: Prepared, console: Console) -> None:
    """Raises `ValueError` when a small world gives nothing at the preset asked for, and names an easier that fits."""
    order = prepared.order
    if len(prepared.roots) >= SMALL or order.entities or "preset" in order.mix:
        return
    settings = order.settings.without_models  # whether trees fit is not a question that should cost money
    runner, roots = Runner(default_deps(), None), prepared.roots[:TRIED]
    console.print(f"{prepared.world.name} is small: {len(roots)} of its {len(prepared.roots)} roots are tried first")
    accepted, funnel = await _tried(runner, roots, settings)
    if accepted:
        return
    easier = [*PRESETS][: [*PRESETS].index(order.settings.difficulty)]
    fits = ""
    for name in reversed(easier):
        found, _ = await _tried(runner, roots[:AGAIN], settings.model_copy(update={"difficulty": name}))
        if found:
            fits = f"--difficulty {name} accepts {found} of the first {AGAIN}"
            break
    why = funnel.most_common(1)[0][0]
    raise ValueError(
        f"{prepared.world.name} is too small for {order.settings.difficulty}: of its {len(prepared.roots)} roots"
        f" {len(roots)} were tried and none accepted, most for “{why}”; {fits or 'no easier preset fits'}"
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
