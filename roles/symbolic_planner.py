"""A Planner that needs no model: grows the target skeleton, blurs from the leaves up, backtracks on refusal."""

from random import Random

from hcsp.bounds import Bounds
from hcsp.certificate import low, size
from hcsp.nouns import ANYTHING
from hcsp.selection import fewest_scarce
from hcsp.source import CandidateSource
from hcsp.tree import RelationConstraint, ResearchTree, ToEntity, ToVertex, TypeConstraint, child_of
from roles.options import other_end
from roles.planner import Action, Targets, View

WIDTH = 3
"""Most children of one variable: a question cannot hold more relative clauses side by side."""
RARE = 40
"""A solved sub-question should leave at most this many candidates at its parent: hubs make bad inner vertices."""
NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class SymbolicPlanner:
    """Deterministic in the view: equal views get equal actions."""

    async def act(self, view: View, source: CandidateSource) -> Action:
        """Initialise, then extend to the targets, then blur bottom up, then terminate."""
        tree = view.tree
        if tree is None:
            return Action(kind="initialise", reason="nothing is known about the root yet")
        if view.refusal:
            return _backtrack(view, tree, source)
        inner = next((v for v in tree.bottom_up() if v not in view.blurred and v != tree.root), None)
        if inner and tree.levels >= view.targets.levels:
            return _settle(view, tree, None)
        if not _reached(tree, view.targets):
            grown = _extend(view, tree, source, None)
            if grown is not None:
                return grown
        return _settle(view, tree, None)


def _reached(tree: ResearchTree, targets: Targets) -> bool:
    return len(tree.variables) >= targets.variables and tree.levels >= targets.levels


def _settle(view: View, tree: ResearchTree, drop: str | None) -> Action:
    """Blur what is not blurred yet, the leaves first; too small a tree is given up for another skeleton."""
    if len(tree.variables) < view.smallest.variables or tree.levels < view.smallest.levels:
        reason = view.refusal or "no fact about it leads on to a usable sub-question"
        return Action(kind="terminate", give_up=True, reason=reason) if view.last_round else _start_over(reason)
    todo = [v for v in tree.bottom_up() if v not in view.blurred]
    if todo:
        return Action(kind="blur", vertex=todo[0], drop=drop, reason="a leaf" if not tree.edges_of(todo[0]) else "settled below")
    return Action(kind="terminate", reason="every variable is blurred")


def _start_over(reason: str) -> Action:
    return Action(kind="initialise", reason=f"another skeleton, because {reason}")


def _backtrack(view: View, tree: ResearchTree, source: CandidateSource) -> Action:
    """Another branch in place of one that does not fit, or else without it."""
    vertex = next(v for v in tree.bottom_up() if v not in view.blurred)
    rng = Random(f"{view.seed}:{view.step}:drop")
    children = [child_of(e) for e in tree.edges_of(vertex)]
    victim = vertex if vertex != tree.root else rng.choice(children)
    rest = tree.without(victim)
    return _extend(view, rest, source, victim) or _settle(view, rest, victim)


def _extend(view: View, tree: ResearchTree, source: CandidateSource, drop: str | None) -> Action | None:
    """Hang a new variable where the targets want it most; `None` when no fact leads anywhere."""
    rng = Random(f"{view.seed}:{view.step}:extend")
    tried = view.tried | ({f"{_parent(view, drop)}:{_entity(view, drop)}"} if drop else frozenset())
    for vertex in _places(tree, view.targets, rng):
        options = _options(view, tree, vertex, tried, source)
        if options:
            best = min(rank for rank, _, _ in options)
            _, edge, entity = rng.choice([o for o in options if o[0] == best])
            edge = _to(edge, _fresh(tree, drop)).model_copy(update={"id": ""})
            where = f"{edge.relation} leads from {vertex} to something that few others share"
            return Action(kind="extend", vertex=vertex, edge=edge, entity=entity, drop=drop, reason=where)
    return None


def _places(tree: ResearchTree, targets: Targets, rng: Random) -> list[str]:
    """The vertices that may get a child: the deepest while levels are missing, then any that is not too deep."""
    depth = {tree.root: 1}
    for edge in sorted(tree.edges, key=lambda e: list(tree.below(tree.root)).index(child_of(e))):
        depth[child_of(edge)] = depth[edge.vertex] + 1
    open_ = [v for v in depth if depth[v] < targets.levels and len(tree.edges_of(v)) < WIDTH]
    rng.shuffle(open_)
    missing = targets.levels > tree.levels
    return sorted(open_, key=lambda v: -depth[v]) if missing else open_


def _options(
    view: View, tree: ResearchTree, vertex: str, tried: frozenset[str], source: CandidateSource
) -> list[tuple[int, RelationConstraint, str]]:
    """Edges that could be hung on a vertex, each with a rank: few scarce clues first, then the fewer share its far end."""
    known = _known(view, tree, vertex, source)
    more = len(tree.variables) + 1 < view.preset.variables[1]
    found = []
    for far, edge in known.items():
        sharing = _sharing(source, edge, source.members(tree.noun(vertex)))
        least = view.preset.root_edge if vertex == tree.root else view.preset.edge
        if far in tree.constants or f"{vertex}:{far}" in tried or sharing < least:
            continue
        grown = tree.with_child(_to(edge, "new"), TypeConstraint(id="new noun", vertex="new", type=ANYTHING), far)
        pool = [c for other, c in known.items() if other != far and (more or not source.namesakes(other))]
        dear = fewest_scarce(grown, vertex, {vertex: pool}, source, view.preset, view.scarce)
        if dear is not None:
            dear += edge.relation in view.scarce
            found.append((8 * dear + max(0, sharing - RARE).bit_length(), edge, far))
    return found


def _known(view: View, tree: ResearchTree, vertex: str, source: CandidateSource) -> dict[str, RelationConstraint]:
    """What was read about a vertex, by the entity at the other end."""
    entity = tree.entities[vertex]
    found: dict[str, RelationConstraint] = {}
    for number, claim in enumerate(view.claims.get(vertex, ())):
        far = other_end(claim.fact, entity)
        if far is not None and far not in tree.entities.values() and claim.fact.relation not in view.avoid:
            found[far] = RelationConstraint(
                id=f"known {number}",
                vertex=vertex,
                relation=claim.fact.relation,
                direction="out" if claim.fact.subject == entity else "in",
                target=ToEntity(entity=far, label=""),
            )
    return found


def _to(edge: RelationConstraint, vertex: str) -> RelationConstraint:
    return edge.model_copy(update={"target": ToVertex(vertex=vertex)})


def _sharing(source: CandidateSource, edge: RelationConstraint, noun: Bounds) -> int:
    return low(size(source.restrict(edge, noun)))


def _fresh(tree: ResearchTree, drop: str | None) -> str:
    used = {v.id for v in tree.variables} | ({drop} if drop else set())
    return next(name for name in NAMES if name not in used)


def _parent(view: View, vertex: str) -> str:
    assert view.tree is not None
    edge = view.tree.parent_edge(vertex)
    return edge.vertex if edge else ""


def _entity(view: View, vertex: str) -> str:
    assert view.tree is not None
    return view.tree.entities[vertex]
