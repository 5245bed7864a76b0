"""The call store: cache and ledger in one file, shared by processes, true to what the server saw."""

import asyncio
import sqlite3
import tempfile
from pathlib import Path

import pytest
from asking import ADDING, asking, request, settings, store
from chat_minds import Fault, faulty
from chat_server import Asked, ChatServer, Said
from hypothesis import given
from hypothesis import strategies as st

from roles.chat.answer import Answer
from roles.chat.budget import Budget
from roles.chat.calls import Calls, Label
from roles.chat.opening import open_chat
from roles.chat.port import ChatError, Refused
from roles.chat.prices import price_of
from roles.chat.sessions import Session

__all__ = ["store"]
LABEL = Label("planner", "add_one", "openai:x", "a run")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any key."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")


async def test_a_kept_reply_is_never_asked_for_again(store: Path) -> None:
    with ChatServer(faulty(ADDING, {0: "wrong_schema"})) as server:
        for _ in range(3):
            async with open_chat(settings(server), store, say=lambda _: None) as chat:
                assert (await chat.ask(request(4))).total == 5
        async with open_chat(settings(server), store, say=lambda _: None) as chat:
            total = (await chat.summary()).total
    assert server.calls == total.calls == 2
    assert total.hits == 4


async def test_another_temperature_is_another_call(store: Path) -> None:
    with ChatServer(ADDING) as server:
        for temperature in (None, 0.0, 1.0, 1.0):
            async with open_chat(settings(server, temperature=temperature), store, say=lambda _: None) as chat:
                await chat.ask(request(4))
    assert [asked.body.get("temperature") for asked in server.seen] == [None, 0.0, 1.0]


async def test_two_ports_on_one_file_ask_once(store: Path) -> None:
    with ChatServer(ADDING, latency=0.2) as server:
        async with (
            open_chat(settings(server), store, say=lambda _: None) as one,
            open_chat(settings(server), store, say=lambda _: None) as other,
        ):
            await asyncio.gather(*(chat.ask(request(n)) for n in range(5) for chat in (one, other)))
    assert server.calls == 5


async def test_a_cancelled_call_is_in_doubt_and_asked_again(store: Path) -> None:
    async with asking(ADDING, store, latency=0.5) as (chat, server):
        task = asyncio.create_task(chat.ask(request(4)))
        while not server.calls:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        total = (await chat.summary()).total
        assert (total.calls, total.in_doubt) == (0, 1)
        assert (await chat.ask(request(4))).total == 5
        total = (await chat.summary()).total
    assert server.calls == total.calls + total.in_doubt == 2


async def test_calls_cancelled_before_they_left_were_counted_as_in_doubt(store: Path) -> None:
    async with asking(ADDING, store, latency=0.01, concurrency=8) as (chat, server):
        for moment in range(60):
            asked = asyncio.gather(*(chat.ask(request(4 * moment + n)) for n in range(4)), return_exceptions=True)
            await asyncio.sleep(moment * 0.0005)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        await chat.ask(request(1000))
        total = (await chat.summary()).total
    assert server.calls == total.calls + total.in_doubt
    assert 0 < total.in_doubt < 240
    assert total.unsent > 0


async def test_a_call_that_is_sent_on_to_another_address_is_one_call(store: Path) -> None:
    with ChatServer(ADDING) as server:
        on = Said(status=307, headers={"location": f"{server.url}/chat/completions"}, raw=b"")
        async with asking(lambda _: on, store) as (chat, first):
            assert (await chat.ask(request(4))).total == 5
            total = (await chat.summary()).total
    assert (first.calls, server.calls, total.calls, total.answered) == (1, 1, 1, 1)


async def test_items_and_runs_have_ledgers_of_their_own(store: Path) -> None:
    async with asking(ADDING, store, run="first") as (chat, _):
        await asyncio.gather(*(chat.labelled(f"Q{n % 2}").ask(request(n)) for n in range(5)))
        assert [(await chat.summary(item)).total.calls for item in (None, "Q0", "Q1", "Q2")] == [5, 3, 2, 0]
    async with asking(ADDING, store, run="second") as (chat, _):
        await chat.ask(request(0))
        total = (await chat.summary()).total
    assert (total.calls, total.hits) == (0, 1)


async def test_the_budget_of_calls_holds_over_resumption(store: Path) -> None:
    with ChatServer(ADDING) as server:
        for most, made in ((3, 3), (3, 3), (5, 5), (0, 5)):
            options = settings(server, max_calls=most, concurrency=4)
            async with open_chat(options, store, "a run", say=lambda _: None) as chat:
                found = await asyncio.gather(*(chat.ask(request(n)) for n in range(9)), return_exceptions=True)
            assert server.calls == made
            stopped = [str(e) for e in found if isinstance(e, ChatError)]
            assert len(stopped) == 9 - made
            assert all("--max-calls" in line and "run again" in line for line in stopped)


async def test_the_budget_of_dollars_is_not_overspent_by_calls_under_way(store: Path) -> None:
    options = {"input_price": 1000.0, "output_price": 1000.0, "max_tokens": 20, "max_cost": 0.2, "concurrency": 50}
    async with asking(ADDING, store, latency=0.1, **options) as (chat, server):
        found = await asyncio.gather(*(chat.ask(request(n)) for n in range(50)), return_exceptions=True)
        total = (await chat.summary()).total
    assert 2 <= total.calls == server.calls < 50
    assert 0 < total.cost_usd <= 0.2
    assert any("--max-cost" in str(error) for error in found)


def test_a_budget_of_less_than_a_cent_was_told_as_nothing() -> None:
    with pytest.raises(ChatError, match=r"budget of \$0\.003 is spent"):
        Budget(max_cost=0.003).check(1, 0.0025, 0.001)


