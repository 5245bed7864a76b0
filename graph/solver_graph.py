"""The solver as a graph: think, search, refine, until it answers or may do no more."""

from functools import partial

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from graph.solver_context import SolverContext, SolverDeps
from graph.solver_openers import solver_deps
from graph.solver_state import SolverState, Task
from nodes.answer import answer
from nodes.refine import refine
from nodes.retrieve import retrieve
from nodes.think import think
from tasks.trajectories.transcript import parse_turn

SolverGraph = CompiledStateGraph[SolverState, SolverContext, Task, SolverState]


def build_solver(deps: SolverDeps | None = None, checkpointer: BaseCheckpointSaver[str] | None = None) -> SolverGraph:
    """Compile the graph. `deps` opens what is searched and who searches, by default as the settings have it."""
    deps = deps or solver_deps()
    graph = StateGraph(SolverState, context_schema=SolverContext, input_schema=Task)
    graph.add_node("think", partial(think, deps=deps))
    graph.add_node("retrieve", partial(retrieve, deps=deps))
    graph.add_node("refine", partial(refine, deps=deps))
    graph.add_node("answer", answer)
    graph.add_edge(START, "think")
    graph.add_conditional_edges("think", _after_think, ["think", "retrieve", "answer", END])
    graph.add_edge("retrieve", "refine")
    graph.add_conditional_edges("refine", _after_refine, ["think", END])
    graph.add_edge("answer", END)
    return graph.compile(checkpointer=checkpointer)


def _after_think(state: SolverState) -> str:
    if state.get("outcome"):
        return END
    said = state.get("said")
    if not said:
        return "think"
    return "answer" if parse_turn(said).answer is not None else "retrieve"


def _after_refine(state: SolverState) -> str:
    return END if state.get("outcome") else "think"
