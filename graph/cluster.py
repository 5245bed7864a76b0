"""Make a dataset on a Ray cluster that is there already: the shards of a batch as Ray tasks, then joined.

  python -m graph.cluster --world W --count 20000 --out /shared/run --shards 32
  python -m graph.cluster … --address 10.0.0.1:6379 --cpus-per-shard 4     from outside the cluster, four processes each

Takes the flags of graph.batch and makes the same bytes. --out, --world and the files named have to lie on a file system
that all nodes share, and every node needs this package. Shards are kept in OUT/shards; one whose node is lost goes on
elsewhere, and all are given more candidates where they turn out too short. The same command goes on with what is there.

Exit code 0: all are accepted, 3: fewer, with the reason, 2: bad input, 130: stopped by Ctrl-C.
"""

import argparse
import asyncio
import math
import os
import socket
import sys
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from rich.console import Console

from graph.batch import add_order, make, order_of
from graph.batching.command import SHORT, fill, greet, prepared
from graph.batching.live import PAUSE, line
from graph.batching.loop import Limits
from graph.batching.order import Order, Prepared, part_of
from graph.batching.progress import Progress
from graph.batching.shards import EVERYTHING, Shards, check_complete
from graph.batching.store import Store
from graph.ending import ended
from graph.flags import settings_from
from tasks.journal import Journal
from tasks.runs import LEDGER, Entry, Run

