"""Making the reward sheet of a task, from its record and the world that it was made in."""

from collections.abc import Iterable, Sequence

from hcsp.certificate import low, spoken_at
from hcsp.constraints import TypeConstraint
from hcsp.names import occurring, words
from hcsp.tree import ResearchTree
from roles.leakage import names_of
from tasks.record import TaskRecord, certificate_of, tree_of
from tasks.trails import trail_of
from tasks.trajectories.sheet import BLOCKED, SHORT, Sheet, Sought, Stated
from worlds.world import World

MOST = 4096
"""Most pages that are read for the answer's name; an answer whose every word stands on more of them is rare."""


async def sheet_of(record: TaskRecord, world: World, blocked: Iterable[str] = BLOCKED, most: int = MOST) -> Sheet:
    """The sheet with every page of the world that states a fact or names the answer.

    `most` pages are read to find the name; 0 asks the world no searches, as befits one that is paid for, and then the
    sheet is not `whole`. Raises `KeyError` when the world does not know an entity of the task.
    """
    tree = tree_of(record)
    names = {v: tuple(names_of(await world.entity(e))) for v, e in tree.entities.items()}
    rivals = [tuple(names_of(await world.entity(r["entity"]))) for r in record.certificate["rivals"]]
    trail = (await trail_of(world, tree, tree.clues)).states
    stated = [_stated(tree, c, pages) for c, facts in trail.items() for pages in facts]
    answers = _answers(record)
    naming, complete = await _naming(world, answers, most)
    return _sheet(record, tree, names, rivals, stated, naming, tuple(blocked), whole=complete)


def sheet_from_record(record: TaskRecord, blocked: Iterable[str] = BLOCKED) -> Sheet:
    """The sheet as far as a record alone knows: the pages that it quotes, where others may state the same."""
    tree = tree_of(record)
    names = {s["vertex"]: (s["answer"],) for s in record.steps} | {tree.root: _answers(record)}
    rivals = [(r["label"],) for r in record.certificate["rivals"]]
    quoted = [(c["id"], e) for c in record.constraints for e in c["evidence"]]
    stated = [_stated(tree, c, [e["page"]]) for c, e in quoted]
    naming = {e["page"] for _, e in quoted if occurring(_answers(record), f"{e['title']} {e['quote']}")}
    return _sheet(record, tree, names, rivals, stated, sorted(naming), tuple(blocked), whole=False)


def _sheet(
    record: TaskRecord,
    tree: ResearchTree,
    names: dict[str, tuple[str, ...]],
    rivals: Sequence[tuple[str, ...]],
    stated: Sequence[Stated],
    naming: Sequence[str],
    blocked: tuple[str, ...],
    whole: bool,
) -> Sheet:
    certificate = certificate_of(record)
    floor = certificate.search_floor
    return Sheet(
        task=record.id,
        question=record.question,
        answers=_answers(record),
        stated=tuple(stated),
        variables=tuple(_sought(tree, v, names.get(v, ())) for v in tree.below(tree.root)),
        rivals=tuple(rivals),
        search_floor=None if floor is None else low(floor),
        route=tuple(hop.pages for hop in certificate.route),
        naming=tuple(naming),
        blocked=blocked,
        whole=whole,
    )


def _answers(record: TaskRecord) -> tuple[str, ...]:
    return tuple(dict.fromkeys((record.answer, *record.answer_aliases)))


def _sought(tree: ResearchTree, vertex: str, names: tuple[str, ...]) -> Sought:
    level, above = 1, tree.parent_edge(vertex)
    while above is not None:
        level, above = level + 1, tree.parent_edge(above.vertex)
    below = tuple(v for v in tree.below(vertex) if v != vertex)
    return Sought(vertex=vertex, level=level, names=names, below=below)


def _stated(tree: ResearchTree, identifier: str, pages: Iterable[str]) -> Stated:
    constraint = next(c for c in tree.constraints if c.id == identifier and not isinstance(c, TypeConstraint))
    return Stated(constraint=identifier, vertex=spoken_at(tree, constraint), pages=tuple(sorted(pages)))


async def _naming(world: World, answers: Sequence[str], most: int) -> tuple[tuple[str, ...], bool]:
    """The pages on which a name of the answer stands, and whether these are all."""
    long = [name for name in answers if len(name) > SHORT] or list(answers)
    found: set[str] = set()
    complete = most > 0
    for name in long if most else ():
        pages = await _holding(world, name, most)
        complete = complete and len(pages) < most
        found.update([page for page in pages if occurring([name], await _text(world, page))])
    return tuple(sorted(found)), complete


async def _holding(world: World, name: str, most: int) -> list[str]:
    """The pages with the rarest word of a name: all that have the name are among them."""
    each = [[hit.page for hit in await world.search(word, most)] for word in dict.fromkeys(words(name))]
    return min(each, key=len, default=[])


async def _text(world: World, page: str) -> str:
    found = await world.page(page)
    return f"{found.title} {found.text}"
