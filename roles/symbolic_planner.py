"""A Planner that needs no model: grows the tree one variable at a time and keeps only what can be pinned down."""

from collections.abc import Sequence
from random import Random

from pyroaring import BitMap

from hcsp.certificate import low, size
from hcsp.constraints import Constraint, RelationConstraint, ToEntity, ToVertex, TypeConstraint, child_of, constant_of
from hcsp.nouns import ANYTHING
from hcsp.selection import fewest_scarce
from hcsp.source import CandidateSource
from hcsp.ties import grounded
from hcsp.tree import NAMES, ResearchTree
from roles.options import other_end
from roles.planner import Action, Repair, Sight, View

WIDTH = 3
"""Most children of one variable: a question cannot hold more relative clauses side by side."""
RARE = 40
"""A solved sub-question should leave at most this many candidates at its parent: hubs make bad inner vertices."""
PATIENCE = 10
"""How many variables may fail, for every inner variable that the preset asks for, before nothing more is added."""
HUB = 3
"""What a scarce edge costs in scarce clues: what many are tied to by one relation has little else to be told by."""
TRIES = 12
"""How many ways on from a vertex are looked into, the most promising first."""
MANY = 100
"""More scarce relations than any tree has."""

Known = dict[str, RelationConstraint]
"""What was read about a vertex as constraints that name the entity at the other end, by that entity."""


class SymbolicPlanner:
    """Deterministic in the view: equal views get equal actions."""

    async def act(self, view: View, source: CandidateSource) -> Action:
        """Initialise, then extend and blur in turn up to the targets, then blur the root, then terminate."""
        tree = view.tree
        if tree is None:
            return Action(kind="initialise", reason="nothing is known about the root yet")
        if view.repair:
            return await _mend(view, tree, source, view.repair)
        if view.refusal:
            refused = next(v for v in tree.bottom_up() if v not in view.blurred)
            prop = await _prop(view, tree, source, refused)
            return prop or await _grow(view, tree, source, view.blamed or _youngest(tree, refused))
        if set(tree.inner) <= set(view.blurred) and tree.root not in view.blurred:
            return await _grow(view, tree, source, None)
        return settling(view, tree, None)

    async def prefer(self, noun: str, pool: Sequence[Constraint], source: CandidateSource) -> Sequence[Constraint]:
        """None: `hcsp.selection` knows which clues hide best."""
        return ()


def _youngest(tree: ResearchTree, vertex: str) -> str:
    """The variable hung on last at or below a vertex but the root: cutting it off undoes one step."""
    below = set(tree.below(vertex))
    return [v for v in tree.inner if v in below][-1]


def settling(view: View, tree: ResearchTree, drop: str | None) -> Action:
    """Blur what is not blurred yet, the leaves first; a tree that stays too small is given up before its root is."""
    todo = next((v for v in tree.bottom_up() if v not in view.blurred), None)
    if todo in (None, tree.root) and too_small(view, tree):
        reason = view.refusal or "none of its facts leads on to a sub-question that fits the preset"
        return Action(kind="terminate", give_up=True, reason=reason)
    if todo is None:
        return Action(kind="terminate", reason="every variable is blurred")
    return Action(kind="blur", vertex=todo, drop=drop, reason="settled below" if tree.edges_of(todo) else "a leaf")


def too_small(view: View, tree: ResearchTree) -> bool:
    """Whether the tree lacks variables or levels that the preset asks for."""
    return len(tree.variables) < view.smallest.variables or tree.levels < view.smallest.levels


async def _prop(view: View, tree: ResearchTree, source: CandidateSource, vertex: str) -> Action | None:
    """Another variable below one that its own clues do not pin down: an edge may be narrower than a clue."""
    room = len(tree.variables) < view.preset.variables[1] and depth_of(tree, vertex) < view.preset.levels[1]
    if vertex == tree.root or not room or len(view.tried) > patience(view) or len(tree.edges_of(vertex)) >= WIDTH:
        return None
    edge = await _edge(view, tree, vertex, view.tried, source)
    return extending(tree, edge, None) if edge else None


async def _mend(view: View, tree: ResearchTree, source: CandidateSource, repair: Repair) -> Action:
    """What validation asks for, as far as the Planner has a hand in it; clues are chosen again by blur."""
    if repair.kind == "cut":
        return await _grow(view, tree, source, repair.vertex)
    if repair.kind == "deepen":
        places = sorted(_places(view, tree, 0), key=lambda v: v != repair.vertex)
        for vertex in places:
            if edge := await _edge(view, tree, vertex, view.tried, source):
                return extending(tree, edge, None)
        return await _grow(view, tree, source, _youngest(tree, tree.root))
    return settling(view, tree, None)


async def _grow(view: View, tree: ResearchTree, source: CandidateSource, drop: str | None) -> Action:
    """Hang a new variable where the targets want it most, in place of `drop` if there is one; settle if none fits."""
    rest, tried = tree, view.tried
    if drop is not None:
        parent = next(e.vertex for e in tree.edges if child_of(e) == drop)
        rest, tried = tree.without(drop), tried | {f"{parent}:{tree.entities[drop]}"}
    for vertex in _places(view, rest, len(tried)):
        edge = await _edge(view, rest, vertex, tried, source)
        if edge is not None:
            return extending(tree, edge, drop)
    return settling(view, rest, drop)


