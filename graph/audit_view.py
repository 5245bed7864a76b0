"""What the audit of somebody else's question looks like on a terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hcsp.certificate import Count
from tasks.foreign.draft import short
from tasks.foreign.findings import Finding

_ROUTE = 60


def finding_view(finding: Finding) -> RenderableType:
    """Verdict first, then the question, who stands where, each claim, the certificate and what was left out."""
    colour = "green" if finding.holds else "red"
    head = Panel(Text(short(finding.question, 600)), title=_cell(finding.name), border_style=colour)
    return Group(head, Text(f"{finding.form}: {finding.verdict}", style=f"bold {colour}"), *_parts(finding), "")


def _parts(finding: Finding) -> Iterator[RenderableType]:
    if finding.asks:
        yield Text(f"asks for {finding.asks!r} of the root's entity: certified is that the entity is unique")
    if finding.listed:
        names = ", ".join(n.label for n in finding.listed)
        yield Text(
            f"given answer {finding.given_answer or 'none'}; answers of the world ({_count(finding.answers)}): {names}"
        )
    if finding.without:
        yield Text("; ".join(f"without {c}: {_count(n)} answers" for c, n in finding.without.items()))
    if finding.variables:
        yield _variables(finding)
    if finding.claims:
        yield _claims(finding)
    if finding.certificate is not None:
        yield from _certificate(finding)
    if finding.unresolved:
        yield _left(finding)
    yield from (Text(f"says nothing about a variable: {x.part} ({x.what})") for x in finding.idle)


def _variables(finding: Finding) -> Table:
    table = Table("variable", "stands for", "noun", "candidates", "sub-question without its clues")
    hierarchy = (finding.certificate or {}).get("hierarchy", {})
    for v in finding.variables:
        found = f"{v.entity.label}{'' if v.found_by == 'given' else ' (found by solving)'}"
        left = f"{_plain(hierarchy[v.id])} answers" if v.id in hierarchy else ""
        table.add_row(*map(_cell, (v.id, found, v.noun, _count(v.candidates), left)))
    return table


def _claims(finding: Finding) -> Table:
    table = Table("claim", "says", "read as", "how", "candidates", "answers without it", "")
    necessary = (finding.certificate or {}).get("necessary", {})
    for c in finding.claims:
        without = _plain(necessary[c.id]) if c.id in necessary else ""
        use = _use(finding, c.id)
        table.add_row(*map(_cell, (c.id, c.text, c.read, c.how, _count(c.candidates), without, use)))
        if c.note:
            table.add_row("", _cell(c.note), "", "", "", "", "")
    return table


def _use(finding: Finding, clue: str) -> str:
    drop = finding.drop
    is_clue = clue in (finding.certificate or {}).get("necessary", {})
    pinned = any(c.id == clue and c.candidates == 1 for c in finding.claims) and clue not in drop.alone
    said = [
        ("alone gives the answer", clue in drop.alone),
        ("not needed", clue in drop.redundant),
        ("fits one entity alone", pinned and is_clue),
    ]
    return ", ".join(text for text, holds in said if holds)


def _certificate(finding: Finding) -> Iterator[RenderableType]:
    fields = finding.certificate or {}
    unmeasured = fields["not_checked"]
    names = ("selectivity", "rival_count", "dispersion", "dependency", "search_floor", "blind_cost", "t_hit")
    shown = [f"{n} {_plain(fields[n])}" for n in names if n not in unmeasured]
    yield Text("; ".join(shown))
    if unmeasured:
        yield Text(f"not checked, for want of pages: {', '.join(unmeasured)}", style="italic")
    for n, hop in enumerate(fields["route"], start=1):
        yield Text(f"  retrieval {n}: {short(hop['query'], _ROUTE)} → {', '.join(hop['pages'])}", style="dim")
    if fields["rivals"]:
        rivals = "; ".join(f"{r['label']} (fails {', '.join(r['fails'])})" for r in fields["rivals"])
        yield Text(f"nearest wrong answers: {rivals}")


def _left(finding: Finding) -> Table:
    table = Table("unresolved", "says", "why", border_style="yellow")
    for x in finding.unresolved:
        table.add_row(*map(_cell, (x.part, x.what, x.why)))
    return table


def _cell(text: str) -> Text:
    """Somebody else's words: no markup, no control characters."""
    return Text(short(text, 400))


def _count(count: Count | None) -> str:
    if count is None or isinstance(count, int):
        return "" if count is None else str(count)
    return f"{count.low} to {count.high}"


def _plain(value: object) -> str:
    """A count of the certificate as JSON."""
    if isinstance(value, dict):
        return f"{value['low']} to {value['high']}"
    return "none" if value is None else str(value)
