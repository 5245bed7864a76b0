"""`python -m worlds`: build worlds and look into them."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from worlds.describing import describe
from worlds.export import export
from worlds.making import add_build, misplaced
from worlds.opening import open_local, open_world

BAD_INPUT, STOPPED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Bad input is one line on standard error and 2."""
    try:
        parsed = _parsed(arguments)
        asyncio.run(parsed.command(parsed))
    except (OSError, ValueError, KeyError) as error:
        print(f"error: {_said(error)}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("stopped; nothing is left behind", file=sys.stderr)
        return STOPPED
    return 0


def _said(error: Exception) -> object:
    """One line about it; the system's own errors without their numbers."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}"
    return error.args[0] if isinstance(error, KeyError) else error


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The arguments; raises `ValueError` for a flag of another kind of input."""
    parser = _parser()
    parsed, rest = parser.parse_known_args(arguments)
    if rest and (wrong := misplaced(getattr(parsed, "kind", ""), rest)):
        raise ValueError(wrong)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return parsed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m worlds", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_build(commands)
    for name, command, text in (
        ("info", _info, "counts, types and relations of a world"),
        ("search", _search, "search a world's pages"),
        ("page", _page, "print one page"),
        ("export", _export, "write the neutral form: entities, facts, pages, relations"),
    ):
        reading = commands.add_parser(name, help=text, description=text)
        reading.add_argument("--world", "--name", default="atlas", help="atlas (default) or a built world's directory")
        reading.set_defaults(command=command)
        if name == "search":
            reading.add_argument("query", help="words to look for")
            reading.add_argument("-k", type=int, default=5, help="how many pages (default 5)")
        if name == "page":
            reading.add_argument("id", help="the page's id, or a name of its entity")
        if name == "export":
            reading.add_argument("--out", type=Path, required=True, help="the new directory")
    return parser


async def _info(parsed: argparse.Namespace) -> None:
    await describe(open_local(parsed.world), parsed.world, Console())


async def _search(parsed: argparse.Namespace) -> None:
    world = open_world(parsed.world)
    if parsed.k < 1:
        raise ValueError(f"-k {parsed.k}: expected a number from 1 on")
    hits = await world.search(parsed.query, parsed.k)
    if not hits:
        print(f"no page of {world.name} holds any of these words")
    for hit in hits:
        page = await world.page(hit.page)
        print(f"{hit.score:8.3f}  {page.id}  {page.title}: {page.text[:100]}")


async def _page(parsed: argparse.Namespace) -> None:
    world = open_world(parsed.world)
    found = [e.id for e in await world.resolve(parsed.id)]
    page = await world.page(found[0] if found else parsed.id)
    print(f"{page.title} ({page.id}) {page.url}\n\n{page.text}\n\nlinks: {', '.join(page.links)}")


async def _export(parsed: argparse.Namespace) -> None:
    world = open_local(parsed.world)
    await export(world, parsed.out)
    print(f"{parsed.out}: entities.jsonl, facts.tsv, pages.jsonl, relations.tsv of {world.name} {world.version}")


if __name__ == "__main__":
    sys.exit(main())
