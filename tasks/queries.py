"""The query language of a tree (design 1.3), asked once of a world's retriever."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import combinations

from hcsp.constraints import TypeConstraint
from hcsp.names import key
from hcsp.retrieval import Query, Retrieved, Said
from hcsp.tree import ResearchTree
from roles.leakage import names_of
from tasks.evidence import pages_of
from tasks.needs import Grounds
from worlds.abreast import abreast
from worlds.model import Entity, Page
from worlds.world import World

TOP = 5
"""Pages that one retrieval brings."""
BLIND = 60
"""Most retrievals of the reference solver."""


async def retrieve(world: World, tree: ResearchTree, question: str, surfaces: Mapping[str, str]) -> Retrieved:
    """Ask every query of the tree and look at the pages that come. `surfaces` words each constraint."""
    labels = {e: (await world.entity(e)).label for e in (*tree.entities.values(), *sorted(tree.constants))}
    queries = language(tree, question, surfaces, labels)
    results = tuple(await abreast(_ask(world, query.text) for query in queries))
    blind = await _blind(world, tree, question, surfaces)
    pages = {page for found in (*results, *blind) for page in found}
    read = await abreast(_page(world, page) for page in sorted(pages))
    hidden = [await world.entity(e) for e in tree.entities.values()]
    says, goal = await _stated(world, tree)
    return Retrieved(
        queries=queries,
        results=results,
        says=says,
        shows={page.id: _shown(page, hidden) for page in read},
        goal=goal,
        blind=blind,
        answer=tree.entities[tree.root],
    )


def language(
    tree: ResearchTree, question: str, surfaces: Mapping[str, str], labels: Mapping[str, str]
) -> tuple[Query, ...]:
    """The whole question; each clause; each pair; all of one variable; each name alone and with each clause.

    A constant's name stands in the question; a variable's has to be seen on a page first.
    """
    clauses = [surfaces[c.id] for c in tree.constraints if not isinstance(c, TypeConstraint)]
    texts = [question, *clauses, *(f"{a} {b}" for a, b in combinations(clauses, 2))]
    texts += [_all_of(tree, surfaces, v) for v in tree.entities]
    hidden = set(tree.entities.values())
    named = [
        Query(f"{name} {clause}".strip(), entity if entity in hidden else None)
        for entity, name in labels.items()
        for clause in ("", *clauses)
    ]
    return tuple(dict.fromkeys([*map(Query, texts), *named]))


def _all_of(tree: ResearchTree, surfaces: Mapping[str, str], vertex: str) -> str:
    return " ".join(surfaces[c.id] for c in (*tree.clues_of(vertex), *tree.edges_of(vertex)))


async def _ask(world: World, text: str) -> tuple[str, ...]:
    return tuple(hit.page for hit in await world.search(text, TOP))


async def _page(world: World, page: str) -> Page:
    """A page that was found; one that is gone since, as happens in a live world, shows nothing."""
    try:
        return await world.page(page)
    except KeyError:
        return Page(id=page, title="", url="", text="")


async def _blind(
    world: World, tree: ResearchTree, question: str, surfaces: Mapping[str, str]
) -> tuple[tuple[str, ...], ...]:
    """The reference solver: the question, each variable's clauses from the leaves up, then every title it has seen."""
    texts = [question]
    for vertex in tree.bottom_up():
        texts.append(_all_of(tree, surfaces, vertex))
        texts += [surfaces[c.id] for c in (*tree.clues_of(vertex), *tree.edges_of(vertex))]
    asked: dict[str, tuple[str, ...]] = {}
    while texts and len(asked) < BLIND:
        now = [text for text in dict.fromkeys(texts) if text not in asked][: BLIND - len(asked)]
        asked |= zip(now, await abreast(_ask(world, text) for text in now), strict=True)
        seen = await abreast(_page(world, page) for text in now for page in asked[text])
        texts = [page.title for page in seen if page.title]
    return tuple(asked.values())


async def _stated(world: World, tree: ResearchTree) -> tuple[dict[str, frozenset[Said]], frozenset[Said]]:
    """Per page which of the facts that the tree's constraints rest on it states, and all of these facts."""
    says: dict[str, set[Said]] = {}
    goal: set[Said] = set()
    grounds = Grounds(world)
    for constraint in tree.constraints:
        needs = await grounds.needs(constraint, tree.entities)
        stating = [pages for need in needs for pages in await pages_of(world, need)]
        for n, pages in enumerate(stating):
            goal.add((constraint.id, n))
            for page in pages:
                says.setdefault(page, set()).add((constraint.id, n))
    return {page: frozenset(said) for page, said in says.items()}, frozenset(goal)


def _shown(page: Page, entities: Iterable[Entity]) -> frozenset[str]:
    text = _normal(page.id, f"{page.title} {page.text}")
    return frozenset(e.id for e in entities if any(f" {key(name)} " in text for name in names_of(e)))


@lru_cache(maxsize=4096)
def _normal(page: str, text: str) -> str:
    return f" {key(text)} "
