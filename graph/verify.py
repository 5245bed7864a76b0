"""Recompute every certificate and every quote of a record file, and print each difference.

  python -m graph.verify tasks.jsonl

Exit code 0: all of it holds, 1: something does not, 2: bad input.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from tasks.files import read
from tasks.record import TaskRecord
from tasks.verify import differences
from worlds.opening import open_world
from worlds.world import World

HOLDS, DIFFERS, BAD_INPUT = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m graph.verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="task records, one JSON object a line")
    parser.add_argument("--world", help="atlas, or a world's directory (default: the one that each record names)")
    parsed = parser.parse_args(arguments)
    try:
        records = list(read(parsed.file))
        if not records:
            raise ValueError(f"{parsed.file} holds no records")
        if parsed.world:
            open_world(parsed.world)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    wrong = asyncio.run(_verify(records, parsed.world))
    print(f"{len(records)} records, {wrong} with differences")
    return DIFFERS if wrong else HOLDS


async def _verify(records: list[tuple[int, dict[str, object]]], name: str | None) -> int:
    wrong = 0
    for number, row in records:
        found = await _findings(row, name)
        wrong += bool(found)
        for finding in found:
            print(f"line {number}: {finding}")
    return wrong


async def _findings(row: dict[str, object], name: str | None) -> list[str]:
    try:
        record = TaskRecord.model_validate(row)
        world: World = open_world(name or str(record.provenance["settings"]["world"]))
        return await differences(record, world)
    except ValidationError as error:
        first = error.errors()[0]
        return [f"{'.'.join(map(str, first['loc'])) or 'record'}: {first['msg']}"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"cannot be checked: {error}"]


if __name__ == "__main__":
    sys.exit(main())
