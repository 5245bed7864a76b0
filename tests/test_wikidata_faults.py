"""What goes wrong between here and Wikidata is survived, or told in one line."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_tiny import Both, both_worlds
from test_wikidata import opened
from wikidata_server import Fault, Server

from hcsp.tree import seedling
from worlds.web.fetching import Gone, Refused
from worlds.web.settings import from_environment
from worlds.wikidata.settings import WikidataSettings

SOMEBODY = "Q1000001"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    return both_worlds(tmp_path_factory.mktemp("both"))


@pytest.fixture
def server(both: Both) -> Iterator[Server]:
    with Server(both.mirror).running() as running:
        yield running


PASSING = {
    "busy": Fault("status", 429, "0"),
    "busy, without a time": Fault("status", 429),
    "broken": Fault("status", 500),
    "overloaded": Fault("status", 503, "0.01"),
    "a date to come back at": Fault("status", 503, "Thu, 01 Jan 1970 00:00:00 GMT"),
    "a date that is none": Fault("status", 503, "tomorrow"),
    "lagging": Fault("maxlag", retry_after="0"),
    "cut off": Fault("truncated"),
    "hanging up": Fault("gone"),
    "no JSON": Fault("html"),
    "slow": Fault("slow", seconds=0.8),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
async def test_a_fault_that_passes_is_survived(server: Server, both: Both, tmp_path: Path, fault: Fault) -> None:
    async with opened(server, tmp_path, timeout=0.5 if fault.kind == "slow" else 5) as world:
        server.faults = [fault, fault]
        assert (await world.entity(SOMEBODY)).label == (await both.local.entity(SOMEBODY)).label
        server.faults = [fault]
        assert await world.facts(SOMEBODY) == await both.local.facts(SOMEBODY)
    assert not server.faults


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
async def test_a_fault_that_stays_is_one_line_and_nothing_is_lost(server: Server, tmp_path: Path, fault: Fault) -> None:
    async with opened(server, tmp_path, attempts=3, timeout=0.2 if fault.kind == "slow" else 5) as world:
        await world.entity(SOMEBODY)
        server.always, before = fault, len(server.asked)
        with pytest.raises(
            Gone, match=r"127\.0\.0\.1.* does not answer .*3 attempts.*run the same command again"
        ) as gone:
            await world.page(SOMEBODY)
        assert "\n" not in str(gone.value)
        assert len(server.asked) - before == 3
    async with opened(server, tmp_path, attempts=3) as again:
        assert (await again.entity(SOMEBODY)).label == "Ada Bosk"
    assert len(server.asked) - before == 3


async def test_the_time_that_a_server_asks_for_is_waited_up_to_a_limit(server: Server, tmp_path: Path) -> None:
    async with opened(server, tmp_path) as world:
        server.faults, began = [Fault("status", 429, "0.4")], time.monotonic()
        await world.entity(SOMEBODY)
        assert time.monotonic() - began >= 0.4
        server.faults = [Fault("status", 429, "3600")]
        with pytest.raises(Gone, match=r"is busy .*asks to wait 3600 s"):
            await world.page(SOMEBODY)


async def test_what_is_refused_is_not_asked_twice(server: Server, tmp_path: Path) -> None:
    async with opened(server, tmp_path) as world:
        server.always = Fault("status", 403)
        with pytest.raises(Refused, match=r"127\.0\.0\.1:\d+ refuses the request \(status 403\): no"):
            await world.entity(SOMEBODY)
    assert len(server.asked) == 1


async def test_an_unreachable_server_is_one_line(server: Server, tmp_path: Path) -> None:
    async with opened(server, tmp_path, wikidata="http://127.0.0.1:9/w/api.php", attempts=2) as world:
        with pytest.raises(Gone, match=r"127\.0\.0\.1:9 does not answer"):
            await world.entity(SOMEBODY)


async def test_queries_that_the_endpoint_gives_up_on_leave_sets_open(
    server: Server, both: Both, tmp_path: Path
) -> None:
    async with opened(server, tmp_path) as world:
        await world.facts(SOMEBODY)
        give_up = server.next_fault
        server.next_fault = lambda: Fault("timeout") if "COUNT(" in server.asked[-1] else give_up()  # type: ignore[method-assign]
        source = await world.frame(seedling(SOMEBODY, "human"))
    noun = source.members(seedling(SOMEBODY, "human").noun("A"))
    assert len(noun.upper) > 1 << 20
    assert source.index(SOMEBODY) in noun.lower


async def test_nothing_is_asked_twice_and_the_operators_know_who_asks(server: Server, tmp_path: Path) -> None:
    async with opened(server, tmp_path, concurrency=2) as world:
        first = (await world.frame(seedling(SOMEBODY, "human"))).known  # type: ignore[attr-defined]
    asked = len(server.asked)
    assert len(set(server.asked)) == asked
    assert server.busiest <= 2
    assert server.agents == {"taproot/0.1 (tests@example.org) python-httpx"}
    assert all("maxlag=5" in query for query in server.asked if query.startswith("format="))
    async with opened(server, tmp_path) as world:
        assert (await world.frame(seedling(SOMEBODY, "human"))).known == first  # type: ignore[attr-defined]
        assert (world.fetcher.sent, world.fetcher.kept) == (0, asked)
    for damaged in (tmp_path / "replies").rglob("*.gz"):
        damaged.write_bytes(damaged.read_bytes()[:20])
    async with opened(server, tmp_path) as world:
        assert (await world.frame(seedling(SOMEBODY, "human"))).known == first  # type: ignore[attr-defined]


async def test_old_replies_are_asked_for_again(server: Server, tmp_path: Path) -> None:
    for _ in range(2):
        async with opened(server, tmp_path, max_age=0) as world:
            await world.entity(SOMEBODY)
    assert len(server.asked) == 4


def test_settings_come_from_the_environment_and_say_which_one_is_wrong() -> None:
    found = from_environment(WikidataSettings, {"TAPROOT_CONTACT": "me@example.org", "TAPROOT_MOST": "50"})
    assert (found.contact, found.most) == ("me@example.org", 50)
    with pytest.raises(ValueError, match="TAPROOT_CONCURRENCY is '99'; expected most requests at a time"):
        from_environment(WikidataSettings, {"TAPROOT_CONCURRENCY": "99"})
