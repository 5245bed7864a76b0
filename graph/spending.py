"""What models will cost, about, before a command begins, and what they came to when it ends."""

from collections.abc import Mapping
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table

from graph.context import Context
from roles.chat.ledger import Summary, Usage
from roles.chat.model_chat import ModelChat

FAILURES = 5
"""How many reasons of failures are told, the most frequent first."""


class Typical(NamedTuple):
    """Calls of one role for one question, and the tokens of each call."""

    calls: float
    sent: int
    received: int


TYPICAL: Mapping[str, Typical] = {
    "planner": Typical(14, 900, 60),
    "browser": Typical(5, 7000, 1200),
    "writer": Typical(1.5, 1000, 300),
}
"""At `medium` over atlas; pages of other worlds are longer. `benchmarks/calls.py --questions` measures them."""
CLOSED_BOOK, FROM_PAGES = Typical(1, 320, 30), Typical(1, 6000, 40)


def typical(settings: Context) -> dict[str, Typical]:
    """What a question takes under these settings, for each role that a model plays."""
    found = {role: work for role, work in TYPICAL.items() if settings.player_of(role)}
    if settings.player_of("solver"):
        tries = [CLOSED_BOOK] * settings.closed_book + [FROM_PAGES] * settings.from_pages
        sent, received = (sum(getattr(t, part) for t in tries) for part in ("sent", "received"))
        found |= {"solver": Typical(len(tries), sent // len(tries), received // len(tries))} if tries else {}
    return found


def expected(chat: ModelChat, settings: Context, questions: int) -> str:
    """An estimate for so many questions, in one line, without what is rejected on the way."""
    work = typical(settings)
    calls = questions * sum(w.calls for w in work.values())
    tokens = questions * sum(w.calls * (w.sent + w.received) for w in work.values())
    costs = [chat.cost(role, round(w.calls * w.sent), round(w.calls * w.received)) for role, w in work.items()]
    price = "at a price that is not known" if None in costs else f"${questions * sum(c or 0 for c in costs):.2f}"
    what = "a question" if questions == 1 else f"{questions:,} questions"
    return f"estimate for {what}: {calls:,.0f} calls, {tokens:,.0f} tokens, {price}; what is rejected comes on top"


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
