"""The graph: the paper's loop of planner and browser, then question and validation."""

from asyncio import to_thread
from collections.abc import Callable
from functools import partial
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.config import get_config
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

import prompts.render
from graph.chats import Ask, lasting
from graph.context import Context, Deps
from graph.state import Question, State, parse
from nodes.blur import blur
from nodes.check_uniqueness import check_uniqueness
from nodes.expand_node import expand_node
from nodes.extract_claim import extract_claim
from nodes.render_question import render_question
from nodes.search import search
from nodes.terminate_depth import shortfall, terminate_depth
from nodes.validate_shortcuts import validate_shortcuts
from prompts.phrases import phrase_book
from roles.browser import Browser
from roles.chat.ledger import Usage
from roles.chat.port import Chat
from roles.lengths import MOST_WORDS
from roles.model_browser import ModelBrowser
from roles.model_planner import ModelPlanner
from roles.model_writer import ModelWriter
from roles.planner import Planner
from roles.styles import GRAMMAR
from roles.symbolic_browser import SymbolicBrowser
from roles.symbolic_planner import SymbolicPlanner
from roles.symbolic_writer import SymbolicWriter
from roles.writer import Writer
from worlds.opening import open_world
from worlds.world import World

NODES: dict[str, Callable[..., Any]] = {
    "expand_node": expand_node,
    "search": search,
    "extract_claim": extract_claim,
    "blur": blur,
    "check_uniqueness": check_uniqueness,
    "terminate_depth": terminate_depth,
    "render_question": render_question,
    "validate_shortcuts": validate_shortcuts,
}

Graph = CompiledStateGraph[State, Context, Question, State]


def build_graph(deps: Deps | None = None, checkpointer: BaseCheckpointSaver[str] | None = None) -> Graph:
    """Compile the graph. `deps` opens worlds and roles; by default local worlds and the symbolic roles."""
    deps = deps or default_deps()
    graph = StateGraph(State, context_schema=Context, input_schema=Question)
    for name, node in NODES.items():
        graph.add_node(name, node if name == "terminate_depth" else partial(node, deps=deps))
    graph.add_edge(START, "expand_node")
    graph.add_conditional_edges("expand_node", _after_expand, ["search", "blur", "terminate_depth", END])
    graph.add_edge("search", "extract_claim")
    graph.add_edge("extract_claim", "expand_node")
    graph.add_edge("blur", "check_uniqueness")
    graph.add_edge("check_uniqueness", "expand_node")
    graph.add_conditional_edges("terminate_depth", _after_terminate, ["render_question", "expand_node", END])
    graph.add_edge("render_question", "validate_shortcuts")
    graph.add_conditional_edges("validate_shortcuts", _after_validate, ["expand_node", END])
    return graph.compile(checkpointer=checkpointer)


def default_deps(ask: Ask | None = None) -> Deps:
    """Worlds opened off the event loop and kept open, and each role as the settings have it; `ask` gives their chat."""
    ask = ask or lasting()
    opened: dict[str, World] = {}

    async def world(settings: Context) -> World:
        if settings.world not in opened:
            opened[settings.world] = await to_thread(_opened, settings.world)
        return opened[settings.world]

    async def chat(settings: Context, role: str) -> Chat | None:
        """The chat that plays a role, with its calls entered under the run's thread."""
        if settings.player_of(role) is None:
            return None
        port = await ask(settings)
        return port.labelled(_thread()) if port else None

    async def planner(settings: Context, world: World) -> Planner:
        model = await chat(settings, "planner")
        return ModelPlanner(model, world) if model else SymbolicPlanner()

    async def browser(settings: Context) -> Browser:
        model, how = await chat(settings, "browser"), (settings.max_claims, settings.time_varying, str(settings.seed))
        return ModelBrowser(model, *how) if model else SymbolicBrowser(*how)

    async def writer(settings: Context, world: World) -> Writer:
        labels = {r.id: r.label for r in (await world.relations()).values()}
        model, most = await chat(settings, "writer"), MOST_WORDS[settings.difficulty]
        if model is None:
            return SymbolicWriter(labels, GRAMMAR[settings.style], most)
        return ModelWriter(model, world, labels, settings.style, most)

    async def spent(settings: Context, thread: str) -> Usage:
        port = await ask(settings)
        return await port.used(thread) if port else Usage()

    return Deps(
        world=world,
        planner=planner,
        browser=browser,
        writer=writer,
        solver=lambda settings: chat(settings, "solver"),
        spent=spent,
    )


def _opened(name: str) -> World:
    phrase_book()  # read here, so that no node waits for a file: what can be said decides what is asked
    prompts.render.load()
    try:
        return open_world(name)
    except OSError as error:  # of these the server behind Studio shows nothing but the type
        raise ValueError(str(error)) from error


def _thread() -> str:
    """The id of the thread that the running node belongs to."""
    return str(get_config()["configurable"].get("thread_id", ""))


def _after_expand(state: State) -> str:
    if state.get("verdict"):
        return END
    kind = (state.get("action") or {})["kind"]
    return {"blur": "blur", "terminate": "terminate_depth"}.get(kind, "search")


def _after_terminate(state: State) -> str:
    if state.get("verdict"):
        return END
    return "expand_node" if shortfall(parse(state)) else "render_question"


def _after_validate(state: State) -> str:
    return END if state.get("verdict") else "expand_node"
