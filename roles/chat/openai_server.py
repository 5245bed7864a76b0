"""OpenAI and everything that speaks its chat completions: vLLM, SGLang, llama.cpp, DeepSeek and others.

The OpenAI client carries the calls, and nothing else of it is used: its retries are off, since the port has its own,
and bodies are read here, since what servers send is not always what the client's types expect.
"""

import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import httpx2
from openai import APIConnectionError, APIStatusError, AsyncOpenAI, DefaultAsyncHttpxClient

from roles.chat.answer import Answer, streamed, whole
from roles.chat.faults import Passing, Place, fault_of
from roles.chat.forms import Form, response_format, stops, worded
from roles.chat.port import ChatError
from roles.chat.server import Asked, Intend, Superseded
from roles.chat.settings import ChatSettings

KEY = "OPENAI_API_KEY"
OPENAI = "https://api.openai.com/v1"
POOL = 8
"""Calls under way that share a pool of connections: at each request a pool looks at every connection that it has."""
_intend: ContextVar[Intend] = ContextVar("intend")


class OpenAIServer:
    """A server of chat completions. Belongs to the event loop that it was opened in."""

    first: Form = "json_schema"

    def __init__(self, settings: ChatSettings) -> None:
        given = settings.base_url or os.environ.get("OPENAI_BASE_URL")
        self.address = (given or OPENAI).rstrip("/")
        self._settings = settings
        self._key = _key(self.address, given)
        if not _is_address(self.address):
            raise ChatError(f"--base-url {given!r}: expected an address such as http://localhost:8000/v1")
        verify = httpx2.create_ssl_context()
        clients = [self._opened(verify) for _ in range(max(1, settings.concurrency // POOL))]
        self._clients, self._turns = clients, cycle(clients)

    async def complete(self, asked: Asked, intend: Intend) -> Answer:
        """See `Server.complete`."""
        _intend.set(intend)
        try:
            response = await next(self._turns).post(
                "/chat/completions",
                cast_to=httpx2.Response,
                body=self._body(asked),
                options={"headers": {"X-Client-Request-Id": asked.id}},
            )
        except APIStatusError as error:
            raise self._told(error.response, asked.model) from None
        except APIConnectionError as error:
            raise self._lost(error) from None
        kind = response.headers.get("content-type", "")
        if "html" in kind:
            raise ChatError(f"{self.address} answers with a web page, not a completion; check --base-url")
        answer = streamed(response.content) if "event-stream" in kind else whole(response.content)
        stopped = answer.finish == "stop" and stops(asked.form, asked.stop) is not None
        return answer.model_copy(update={"stopped": stopped})

    async def close(self) -> None:
        """Closes the connections."""
        for client in self._clients:
            await client.close()

    def _opened(self, verify: ssl.SSLContext) -> AsyncOpenAI:
        transport = DefaultAsyncHttpxClient(event_hooks={"request": [_announcing]}, verify=verify)
        timeout = httpx2.Timeout(None, connect=min(30.0, self._settings.timeout))
        return AsyncOpenAI(
            api_key=self._key, base_url=self.address, max_retries=0, timeout=timeout, http_client=transport
        )

    def _body(self, asked: Asked) -> dict[str, Any]:
        settings = self._settings
        most = "max_completion_tokens" if self.address == OPENAI else "max_tokens"
        body = {
            "model": asked.model,
            "messages": worded(asked.form, asked.messages, asked.schema),
            "response_format": response_format(asked.form, asked.schema),
            "stop": stops(asked.form, asked.stop),
            "temperature": settings.temperature,
            most: settings.max_tokens,
            "stream": settings.stream or None,
            "stream_options": {"include_usage": True} if settings.stream else None,
        }
        return {name: value for name, value in body.items() if value is not None}

    def _told(self, response: httpx2.Response, model: str) -> Exception:
        """What a response other than a success means; the key is never repeated."""
        body = response.content.replace(self._key.encode(), b"(the key)")
        headers: Mapping[str, str] = response.headers
        return fault_of(response.status_code, headers, body, Place(model, self.address, KEY))

    def _lost(self, error: APIConnectionError) -> Exception:
        """What the lack of a response means."""
        cause = error.__cause__
        if isinstance(cause, ChatError | Superseded):
            return cause
        if isinstance(cause, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
            return ChatError(f"--base-url {self.address!r} is no address of a server ({cause})")
        if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout):
            return Passing("unreachable", "no connection")
        if isinstance(cause, httpx2.TimeoutException):
            return Passing("timeout", "no answer in time")
        return Passing("disconnected", "the connection broke")


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        return False


class _Announced(httpx2.AsyncByteStream):
    """A request's body that is announced when it is next to go out: connections are made and waited for before."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await _intend.get()()
        async for part in self._body:
            yield part


async def _announcing(request: httpx2.Request) -> None:
    if not isinstance(request.stream, httpx2.AsyncByteStream):
        raise TypeError("the body of a request is not to be sent asynchronously")
    request.stream = _Announced(request.stream)


def _key(address: str, given: str | None) -> str:
    """The key; a server of one's own needs none."""
    key = os.environ.get(KEY, "").strip()
    if not key and not given:
        raise ChatError(f"no key for {address}: set {KEY}, or give --base-url for a server that needs none")
    if not key.isascii() or not key.isprintable():
        raise ChatError(f"{KEY} holds characters that no key has; set it again")
    return key or "none"