RETRIES = 20
"""How often a shard is begun again when its process or its node is lost."""
ANSWER = 10
"""Seconds within which a cluster's head has to answer."""
GROWTH = 1.2
"""How many times the candidates that seem needed are asked for, so that one more round is mostly enough."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = parser().parse_args(arguments)
    return ended(lambda: _drive(parsed), "stopped; the same command goes on")


def _drive(parsed: argparse.Namespace) -> int:
    order, limits = _order(parsed), settings_from(parsed, Limits)
    if parsed.store:
        with Store(parsed.store):
            pass
    ray = connected(parsed.address)
    try:
        console = Console(quiet=parsed.quiet, highlight=False)
        ready = asyncio.run(prepared(order, parsed.out, console))
        return Driver(ray, ready, limits, parsed, console).run()
    finally:
        ray.shutdown()


def parser() -> argparse.ArgumentParser:
    """The flags of a batch and of a cluster."""
    found = argparse.ArgumentParser(
        prog="python -m graph.cluster", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_order(found)
    found.set_defaults(shard=None)
    found.add_argument("--shards", type=int, required=True, metavar="N", help="parts, each made by one task of Ray")
    found.add_argument(
        "--address",
        default=os.environ.get("RAY_ADDRESS", "auto"),
        metavar="HOST:PORT",
        help="the cluster's head (default: RAY_ADDRESS, or the cluster that this machine belongs to)",
    )
    found.add_argument(
        "--cpus-per-shard",
        type=int,
        default=1,
        dest="workers",
        metavar="K",
        help="processors that a shard asks for, and its processes (default %(default)s)",
    )
    return found


def _order(parsed: argparse.Namespace) -> Order:
    if parsed.workers < 1:
        raise ValueError(f"--cpus-per-shard {parsed.workers}: expected a number from 1 on")
    order = order_of(parsed)
    if not 1 <= parsed.shards <= order.lanes:
        raise ValueError(f"--shards {parsed.shards}: expected a number from 1 to {order.lanes} (--lanes)")
    if parsed.candidates is not None:
        raise ValueError("--candidates is given to the shards as they need it; leave it out")
    return order


def connected(address: str) -> Any:
    """The module `ray`, connected; raises `ValueError` without the extra, `OSError` when there is no cluster."""
    try:
        import ray  # noqa: PLC0415 - it takes seconds, and is an extra
    except ImportError:
        raise ValueError("graph.cluster needs Ray: pip install -e '.[ray]'") from None
    try:
        if address != "auto":
            _check_answers(address)
        ray.init(address=address, log_to_driver=False, logging_level="error")
    except (OSError, RuntimeError, ValueError, AssertionError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise OSError(f"no Ray cluster answers at {address!r}: {first}; start one with ray start --head") from None
    return ray


def _check_answers(address: str) -> None:
    """Raises `OSError` or `ValueError`; Ray itself would try for minutes, and write about it."""
    host, _, port = address.rpartition(":")
    if not (host and port.isdecimal()) or "/" in host:
        raise ValueError("expected HOST:PORT, as ray start --head prints it")
    socket.create_connection((host, int(port)), timeout=ANSWER).close()


def make_shard(order: Order, out: Path, limits: Limits, workers: int, store: str | None, folder: str) -> int:
    """What a node does; `folder` is where relative paths start from."""
    if Path(folder).is_dir():
        os.chdir(folder)
    return make(order, out, limits, workers, store, Console(quiet=True))


class Driver:
    """One invocation: rounds of shards and a merge, until the merge lacks nothing."""

    def __init__(self, ray: Any, ready: Prepared, limits: Limits, parsed: argparse.Namespace, console: Console) -> None:
        self._ray, self._ready, self._limits, self._parsed, self._console = ray, ready, limits, parsed, console
        self._out = parsed.out.resolve()
        self._shards = [Shard(self._out, ready.order, i, parsed.shards) for i in range(1, parsed.shards + 1)]

    def run(self) -> int:
        """The exit code."""
        candidates = None
        while True:
            with Journal.open(self._out, self._ready.manifest) as journal:  # kept, so that nobody else drives this run
                greet(self._ready, journal, self._console)
                self._make(candidates)
            code = self._merge()
            if _end(Run.open(self._out)) != "starved":
                return code
            if not all(shard.goes_on for shard in self._shards):
                return SHORT
            candidates = self._needed()
            self._console.print(f"the shards are too short: they go on to candidate {candidates:,}")

    def _make(self, candidates: int | None) -> None:
        """One round: every shard up to so many candidates, or to its share of the count."""
        limits, parsed = self._limits.model_copy(update={"candidates": candidates}), self._parsed
        task = self._ray.remote(make_shard).options(
            num_cpus=parsed.workers, max_retries=RETRIES, retry_exceptions=[BrokenProcessPool]
        )
        under_way = {
            task.remote(shard.order, shard.out, limits, parsed.workers, parsed.store, str(Path.cwd())): shard
            for shard in self._shards
        }
        try:
            self._watch(under_way)
        except BaseException:
            self._drain(list(under_way))
            raise

    def _watch(self, under_way: dict[Any, "Shard"]) -> None:
        """Waits for all of them; raises `OSError` or `ValueError` when one cannot go on."""
        waiting = list(under_way)
        while waiting:
            done, waiting = self._ray.wait(waiting, timeout=PAUSE)
            for task in done:
                self._check_done(task, under_way[task])
            for shard in under_way.values():
                if shard.look():
                    self._console.print(f"shard {shard.name}: {line(shard.progress)}", soft_wrap=True)

    def _check_done(self, task: Any, shard: "Shard") -> None:
        try:
            self._ray.get(task)
        except self._ray.exceptions.RayError as error:
            why = str(getattr(error, "cause", None) or error).strip().splitlines()[0]
            raise OSError(f"shard {shard.name}: {why}; the same command goes on") from None
        if not shard.out.is_dir():
            raise OSError(f"shard {shard.name} was made where {shard.out} is not this directory; share --out")

    def _drain(self, tasks: list[Any]) -> None:
        """Lets the shards finish what is under way; a second Ctrl-C does not."""
        self._console.print("stopping the shards; Ctrl-C again kills them")
        for task in tasks:
            self._ray.cancel(task)
        try:
            self._ray.wait(tasks, num_returns=len(tasks))
        except KeyboardInterrupt:
            for task in tasks:
                self._ray.cancel(task, force=True)

    def _merge(self) -> int:
        runs = [Run.open(shard.out) for shard in self._shards]
        if check_complete(runs) != self._ready.manifest:
            raise ValueError(f"{self._out / 'shards'} holds shards of another run; give another --out")
        return fill(self._ready, self._out, EVERYTHING, lambda: Shards(runs), self._console)

    def _needed(self) -> int:
        """Candidates after which all tasks should be there, by how many it took so far; twice those at most."""
        entries = list(Run.open(self._out).ledger())
        tried, lanes = (entries[-1].index + 1 if entries else 0), self._ready.order.lanes
        accepted = max(1, sum(len(entry.accepted) for entry in entries))
        return min(math.ceil(GROWTH * tried * self._ready.order.count / accepted), 2 * tried) + 8 * lanes


class Shard:
    """One part of the run: its order, its directory, and how far that has come."""

    def __init__(self, out: Path, order: Order, number: int, parts: int) -> None:
        self.name = f"{number}/{parts}"
        self.out = out / "shards" / str(number)
        self.order = order.model_copy(update={"shard": (number, parts)})
        self.progress = Progress(part_of(order.count, parts), {})
        self._read = 0
        self.look(earlier=True)

    def look(self, earlier: bool = False) -> bool:
        """Whether anything has come since the last look."""
        path = self.out / LEDGER
        if not path.exists():
            return False
        with path.open("rb") as file:
            file.seek(self._read)
            lines = file.read()
        whole = lines[: lines.rfind(b"\n") + 1]
        self.progress.add([Entry.model_validate_json(row) for row in whole.splitlines()], earlier)
        self._read += len(whole)
        return bool(whole)

    @property
    def goes_on(self) -> bool:
        """Whether it would make more candidates if it were asked to."""
        return _end(Run.open(self.out)) in {"complete", "candidates", "exhausted"}


def _end(run: Run) -> str:
    """Why a run was last stopped."""
    ends = [event["end"] for event in run.events() if "end" in event]
    return ends[-1] if ends else ""


if __name__ == "__main__":
    sys.exit(main())
