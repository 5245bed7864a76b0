"""`python -m worlds`: build worlds and look into them."""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.table import Table

from worlds.building import KINDS, build_text, build_triples
from worlds.corpus.fields import parse_fields
from worlds.corpus.library import Report
from worlds.export import export
from worlds.opening import open_local, open_world
from worlds.statements import LAYOUTS


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
    making.add_argument("kind", choices=KINDS, help="what the input is")
    making.add_argument(
        "input",
        type=Path,
        nargs="+",
        help="triples: TSV (subject, relation, object[, kind]), labelled JSON or N-Triples; mediawiki: an XML dump;"
        " pages: JSON lines with title and text; folder: of Markdown, text, HTML and PDF; most may be .gz, .bz2 or .xz",
    )
    making.add_argument(
        "--fields",
        nargs="+",
        default=[],
        metavar="FIELD=RELATION",
        help="of pages: fields of a line that are facts, such as year=P577 cast=P161:actor",
    )
    making.add_argument("--out", type=Path, required=True, help="the new directory")
    making.add_argument("--name", help="the world's name (default: the directory's)")
    making.add_argument(
        "--seed", type=int, default=0, help="of triples: decides which page tells which fact (default 0)"
    )
    making.add_argument("--layout", choices=LAYOUTS, default="random", help="of triples: where facts are told")
    making.add_argument("--url", default="", help="of triples: prefix that turns an entity's id into its page's URL")
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
    name, console = parsed.name or parsed.out.name, Console(stderr=True)
    fields = parse_fields(parsed.fields)
    if fields and parsed.kind != "pages":
        raise ValueError(f"--fields goes with pages, whose lines have fields, not with {parsed.kind}")
    if parsed.kind == "triples":
        if len(parsed.input) > 1:
            raise ValueError(f"triples come from one file, not {len(parsed.input)}")
        build_triples(parsed.input[0], parsed.out, name, parsed.seed, parsed.layout, parsed.url)
    else:
        report = build_text(parsed.kind, parsed.input, parsed.out, name, fields, console)
        console.print(_left_out(report))
    world = open_local(str(parsed.out))
    print(f"{parsed.out}: {', '.join(f'{n:,} {what}' for what, n in world.counts.items())}; version {world.version}")


def _left_out(report: Report) -> RenderableType:
    """What became of the input, the most frequent reasons first."""
    table = Table("left out because", "", "such as")
    for why, n in report.left_out.most_common():
        table.add_row(why, f"{n:,}", "; ".join(report.examples[why])[:100])
    kinds = ", ".join(f"{n:,} of kind {kind}" for kind, n in report.kinds.most_common())
    return Group(f"read: {kinds}", *([table] if report.left_out else []))


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
