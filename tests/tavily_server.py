"""Tavily's two calls on loopback, over a handful of pages."""

import json
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hcsp.names import words
from worlds.web.tavily import TavilyWorld
from worlds.web.tavily_api import TavilySettings

Web = Mapping[str, tuple[str, str]]
"""Title and text of pages, by address."""
IDLE = frozenset(words("a an and at by in is of or the to was who what"))


class Server:
    """`asked` is what came in, `statuses` are what the next requests are answered with instead.

    What is titled by one of the names `shy` is found by nothing but that name.
    """

    def __init__(self, web: Web, shy: Iterable[str] = ()) -> None:
        self.web, self.shy = web, tuple(shy)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.statuses: list[int] = []
        self._words = {url: frozenset(words(" ".join(page))) for url, page in web.items()}
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.asked.append((self.path, asked))
                status = owner.statuses.pop(0) if owner.statuses else 200
                status = status if self.headers["Authorization"] == "Bearer right" else 401
                status = 400 if len(asked.get("query", "")) > 400 else status
                body = json.dumps(owner.answer(self.path, asked) if status == 200 else {"detail": {"error": "no"}})
                self.send_response(status)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def answer(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        """The pages with the most words of a query, or the texts of pages."""
        if path == "/extract":
            return {"results": [{"url": u, "raw_content": self.web[u][1]} for u in asked["urls"] if u in self.web]}
        wanted = set(words(asked["query"])) - IDLE
        hidden = {url for url, (title, _) in self.web.items() if title in self.shy and title != asked["query"]}
        scored = [(len(wanted & said), url) for url, said in self._words.items() if url not in hidden]
        best = sorted((row for row in scored if row[0]), reverse=True)[: asked["max_results"]]
        return {"results": [{"url": url, "title": self.web[url][0], "score": n / 10} for n, url in best]}

    def count(self, path: str) -> int:
        """How often something was asked: `/search` or `/extract`."""
        return sum(asked == path for asked, _ in self.asked)

    def leave(self) -> None:
        """Nobody listens at its address any more."""
        self.http.shutdown()
        self.http.server_close()

    @contextmanager
    def running(self) -> Iterator["Server"]:
        """The server while it answers."""
        thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.leave()
            thread.join()

    @asynccontextmanager
    async def opened(self, cache: Path) -> AsyncIterator[TavilyWorld]:
        """The world that asks this server."""
        url = f"http://127.0.0.1:{self.http.server_port}"
        world = TavilyWorld(TavilySettings(tavily=url, cache=cache, backoff=0.01, attempts=3))
        try:
            yield world
        finally:
            await world.aclose()
