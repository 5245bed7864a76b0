"""A command that asks models: its flags, its ledger, and a server for it."""

import json
from pathlib import Path
from typing import Any

from chat_server import ChatServer

from graph import run
from graph.chats import calls_path
from roles.chat.calls import Calls
from roles.chat.ledger import Summary

MODEL = "openai:x"
EVERYONE = ("--planner-model", MODEL, "--browser-model", MODEL)


def asked_of(server: ChatServer, out: Path, *more: str) -> list[str]:
    """The arguments of a run about Niels Bohr, quick to give up waiting; of a flag given twice the last counts."""
    return [
        *("--entity", "Niels Bohr", "--difficulty", "medium", "--model", MODEL, "--base-url", server.url),
        *("--out", str(out), "--backoff", "0.01", *more),
    ]


def played(server: ChatServer, out: Path, *more: str) -> int:
    """The exit code of such a run in this process."""
    return run.main(asked_of(server, out, *more))


def records(out: Path) -> list[dict[str, Any]]:
    """What was appended; nothing where there is no file."""
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()] if out.exists() else []


def ledger(out: Path) -> Summary:
    """The calls of the runs that append to `out`, or of a run directory."""
    calls = Calls(calls_path(out))
    try:
        return calls.summary()
    finally:
        calls.close()
