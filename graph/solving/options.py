"""The flags of commands that solve."""

import argparse
from typing import Any

from pydantic import create_model

from graph.flags import add_settings, settings_from
from graph.solver_context import Searching, SolverContext
from roles.chat.settings import ROLES, ChatSettings

_FIELDS: dict[str, Any] = {f"{role}_model": (str | None, None) for role in ROLES if role != "solver"}
OTHERS = create_model("OTHERS", **_FIELDS)
"""Settings of roles that have no part in solving."""


def add_solver(parser: argparse.ArgumentParser) -> None:
    """`--samples`, and a flag for every setting of a solver, those of chat models in a group of their own."""
    parser.add_argument("--samples", type=int, default=1, metavar="K", help="trajectories of each (default 1)")
    add_settings(parser, Searching, "solver", without=ChatSettings)
    add_settings(parser, ChatSettings, "chat models", without=OTHERS)
    parser.set_defaults(**dict.fromkeys(OTHERS.model_fields))


def solver_of(parsed: argparse.Namespace) -> SolverContext:
    """The settings; raises `ValueError` with one line on the first that does not fit."""
    if parsed.samples < 1:
        raise ValueError(f"--samples {parsed.samples}: expected a number from 1 on")
    return SolverContext(**settings_from(parsed, Searching).model_dump())
