"""A Planner that needs no model: grows the tree one variable at a time and keeps only what can be pinned down."""

from random import Random

from pyroaring import BitMap

from hcsp.certificate import low, size
from hcsp.nouns import ANYTHING
from hcsp.selection import fewest_scarce
from hcsp.source import CandidateSource
from hcsp.tree import RelationConstraint, ResearchTree, ToEntity, ToVertex, TypeConstraint, child_of
from roles.options import other_end, ranges
from roles.browser import Claim
from roles.planner import Action, View

WIDTH = 3
"""Most children of one variable: a question cannot hold more relative clauses side by side."""
RARE = 40
"""A solved sub-question should leave at most this many candidates at its parent: hubs make bad inner vertices."""
PATIENCE = 10
"""How many variables may have failed before a tree that is large enough is left as it is."""
HUB = 3
"""What a scarce edge costs in scarce clues: what a hub is tied to by its one relation has little else to be told by."""
TRIES = 12
NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class SymbolicPlanner:
    """Deterministic in the view: equal views get equal actions."""

    async def act(self, view: View, source: CandidateSource) -> Action:
        """Initialise, then extend and blur in turn up to the targets, then blur the root, then terminate."""
        tree = view.tree
        if tree is None:
            return Action(kind="initialise", reason="nothing is known about the root yet")
        if view.refusal:
            refused = next(v for v in tree.bottom_up() if v not in view.blurred)
            return _prop(view, tree, source, refused) or _grow(view, tree, source, _youngest(tree, refused))
        if any(v not in view.blurred for v in tree.inner):
            return _settle(view, tree, None)
        return _grow(view, tree, source, None) if tree.root not in view.blurred else _settle(view, tree, None)


def _youngest(tree: ResearchTree, vertex: str) -> str:
    """The variable hung on last at or below a vertex but the root: cutting it off undoes one step."""
    return [v for v in tree.inner if v in tree.below(vertex)][-1]


def _prop(view: View, tree: ResearchTree, source: CandidateSource, vertex: str) -> Action | None:
    """Another variable below one that its own clues do not pin down: edges may be narrower than clues."""
    depth = _depths(tree)[vertex]
    if vertex == tree.root or depth >= view.preset.levels[1] or len(tree.variables) >= view.preset.variables[1]:
        return None
    if len(view.tried) > PATIENCE:
        return None
    rng = Random(f"{view.seed}:{view.step}:prop")
    found = _extension(view, tree, vertex, view.tried, source, rng)
    return _hang(tree, vertex, found, None) if found else None


def _hang(tree: ResearchTree, vertex: str, found: tuple[str, RelationConstraint], drop: str | None) -> Action:
    entity, edge = found
    used = {v.id for v in tree.variables}
    edge = _to(edge, next(name for name in NAMES if name not in used))
    where = f"{edge.relation} leads from {vertex} to something that few others share"
    return Action(kind="extend", vertex=vertex, edge=edge, entity=entity, drop=drop, reason=where)


def _depths(tree: ResearchTree) -> dict[str, int]:
    """How many variables there are from the root to each, both included."""
    depth = {tree.root: 1}
    for vertex in tree.below(tree.root)[1:]:
        edge = tree.parent_edge(vertex)
        depth[vertex] = depth[edge.vertex] + 1 if edge else 1
    return depth


def _settle(view: View, tree: ResearchTree, drop: str | None) -> Action:
    """Blur what is not blurred yet, the leaves first; too small a tree is given up."""
    if len(tree.variables) < view.smallest.variables or tree.levels < view.smallest.levels:
        reason = view.refusal or "no fact about it leads on to a usable sub-question"
        return Action(kind="terminate", give_up=True, reason=reason)
    changed = {tree.root} if drop else set()
    todo = next((v for v in tree.bottom_up() if v not in view.blurred or v in changed), None)
    if todo is None:
        return Action(kind="terminate", reason="every variable is blurred")
    return Action(kind="blur", vertex=todo, drop=drop, reason="settled below" if tree.edges_of(todo) else "a leaf")


