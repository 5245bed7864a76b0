"""Certify other people's questions: unique? bypassable? which clue to drop? what could not be resolved?

  python -m graph.audit theirs.jsonl --world atlas
  python -m graph.audit theirs.jsonl --world DIR --relations map.tsv --json

Reads task records, the nested research trees of InfoSeek and the formalisations of WebShaper, one JSON object a line or
one array. Entities are found by name, relations by id, label, the phrase book's wordings or --relations. What stays
unresolved is named, and the rest is certified without it.

Exit code 0: every question holds, 1: some question does not, or has unresolved parts, 2: bad input.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from graph.audit_view import finding_view
from graph.ending import ended
from tasks.foreign.certifying import audit
from tasks.foreign.reading import read_drafts
from tasks.foreign.wordings import read_mapping
from worlds.opening import open_world

HOLDS, DOES_NOT = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Bad input is one line on standard error."""
    parsed = _parser().parse_args(arguments)
    return ended(lambda: asyncio.run(_run(parsed)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m graph.audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="questions as JSON, one object a line or one array")
    parser.add_argument("--world", required=True, help="atlas, or a world's directory")
    parser.add_argument("--json", action="store_true", help="print one JSON object a question")
    parser.add_argument(
        "--relations",
        type=Path,
        metavar="MAP.tsv",
        help="what phrases mean: phrase, relation id, and out, in or range, tab-separated",
    )
    return parser


async def _run(parsed: argparse.Namespace) -> int:
    world = open_world(parsed.world)
    mapping = read_mapping(parsed.relations, await world.relations()) if parsed.relations else {}
    drafts = read_drafts(parsed.file)
    console = Console(stderr=parsed.json, highlight=False)
    verdicts: Counter[bool] = Counter()
    for draft in drafts:
        finding = await audit(draft, world, mapping)
        verdicts[finding.holds] += 1
        if parsed.json:
            print(finding.model_dump_json())
        else:
            console.print(finding_view(finding))
    console.print(f"{len(drafts)} questions: {verdicts[True]} hold, {verdicts[False]} do not")
    return DOES_NOT if verdicts[False] else HOLDS


if __name__ == "__main__":
    sys.exit(main())
