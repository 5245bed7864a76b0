"""One invocation of a batch: from an order to a filled run directory, and what is said of it."""

import signal
from asyncio import to_thread
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from graph.batching.fitting import check_fits
from graph.batching.live import View, duration, funnel_table, mix_table
from graph.batching.loop import Batch, End, Limits
from graph.batching.order import Order, Prepared, prepare
from graph.batching.sources import Source
from graph.batching.store import Store
from tasks.journal import Journal
from tasks.runs import TASKS
from worlds.opening import open_world

ACCEPTED, SHORT, STOPPED = 0, 3, 130


async def prepared(order: Order, out: Path, console: Console) -> Prepared:
    """The order in its world; raises `ValueError` where that has nothing to make tasks of."""
    found = await prepare(order, await to_thread(open_world, order.settings.world))
    if not out.exists():
        await check_fits(found, console)
    return found


def fill(
    prepared: Prepared,
    out: Path,
    limits: Limits,
    source: Callable[[], Source],
    console: Console,
    store: Store | None = None,
) -> int:
    """Fills `out` as ordered; the exit code. Raises `OSError` or `ValueError` when it cannot begin or go on."""
    with Journal.open(out, prepared.manifest) as journal:
        if store:
            store.follow(journal)
        greet(prepared, journal, console)
        makers = source()
        try:
            return _fill(prepared, journal, limits, makers, console)
        finally:
            makers.close()


def greet(prepared: Prepared, journal: Journal, console: Console) -> None:
    """Says what was mended, where it goes on, and when more was asked for than there can be."""
    order, bound = prepared.order, prepared.bound
    if journal.mended:
        journal.event("mended", damage=journal.mended)
        console.print(f"[yellow]{journal.mended}[/]; copies of the damaged files are beside them")
    if journal.entries:
        console.print(f"goes on in {journal.run.path} after {len(journal.entries):,} candidates")
    if bound is not None and order.count > bound and not order.shard:
        console.print(
            f"[yellow]{order.count:,} tasks are more than {prepared.world.name} can give:[/] {len(prepared.roots):,}"
            f" roots with up to {order.dataset.per_answer} tasks each are {bound:,} at most; it makes what it can"
        )


def _fill(prepared: Prepared, journal: Journal, limits: Limits, source: Source, console: Console) -> int:
    batch = Batch(journal, prepared.lanes(), prepared.order.lanes, prepared.admission(), source, limits)
    batch.replay()
    journal.event("resumed" if journal.entries else "started", candidates=len(journal.entries))
    before = signal.signal(signal.SIGINT, lambda *_: _drain(batch))
    try:
        with View(console) as view:
            end = batch.run(view)
    finally:
        signal.signal(signal.SIGINT, before)
    journal.event("finished" if end == "complete" else "stopped", end=end, accepted=batch.admission.accepted)
    _tell(prepared, batch, end, console)
    return ACCEPTED if end == "complete" else STOPPED if end == "drained" else SHORT


def _drain(batch: Batch) -> None:
    """The first Ctrl-C lets what is under way finish, the second does not."""
    if batch.drain:
        raise KeyboardInterrupt
    batch.drain = True


def _tell(prepared: Prepared, batch: Batch, end: End, console: Console) -> None:
    """What came out, why no more, and what to do about it."""
    progress, out = batch.progress, batch.journal.run.path
    if progress.targets:
        console.print(mix_table(progress))
    console.print(funnel_table(progress))
    tasks = f"[bold]{progress.accepted:,} of {progress.count:,}[/] accepted"
    spent = f"{progress.cost['cpu_s']:,.0f} CPU s, {duration(progress.hours * 3600)} this time"
    console.print(f"{tasks} from {progress.tried:,} candidates, {spent}; {out / TASKS}", soft_wrap=True)
    if end != "complete":
        console.print(f"[yellow]{_why(prepared, batch, end)}[/]", soft_wrap=True)


def _why(prepared: Prepared, batch: Batch, end: End) -> str:
    worst = batch.progress.funnel.most_common(1)
    most = f"; most were rejected by “{worst[0][0]}” ({worst[0][1]:,})" if worst else ""
    dataset = prepared.order.dataset
    match end:
        case "exhausted":
            return (
                f"all {len(prepared.roots):,} roots of {prepared.world.name} have been tried{most}; more come with an"
                f" easier --difficulty, --per-answer above {dataset.per_answer} or --per-diffusion above"
                f" {dataset.per_diffusion}"
            )
        case "idle":
            return (
                f"no task in the last {batch.progress.idle:,} candidates{most}; a larger --patience goes on for longer"
            )
        case "candidates":
            return "the candidates asked for are made; the same command with more --candidates goes on"
        case "starved":
            return "the next candidate is in no shard yet; run each again with more --candidates, then merge again"
        case _:
            return "stopped; the same command goes on"
