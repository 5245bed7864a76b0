"""What a split dataset looks like on a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tasks.hygiene.leaks import Leak

MOST = 20
"""Leaks that are listed beside the figures."""


def figures_view(figures: Mapping[str, Any]) -> RenderableType:
    """The splits, then what is not used and why, then what the curated set was chosen from."""
    return Group(_splits(figures), *_unused(figures), *_curated(figures))


def leaks_view(found: Sequence[Leak], most: int | None = MOST) -> RenderableType:
    """The leaks, a line each, or that there are none."""
    if not found:
        return Text("no leak: no entity, answer or question is in two splits", style="green")
    lines = [Text(str(leak)) for leak in found[:most]]
    more = len(found) - len(lines)
    tail = [Text(f"… and {more} more")] if more else []
    return Group(Text(f"{len(found)} leaks between splits", style="bold red"), *lines, *tail)


def _splits(figures: Mapping[str, Any]) -> Table:
    """A column a split, a line a figure: how many different ones, and the commonest with its share."""
    table = Table("", title=f"{figures['source']['tasks']} tasks of {figures['source']['name']}", title_justify="left")
    for name in figures["diversity"]:
        table.add_column(name, justify="right")
    varied = figures["diversity"].values()
    table.add_row("tasks", *(str(v["tasks"]) for v in varied))
    for field in ("answers", "entities", "constants", "relations", "shapes", "types", "domains"):
        table.add_row(field, *(_spread(v[field]) for v in varied))
    return table


def _spread(spread: Mapping[str, Any]) -> Text:
    if not spread["total"]:
        return Text("0")
    return Text(f"{spread['distinct']} ({_short(spread['commonest'])} {spread['share']:.0%})")


def _short(name: str) -> str:
    return name if len(name) <= 12 else f"{name[:11]}…"


def _unused(figures: Mapping[str, Any]) -> Iterator[Text]:
    total = figures["sizes"]["unused"]
    kinds = "; ".join(f"{kind}: {n}" for kind, n in figures["unused"].items())
    yield Text(f"not used: {total}{f' ({kinds})' if kinds else ''}")


def _curated(figures: Mapping[str, Any]) -> Iterator[Text]:
    if (curated := figures.get("curated")) is None:
        return
    asked, got = figures["plan"]["curated"], figures["sizes"]["curated"]
    yield Text(f"curated: {got} of {asked} asked for, all of them in test, chosen from {curated['fit']} that passed")
    yield from (Text(f"  not considered: {why}: {n}") for why, n in curated["unfit"].items())
    yield Text(f"  left to a reader or a model: {', '.join(curated['not_checked'])}")
