"""Malformed replies: nothing crashes, nothing unchecked passes, and the next call is as good as ever."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from asking import Sum, asking, request, right
from chat_server import Asked, Said
from hypothesis import given
from hypothesis import strategies as st
from malformed import RIGHT, replies
from pydantic import BaseModel

from roles.chat.answer import Answer, Garbled, streamed, whole
from roles.chat.port import Refused
from roles.chat.reply import Unfit, parsed

KINDS = replies(seed=1)


def test_there_are_three_hundred_kinds() -> None:
    assert len(KINDS) >= 300
    assert len({(k.text, k.raw) for k in KINDS.values()}) >= 290


@pytest.mark.slow
@pytest.mark.parametrize("stream", [False, True])
async def test_none_of_them_passes_or_crashes(tmp_path: Path, stream: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    names = list(KINDS)

    def mind(asked: Asked) -> Said:
        number = next(int(s) for s in asked.said if s.isdecimal())
        return KINDS[names[number]] if number < len(names) else Said(right(asked))

    options = {"stream": stream, "retries": 1, "backoff": 0.001}
    async with asking(mind, tmp_path / "calls.sqlite", **options) as (chat, server):
        await chat.ask(request(10_000))
        for number, name in enumerate(names):
            try:
                reply = await chat.ask(request(number))
            except Refused:
                continue
            pytest.fail(f"{name} passed as {reply!r}")
        assert (await chat.ask(request(20_000))).total == 20_001
        total = (await chat.summary()).total
    assert server.calls == total.calls


class Loose(BaseModel):
    """A schema that takes almost anything."""

    text: str
    more: dict[str, object] = {}


def outcome(read: Callable[[], object], kind: type[Exception]) -> object:
    """What came of it: a value, or an exception of the one kind that is allowed."""
    try:
        return read()
    except kind as refused:
        return refused


@given(st.text())
def test_any_text_is_parsed_or_unfit(text: str) -> None:
    for schema in (Sum, Loose):
        found = outcome(partial(parsed, Answer(text=text), schema), Unfit)
        assert isinstance(found, schema) or str(found)


@given(st.binary() | st.text().map(lambda t: f"data: {t}\n\n".encode("utf-8", "replace")))
def test_any_body_is_an_answer_or_garbled(body: bytes) -> None:
    for read in (whole, streamed):
        found = outcome(partial(read, body), Garbled)
        assert isinstance(found, Answer) or str(found)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.text(alphabet='{}[]":\\ x', max_size=20))
def test_braces_in_strings_and_around_change_nothing(said: str, around: str) -> None:
    written = Loose(text=said + around).model_dump_json()
    assert parsed(Answer(text=written), Loose).text == said + around
    assert parsed(Answer(text=f"```json\n{written}\n```\nThat is all }} of it."), Loose).text == said + around


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    )
)
def test_envelopes_of_any_shape_are_answers_or_garbled(value: object) -> None:
    for body in (
        {"choices": value},
        {"choices": [{"message": value}]},
        {"choices": [{"message": {"content": RIGHT}}], "usage": value},
    ):
        found = outcome(partial(whole, json.dumps(body).encode()), Garbled)
        assert isinstance(found, Answer) or str(found)


@pytest.mark.parametrize(
    "page",
    ["<think>no</think>", "</think>", '```json {"text": "x"} ```', '{"text": "x", "more": {}}', "$text ${text} %s"],
)
def test_what_a_page_says_inside_a_string_stays_there(page: str) -> None:
    written = Loose(text=page).model_dump_json()
    for dressed in (written, f"<think>{page.replace('</think>', '')}</think>{written}", f"Here it is:\n{written}"):
        assert parsed(Answer(text=dressed), Loose).text == page


async def test_junk_about_usage_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    body = b'{"choices": [{"message": {"content": "%s"}}], "usage": {"prompt_tokens": -1, "completion_tokens": "many"}}'
    raw = body % RIGHT.replace('"', '\\"').encode()
    async with asking(lambda _: Said(raw=raw), tmp_path / "calls.sqlite") as (chat, _):
        assert (await chat.ask(request(4))).total == 5
        total = (await chat.summary()).total
    assert (total.input_tokens, total.output_tokens, total.cost_usd) == (0, 0, 0.0)
