"""A small question for chat tests, its right answer, and a port to a loopback server."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from chat_minds import scripted
from chat_server import Asked, ChatServer, Mind

from hcsp.frozen import Frozen
from roles.chat.model_chat import ModelChat
from roles.chat.opening import open_chat
from roles.chat.port import Message, Request
from roles.chat.settings import ChatSettings


class Sum(Frozen):
    """The reply that is asked for."""

    total: int
    sure: bool
    how: Literal["counted", "guessed"]


def request(number: int, role: str = "planner", sample: int = 0) -> Request[Sum]:
    """Asks for a number plus one."""
    said = (Message(role="system", content="Add one."), Message(role="user", content=str(number)))
    return Request(role, "add_one", said, Sum, sample)


def right(asked: Asked) -> str:
    """The right reply, whatever was said in between."""
    number = next(int(s) for s in asked.said if s.isdecimal())
    return json.dumps({"total": number + 1, "sure": True, "how": "counted"})


ADDING = scripted(right)


def settings(server: ChatServer, **options: Any) -> ChatSettings:
    """Settings for a server, quick to give up waiting."""
    return ChatSettings(**{"model": "openai:x", "base_url": server.url, "backoff": 0.01, **options})


@asynccontextmanager
async def asking(mind: Mind, store: Path, **options: Any) -> AsyncIterator[tuple[ModelChat, ChatServer]]:
    """A server with a mind, and the port to it."""
    run = options.pop("run", "")
    with ChatServer(mind, options.pop("latency", 0.0)) as server:
        async with open_chat(settings(server, **options), store, run, say=lambda _: None) as chat:
            yield chat, server


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A file for a call store."""
    return tmp_path / "calls.sqlite"
