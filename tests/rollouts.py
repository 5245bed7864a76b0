"""What a scripted model says as a solver, and the trajectories that come of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from chat_server import Asked, ChatServer, Mind, Said

from graph import solve
from roles.chat.calls import Calls
from roles.chat.ledger import Summary
from tasks.trajectories.trajectory import Trajectory, read_trajectories

MODEL = "openai:x"
Script = Callable[[str, int], str | Said]
"""From a question and the number of the turn to what is said."""


def speaking(script: Script) -> Mind:
    """A mind that is asked for turns and gives them."""

    def mind(asked: Asked) -> Said:
        said = script(question_of(asked), turn_of(asked))
        return said if isinstance(said, Said) else Said(said)

    return mind


def question_of(asked: Asked) -> str:
    """The question that a request is about."""
    return str(asked.body["messages"][1]["content"].split("\n")[1])


def turn_of(asked: Asked) -> int:
    """How many turns were taken before."""
    return sum(message["role"] == "assistant" for message in asked.body["messages"])


def following(scripts: Mapping[str, Sequence[str | Said]]) -> Script:
    """For each question its turns; the last again and again."""
    return lambda question, turn: scripts[question][min(turn, len(scripts[question]) - 1)]


def solved(file: Path, out: Path, *more: str) -> list[Trajectory]:
    """The trajectories of a command that ends well."""
    assert solve.main([str(file), "--out", str(out), *more]) == 0
    return list(read_trajectories(out))


def by_model(server: ChatServer, *more: str) -> list[str]:
    """The flags of a model that is quick to give up."""
    return ["--model", MODEL, "--base-url", server.url, "--backoff", "0.01", *more]


def ledger(out: Path) -> Summary:
    """The calls of the trajectories in a file."""
    calls = Calls(out.with_name(f"{out.name}.calls"))
    try:
        return calls.summary()
    finally:
        calls.close()


def rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
