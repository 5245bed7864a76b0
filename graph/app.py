"""The graph for LangGraph Studio, which brings its own checkpointer."""

from graph.build import build_graph

graph = build_graph()
