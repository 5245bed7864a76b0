"""A real HTTP server on loopback that speaks chat completions, whole and streamed; a mind says what it answers."""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}

Form = Literal["json_schema", "json_object", "text"]


@dataclass(frozen=True)
class Asked:
    """One request as the server understood it; `number` counts requests from 0, `headers` are in lower case."""

    number: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def form(self) -> Form:
        """How the reply has to look."""
        form: Form = self.body.get("response_format", {}).get("type", "text")
        return form

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON schema that came with the request."""
        wrapped: dict[str, Any] = self.body.get("response_format", {}).get("json_schema", {})
        return wrapped.get("schema")

    @property
    def said(self) -> list[str]:
        """The contents of the messages, in order."""
        return [m["content"] for m in self.body["messages"]]


@dataclass(frozen=True)
class Said:
    """What the server does with one request.

    `delay` in seconds comes first. `share` is the part of the answer's bytes that is sent before the connection ends,
    1 for all. With a `tool`, the text is the arguments that it is called with. `raw` goes out as the body in place of
    a completion.
    """

    text: str | None = ""
    refusal: str | None = None
    finish: str = "stop"
    tool: str | None = None
    status: int = 200
    error: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    share: float = 1.0
    raw: bytes | None = None


Mind = Callable[[Asked], Said]


class ChatServer:
    """Answers on 127.0.0.1 in a thread of its own: `with ChatServer(mind) as server: server.url`."""

    def __init__(self, mind: Mind, latency: float = 0.0) -> None:
        self.mind, self.latency = mind, latency
        self.seen: list[Asked] = []
        self.at_once = 0
        self.most_at_once = 0
        self.broken: Exception | None = None
        self._port: Future[int] = Future()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """The base URL, `/v1` included."""
        return f"http://127.0.0.1:{self._port.result(10)}/v1"

    @property
    def calls(self) -> int:
        """How many requests arrived whole."""
        return len(self.seen)

    def __enter__(self) -> Self:
        self._thread.start()
        self._port.result(10)
        return self

    def go_away(self) -> None:
        """Ends in the middle of whatever it is doing; a mind may call it."""
        self._loop.call_soon_threadsafe(self._end.set)

    def __exit__(self, *_: object) -> None:
        with suppress(RuntimeError):  # it is gone already
            self.go_away()
        self._thread.join(10)
        if self.broken:
            raise self.broken

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=1 << 24, backlog=512)
        self._port.set_result(server.sockets[0].getsockname()[1])
        await self._end.wait()
        server.close()
        while open_ := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in open_:
                task.cancel()
            await asyncio.gather(*open_, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection stays."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if not head[0].startswith("POST /v1/chat/completions"):
            writer.write(_answer(404, {}, json.dumps(_wrong(f"no such path: {head[0]}")).encode()))
            return True
        asked = Asked(len(self.seen), json.loads(body), headers)
        self.seen.append(asked)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._say(asked, self._minded(asked), writer)
        finally:
            self.at_once -= 1

    def _minded(self, asked: Asked) -> Said:
        """What the mind answers; a mistake of its own is kept and raised when the server ends."""
        try:
            return self.mind(asked)
        except Exception as error:
            self.broken = error
            return Said(status=500)

    async def _say(self, asked: Asked, said: Said, writer: asyncio.StreamWriter) -> bool:
        if self.latency + said.delay:
            await asyncio.sleep(self.latency + said.delay)
        data = rendered(asked, said)
        writer.write(data[: round(len(data) * said.share)])
        await writer.drain()
        return said.share == 1.0


def rendered(asked: Asked, said: Said) -> bytes:
    """The bytes of an answer, head and body; what comes after words that it is to stop at is never said."""
    for stop in asked.body.get("stop", ()):
        said = replace(said, text=said.text and "".join(said.text.partition(stop)[:2]))
    if said.raw is not None:
        return _answer(said.status, said.headers, said.raw)
    if said.status != 200:
        return _answer(said.status, said.headers, json.dumps({"error": said.error or {"message": "failed"}}).encode())
    if asked.body.get("stream"):
        return _streamed(asked, said)
    return _answer(200, said.headers, json.dumps(_completion(asked, said)).encode())


def _answer(status: int, headers: Mapping[str, str], body: bytes, kind: str = "application/json") -> bytes:
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}", f"content-type: {kind}"]
    lines += [f"content-length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def _wrong(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error"}}


def usage(asked: Asked, said: Said) -> dict[str, int]:
    """Tokens as this server counts them: words."""
    prompt, completion = sum(len(s.split()) for s in asked.said), len((said.text or "").split())
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _completion(asked: Asked, said: Said) -> dict[str, Any]:
    content = _sent(asked, said) if said.tool is None else None
    message = {"role": "assistant", "content": content, "refusal": said.refusal, **_tools(said)}
    choice = {"index": 0, "message": message, "finish_reason": said.finish, "logprobs": None}
    return {**_head(asked, "chat.completion"), "choices": [choice], "usage": usage(asked, said)}


def _sent(asked: Asked, said: Said) -> str | None:
    """The text without the words at which it stopped, though these were made, and count."""
    stops = [stop for stop in asked.body.get("stop", ()) if said.text and said.text.endswith(stop)]
    return said.text.removesuffix(stops[0]) if said.text and stops else said.text


def _head(asked: Asked, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{asked.number}", "object": kind, "created": 1_700_000_000, "model": asked.body["model"]}


def _tools(said: Said) -> dict[str, Any]:
    if said.tool is None:
        return {}
    function = {"name": said.tool, "arguments": said.text}
    return {"tool_calls": [{"id": "call_0", "index": 0, "type": "function", "function": function}]}


def _streamed(asked: Asked, said: Said) -> bytes:
    """Events of up to 16 characters each, then the end, then the usage where it is asked for."""
    head, text = _head(asked, "chat.completion.chunk"), _sent(asked, said) or ""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    if said.tool is not None:
        deltas, text = [{"role": "assistant", **_tools(said)}], ""
    deltas += [{"content": text[i : i + 16]} for i in range(0, len(text), 16)]
    deltas += [{"refusal": said.refusal}] if said.refusal else []
    chunks = [{**head, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
    chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": said.finish}]})
    if (asked.body.get("stream_options") or {}).get("include_usage"):
        chunks.append({**head, "choices": [], "usage": usage(asked, said)})
    events = [*(json.dumps(c) for c in chunks), "[DONE]"]
    return _answer(200, said.headers, "".join(f"data: {e}\n\n" for e in events).encode(), "text/event-stream")