def extending(tree: ResearchTree, edge: RelationConstraint, drop: str | None) -> Action:
    """The action that hangs the entity of a tie on its vertex, as a new variable; `drop` is cut off first."""
    assert isinstance(edge.target, ToEntity)
    fresh = next(name for name in NAMES if name not in tree.entities)
    reason = f"{edge.relation} leads from {edge.vertex} to something that helps to identify it"
    return Action(
        kind="extend", vertex=edge.vertex, edge=_to(edge, fresh), entity=edge.target.entity, drop=drop, reason=reason
    )


def patience(view: View) -> int:
    """How many branches may be cut off before nothing more is added."""
    return PATIENCE * (view.smallest.variables - 1)


def _to(edge: RelationConstraint, vertex: str) -> RelationConstraint:
    return edge.model_copy(update={"target": ToVertex(vertex=vertex)})


def depth_of(tree: ResearchTree, vertex: str) -> int:
    """Variables on the path from the root to a vertex."""
    edge = tree.parent_edge(vertex)
    return 1 if edge is None else 1 + depth_of(tree, edge.vertex)


def _places(view: View, tree: ResearchTree, failed: int) -> list[str]:
    """The vertices that may get a child: the deepest once only levels are missing, else any that is not too deep."""
    count = len(tree.variables)
    if count > 1 and (failed > patience(view) or count >= min(view.targets.variables, view.preset.variables[1])):
        return []
    # A tree that was sent back for more variables may be as deep as the preset allows.
    deep = view.targets.levels if view.smallest.variables == view.preset.variables[0] else view.preset.levels[1]
    depth = {v: depth_of(tree, v) for v in tree.entities}
    places = [v for v in depth if depth[v] < deep and len(tree.edges_of(v)) < WIDTH]
    Random(f"{view.seed}:{view.step}:places").shuffle(places)
    missing = tree.levels < view.targets.levels and count + 1 >= view.targets.variables
    return sorted(places, key=lambda v: -depth[v]) if missing else places


async def _edge(
    view: View, tree: ResearchTree, vertex: str, tried: frozenset[str], source: CandidateSource
) -> RelationConstraint | None:
    """The way on that lets a vertex do with the fewest scarce relations; `None` if none would help to pin it down."""
    sight = await view.look(vertex)
    known, clues = known_ties(view, sight, tree, vertex), sight.pool
    if left_over(tree, vertex, [*known.values(), *clues], source) > 1:
        return None
    more = len(tree.variables) + 1 < view.preset.variables[1]
    # While there is room for further variables, what is no fit clue may still become an edge.
    preset = view.preset.model_copy(update={"selectivity": _least(view, tree, vertex)}) if more else view.preset
    leads = known if more else {}
    without = fewest_scarce(tree, vertex, [*leads.values(), *clues], source, preset, view.scarce)
    needed = len(tree.variables) < view.smallest.variables
    bound, best = MANY if without is None or needed else without + 1, None
    for price, far in ranked_ties(view, sight, tree, known, vertex, tried, source):
        if price >= bound:
            break
        grown = tree.with_child(_to(known[far], "new"), TypeConstraint(id="noun", vertex="new", type=ANYTHING), far)
        pool = [*(lead for other, lead in leads.items() if other != far), *(c for c in clues if not _names(c, far))]
        dear = fewest_scarce(grown, vertex, pool, source, preset, view.scarce)
        if dear is not None and price + dear < bound:
            bound, best = price + dear, known[far]
    return best


def ranked_ties(
    view: View,
    sight: Sight,
    tree: ResearchTree,
    known: Known,
    vertex: str,
    tried: frozenset[str],
    source: CandidateSource,
) -> list[tuple[int, str]]:
    """What could be hung on a vertex, each with the price of its edge: what is named and leads here first."""
    rng = Random(f"{view.seed}:{view.step}:{vertex}")
    noun = source.members(tree.noun(vertex))
    ranked = []
    for far, edge in known.items():
        sharing = low(size(source.restrict(edge, noun)))
        if far not in tree.constants and f"{vertex}:{far}" not in tried and sharing >= _least(view, tree, vertex):
            price = HUB * (edge.relation in view.scarce)
            hub = max(0, sharing - RARE).bit_length()
            ranked.append((price, far in sight.vague, far not in sight.distant, hub, rng.random(), far))
    return [(price, far) for price, *_, far in sorted(ranked)[:TRIES]]


def _least(view: View, tree: ResearchTree, vertex: str) -> int:
    return view.preset.root_edge if vertex == tree.root else view.preset.edge


def known_ties(view: View, sight: Sight, tree: ResearchTree, vertex: str) -> Known:
    """What was read about a vertex and may be hung on it: entities that are new to the tree and not closed."""
    entity, inside = tree.entities[vertex], set(tree.entities.values())
    found: Known = {}
    for claim in sight.claims:
        far = other_end(claim.fact, entity)
        if far is not None and far not in inside | view.closed and claim.fact.relation not in view.avoid:
            found[far] = RelationConstraint(
                id="",
                vertex=vertex,
                relation=claim.fact.relation,
                direction="out" if claim.fact.subject == entity else "in",
                target=ToEntity(entity=far, label=""),
            )
    return found


def _names(clue: Constraint, entity: str) -> bool:
    constant = constant_of(clue)
    return constant is not None and constant.entity == entity


def left_over(tree: ResearchTree, vertex: str, clues: list[Constraint], source: CandidateSource) -> int:
    """How many candidates remain when all the clues apply and all the children are solved."""
    solved = [grounded(edge, child_of(edge), tree.entities[child_of(edge)]) for edge in tree.edges_of(vertex)]
    sets = [source.members(c).upper for c in (tree.noun(vertex), *solved, *clues)]
    return len(BitMap.intersection(*sets))
