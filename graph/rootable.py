"""How many entities of a world can root a question of each preset, from a sample.

  python -m graph.rootable --world W                       20 roots drawn, each tried at easy, medium and hard
  python -m graph.rootable --world W --sample 100 --seed 7  a closer look, at other roots

Every root is grown into a question as graph.batch does it, without models; nothing is written. The interval is Wilson's
at 95 %. Equal commands give equal figures.

Exit code 0: told, 2: bad input, 130: stopped by Ctrl-C.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from graph.batching.candidate import Maker
from graph.batching.lanes import ALL, Assignment
from graph.context import Context
from graph.ending import ended
from graph.openers import default_deps
from hcsp.preset import Difficulty
from tasks.trajectories.intervals import share
from worlds.opening import open_local

PRESETS: tuple[Difficulty, ...] = ("easy", "medium", "hard")
_REASONS = 3


class Tried(NamedTuple):
    """What came of a preset: how many roots were tried, how many gave a question, and why the others did not."""

    preset: Difficulty
    tried: int
    accepted: int
    reasons: Counter[str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = _parser().parse_args(arguments)
    return ended(lambda: asyncio.run(_tell(parsed.world, parsed.sample, parsed.seed)))


def _parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m graph.rootable", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("--world", default="atlas", help="atlas (default) or a built world's directory")
    found.add_argument("--sample", type=int, default=20, metavar="N", help="roots to try (default 20; 0: count only)")
    found.add_argument(
        "--seed", type=int, default=0, help="decides which roots are drawn, and how they grow (default 0)"
    )
    return found


async def _tell(name: str, sample: int, seed: int) -> int:
    if sample < 0:
        raise ValueError(f"--sample {sample}: expected a number from 0 on")
    world = open_local(name)
    roots = await world.sample(ALL, str(seed))
    console = Console()
    console.print(
        f"{len(roots):,} of {len(world.entity_ids):,} entities of {world.name} may be a root: they have facts of their"
        " own, and not too many point at them",
        highlight=False,
    )
    if not roots or not sample:
        return 0
    async for tried in try_roots(roots[:sample], Context(world=name, seed=seed), Console(stderr=True)):
        console.print(_shown(tried, len(roots)), highlight=False)
    return 0


async def try_roots(roots: Sequence[str], settings: Context, console: Console) -> AsyncIterator[Tried]:
    """Every root at one preset after the other."""
    maker = Maker(default_deps())
    with _progress(console) as progress:
        for preset in PRESETS:
            task = progress.add_task(preset, total=len(roots))
            reasons, accepted = Counter[str](), 0
            for n, root in enumerate(roots):
                outcome = await maker.make(Assignment(n, root, settings.model_copy(update={"difficulty": preset})))
                accepted += len(outcome.tasks)
                reasons.update(outcome.refused)
                progress.advance(task)
            progress.remove_task(task)
            yield Tried(preset, len(roots), accepted, reasons)


def _shown(tried: Tried, roots: int) -> str:
    found = share(tried.accepted, tried.tried)
    low, high = found.low or 0.0, found.high or 0.0
    why = "; ".join(f"{reason} ({n})" for reason, n in tried.reasons.most_common(_REASONS))
    told = (
        f"{tried.preset}: {tried.accepted} of {tried.tried} accepted; by that {low:.0%} to {high:.0%} of all that may"
        f" be a root, {low * roots:,.0f} to {high * roots:,.0f}"
    )
    return f"{told}; most others because: {why}" if why else told


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


if __name__ == "__main__":
    sys.exit(main())
