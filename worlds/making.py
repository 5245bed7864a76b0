"""`python -m worlds build`: the flags of each kind, and what is said when a world is built."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table

from worlds.building import Sources, build_text, build_triples
from worlds.corpus.fields import parse_fields
from worlds.corpus.library import Report
from worlds.corpus.wording import documents, reason
from worlds.kinds import FLAGS, KINDS, TEXTS
from worlds.opening import open_local
from worlds.statements import LAYOUTS

PROGRAM = "python -m worlds"


def add_build(commands: Any) -> None:
    """The command and, under it, one for each kind."""
    about = "Build a world from data of your own: a directory that --world takes wherever a world is named."
    making = commands.add_parser("build", help="build a world from data of your own", description=about)
    kinds = making.add_subparsers(required=True, metavar="KIND", dest="kind")
    for name, kind in KINDS.items():
        one = kinds.add_parser(
            name,
            help=kind.what,
            description=f"Build a world from {kind.what}.\n\n{kind.reads}",
            epilog=f"example:\n  {PROGRAM} {kind.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.add_argument("input", type=Path, nargs="+", help=kind.what)
        one.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new directory")
        one.add_argument("--name", help="the world's name (default: the directory's)")
        one.add_argument("--language", default="en", help="of N-Triples: whose labels and Wikipedia (default en)")
        _add_own(one, name)
        one.set_defaults(command=_build)


def _add_own(one: argparse.ArgumentParser, kind: str) -> None:
    """The flags that go with some kinds only."""
    if kind == "triples":
        one.add_argument("--seed", type=int, default=0, help="decides which page tells which fact (default 0)")
        one.add_argument("--layout", choices=LAYOUTS, default="random", help="on whose page facts are told")
        one.add_argument("--url", default="", help="prefix that turns an entity's id into its page's URL")
    if kind in FLAGS["--with"]:
        one.add_argument(
            "--with",
            type=Path,
            dest="facts",
            metavar="FACTS",
            help="facts about what the pages are about, in any form that build triples reads; joined by sitelink, title"
            " or alias, and counted where a sentence bears them out",
        )
    if kind in FLAGS["--fields"]:
        one.add_argument(
            "--fields",
            nargs="+",
            default=[],
            metavar="FIELD=RELATION",
            help="fields of a line that are facts, such as year=P577 cast=P161:actor",
        )


def misplaced(kind: str, given: Sequence[str]) -> str:
    """What is wrong with flags that a kind does not have; empty when they are flags of no kind."""
    flag = next((g.partition("=")[0] for g in given if g.partition("=")[0] in FLAGS), "")
    if not flag:
        return ""
    return f"{flag} goes with {' and '.join(FLAGS[flag])}, not with {kind}: see {PROGRAM} build {kind} --help"


async def _build(parsed: argparse.Namespace) -> None:
    name, console = parsed.name or parsed.out.name, Console(stderr=True)
    if parsed.kind in TEXTS:
        fields = parse_fields(getattr(parsed, "fields", ()))
        sources = Sources(parsed.kind, parsed.input, fields, parsed.facts, parsed.language)
        report = build_text(sources, parsed.out, name, console)
    elif len(parsed.input) > 1:
        raise ValueError(f"triples come from one file, not {len(parsed.input)}")
    else:
        report = build_triples(
            parsed.input[0], parsed.out, name, parsed.seed, parsed.layout, parsed.url, parsed.language
        )
    console.print(_reported(report))
    world = open_local(str(parsed.out))
    print(f"{parsed.out}: {', '.join(f'{n:,} {what}' for what, n in world.counts.items())}; version {world.version}")


def _reported(report: Report) -> RenderableType:
    """What became of the input, the most frequent reasons first."""
    table = Table("left out because", "", "such as")
    for why, n in report.left_out.most_common():
        table.add_row(reason(why), f"{n:,}", "; ".join(report.examples[why])[:100])
    lines = [f"read: {documents(report.kinds)}"] if report.kinds else []
    lines += [*report.notes, _links(report)] if report.links else report.notes
    return Group(*lines, *([table] if report.left_out else []))


def _links(report: Report) -> str:
    """Links, and what of them other code would miss."""
    causes = ", ".join(f"{n:,} {cause}" for cause, n in report.missed.most_common())
    told = f"; looked up by its exact text, {report.missed.total():,} of them miss: {causes}" if causes else ""
    return f"links to articles: {report.links:,}{told}"
