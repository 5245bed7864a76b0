"""Turn an entity into one certified question.

  python -m graph.run --entity "Niels Bohr"                      grow, ask, certify, show
  python -m graph.run --entity "Niels Bohr" --out tasks.jsonl    … and append the record
  python -m graph.run --entity "Niels Bohr" --explain            … and say why it holds
  python -m graph.run --entity "Niels Bohr" --model openai:gpt-4.1-mini      … worded and tried by a model
  python -m graph.run --entity "Lise Meitner" --world wikidata               … of all of Wikidata
  python -m graph.run --sample 20 --difficulty easy --out tasks.jsonl

Exit code 0: accepted (with --sample: at least one), 3: rejected, 2: bad input, 130: stopped by Ctrl-C.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from graph.context import Context
from graph.ending import ended
from graph.flags import add_context, settings_from
from graph.session import RESUME, Session
from tasks.files import check_appendable, read


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = _parser().parse_args(arguments)
    stopped = f"stopped; {RESUME if parsed.out else 'without --out nothing was kept'}"
    return ended(lambda: _run(parsed), stopped)


def _run(parsed: argparse.Namespace) -> int:
    settings = settings_from(parsed, Context)
    _check(parsed)
    return asyncio.run(Session(parsed, settings).run())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--entity", metavar="NAME", help="name or id of the entity that is to be the answer")
    what.add_argument(
        "--sample", type=int, metavar="N", help="try N entities drawn by the seed, append what is accepted"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="append records to this file; without it no file is written"
    )
    parser.add_argument(
        "--rejected", type=Path, metavar="FILE", help="append what was sent back or given up, with the reasons"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run of the same arguments and --out")
    parser.add_argument("--step", action="store_true", help="stop before each node, show what changed, wait for Enter")
    parser.add_argument("--explain", action="store_true", help="say in plain words, set by set, why the question holds")
    parser.add_argument("--json", action="store_true", help="print the record as JSON, progress on standard error")
    parser.add_argument("--quiet", action="store_true", help="print the question and the answer only")
    add_context(parser)
    return parser


def _check(parsed: argparse.Namespace) -> None:
    """Everything that can be refused before any work is done."""
    if parsed.sample is not None and parsed.sample < 1:
        raise ValueError(f"--sample {parsed.sample}: expected a number from 1 on")
    if parsed.sample is not None and parsed.step:
        raise ValueError("--step goes with --entity, not with --sample")
    if parsed.resume and parsed.out is None:
        raise ValueError("--resume needs the --out of the run to go on with")
    if parsed.rejected is not None:
        check_appendable(parsed.rejected)
        if parsed.out is not None and _same(parsed.rejected, parsed.out):
            raise ValueError(f"--rejected {parsed.rejected}: name another file than --out")
    if parsed.out is not None:
        check_appendable(parsed.out)
        if parsed.out.exists():
            for _ in read(parsed.out):
                pass


def _same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, links of any kind included."""
    return one.resolve() == other.resolve() or (one.exists() and other.exists() and one.samefile(other))


if __name__ == "__main__":
    sys.exit(main())
