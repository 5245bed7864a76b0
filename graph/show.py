"""What a run looks like on a terminal."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.tree import Tree

from hcsp.constraints import child_of
from hcsp.tree import ResearchTree
from roles.saying import said
from tasks.record import TaskRecord, tree_of


def tree_view(tree: ResearchTree, labels: Mapping[str, str], relations: Mapping[str, str]) -> Tree:
    """The tree with entities, clues and edges. `labels` names entities, `relations` relations, both by id."""
    root = Tree(_variable(tree, tree.root, labels))
    _grow(root, tree, tree.root, labels, relations)
    return root


def _grow(
    branch: Tree, tree: ResearchTree, vertex: str, labels: Mapping[str, str], relations: Mapping[str, str]
) -> None:
    for clue in tree.clues_of(vertex):
        branch.add(f"[dim]{clue.id}[/] {said(clue, relations)}")
    for edge in tree.edges_of(vertex):
        child = child_of(edge)
        arrow = f"{relations.get(edge.relation, edge.relation)} {'→' if edge.direction == 'out' else '←'}"
        twig = branch.add(f"[dim]{edge.id}[/] {arrow} {_variable(tree, child, labels)}")
        _grow(twig, tree, child, labels, relations)


def _variable(tree: ResearchTree, vertex: str, labels: Mapping[str, str]) -> str:
    entity = tree.entities[vertex]
    return f"[bold cyan]{vertex}[/] [bold]{labels.get(entity, entity)}[/] [italic]{tree.noun(vertex).type}[/]"


def step_line(node: str, change: Mapping[str, Any]) -> str | None:
    """One line on what a node did; nothing for the nodes that only read."""
    action = change.get("action")
    if node == "expand_node" and action:
        target = f" → {action['entity']}" if action["entity"] else ""
        return f"[cyan]{action['kind']:<10}[/] {action['vertex']}{target}  [dim]{action['reason']}[/]"
    if repair := change.get("repair"):
        at = " ".join(repair[part] for part in ("kind", "vertex", "clue") if repair[part])
        return f"[yellow]sent back[/]  {change['refusal']}  [bold]{at}[/]"
    if change.get("refusal"):
        return f"[yellow]{node:<10}[/] {change['refusal']}"
    return None


def record_view(record: TaskRecord, labels: Mapping[str, str], relations: Mapping[str, str]) -> RenderableType:
    """Tree, question, answer, certificate, rivals and evidence of a record."""
    tree = tree_of(record)
    return Group(
        tree_view(tree, labels, relations),
        Panel(record.question, title="question", border_style="green"),
        f"[bold]answer[/] {record.answer}",
        "",
        *(f"[dim]{s['vertex']}[/] {s['question']} [dim]{s['answer']}[/]" for s in record.steps[:-1]),
        _certificate(record),
        _audit(record),
        _rivals(record),
        _evidence(record),
    )


def _certificate(record: TaskRecord) -> Table:
    table = Table("certificate", "value", title_justify="left")
    for name, value in record.certificate.items():
        unmeasured = name in record.certificate["not_checked"]
        if name not in ("rivals", "version", "route") and value != [] and not unmeasured:
            table.add_row(name, _value(value))
    return table


def _audit(record: TaskRecord) -> Table:
    """What the attack on the question found."""
    found = record.audit
    table = Table("audit", "value")
    if ranks := found["ranks"]:
        best = f"rank {ranks['answer_best']}" if ranks["answer_best"] else f"not among the first {ranks['depth']}"
        table.add_row("the answer's page", f"{best} of any query that knows the question alone")
    table.add_row("spelt out", ", ".join(e["text"] for e in found["exposed"]) or "nothing")
    table.add_row("readings", _value(found["readings"]))
    table.add_row("popularity of the answer", f"percentile {_value(found['popularity'])}")
    if recalled := found["closed_book"]:
        table.add_row("answered from memory", f"{recalled['right']} of {len(recalled['given'])} right")
    if read := found["from_pages"]:
        table.add_row("answered from the pages", ", ".join(read["given"]) or "nothing")
    for other in found["alternatives"] or ():
        why = f"ruled out by {', '.join(other['fails'])}" if other["fails"] else "denotes no one entity here"
        table.add_row(f"answered {other['answer']!r}", why)
    table.add_row("not checked", ", ".join(found["not_checked"]) or "nothing")
    return table


def _value(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"low", "high"}:
        return f"{value['low']} to {value['high']}"
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_value(n)}" for k, n in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "none" if value is None else str(value)


def _rivals(record: TaskRecord) -> Table:
    surfaces = {c["id"]: c["surface"] for c in record.constraints}
    table = Table("rival", "fails only")
    for rival in record.certificate["rivals"]:
        table.add_row(rival["label"], "; ".join(f"{c}: {surfaces[c]}" for c in rival["fails"]))
    return table


def _evidence(record: TaskRecord) -> Table:
    table = Table("clue", "candidates", "page", "quote")
    for c in record.constraints:
        for title, quote in dict.fromkeys((e["title"], e["quote"]) for e in c["evidence"]):
            table.add_row(c["id"], _value(c["candidates"]), title, quote)
    return table


def changes_view(node: str, change: Mapping[str, Any]) -> Panel:
    """What a node wrote into the state, long values cut."""
    lines = [
        f"[bold]{key}[/] {escape(str(value)[:160])}" for key, value in change.items() if value not in (None, "", [], {})
    ]
    return Panel("\n".join(lines) or "nothing changed", title=node, border_style="cyan")


def funnel_view(
    tried: int, accepted: int, funnel: Counter[str], relations: Counter[str], labels: Mapping[str, str]
) -> RenderableType:
    """Where the candidates went, and the largest shares of relations."""
    table = Table("rejected because", "entities")
    for reason, n in funnel.most_common():
        table.add_row(reason, str(n))
    total = relations.total() or 1
    shares = ", ".join(f"{labels.get(r, r)} {n / total:.1%}" for r, n in relations.most_common(5))
    parts = [table] if funnel else []
    return Group(*parts, f"accepted [bold]{accepted}[/] of {tried} ({accepted / tried:.0%}); relations: {shares}")
