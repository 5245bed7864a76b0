"""The ledger of model calls: what was asked, by whom, and what it came to.

  python -m graph.calls tasks.jsonl            of the runs that append to this file
  python -m graph.calls RUN                    of a run directory
  python -m graph.calls RUN --json             … every call, one JSON object a line
  python -m graph.calls                        of the runs without --out and --base-url, and of LangGraph Studio
  python -m graph.calls --base-url URL         of the runs without --out at this address

A call is answered, failed, or in doubt when its process ended before an answer was kept; a hit took an earlier reply
from the store. What a server saw is answered + failed + in doubt. `why` says why a reply was not taken.

Exit code 0: shown, 2: there is no ledger.
"""

import argparse
import json
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from graph.chats import calls_path
from graph.ending import ended
from graph.spending import spent_view
from roles.chat.calls import Calls
from tasks.files import read
from tasks.runs import TASKS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parser = argparse.ArgumentParser(
        prog="python -m graph.calls", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, nargs="?", metavar="FILE", help="a record file or a run directory")
    parser.add_argument("--base-url", metavar="URL", help="the address that was asked, where FILE is left out")
    parser.add_argument("--json", action="store_true", help="print every call as JSON, the oldest first")
    parsed = parser.parse_args(arguments)
    return ended(lambda: _show(parsed.out, parsed.base_url, parsed.json))


def _show(out: Path | None, address: str | None, rows: bool) -> int:
    path = calls_path(out, address)
    if not path.exists():
        raise FileNotFoundError(f"there is no ledger {path}: no model was asked by a run that writes there")
    try:
        calls = Calls(path)
    except sqlite3.Error as error:
        raise ValueError(f"{path} is no ledger of calls ({error})") from None
    try:
        if rows:
            for row in calls.rows():
                print(json.dumps(row, ensure_ascii=False))
        else:
            Console(highlight=False).print(spent_view(calls.summary(), _accepted(out)))
    finally:
        calls.close()
    return 0


def _accepted(out: Path | None) -> int:
    """How many records there are; none where it is not known."""
    path = out / TASKS if out is not None and out.is_dir() else out
    return sum(1 for _ in read(path)) if path is not None and path.exists() else 0


if __name__ == "__main__":
    sys.exit(main())
