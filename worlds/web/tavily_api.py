"""Tavily's search and extraction: retried in our own layer, kept on disk, its errors in one line."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import httpx
from pydantic import Field
from tavily import AsyncTavilyClient
from tavily.errors import BadRequestError, ForbiddenError, InvalidAPIKeyError, UsageLimitExceededError
from tavily.errors import TimeoutError as TavilyTimeout

from worlds.web.blocking import blocked_domains, is_blocked
from worlds.web.fetching import Again, Refused, insist
from worlds.web.replies import Replies, Reply
from worlds.web.settings import WebSettings

KEY = "TAVILY_API_KEY"
LONGEST = 400
"""Characters of a query: Tavily refuses longer ones."""


class TavilySettings(WebSettings):
    """The key is no setting: it is read from `TAVILY_API_KEY` and written nowhere."""

    tavily: str = Field(default="https://api.tavily.com", description="where Tavily is asked")


class Result(NamedTuple):
    """A page that a search found."""

    url: str
    title: str
    score: float


class TavilyApi:
    """Every method raises `Gone` or `Refused`, as a fetcher does. `sent` counts the requests that went out."""

    def __init__(self, settings: TavilySettings, key: str) -> None:
        self.settings, self.sent = settings, 0
        self._key, self._host = key, urlsplit(settings.tavily).netloc
        self._replies = Replies(settings.cache / "tavily", settings.max_age)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncTavilyClient] = WeakKeyDictionary()
        self._rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    async def search(self, query: str, k: int) -> list[Result]:
        """The k best pages, those of blocked domains left out."""
        asked = {"query": _cut(query), "max_results": k, "exclude_domains": list(blocked_domains())}
        reply = await self._ask("search", asked, lambda client: client.search(**asked, timeout=self.settings.timeout))
        found = [_result(row) for row in _rows(reply.body) if row.get("url")]
        return [result for result in found if not is_blocked(result.url)][:k]

    async def extract(self, url: str) -> str | None:
        """The text of a page; `None` where there is none, or its domain is blocked."""
        if is_blocked(url):
            return None
        asked = {"urls": [url], "format": "text"}
        reply = await self._ask("extract", asked, lambda client: client.extract(**asked, timeout=self.settings.timeout))
        texts = [str(row["raw_content"]) for row in _rows(reply.body) if row.get("raw_content")]
        return texts[0] if texts else None

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    async def _ask(
        self, what: str, asked: dict[str, Any], call: Callable[[AsyncTavilyClient], Awaitable[dict[str, Any]]]
    ) -> Reply:
        words = json.dumps([what, asked], ensure_ascii=False, sort_keys=True)
        kept = await asyncio.to_thread(self._replies.find, words)
        if kept is None:
            kept = await insist(self.settings, self._host, partial(self._once, call))
            await asyncio.to_thread(self._replies.keep, words, kept)
        return kept

    async def _once(self, call: Callable[[AsyncTavilyClient], Awaitable[dict[str, Any]]]) -> Reply:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = AsyncTavilyClient(self._key, api_base_url=self.settings.tavily)
            self._rooms[loop] = asyncio.Semaphore(self.settings.concurrency)
        async with self._rooms[loop]:
            self.sent += 1
            try:
                return Reply(await call(self._clients[loop]), time.time())
            except InvalidAPIKeyError:
                raise Refused(self._host, 401, f"the key in {KEY} is wrong; set it to one of your account") from None
            except ForbiddenError as error:
                raise Refused(self._host, 403, f"the plan's credits may be spent: {error}") from None
            except BadRequestError as error:
                raise Refused(self._host, 400, str(error)) from None
            except UsageLimitExceededError as error:
                raise Again(f"too many requests, or the credits are spent: {error}") from None
            except (TavilyTimeout, httpx.TransportError, httpx.HTTPStatusError, json.JSONDecodeError) as error:
                raise Again(str(error).partition("\n")[0] or type(error).__name__) from None


def _cut(query: str) -> str:
    """As many whole words as fit."""
    return query if len(query) <= LONGEST else query[:LONGEST].rpartition(" ")[0] or query[:LONGEST]


def _rows(body: object) -> list[dict[str, Any]]:
    found = body.get("results") if isinstance(body, dict) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _result(row: dict[str, Any]) -> Result:
    score = row.get("score")
    title = str(row.get("title") or row["url"])
    return Result(str(row["url"]), title, float(score) if isinstance(score, int | float) else 0.0)
