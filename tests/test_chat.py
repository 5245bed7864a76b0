"""Asking: what comes back is parsed and checked, sent back when it does not do, and asked for once."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from asking import ADDING, Sum, asking, request, right, settings, store
from chat_minds import FAULTS, PASSING, UNFIT, Fault, drawn, faulty, scripted, seeded
from chat_server import Asked, ChatServer, Said

from roles.chat.opening import open_chat
from roles.chat.port import ChatError, Refused, Request, Spoken, TooLong
from roles.chat.settings import ChatSettings

__all__ = ["store"]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key, and no address from outside."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-word")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def _sum(total: int) -> Sum:
    return Sum(total=total, sure=True, how="counted")


async def test_a_right_reply_comes_back_parsed_and_is_entered(store: Path) -> None:
    async with asking(ADDING, store) as (chat, server):
        assert await chat.ask(request(4)) == _sum(5)
        total = (await chat.summary()).total
    assert server.calls == total.calls == total.answered == 1
    assert (total.input_tokens, total.output_tokens) == (3, 6)


async def test_the_first_form_is_a_strict_schema(store: Path) -> None:
    async with asking(ADDING, store) as (chat, server):
        await chat.ask(request(4))
    (asked,) = server.seen
    assert asked.schema is not None
    assert asked.schema["required"] == ["how", "sure", "total"]
    assert asked.schema["additionalProperties"] is False
    assert asked.headers["authorization"] == "Bearer sk-secret-word"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "dressed",
    ["@", "```json\n@\n```", "Sure! Here it is: @", '<think>{"total": 1} no</think>\n@', "@ I hope } helps {"],
)
async def test_json_is_found_whatever_stands_around_it(store: Path, dressed: str, stream: bool) -> None:
    def reply(asked: Asked) -> str:
        return dressed.replace("@", right(asked))

    async with asking(scripted(reply), store, stream=stream) as (chat, server):
        assert (await chat.ask(request(4))).total == 5
        assert (await chat.summary()).total.output_tokens > 0
    assert server.calls == 1
    assert server.seen[0].body.get("stream", False) is stream


@pytest.mark.parametrize("fault", UNFIT)
async def test_an_unfit_reply_is_sent_back_with_the_reason(store: Path, fault: Fault) -> None:
    async with asking(faulty(ADDING, {0: fault, 1: fault}), store) as (chat, server):
        assert (await chat.ask(request(4))).total == 5
        assert len((await chat.summary()).why) == 1
    assert [len(asked.body["messages"]) for asked in server.seen] == [2, 4, 6]
    assert "cannot be used" in server.seen[1].said[-1]


@pytest.mark.parametrize("fault", UNFIT)
async def test_two_send_backs_are_all(store: Path, fault: Fault) -> None:
    async with asking(faulty(ADDING, lambda _: fault), store) as (chat, server):
        with pytest.raises(Refused, match=r"\w"):
            await chat.ask(request(4))
    assert server.calls == 3


async def test_what_the_check_refuses_is_sent_back_in_its_words(store: Path) -> None:
    async with asking(ADDING, store) as (chat, server):
        with pytest.raises(Refused, match="five is no answer"):
            await chat.ask(request(4), lambda reply: "five is no answer" if reply.total == 5 else "")
    assert server.calls == 3
    assert "five is no answer" in server.seen[2].said[-1]


@pytest.mark.parametrize(("fault", "form", "calls"), [("no_schema", "json_object", 2), ("no_json", "text", 3)])
async def test_the_ladder_is_climbed_down_once_for_all(store: Path, fault: Fault, form: str, calls: int) -> None:
    with ChatServer(faulty(ADDING, lambda _: fault)) as server:
        for number in range(3):
            async with open_chat(settings(server), store, say=lambda _: None) as chat:
                assert (await chat.ask(request(number))).total == number + 1
    assert server.calls == calls + 2
    assert server.seen[-1].form == form
    assert '"total"' in server.seen[-1].said[0]


@pytest.mark.parametrize("fault", PASSING)
async def test_what_passes_is_tried_again(store: Path, fault: Fault) -> None:
    async with asking(faulty(ADDING, {0: fault, 1: fault}), store) as (chat, server):
        assert (await chat.ask(request(4))).total == 5
        total = (await chat.summary()).total
    assert server.calls == total.calls == 3
    assert (total.answered, total.failed, total.in_doubt) == (1, 2, 0)


async def test_a_slow_call_is_given_up_and_made_again(store: Path) -> None:
    async with asking(faulty(ADDING, {0: "slow"}, wait=5), store, timeout=0.2) as (chat, server):
        assert (await chat.ask(request(4))).total == 5
        assert (await chat.summary()).why == {"no answer within 0.2 s": 1}
    assert server.calls == 2


async def test_a_storm_of_faults_ends_with_every_reply_right(store: Path) -> None:
    plan = seeded(7, 0.4, [f for f in FAULTS if f in PASSING or f in ("wrong_schema", "slow")])
    async with asking(faulty(ADDING, plan), store, retries=20, concurrency=8) as (chat, server):
        asked = await asyncio.gather(*(chat.ask(request(n)) for n in range(60)), return_exceptions=True)
        total = (await chat.summary()).total
    assert all(isinstance(found, Refused) or found == _sum(n + 1) for n, found in enumerate(asked))
    assert sum(isinstance(found, Sum) for found in asked) > 50
    assert server.calls == total.calls
    assert server.most_at_once <= 8


STOPS: dict[Fault, tuple[str, str]] = {
    "wrong_key": ("does not accept the key", "OPENAI_API_KEY"),
    "unknown_model": ("knows no model 'x'", "--model"),
    "quota": ("quota", "add credit"),
    "server_error": ("fails again and again", "run again"),
    "disconnect": ("cannot be reached", "run again"),
    "cut_json": ("no chat completions", "--base-url"),
}


@pytest.mark.parametrize("fault", STOPS)
async def test_what_lasts_stops_the_run_in_one_line(store: Path, fault: Fault) -> None:
    async with asking(faulty(ADDING, lambda _: fault), store, retries=2) as (chat, server):
        with pytest.raises(ChatError) as stopped:
            await chat.ask(request(4))
        total = (await chat.summary()).total
    line = str(stopped.value)
    assert all(part in line for part in STOPS[fault])
    assert "\n" not in line
    assert "sk-secret-word" not in line
    assert server.calls == total.calls == total.failed


async def test_an_echoed_key_is_never_repeated(store: Path) -> None:
    told = Said(status=401, error={"message": "bad key sk-secret-word"})
    async with asking(lambda _: told, store) as (chat, _):
        with pytest.raises(ChatError, match=r"bad key \(the key\)"):
            await chat.ask(request(4))
    assert b"sk-secret-word" not in store.read_bytes()


async def test_one_request_that_a_living_server_fails_on_is_refused(store: Path) -> None:
    def mind(asked: Asked) -> Said:
        return Said(status=500) if "13" in asked.said else ADDING(asked)

    async with asking(mind, store, retries=3, backoff=0.1) as (chat, _):
        bad = asyncio.create_task(chat.ask(request(13)))
        for number in range(10):
            await chat.ask(request(number))
            await asyncio.sleep(0.05)
        with pytest.raises(Refused, match="fails on this request"):
            await bad


async def test_a_server_that_goes_away_ends_the_run_though_others_were_answered_just_before(store: Path) -> None:
    def mind(asked: Asked) -> Said:
        return Said(right(asked), delay=30.0 if "13" in asked.said else 0.0)

    async with asking(mind, store, retries=1) as (chat, server):
        out = asyncio.create_task(chat.ask(request(13)))
        while server.at_once == 0:
            await asyncio.sleep(0.01)
        await chat.ask(request(4))
        server.go_away()
        with pytest.raises(ChatError, match="cannot be reached"):
            await out


async def test_what_an_item_used_before_it_began_afresh_does_not_count(store: Path) -> None:
    async with asking(ADDING, store) as (chat, server):
        for number in (1, 2, 3):
            await chat.labelled("item").ask(request(number))
        fresh = await chat.from_now_on()
        for number in (2, 4):
            await fresh.labelled("item").ask(request(number))
        assert [(await port.used("item")).calls for port in (chat, fresh)] == [4, 2]
    assert server.calls == 4


async def test_no_server_is_told_soon(store: Path) -> None:
    with ChatServer(ADDING) as server:
        gone = settings(server)
    async with open_chat(gone, store, say=lambda _: None) as chat:
        with pytest.raises(ChatError, match=r"cannot be reached \(no connection"):
            await chat.ask(request(4))
        total = (await chat.summary()).total
    assert (total.calls, total.unsent) == (0, 3)


async def test_too_long_a_request_is_refused_and_the_run_goes_on(store: Path) -> None:
    def mind(asked: Asked) -> Said:
        long = {"message": "too long", "code": "context_length_exceeded"}
        return Said(status=400, error=long) if "13" in asked.said else ADDING(asked)

    async with asking(mind, store) as (chat, server):
        with pytest.raises(Refused, match="too long"):
            await chat.ask(request(13))
        assert (await chat.ask(request(4))).total == 5
    assert server.seen[-1].form == "json_schema"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, {"code": 400, "type": "exceed_context_size_error", "message": "request (9 tokens) exceeds the available"
               " context size (4 tokens), try increasing it"}),
        (500, {"code": 500, "type": "server_error", "message": "Context size has been exceeded."}),
        (400, {"code": 400, "message": "The decoder prompt (length 9) is longer than the maximum model length of 4."}),
        (400, {"code": 400, "message": "The input (9 tokens) is longer than the model's context length (4 tokens)."}),
        (400, {"type": "invalid_request_error", "message": "prompt is too long: 9 tokens > 4 maximum"}),
    ],
    ids=["llama.cpp", "llama.cpp, 500", "vLLM", "SGLang", "Anthropic"],
)  # fmt: skip
async def test_what_a_server_finds_too_long_ended_the_run_where_it_says_so_in_its_own_words(
    store: Path, status: int, error: dict[str, object]
) -> None:
    async with asking(lambda _: Said(status=status, error=error), store) as (chat, server):
        with pytest.raises(TooLong, match="too long"):
            await chat.ask(request(4))
    assert server.calls == 1


async def test_a_request_refused_for_no_known_reason_ended_the_run_though_others_were_answered(store: Path) -> None:
    def mind(asked: Asked) -> Said:
        return Said(status=400, error={"message": "I'm a teapot"}) if "13" in asked.said else ADDING(asked)

    async with asking(mind, store) as (chat, server):
        assert (await chat.ask(request(4))).total == 5
        with pytest.raises(Refused, match=r"refuses this request \(400 .*teapot"):
            await chat.ask(request(13))
        assert (await chat.ask(request(5))).total == 6
    assert server.calls == 5
    assert server.seen[-1].form == "json_schema"


async def test_credit_that_is_spent_was_told_as_settings_to_check(store: Path) -> None:
    error = {"type": "invalid_request_error", "message": "Your credit balance is too low to access the API."}
    async with asking(lambda _: Said(status=400, error=error), store) as (chat, server):
        with pytest.raises(ChatError, match=r"the quota at .* is spent"):
            await chat.ask(request(4))
    assert server.calls == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Said(status=500), r"fails again and again \(500 'failed'\); look at what the server says"),
        (Said(delay=30.0), r"does not answer in time \(.*\); raise --timeout"),
        (Said(share=0.0), r"cannot be reached \(the connection broke\); check --base-url"),
    ],
)
async def test_a_server_that_was_reached_is_not_said_to_be_out_of_reach(store: Path, said: Said, told: str) -> None:
    async with asking(lambda _: said, store, retries=0, timeout=0.2) as (chat, _):
        with pytest.raises(ChatError, match=told):
            await chat.ask(request(4))


@pytest.mark.parametrize(
    ("text", "finish", "told"),
    [
        ("", "length", "too long; be brief"),
        ('<think>I might say {"total": 1, "sure": true, "how": "guessed"}, but', "length", "too long; be brief"),
        ('<think>I might say {"total": 1, "sure": true, "how": "guessed"}, but', "stop", "within the model's thoughts"),
    ],
)
async def test_what_a_model_only_thought_was_taken_for_its_reply(
    store: Path, text: str, finish: str, told: str
) -> None:
    async with asking(lambda _: Said(text, finish=finish), store) as (chat, _):
        with pytest.raises(Refused, match=told):
            await chat.ask(request(4))


async def test_a_web_page_is_no_chat_server(store: Path) -> None:
    page = Said(raw=b"<html>", headers={"content-type": "text/html"})
    async with asking(lambda _: page, store, retries=0) as (chat, _):
        with pytest.raises(ChatError, match="--base-url"):
            await chat.ask(request(4))


async def test_where_a_reply_is_to_stop_is_part_of_the_call(store: Path) -> None:
    asked = Request("planner", "talk", request(4).messages, Spoken)
    async with asking(lambda _: Said("one two three"), store) as (chat, server):
        whole, short = await chat.ask(asked), await chat.ask(replace(asked, stop=("two",)))
    assert (whole.text, whole.stopped) == ("one two three", False)
    assert (short.text, short.stopped) == ("one ", True)
    assert server.calls == 2


async def test_samples_are_calls_of_their_own(store: Path) -> None:
    def draw(chance: object, asked: Asked) -> str:
        return right(asked)

    async with asking(drawn(1, draw), store) as (chat, server):
        await asyncio.gather(*(chat.ask(request(4, sample=n % 3)) for n in range(9)))
        assert (await chat.summary()).total.hits == 6
    assert server.calls == 3


async def test_each_role_asks_its_own_model(store: Path) -> None:
    async with asking(ADDING, store, judge_model="openai:y") as (chat, server):
        await chat.ask(request(1))
        await chat.ask(request(1, role="judge"))
        roles = (await chat.summary()).roles
    assert [asked.body["model"] for asked in server.seen] == ["x", "y"]
    assert {name: usage.calls for name, usage in roles.items()} == {"judge": 1, "planner": 1}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "no model is named"),
        ({"model": "gpt-4.1"}, "expected PROVIDER:NAME"),
        ({"model": "openai:x", "base_url": "localhost:1"}, "http://"),
        ({"model": "openai:x", "max_cost": 1.0}, "--max-calls"),
        ({"model": "nobody:x"}, "pip install"),
        ({"model": "nobody:x", "base_url": "http://localhost:1/v1"}, "--base-url is where models named openai:NAME"),
    ],
)
async def test_settings_that_cannot_work_are_told_at_once(store: Path, given: dict[str, str], told: str) -> None:
    with pytest.raises(ChatError, match=told):
        async with open_chat(ChatSettings.model_validate(given), store, say=lambda _: None):
            pass


async def test_without_a_key_nothing_is_opened(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ChatError, match="set OPENAI_API_KEY"):
        async with open_chat(ChatSettings(model="openai:gpt-4.1"), store):
            pass


async def test_an_unknown_price_is_said_once(store: Path) -> None:
    told: list[str] = []
    with ChatServer(ADDING) as server:
        async with open_chat(settings(server), store, say=told.append) as chat:
            await asyncio.gather(*(chat.ask(request(n)) for n in range(3)))
            total = (await chat.summary()).total
    assert len(told) == 1
    assert total.known_cost is None
    assert total.unpriced == 3


def test_faults_have_no_gaps() -> None:
    assert set(PASSING) | set(UNFIT) | set(STOPS) | {"slow", "no_schema", "no_json"} == set(FAULTS)
