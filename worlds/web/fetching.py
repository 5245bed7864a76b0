"""Asking servers politely: one layer of retries, few requests at a time, replies kept on disk."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary, WeakValueDictionary

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from worlds.web.replies import Replies, Reply
from worlds.web.settings import WebSettings

T = TypeVar("T")
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""


class Gone(ConnectionError):
    """A server that gives no answer however often it is asked."""


class Refused(ValueError):
    """A request that the server will never answer; `status` and the beginning of what it said."""

    def __init__(self, host: str, status: int, said: str) -> None:
        super().__init__(f"{host} refuses the request (status {status}): {said.strip()[:200] or 'no reason given'}")
        self.status, self.said = status, said


class TooMuch(TimeoutError):
    """A query that the server gave up on: it would give up on it again."""


class Again(Exception):
    """The request failed in a way that may pass; `wait` is what the server asks for, in seconds."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class _Line:
    """The open connections of one event loop, and the room to use them in."""

    def __init__(self, settings: WebSettings) -> None:
        self.client = httpx.AsyncClient(
            timeout=settings.timeout, headers={"User-Agent": settings.agent}, follow_redirects=True
        )
        self._settings = settings
        self._room: dict[str, asyncio.Semaphore] = {}
        self._resting: dict[str, float] = {}
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def room(self, host: str) -> asyncio.Semaphore:
        return self._room.setdefault(host, asyncio.Semaphore(self._settings.concurrency))

    async def rest(self, host: str) -> None:
        """Wait as long as the server has asked anybody to."""
        while (left := self._resting.get(host, 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(left)

    def pause(self, host: str, seconds: float) -> None:
        """The server asks for a pause: whoever is next waits, too."""
        self._resting[host] = max(self._resting.get(host, 0.0), time.monotonic() + seconds)

    def turn(self, asked: str) -> asyncio.Lock:
        """Held by who asks this, so that nobody asks the same at the same time."""
        return self._asking.setdefault(asked, asyncio.Lock())


class Fetcher:
    """Fetches JSON. `sent` counts the requests that really went out, `kept` those that the disk answered."""

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings
        self.sent = self.kept = 0
        self._replies = Replies(settings.cache / "replies", settings.max_age)
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()

    async def fetch(
        self,
        url: str,
        params: Mapping[str, str],
        *,
        post: bool = False,
        polite: Mapping[str, str] | None = None,
        fresh: bool = False,
    ) -> Reply:
        """The parsed reply to a request; `polite` parameters go out with it but are no part of what it asks.

        Raises `Gone` when the server does not answer, `Refused` when it never will, `TooMuch` when it gave up. Nothing
        that was answered before is asked again, unless `fresh`.
        """
        asked = json.dumps([url, dict(sorted(params.items()))], ensure_ascii=False)
        async with self._line().turn(asked):
            found = None if fresh else await asyncio.to_thread(self._replies.find, asked)
            if found is not None:
                self.kept += 1
                return found
            reply = await self._ask(url, {**params, **(polite or {})}, post)
            await asyncio.to_thread(self._replies.keep, asked, reply)
            return reply

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        line = self._lines.pop(asyncio.get_running_loop(), None)
        if line is not None:
            await line.client.aclose()

    async def _ask(self, url: str, params: Mapping[str, str], post: bool) -> Reply:
        host = urlsplit(url).netloc
        return await insist(self.settings, host, partial(self._once, url, host, params, post))

    async def _once(self, url: str, host: str, params: Mapping[str, str], post: bool) -> Reply:
        line = self._line()
        async with line.room(host):
            await line.rest(host)
            self.sent += 1
            try:
                if post:
                    response = await line.client.post(url, data=dict(params))
                else:
                    response = await line.client.get(url, params=dict(params))
            except httpx.TimeoutException:
                raise Again(f"no reply within {self.settings.timeout:g} s") from None
            except httpx.TransportError as error:
                raise Again(str(error) or type(error).__name__) from None
        return Reply(self._read(response, host), time.time())

    def _read(self, response: httpx.Response, host: str) -> Any:
        status = response.status_code
        if status >= 500 and "TimeoutException" in response.text:
            raise TooMuch(f"{host} gave up on a query; what was fetched is kept: run the same command again later")
        if status in AGAIN:
            raise self._again(f"status {status}", response, host)
        if status >= 400:
            raise Refused(host, status, response.text)
        try:
            body = response.json()
        except ValueError:
            raise Again("a reply that is no JSON, or cut off") from None
        problem = body.get("error") if isinstance(body, dict) else None
        if isinstance(problem, dict) and problem.get("code") in ("maxlag", "readonly", "ratelimited"):
            raise self._again(str(problem["code"]), response, host)
        if isinstance(problem, dict):
            raise Refused(host, status, f"{problem.get('code')}: {problem.get('info')}")
        return body

    def _again(self, why: str, response: httpx.Response, host: str) -> Again:
        wait = retry_after(response.headers.get("Retry-After"))
        if wait is not None and wait > self.settings.patience:
            hint = f"it asks to wait {wait:.0f} s; what was fetched is kept: run the same command again then"
            raise Gone(f"{host} is busy ({why}); {hint}")
        if wait is not None:
            self._line().pause(host, wait)
        return Again(why, wait)

    def _line(self) -> _Line:
        loop = asyncio.get_running_loop()
        if loop not in self._lines:
            self._lines[loop] = _Line(self.settings)
        return self._lines[loop]


async def insist(settings: WebSettings, host: str, once: Callable[[], Awaitable[T]]) -> T:
    """The one layer of retries: do it again as long as it raises `Again`, and raise `Gone` in the end."""

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        own = min(settings.backoff * 2.0 ** (state.attempt_number - 1), settings.patience)
        return error.wait if isinstance(error, Again) and error.wait is not None else own

    trying = AsyncRetrying(
        retry=retry_if_exception_type(Again), stop=stop_after_attempt(settings.attempts), wait=wait, reraise=True
    )
    try:
        return await trying(once)
    except Again as last:
        hint = "what was fetched is kept: run the same command again to go on from here"
        raise Gone(f"{host} does not answer ({last}, {settings.attempts} attempts); {hint}") from None


def retry_after(header: str | None) -> float | None:
    """The seconds that a `Retry-After` header asks for, given as such or as a date; `None` without one."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None
