"""Why a question holds, told to somebody who knows nothing of the project."""

from collections.abc import Iterable, Iterator
from math import comb

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from hcsp.certificate import Count, high, low
from hcsp.constraints import TypeConstraint, child_of, is_edge
from hcsp.preset import Preset
from hcsp.tree import ResearchTree
from tasks.audit import Audit, Ranks, audit
from tasks.explained import DISTINCT, Explained, Lifting, Narrowing, explained
from tasks.record import TaskRecord, certificate_of
from tasks.thresholds import Threshold, thresholds, told
from worlds.world import World

SHOWN = 3
"""Most names told of a set that is one cell of a table."""
ATTACKS = ("the whole question", "each clause alone", "each pair of clauses")
"""By the number of clauses that one of their queries words."""


async def explanation(record: TaskRecord, world: World) -> RenderableType:
    """All that is proved of a record, with what is behind each number; everything is computed anew.

    Raises `ValueError` when the record was made in another version of the world, `KeyError` when an entity of it is
    not in there.
    """
    case = await explained(record, world)
    preset, searching = Preset.model_validate(record.provenance["preset"]), not certificate_of(record).not_checked
    attacked = await audit(world, case.tree, record.question, case.surfaces, preset.name, searching=searching)
    disputed = [f"certificate.{field}" for field in case.disputed]
    disputed += [f"audit.{field}" for field in Audit.model_validate(record.audit).differences(attacked)]
    most = record.provenance["settings"]["max_popularity"]
    rows = thresholds(case.certificate, attacked, preset, case.tree, most)
    return Group(
        *_opening(case, world.name, disputed),
        *_narrowing(case),
        *_lifting(case),
        *_finding(case),
        *_attacks(case, attacked),
        *_verdict(rows, preset),
    )


def _opening(case: Explained, world: str, disputed: Iterable[str]) -> Iterator[RenderableType]:
    yield Panel(Text(case.record.question), title="question", border_style="green")
    root, hidden = case.tree.root, ", ".join(f"{v} ({case.labels[v]})" for v in case.tree.inner)
    yield Text(
        f"The answer is {root} ({case.labels[root]}). Hidden on the way there: {hidden or 'nothing'}. All numbers are "
        f"counted in {world}, a closed collection of facts and of pages that state them. A candidate is anything in it "
        "that fits what has been said so far."
    )
    if different := ", ".join(disputed):
        yield Text(f"The record itself says otherwise about: {different}.", style="bold red")


def _narrowing(case: Explained) -> Iterator[RenderableType]:
    """Per variable who is left after each constraint."""
    yield _title("Who fits")
    yield Text(
        "What the question says of each thing in turn, the deepest first: how many of its kind fit that alone, how "
        "many candidates there are before and after it, and whom it rules out."
    )
    for vertex, steps in case.narrowings.items():
        table = Table("", "says", *map(_right, ("alone", "before", "after")), "left", "ruled out")
        for step in steps:
            table.add_row(*map(Text, _narrowed(case, step)))
        yield Text(f"\n{vertex}: {_question(case, vertex)}", style="bold cyan")
        yield table
        yield _left(case, vertex, steps[-1])
    others = ", ".join(case.namesakes)
    yield Text(f"The answer's name also denotes: {others}." if others else "Nobody else bears a name of the answer.")


def _narrowed(case: Explained, step: Narrowing) -> tuple[str, ...]:
    name, says = _told_as(case, step.constraint)
    alone = "" if step.alone is None else told(step.alone)
    left, gone = _some(step.left, high(step.after)), _some(step.gone, step.removed)
    return name, says, alone, told(step.before), told(step.after), left, gone


def _left(case: Explained, vertex: str, last: Narrowing) -> Text:
    label = case.labels[vertex]
    if low(last.after) == high(last.after) == 1 and last.left == (label,):
        return Text(f"Only {label} is left, so {vertex} is {label}.")
    return Text(f"Left are {told(last.after)} candidates: {vertex} is not settled.", style="red")


def _lifting(case: Explained) -> Iterator[RenderableType]:
    """What happens without each clue and without each sub-question."""
    yield _title("What each part is for")
    yield Text("The answers of the whole question when one clue is left out, and who comes back then:")
    yield _lifted("clue left out", [(*_told_as(case, lift.what), lift) for lift in case.clues])
    if case.questions:
        yield Text("The same when all that is said of one of the hidden things is left out:")
        asked = [(lift.what, _question(case, lift.what), lift) for lift in case.questions]
        yield _lifted("sub-question left out", asked)
    for edge in case.tree.edges:
        child, count = child_of(edge), case.certificate.edges[child_of(edge)]
        yield Text(
            f"Whoever knows {child} ({case.labels[child]}) alone still has {told(count)} candidates for {edge.vertex}."
        )


def _lifted(what: str, rows: Iterable[tuple[str, str, Lifting]]) -> Table:
    table = Table("", what, _right("answers"), "who comes back")
    for name, says, lift in rows:
        back = _some(lift.back, low(lift.answers) - 1, len(lift.back))
        table.add_row(*map(Text, (name, says, told(lift.answers), back)))
    return table


def _finding(case: Explained) -> Iterator[RenderableType]:
    """The way to the evidence."""
    yield _title("Finding the evidence")
    if case.certificate.not_checked:
        yield Text(f"Not measured: {', '.join(case.certificate.not_checked)}.")
        return
    yield Text(_floor(case.certificate.search_floor))
    if case.route:
        yield Text("After a clue that rests on several facts stands how many of them a page states, as in 1/2.")
        yield _route(case)
    for line in (*_spread(case), _blind(case)):
        yield Text(line)


