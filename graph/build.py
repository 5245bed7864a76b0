"""The graph: the paper's loop of planner and browser, then question and validation."""

from collections.abc import Callable
from functools import partial
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from graph.context import Context, Deps
from graph.openers import default_deps
from graph.state import Question, State, parse
from nodes.blur import blur
from nodes.check_uniqueness import check_uniqueness
from nodes.expand_node import expand_node
from nodes.extract_claim import extract_claim
from nodes.render_question import render_question
from nodes.search import search
from nodes.terminate_depth import shortfall, terminate_depth
from nodes.validate_shortcuts import validate_shortcuts

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
    """Compile the graph. `deps` opens worlds and roles, by default as the settings of each run have them."""
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
