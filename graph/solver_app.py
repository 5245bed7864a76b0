"""The solver for LangGraph Studio, which brings its own checkpointer."""

from graph.solver_graph import build_solver

graph = build_solver()
