"""A host over HTTP."""

import socket
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import uvicorn
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tasks.environments.hosting import BadRequest, Host

MOST_BYTES = 1 << 20
"""Of a request."""


class Retrieve(BaseModel):
    """The request of Search-R1's retrieval server, whose other fields are ignored."""

    queries: list[str]
    topk: int | None = None
    return_scores: bool = False


class Reset(BaseModel):
    """A new episode."""

    model_config = ConfigDict(extra="forbid")
    task: str


class Go(BaseModel):
    """A step of an episode."""

    model_config = ConfigDict(extra="forbid")
    episode: str
    text: str = Field(max_length=MOST_BYTES)


M = TypeVar("M", bound=BaseModel)
Handler = Callable[[Request], Awaitable[JSONResponse]]


def application(host: Host) -> Starlette:
    """The ASGI application that serves a host."""

    async def reset(asked: Reset) -> Any:
        return host.begin(asked.task)

    async def step(asked: Go) -> Any:
        return await host.go_on(asked.episode, asked.text)

    async def retrieve(asked: Retrieve) -> Any:
        return await host.retrieve(asked.queries, 3 if asked.topk is None else asked.topk, asked.return_scores)

    async def tasks(_: Request) -> JSONResponse:
        return JSONResponse({"tasks": host.tasks})

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok", "world": host.environment.world, "k": host.environment.k})

    routes = [
        Route("/retrieve", _posted(Retrieve, retrieve), methods=["POST"]),
        Route("/reset", _posted(Reset, reset), methods=["POST"]),
        Route("/step", _posted(Go, step), methods=["POST"]),
        Route("/tasks", tasks),
        Route("/health", health),
    ]
    return Starlette(routes=routes, exception_handlers={404: _no_place, 405: _no_place, 500: _failed})


def _posted(model: type[M], answer: Callable[[M], Awaitable[Any]]) -> Handler:
    async def handle(request: Request) -> JSONResponse:
        try:
            body = await _body(request)
            return JSONResponse(await answer(model.model_validate_json(body)))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            return _refused(f"{where}: {first['msg'].lower()}" if where else first["msg"])
        except BadRequest as error:
            return _refused(str(error))

    return handle


async def _body(request: Request) -> bytes:
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > MOST_BYTES:
            raise BadRequest(f"a request of more than {MOST_BYTES} bytes; send less at once")
    return bytes(found)


def _refused(why: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": why}, status_code=status)


async def _no_place(request: Request, error: Exception) -> JSONResponse:
    status = int(getattr(error, "status_code", 404))
    return _refused(f"{request.method} {request.url.path} is nothing here; see python -m graph.serve --help", status)


async def _failed(request: Request, error: Exception) -> JSONResponse:
    return _refused(f"{request.url.path} failed: {str(error).partition(chr(10))[0] or type(error).__name__}", 500)


def listen(served: Starlette, host: str, port: int) -> None:
    """Serve until interrupted; says where once it does. Raises `OSError` when the address cannot be had."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            raise OSError(f"{host}:{port} cannot be listened on ({error.strerror}); name another --port") from None
        bound.listen()  # who asks as soon as the address is said waits, and is not refused
        print(f"serving on http://{host}:{bound.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(served, log_level="warning")).run(sockets=[bound])
