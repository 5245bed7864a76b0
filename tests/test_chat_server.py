"""The tests' own chat server, held to what the provider's client makes of it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from asking import ADDING
from chat_minds import FAULTS, Fault, faulty
from chat_server import ChatServer, Said
from openai import APIError, AsyncOpenAI

ASKED: Any = {"model": "x", "messages": [{"role": "user", "content": "4"}]}


@pytest.fixture
def server() -> Any:
    """A server whose answers the test sets."""
    with ChatServer(ADDING) as running:
        yield running


@pytest.fixture
async def client(server: ChatServer) -> AsyncIterator[AsyncOpenAI]:
    """The provider's client, unchanged."""
    async with AsyncOpenAI(base_url=server.url, api_key="none", max_retries=0) as opened:
        yield opened


async def test_a_reply_whole_and_streamed(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(**ASKED)
    parts = [c async for c in await client.chat.completions.create(**ASKED, stream=True)]
    assert whole.choices[0].message.content == "".join(c.choices[0].delta.content or "" for c in parts)
    assert parts[-1].choices[0].finish_reason == whole.choices[0].finish_reason == "stop"


async def test_usage_comes_with_a_stream_that_asks_for_it(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(**ASKED)
    options: Any = {"stream": True, "stream_options": {"include_usage": True}}
    parts = [c async for c in await client.chat.completions.create(**ASKED, **options)]
    assert parts[-1].usage == whole.usage


@pytest.mark.parametrize("stream", [False, True])
async def test_a_tool_is_called(server: ChatServer, client: AsyncOpenAI, stream: bool) -> None:
    server.mind = lambda _: Said('{"a": 1}', tool="add", finish="tool_calls")
    found = await client.chat.completions.create(**ASKED, stream=stream)
    said = [c.choices[0].delta async for c in found] if stream else [found.choices[0].message]
    ((call,),) = [s.tool_calls for s in said if s.tool_calls]
    assert (call.function.name, call.function.arguments) == ("add", '{"a": 1}')


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_shows(server: ChatServer, client: AsyncOpenAI, fault: Fault) -> None:
    shape: Any = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}

    async def told() -> str:
        try:
            return (await client.chat.completions.create(**ASKED, response_format=shape)).model_dump_json()
        except (APIError, ValueError) as error:
            return repr(error)

    right = (await told()).replace("chatcmpl-0", "")
    server.mind = faulty(ADDING, lambda _: fault, wait=0.01)
    assert (await told()).replace("chatcmpl-1", "") != right or fault == "slow"
    assert server.calls == 2


def test_a_mind_that_breaks_is_no_secret() -> None:
    with pytest.raises(ZeroDivisionError), ChatServer(lambda _: Said(str(1 // 0))) as server:
        assert httpx2.post(f"{server.url}/chat/completions", json=ASKED).status_code == 500
