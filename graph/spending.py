"""What models will cost, about, before a command begins, and what they came to when it ends."""

from collections.abc import Mapping
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table

from graph.context import Context
from roles.chat.ledger import Summary, Usage
from roles.chat.model_chat import ModelChat
from worlds.opening import has_facts

FAILURES = 5
"""How many reasons of failures are told, the most frequent first."""


class Typical(NamedTuple):
    """Calls of one role for one accepted question, and the tokens of each call."""

    calls: float
    sent: int
    received: int


TYPICAL: Mapping[str, Typical] = {
    "planner": Typical(118, 620, 6),
    "browser": Typical(28, 3500, 1850),
    "writer": Typical(2.3, 890, 290),
}
"""Measured at `medium` over atlas, rejected candidates included; pages of other worlds are longer."""
READING = (("browser", Typical(19, 8000, 800)), ("judge", Typical(74, 8000, 300)))
"""Where a world has pages and no facts, see docs/open-web.md."""
CLOSED_BOOK, FROM_PAGES = Typical(1.4, 190, 10), Typical(1.2, 2500, 20)


def typical(settings: Context) -> list[tuple[str, Typical]]:
    """The roles that models play under these settings, with what each is asked for an accepted question."""
    found = [(role, work) for role, work in TYPICAL.items() if settings.player_of(role)]
    found += READING if not has_facts(settings.world) else ()
    if settings.player_of("solver"):
        found += [("solver", CLOSED_BOOK)] * settings.closed_book + [("solver", FROM_PAGES)] * settings.from_pages
    return found


def expected(chat: ModelChat, settings: Context, questions: int) -> str:
    """An estimate for so many accepted questions, in one line."""
    work = typical(settings)
    calls = questions * sum(w.calls for _, w in work)
    tokens = questions * sum(w.calls * (w.sent + w.received) for _, w in work)
    costs = [chat.cost(role, round(w.calls * w.sent), round(w.calls * w.received)) for role, w in work]
    price = "at a price that is not known" if None in costs else _dollars(questions * sum(c or 0 for c in costs))
    what = "an accepted question" if questions == 1 else f"{questions:,} accepted questions"
    return f"estimate for {what}: {calls:,.0f} calls, {tokens:,.0f} tokens, {price}"


def _dollars(sum_: float) -> str:
    return f"${sum_:.2f}" if sum_ >= 1 else f"${sum_:.4f}"


def spent_view(summary: Summary, accepted: int) -> RenderableType:
    """The ledger of a command, a line a role, and what that is for each accepted question."""
    table = Table("model calls", *_COLUMNS)
    for role, usage in (*summary.roles.items(), ("in all", summary.total)):
        table.add_row(role, *_row(usage))
    parts: list[RenderableType] = [table]
    if accepted:
        total = summary.total
        cost = "" if total.known_cost is None else f", ${total.cost_usd / accepted:.4f}"
        parts.append(f"for each of {accepted:,} accepted: {total.calls / accepted:.1f} calls{cost}")
    reasons = list(summary.why.items())[:FAILURES]
    parts += [f"[dim]{n:,} times: {why[:200]}[/]" for why, n in reasons]
    return Group(*parts)


_COLUMNS = ("made", "failed", "in doubt", "cached", "tokens", "seconds", "USD")


def _row(usage: Usage) -> list[str]:
    counts = (usage.calls, usage.failed, usage.in_doubt, usage.hits, usage.input_tokens + usage.output_tokens)
    cost = "unknown" if usage.known_cost is None else f"{usage.cost_usd:.4f}"
    return [*(f"{n:,}" for n in counts), f"{usage.seconds:,.1f}", cost]