@pytest.mark.parametrize(("fault", "billed"), [("truncated", True), ("cut_json", True), ("server_error", False)])
async def test_what_the_model_may_have_worked_on_is_money(store: Path, fault: Fault, billed: bool) -> None:
    options = {"input_price": 1.0, "output_price": 1.0}
    async with asking(faulty(ADDING, {0: fault}), store, **options) as (chat, _):
        await chat.ask(request(4))
        total = (await chat.summary()).total
    assert (total.cost_usd > 9e-6) is billed


async def test_a_file_that_is_no_store_is_told(store: Path) -> None:
    store.write_text("A poem, and no database at all.\n" * 100)
    with ChatServer(ADDING) as server, pytest.raises(ChatError, match="not usable as a call store"):
        async with open_chat(settings(server), store, say=lambda _: None):
            pass
    assert "poem" in store.read_text()


async def test_a_store_from_elsewhere_is_told(store: Path) -> None:
    with sqlite3.connect(store) as database:
        database.execute("PRAGMA user_version=99")
    database.close()
    with ChatServer(ADDING) as server, pytest.raises(ChatError, match="version is 99"):
        async with open_chat(settings(server), store, say=lambda _: None):
            pass


async def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with ChatServer(ADDING) as server, pytest.raises(ChatError, match="name another file"):
        async with open_chat(settings(server), tmp_path / "file" / "calls", say=lambda _: None):
            pass


async def test_nothing_is_left_beside_the_store(store: Path) -> None:
    async with asking(ADDING, store) as (chat, _):
        await chat.ask(request(4))
    assert [p.name for p in store.parent.iterdir()] == [store.name]


async def test_what_a_killed_process_left_beside_the_store_is_cleared_away(store: Path) -> None:
    """Its session's file stayed for ever unless a call was under way."""
    store.with_name(f"{store.name}-session-{'0' * 16}").touch()
    async with asking(ADDING, store) as (chat, _):
        await chat.ask(request(4))
        async with open_chat(chat.settings, store, say=lambda _: None) as other:
            await other.ask(request(5))
        assert len(list(store.parent.glob("*-session-*"))) == 1, "a process that runs keeps its own"
    assert list(store.parent.iterdir()) == [store]


async def test_why_a_reply_was_not_taken_stands_in_the_ledger(store: Path) -> None:
    def mind(asked: Asked) -> Said:
        return Said(text=None, refusal="I cannot.") if len(asked.said) < 6 else ADDING(asked)

    async with asking(mind, store) as (chat, _):
        with pytest.raises(Refused):
            await chat.ask(request(4), lambda _: "it is Monday")
        why = (await chat.summary()).why
    assert why == {"the model declined: I cannot.": 2, "it is Monday": 1}


ENDS = st.lists(st.sampled_from(["answered", "failed", "unsent", "in_doubt", "open", "gone"]), max_size=20)


@given(ENDS)
def test_the_ledger_adds_up_however_calls_end(ends: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.sqlite"
        here, gone = Session(path), Session(path)
        calls = Calls(path)
        for number, end in enumerate(ends):
            owner = gone if end == "gone" else here
            calls.intend(f"{number}", f"key {number}", owner.id, LABEL, Budget(), 0.5)
            if end not in ("open", "gone"):
                answer = Answer(input_tokens=2, output_tokens=3) if end == "answered" else None
                calls.end(f"{number}", end, 0.1, "", answer, 0.25 if answer else None)  # type: ignore[arg-type]
        gone.close()
        total = calls.summary().total
        spent = calls._db.execute("SELECT calls, cost FROM runs").fetchone() or (0, 0.0)
        calls.close()
        here.close()
    counts = {end: ends.count(end) for end in ("answered", "failed", "unsent", "open")}
    doubtful = ends.count("in_doubt") + ends.count("gone")
    assert total.calls == counts["answered"] + counts["failed"]
    assert (total.in_doubt, total.under_way, total.unsent) == (doubtful, counts["open"], counts["unsent"])
    assert (total.input_tokens, total.output_tokens) == (2 * counts["answered"], 3 * counts["answered"])
    assert spent[0] == len(ends) - counts["unsent"]
    assert spent[1] == pytest.approx(total.cost_usd) == 0.25 * counts["answered"] + 0.5 * (doubtful + counts["open"])


def test_calls_that_never_connected_were_taken_off_what_the_run_had_spent(store: Path) -> None:
    here, calls = Session(store), Calls(store)
    calls.intend("1", "key 1", here.id, LABEL, Budget(max_calls=1), 0.5)
    calls.end("1", "answered", 0.1, "", Answer(), 0.5)
    calls.unsent("2", "key 2", LABEL, "no connection")
    with pytest.raises(ChatError):
        calls.intend("3", "key 3", here.id, LABEL, Budget(max_calls=1), 0.5)
    found = calls.summary()
    calls.close()
    here.close()
    assert (found.total.calls, found.total.unsent, found.why) == (1, 1, {"no connection": 1})


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("gpt-4.1-mini", (0.4, 1.6)),
        ("gpt-4.1-mini-2025-04-14", (0.4, 1.6)),
        ("deepseek/deepseek-chat", (0.56, 1.68)),
        ("claude-sonnet-4-20250514", (3.0, 15.0)),
        ("gpt-4.1-minimal", None),
        ("gpt-5.1", None),
        ("gpt-5-pro", None),
        ("llama", None),
    ],
)
def test_prices_are_of_a_model_and_its_versions(model: str, known: tuple[float, float] | None) -> None:
    price = price_of(model)
    assert (price and (price.sent, price.received)) == known
