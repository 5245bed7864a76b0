"""A Planner played by a chat model: it chooses by number among the actions that code offers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hcsp.constraints import Constraint, RelationConstraint, TypeConstraint, child_of
from hcsp.frozen import Frozen
from hcsp.source import CandidateSource
from hcsp.tree import ResearchTree
from prompts.render import numbered
from roles.asking import request
from roles.chat.port import Chat, Refused
from roles.model_chooser import choose_constraints
from roles.planner import Action, Planner, View
from roles.saying import said
from roles.symbolic_planner import (
    WIDTH,
    SymbolicPlanner,
    depth_of,
    extending,
    known_ties,
    left_over,
    patience,
    ranked_ties,
    settling,
    too_small,
)
from worlds.world import World

WAYS_ON = 6
"""How many entities are offered to be hung on one vertex, the most promising first."""
PREFERRED = 12
"""How many clues of a variable are tried before all others."""
LONGEST_REASON = 200
"""Characters of the model's reason that are kept."""


class Choice(Frozen):
    """A reply."""

    option: int
    reason: str


@dataclass(frozen=True)
class Option:
    """An action that is legal now, and what it is in words."""

    action: Action
    told: str


class ModelPlanner:
    """Offers what is legal and has a model choose; `rule` acts where there is no choice, and where the model refuses.

    The first option is always the rule's own, so that the run can go on whatever is chosen.
    """

    def __init__(self, chat: Chat, world: World, rule: Planner | None = None) -> None:
        self._chat = chat
        self._world = world
        self._rule = rule or SymbolicPlanner()

    async def act(self, view: View, source: CandidateSource) -> Action:
        """The next action."""
        offered = await self.options(view, source)
        if len(offered) == 1 or view.tree is None:
            return offered[0].action
        call = request(
            "planner",
            "choose_action",
            Choice,
            {
                "tree": await self._told(view, view.tree),
                "refusal": str(view.repair or view.refusal or "none"),
                "options": numbered([option.told for option in offered]),
            },
            variables=str(view.targets.variables),
            levels=str(view.targets.levels),
            size=f"{len(view.tree.variables)} variables on {view.tree.levels} levels",
        )
        try:
            reply = await self._chat.ask(call, _check(len(offered)))
        except Refused:
            return offered[0].action
        chosen = offered[reply.option - 1].action
        reason = " ".join(reply.reason.split())[:LONGEST_REASON]
        if chosen.give_up or not reason:  # why no tree fits is known to the rule alone
            return chosen
        return chosen.model_copy(update={"reason": reason})

    async def prefer(self, noun: str, pool: Sequence[Constraint], source: CandidateSource) -> Sequence[Constraint]:
        """What the model would choose of a pool, at most `PREFERRED`."""
        return await choose_constraints(self._chat, noun, pool, source, await self._relations(), PREFERRED)

    async def options(self, view: View, source: CandidateSource) -> list[Option]:
        """What is legal now: the rule's action, ways on within the preset's sizes, settling a variable, cutting off.

        A way on hangs an entity that is new to the tree and not closed on a vertex that it is tied to by a claim that
        was read; it was not cut off there before.
        """
        actions = [await self._rule.act(view, source)]
        if view.tree is not None:
            actions += await _ways_on(view, view.tree, source)
            actions += _settled(view, view.tree) + _cut(view, view.tree)
        kept: dict[str, Action] = {}
        for action in actions:
            kept.setdefault(action.model_dump_json(exclude={"reason"}), action)
        return [Option(action, await self._in_words(action, view)) for action in kept.values()]

    async def _in_words(self, action: Action, view: View) -> str:
        if view.tree is None:
            return "read about the answer"
        first = "" if action.drop is None else f"cut off {await self._named(view.tree, action.drop)}, then "
        match action.kind:
            case "extend":
                assert action.edge is not None
                name = (await self._world.entity(action.entity)).label
                tie = said(action.edge, await self._relations())
                return f"{first}hang {name!r} on {action.vertex} as the new variable {child_of(action.edge)} ({tie})"
            case "blur":
                return f"{first}settle {action.vertex}: choose the clues that pin it down"
            case "terminate":
                return f"{first}give up: no tree fits" if action.give_up else f"{first}end: the tree is done"
            case _:
                return "start again from the answer alone"

    async def _named(self, tree: ResearchTree, vertex: str) -> str:
        return f"{vertex} ({(await self._world.entity(tree.entities[vertex])).label})"

    async def _relations(self) -> Mapping[str, str]:
        return {r.id: r.label for r in (await self._world.relations()).values()}

    async def _told(self, view: View, tree: ResearchTree) -> str:
        """A line for each variable, then one for each of its clues and edges."""
        lines, relations = [], await self._relations()
        for v in tree.entities:
            state = "settled" if v in view.blurred else "open"
            lines.append(f"{await self._named(tree, v)}: {tree.noun(v).type}, {state}")
            own = (c for c in tree.constraints if c.vertex == v and not isinstance(c, TypeConstraint))
            lines += [f"  - {said(c, relations)}" for c in own]
        return "\n".join(lines)


def _check(options: int) -> Callable[[Choice], str]:
    def check(reply: Choice) -> str:
        if 1 <= reply.option <= options:
            return ""
        return f"there is no step {reply.option}; the allowed steps are numbered 1 to {options}"

    return check


async def _ways_on(view: View, tree: ResearchTree, source: CandidateSource) -> list[Action]:
    if len(tree.variables) >= view.preset.variables[1] or len(view.tried) > patience(view):
        return []
    found: list[RelationConstraint] = []
    for vertex in tree.entities:
        if depth_of(tree, vertex) < view.preset.levels[1] and len(tree.edges_of(vertex)) < WIDTH:
            sight = await view.look(vertex)
            ties = known_ties(view, sight, tree, vertex)
            if left_over(tree, vertex, [*ties.values(), *sight.pool], source) == 1:
                best = ranked_ties(view, sight, tree, ties, vertex, view.tried, source)[:WAYS_ON]
                found += [ties[far] for _, far in best]
    return [extending(tree, edge, None) for edge in found]


def _settled(view: View, tree: ResearchTree) -> list[Action]:
    """Choosing the clues of the next variable, unless that was refused just now."""
    todo = next((v for v in tree.bottom_up() if v not in view.blurred), None)
    if todo is None or view.refusal or (todo == tree.root and too_small(view, tree)):
        return []
    return [settling(view, tree, None)]


def _cut(view: View, tree: ResearchTree) -> list[Action]:
    """Cutting a variable off, which may help when something was refused."""
    if not view.refusal:
        return []
    dropped = [settling(view, tree.without(v), v) for v in tree.inner]
    return [action for action in dropped if action.kind == "blur"]