def _floor(floor: Count | None) -> str:
    if floor is None:
        return "No sequence of searches that the question allows brings all the evidence."
    fewest = f"No fewer than {low(floor)} searches bring a page for everything that the question says"
    exact = ", and these do." if low(floor) == high(floor) else f"; these {high(floor)} do."
    return f"{fewest}{exact} They are chosen with the answer in hand: a reader without it needs more as a rule."


def _route(case: Explained) -> Table:
    table = Table(_right("search"), "page that comes", "states", "hidden names on it")
    for number, step in enumerate(case.route, start=1):
        uses = f" (by the name {step.uses}, seen before)" if step.uses else ""
        table.add_row(str(number), Text(f"“{step.query}”{uses}", style="italic"), "", "")
        for page in step.pages:
            table.add_row("", Text(f"  {page.title}"), ", ".join(page.states), Text(", ".join(page.shows)))
        table.add_row("", Text("  all that is held now", style="dim"), Text(", ".join(step.held), style="dim"), "")
        table.add_section()
    return table


def _spread(case: Explained) -> Iterator[str]:
    found = case.certificate
    if found.dispersion is not None:
        yield f"The evidence stands on {found.dispersion} pages at least."
    if found.dependency is not None:
        yield (
            f"The searches depend on one another: in any order there is a chain of {found.dependency} or more, each "
            "but the first by a name first seen on the pages of the one before."
        )


def _blind(case: Explained) -> str:
    found = case.certificate
    who = "A plain solver, which asks the question, its clauses and then every title that it meets,"
    seen = (
        f"first sees the answer's name after {found.t_hit} searches" if found.t_hit else "never sees the answer's name"
    )
    done = f"after {found.blind_cost}" if found.blind_cost else f"not even after {case.blind}"
    return f"{who} {seen}. It holds all the evidence {done}."


def _attacks(case: Explained, attacked: Audit) -> Iterator[RenderableType]:
    """What was tried against the wording."""
    yield _title("Attacks on the wording")
    if attacked.ranks is not None:
        yield from _ranked(case.tree, attacked.ranks)
    for line in _spelt(attacked):
        yield Text(line)


def _ranked(tree: ResearchTree, found: Ranks) -> Iterator[RenderableType]:
    """What searching for the question and its clauses brings."""
    clauses = sum(not isinstance(c, TypeConstraint) for c in tree.constraints)
    table = Table("searched for", _right("queries"), "best rank of the answer's page")
    for size, what in enumerate(ATTACKS):
        ranks = [seen.rank for seen in found.answer_seen if len(seen.clauses) == size]
        best = str(min(ranks)) if ranks else f"not among the first {found.depth}"
        table.add_row(what, str(comb(clauses, size)), best)
    yield table
    inner = ((v, f"at rank {n}" if n else "not found") for v, n in found.inner_best.items())
    if pages := ", ".join(f"{v} {where}" for v, where in inner):
        yield Text(f"The pages of the hidden things, by the same queries: {pages}.")


def _spelt(attacked: Audit) -> Iterator[str]:
    leaks = ", ".join(f"{name} ({v})" for v, names in attacked.leaks.items() for name in names)
    yield f"Hidden names that stand in the question: {leaks or 'none'}."
    spelt = ", ".join(f"{e.text} ({e.clue or 'of no clue'})" for e in attacked.exposed)
    yield f"Names, years and numbers that it spells out: {spelt or 'none'}."
    if attacked.ranks is not None:
        yield f"Words in it that bring {attacked.ranks.depth} pages or fewer: {attacked.rare_words}."
    yield f"Not tried: {', '.join(attacked.not_checked) or 'nothing'}."


def _verdict(rows: Iterable[Threshold], preset: Preset) -> Iterator[RenderableType]:
    """Every threshold beside the value."""
    yield _title(f"What {preset.name} asks for")
    table = Table("field", "what it is", "value", f"{preset.name} asks", "")
    for row in rows:
        met = {True: Text("met", style="green"), False: Text("not met", style="bold red"), None: Text("")}[row.met]
        table.add_row(row.field, row.says, row.value, row.needed, met)
    yield table
    missed = sum(row.met is False for row in rows)
    yield Text(f"{missed} of them not met." if missed else "Everything that was computed is met.", style="bold")


def _told_as(case: Explained, constraint: str) -> tuple[str, str]:
    """A constraint's id, and how the question words it; what an edge leads to is known by then."""
    if constraint == DISTINCT:
        return "", "different things are different entities"
    found = next(c for c in case.tree.constraints if c.id == constraint)
    child = f" ({child_of(found)})" if is_edge(found) else ""
    says = f"is of the kind: {found.type}" if isinstance(found, TypeConstraint) else case.surfaces[constraint]
    return constraint, f"{says}{child}"


def _question(case: Explained, vertex: str) -> str:
    asked = {s["vertex"]: s["question"] for s in case.record.steps}
    return str(asked.get(vertex, case.tree.noun(vertex).type))


def _some(names: tuple[str, ...], count: int, most: int = SHOWN) -> str:
    """Some names of a set of `count`, and how many more there are."""
    more = count - len(names[:most])
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "") if count > 0 else "nobody"


def _right(title: str) -> Column:
    return Column(title, justify="right")


def _title(text: str) -> Text:
    return Text(f"\n{text}", style="bold underline")
