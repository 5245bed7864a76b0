"""How fast calls go out."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from asking import ADDING, asking, request, store
from chat_minds import faulty
from chat_server import Asked, Said
from hypothesis import given
from hypothesis import strategies as st

from roles.chat.faults import wait_of
from roles.chat.limits import Gate
from roles.chat.port import ChatError

__all__ = ["store"]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any key."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")


class Narrow:
    """A server that bears so many calls at once and answers 429 to the rest."""

    def __init__(self, most: int) -> None:
        self.most, self.refused, self.begun = most, 0, list[float]()

    def __call__(self, asked: Asked) -> Said:
        now = time.monotonic()
        self.begun = [t for t in self.begun if now - t < 0.1]
        if len(self.begun) >= self.most:
            self.refused += 1
            return Said(status=429, headers={"retry-after-ms": "20"})
        self.begun.append(now)
        answer = ADDING(asked)
        return Said(answer.text, delay=0.1)


async def test_concurrency_adapts_to_what_the_server_bears(store: Path) -> None:
    narrow = Narrow(4)
    async with asking(narrow, store, concurrency=40) as (chat, server):
        await asyncio.gather(*(chat.ask(request(n)) for n in range(40)))
        first = narrow.refused
        await asyncio.gather(*(chat.ask(request(n)) for n in range(40, 80)))
        total = (await chat.summary()).total
    assert server.calls == total.calls == 80 + narrow.refused
    assert narrow.refused - first < first


async def test_retry_after_holds_for_every_call(store: Path) -> None:
    at: list[float] = []

    def mind(asked: Asked) -> Said:
        at.append(time.monotonic())
        return ADDING(asked)

    async with asking(faulty(mind, {0: "rate_limit"}, wait=0.5), store, concurrency=1) as (chat, _):
        await asyncio.gather(*(chat.ask(request(n)) for n in range(3)))
    assert at[1] - at[0] >= 0.49


async def test_too_long_a_wait_stops_the_run(store: Path) -> None:
    plan = faulty(ADDING, lambda _: "rate_limit", wait=7200)
    async with asking(plan, store) as (chat, server):
        with pytest.raises(ChatError, match="asks to wait 120 minutes"):
            await chat.ask(request(4))
        total = (await chat.summary()).total
    assert server.calls == total.calls == 1


async def test_being_put_off_for_ever_stops_the_run(store: Path) -> None:
    plan = faulty(ADDING, lambda _: "rate_limit", wait=0.05)
    async with asking(plan, store, retry_minutes=0.01) as (chat, _):
        with pytest.raises(ChatError, match="--requests-per-minute"):
            await chat.ask(request(4))


@pytest.mark.parametrize("limit", [{"requests_per_minute": 600}, {"tokens_per_minute": 12_000}])
async def test_calls_and_tokens_a_minute_are_kept(store: Path, limit: dict[str, int]) -> None:
    """Ten calls a second, or the about 20 tokens of each at 200 a second, after a second's worth at once."""
    async with asking(ADDING, store, **limit) as (chat, _):
        begun = time.monotonic()
        await asyncio.gather(*(chat.ask(request(n)) for n in range(20)))
        assert 0.8 < time.monotonic() - begun < 6


@given(st.lists(st.sampled_from(["fine", "overloaded", "failed", "cancelled"]), max_size=60), st.integers(1, 8))
def test_the_gate_never_lets_too_many_in_and_loses_no_slot(ends: list[str], most: int) -> None:
    asyncio.run(_through_the_gate(ends, most))


async def _through_the_gate(ends: list[str], most: int) -> None:
    gate, inside = Gate(most), 0

    async def call(end: str) -> None:
        nonlocal inside
        async with gate.slot() as slot:
            inside += 1
            try:
                assert inside <= most
                await asyncio.sleep(0)
                slot.overloaded = end == "overloaded"
                if end != "fine":
                    raise ConnectionError
            finally:
                inside -= 1

    tasks = [asyncio.create_task(call(end)) for end in ends]
    await asyncio.sleep(0)
    for task, end in zip(tasks, ends, strict=True):
        if end == "cancelled":
            task.cancel()
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    assert 1 <= gate.allowed <= most
    for _ in range(200):
        async with gate.slot():
            pass
    assert gate.allowed == pytest.approx(most)
    async with asyncio.timeout(5):
        await asyncio.gather(*(call("fine") for _ in range(3 * most)))


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "2"}, 2.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "9", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "soon"}, 0.0),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "nan"}, 0.0),
        ({"retry-after": "1e9"}, 0.0),
        ({}, 0.0),
    ],
)
def test_the_wait_that_is_asked_for(headers: dict[str, str], wait: float) -> None:
    assert wait_of(headers) == wait


def test_a_date_to_wait_for() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < wait_of({"retry-after": later}) <= 60
    assert wait_of({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0


@given(st.text())
def test_any_header_gives_a_wait(value: str) -> None:
    assert wait_of({"retry-after": value, "retry-after-ms": value}) >= 0
