"""Make train, dev and test of a run, so that no entity of a test question is in a training question.

  python -m graph.split RUN                              write RUN/splits/: train, dev, test, unused, splits.json
  python -m graph.split tasks.jsonl --out DIR            … of any file of task records
  python -m graph.split RUN --curated 50                 … with the 50 hardest that passed every audit, to be reviewed
  python -m graph.split RUN --benchmark gaia.jsonl       … without what somebody's benchmark already has
  python -m graph.split --check DIR                      look for leaks between splits that exist

No two splits share an entity that stands for a variable, a name of an answer, or a question in other words. What has to
stay out for that, what nearly repeats an earlier task, what a benchmark has and what a reader turned down
(RUN/review.jsonl) goes to unused.jsonl with the reason. The figures are in splits.json.

Exit code 0: done, nothing leaks, 2: bad input, 3: something leaks, 130: stopped by Ctrl-C.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.console import Console

from graph.ending import ended
from graph.split_view import figures_view, leaks_view
from tasks.hygiene.contamination import Contamination
from tasks.hygiene.folder import check_replaceable, read_splits, write_dataset
from tasks.hygiene.leaks import leaks
from tasks.hygiene.prepare import Plan, prepare
from tasks.review import rejected, verdicts
from tasks.runs import REVIEW, TASKS, Run, read_records

DONE, LEAKS = 0, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    if (parsed.run is None) == (parsed.check is None):
        parser.error("name a run to split, or --check a folder of splits")
    return ended(lambda: _done(parsed))


def _done(parsed: argparse.Namespace) -> int:
    try:
        return _check(parsed.check) if parsed.check else _split(parsed)
    except KeyError as error:
        raise ValueError(f"a task record lacks {error}; python -m graph.verify says which and what else") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.split",
        usage="python -m graph.split RUN [options]\n       python -m graph.split --check DIR",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", type=Path, nargs="?", metavar="RUN", help="a run directory, or a file of task records")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to (default: RUN/splits, or FILE-splits)")
    parser.add_argument("--test", type=float, default=0.1, metavar="X", help="share of test tasks (default 0.1)")
    parser.add_argument("--dev", type=float, default=0.1, metavar="X", help="share of dev tasks (default 0.1)")
    parser.add_argument(
        "--curated",
        type=int,
        default=0,
        metavar="N",
        help="have N hard, audited, varied tasks in test, listed in curated.jsonl, with a review sheet (default 0)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="decides between equals (default 0)")
    parser.add_argument(
        "--benchmark",
        type=Path,
        action="extend",
        nargs="+",
        default=[],
        metavar="FILE",
        help="questions that no task may repeat: JSON lines, a JSON array, CSV, TSV, or text with one a line",
    )
    parser.add_argument("--check", type=Path, metavar="DIR", help="check the splits in DIR for leaks; writes nothing")
    return parser


def _split(parsed: argparse.Namespace) -> int:
    run: Path = parsed.run
    out: Path = parsed.out or (run / "splits" if run.is_dir() else run.with_name(f"{run.stem}-splits"))
    check_replaceable(out)
    if parsed.curated < 0:
        raise ValueError(f"--curated {parsed.curated}: expected how many tasks, 0 for none")
    plan = Plan(test=parsed.test, dev=parsed.dev, curated=parsed.curated, seed=parsed.seed)
    review = (run if run.is_dir() else run.parent) / REVIEW
    turned_down = rejected(verdicts(review))
    source = Run.open(run).path / TASKS if run.is_dir() else run
    records = list(read_records(source))
    if not records:
        raise ValueError(f"{source} holds no tasks to split")
    benchmarks = Contamination.read(parsed.benchmark)
    about: dict[str, Any] = {
        "source": {"name": source.name, "sha256": sha256(source.read_bytes()).hexdigest(), "tasks": len(records)},
        "benchmarks": benchmarks.files,
    }
    dataset = prepare(records, plan, turned_down, benchmarks)
    figures = write_dataset(dataset, out, about, f"{review.parent.name}/{REVIEW}")
    return _show(figures, dataset.leaks, out)


def _show(figures: Mapping[str, Any], found: Sequence[Any], out: Path) -> int:
    console = Console(highlight=False)
    console.print(figures_view(figures))
    console.print(leaks_view(found))
    console.print(f"written to {out}", markup=False, soft_wrap=True)
    return LEAKS if found else DONE


def _check(folder: Path) -> int:
    splits = read_splits(folder)
    found = leaks(splits)
    console = Console(highlight=False)
    console.print(", ".join(f"{name} {len(tasks)}" for name, tasks in splits.items()), markup=False)
    console.print(leaks_view(found, most=None))
    return LEAKS if found else DONE


if __name__ == "__main__":
    sys.exit(main())
