"""Is the tree deep enough? If so its constraints get their final ids; if not it grows on."""

from typing import Any

from graph.state import Growth, State, Verdict, parse, update


async def terminate_depth(state: State) -> dict[str, Any]:
    """On to the question, back for more variables, or the end of the run."""
    growth = parse(state)
    if growth.next.give_up:
        return update(verdict=Verdict(status="rejected", reasons=(growth.next.reason,)))
    missing = shortfall(growth)
    if missing and growth.grow < growth.settings.preset.variables[1]:
        return update(grow=growth.grow + 1, blurred=[v for v in growth.blurred if v != growth.grown.root])
    if missing:
        return update(verdict=Verdict(status="rejected", reasons=(missing,)))
    tree, names = growth.grown.numbered()
    claims = {names[v]: found for v, found in growth.claims.items() if v in names}
    pages = {names[v]: found for v, found in growth.pages.items() if v in names}
    return update(tree=tree, claims=claims, pages=pages, blurred=[names[v] for v in growth.blurred])


def shortfall(growth: Growth) -> str:
    """What the tree lacks of the size asked for; empty when it lacks nothing."""
    tree, settings = growth.grown, growth.settings
    if tree.levels < settings.preset.levels[0]:
        return f"{tree.levels} levels, needs {settings.preset.levels[0]}"
    if settings.vertices is not None and tree.size < settings.vertices:
        return f"{tree.size} vertices, needs {settings.vertices}"
    return ""
