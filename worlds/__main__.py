"""`python -m worlds`: build worlds and look into them."""

import argparse
import asyncio
import hashlib
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from worlds.build import build
from worlds.export import export
from worlds.opening import open_local, open_world
from worlds.statements import LAYOUTS, plain_sentences, render_pages
from worlds.triples import read_triples


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Bad input is one line on standard error and 2."""
    parsed = _parser().parse_args(arguments)
    try:
        asyncio.run(parsed.command(parsed))
    except (OSError, ValueError, KeyError) as error:
        print(f"error: {error.args[0] if isinstance(error, KeyError) else error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m worlds", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    making = commands.add_parser("build", help="build a world from data of your own")
    making.add_argument("kind", choices=["triples"], help="what the input is")
    making.add_argument(
        "input", type=Path, help="TSV (subject, relation, object[, kind]) or labelled JSON, plain or .gz"
    )
    making.add_argument("--out", type=Path, required=True, help="the new directory")
    making.add_argument("--name", help="the world's name (default: the directory's)")
    making.add_argument("--seed", type=int, default=0, help="decides which page tells which fact (default 0)")
    making.add_argument("--layout", choices=LAYOUTS, default="random", help="where facts are told (default random)")
    making.add_argument("--url", default="", help="prefix that turns an entity's id into its page's URL")
    making.set_defaults(command=_build)
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


async def _build(parsed: argparse.Namespace) -> None:
    triples = read_triples(parsed.input, parsed.name or parsed.out.name)
    relations = {r.id: r for r in triples.data.relations}
    wording = plain_sentences(relations, triples.descriptions)
    pages = render_pages(triples.data, wording, parsed.seed, parsed.layout, parsed.url, "\n")
    digest = hashlib.sha256(parsed.input.read_bytes()).hexdigest()
    origin = {
        "kind": "triples",
        "input": parsed.input.name,
        "sha256": digest,
        "seed": parsed.seed,
        "layout": parsed.layout,
    }
    build(triples.data, pages, parsed.out, origin)
    world = open_local(str(parsed.out))
    print(f"{parsed.out}: {', '.join(f'{n:,} {what}' for what, n in world.counts.items())}; version {world.version}")


async def _info(parsed: argparse.Namespace) -> None:
    world = open_local(parsed.world)
    console = Console()
    counts = ", ".join(f"{n:,} {what}" for what, n in world.counts.items())
    console.print(f"[bold]{world.name}[/] version {world.version}: {counts}")
    types: Counter[str] = Counter()
    for entity in world.entity_ids:
        types.update((await world.entity(entity)).types)
    console.print(_table("type", "members", types.most_common(15)))
    sizes = world.relation_sizes()
    labels = {r.id: r.label for r in (await world.relations()).values()}
    rows = [(f"{labels[r]} ({r})", n) for r, n in Counter(sizes).most_common(20)]
    console.print(_table("relation", "facts with closure", rows))


def _table(what: str, how_many: str, rows: list[tuple[str, int]]) -> Table:
    table = Table(what, how_many)
    for name, number in rows:
        table.add_row(name, f"{number:,}")
    return table


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