def _grow(view: View, tree: ResearchTree, source: CandidateSource, drop: str | None) -> Action:
    """Hang a new variable where the targets want it most, in place of `drop` if there is one; settle if none fits."""
    rng = Random(f"{view.seed}:{view.step}:extend")
    rest = tree.without(drop) if drop else tree
    tried = view.tried | {_mark(tree, drop)} if drop else view.tried
    for vertex in _places(view, rest, rng, len(tried)):
        found = _extension(view, rest, vertex, tried, source, rng)
        if found is not None:
            return _hang(tree, vertex, found, drop)
    return _settle(view, rest, drop)


def _mark(tree: ResearchTree, vertex: str) -> str:
    edge = tree.parent_edge(vertex)
    return f"{edge.vertex if edge else ''}:{tree.entities[vertex]}"


def _places(view: View, tree: ResearchTree, rng: Random, failed: int) -> list[str]:
    """The vertices that may get a child: the deepest while levels are missing, then any that is not too deep."""
    depth = _depths(tree)
    if len(tree.variables) > 1 and (failed > PATIENCE or len(tree.variables) >= view.targets.variables):
        return []
    missing = tree.levels < view.targets.levels and len(tree.variables) + 1 >= view.targets.variables
    open_ = [v for v in depth if depth[v] < view.targets.levels and len(tree.edges_of(v)) < WIDTH]
    rng.shuffle(open_)
    return sorted(open_, key=lambda v: -depth[v]) if missing else open_


def _extension(
    view: View, tree: ResearchTree, vertex: str, tried: frozenset[str], source: CandidateSource, rng: Random
) -> tuple[str, RelationConstraint] | None:
    """The edge that lets the vertex do with the fewest scarce relations, and where it leads."""
    known = _known(view, tree, vertex)
    ranges_ = [r for claim in _usable(view, vertex) for r in ranges(claim.fact, vertex)]
    noun = source.members(tree.noun(vertex))
    if len(BitMap.intersection(*(source.restrict(c, noun).upper for c in (*known.values(), *ranges_)), noun.upper)) > 1:
        return None
    least = view.preset.root_edge if vertex == tree.root else view.preset.edge
    more = len(tree.variables) + 1 < view.preset.variables[1]
    preset = view.preset.model_copy(update={"selectivity": least}) if more else view.preset
    clues = {far: edge for far, edge in known.items() if more or not source.namesakes(far)}
    best, found = 99, None
    for dear, far in _ranked(view, tree, vertex, known, tried, source, rng):
        if dear >= best:
            break
        grown = tree.with_child(_to(known[far], "new"), TypeConstraint(id="noun", vertex="new", type=ANYTHING), far)
        pool = [*(clue for other, clue in clues.items() if other != far), *ranges_]
        fewest = fewest_scarce(grown, vertex, {vertex: pool}, source, preset, view.scarce)
        if fewest is not None and dear + fewest < best:
            best, found = dear + fewest, (far, known[far])
    return found


def _ranked(view, tree, vertex, known, tried, source, rng) -> list[tuple[int, str]]:
    least = view.preset.root_edge if vertex == tree.root else view.preset.edge
    noun = source.members(tree.noun(vertex))
    ranked = []
    for far, edge in known.items():
        sharing = low(size(source.restrict(edge, noun)))
        if far not in tree.constants and f"{vertex}:{far}" not in tried and sharing >= least:
            dear = HUB * (edge.relation in view.scarce)
            ranked.append((dear, max(0, sharing - RARE).bit_length(), rng.random(), far))
    return [(dear, far) for dear, _, _, far in sorted(ranked)[:TRIES]]


def _usable(view: View, vertex: str) -> list[Claim]:
    return [claim for claim in view.claims.get(vertex, ()) if claim.fact.relation not in view.avoid]


def _known(view: View, tree: ResearchTree, vertex: str) -> dict[str, RelationConstraint]:
    """What was read about a vertex, by the entity at the other end."""
    entity = tree.entities[vertex]
    found: dict[str, RelationConstraint] = {}
    for number, claim in enumerate(_usable(view, vertex)):
        far = other_end(claim.fact, entity)
        if far is not None and far not in tree.entities.values():
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
