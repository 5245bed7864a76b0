"""Other providers, through their LangChain chat models."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from asking import ADDING, request, store
from chat_minds import Fault, faulty
from chat_server import ChatServer
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_openai import ChatOpenAI

from roles.chat.opening import open_chat
from roles.chat.port import ChatError
from roles.chat.settings import ChatSettings

__all__ = ["store"]
SETTINGS = ChatSettings(model="elsewhere:x", backoff=0.01, retries=2)

Offer = Callable[[BaseChatModel], None]


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Has LangChain open this model, whatever it is asked for."""

    def offered(model: BaseChatModel) -> None:
        module = ModuleType("langchain.chat_models")
        module.__dict__["init_chat_model"] = lambda *_, **__: model
        monkeypatch.setitem(sys.modules, "langchain", ModuleType("langchain"))
        monkeypatch.setitem(sys.modules, "langchain.chat_models", module)

    return offered


def over(server: ChatServer) -> BaseChatModel:
    """A LangChain model that a loopback server plays."""
    return ChatOpenAI(model="x", base_url=server.url, api_key="none", max_retries=0, use_responses_api=False)


async def test_blocks_of_text_and_usage_are_read(offer: Offer, store: Path) -> None:
    blocks: list[str | dict[str, str]] = [
        {"type": "text", "text": '{"total": 5, "sure": true,'},
        {"type": "text", "text": ' "how": "counted"}'},
    ]
    usage = {"input_tokens": 7, "output_tokens": 3, "total_tokens": 10}
    offer(GenericFakeChatModel(messages=iter([AIMessage(content=blocks, usage_metadata=usage)])))
    async with open_chat(SETTINGS, store, say=lambda _: None) as chat:
        assert (await chat.ask(request(4))).total == 5
        assert (await chat.ask(request(4))).total == 5
        total = (await chat.summary()).total
    assert (total.calls, total.hits, total.input_tokens, total.output_tokens) == (1, 1, 7, 3)


@pytest.mark.parametrize("fault", ["rate_limit", "server_error", "disconnect", "wrong_schema", "refusal", "empty"])
async def test_what_passes_passes_here_too(offer: Offer, store: Path, fault: Fault) -> None:
    with ChatServer(faulty(ADDING, {0: fault})) as server:
        offer(over(server))
        async with open_chat(SETTINGS, store, say=lambda _: None) as chat:
            assert (await chat.ask(request(4))).total == 5
            total = (await chat.summary()).total
    assert server.calls == total.calls == 2


@pytest.mark.parametrize(
    ("fault", "told"),
    [("wrong_key", "ELSEWHERE_API_KEY"), ("unknown_model", "knows no model 'x'"), ("quota", "add credit")],
)
async def test_what_lasts_stops_here_too(offer: Offer, store: Path, fault: Fault, told: str) -> None:
    with ChatServer(faulty(ADDING, {0: fault})) as server:
        offer(over(server))
        async with open_chat(SETTINGS, store, say=lambda _: None) as chat:
            with pytest.raises(ChatError, match=told):
                await chat.ask(request(4))
    assert server.calls == 1


async def test_a_model_that_breaks_is_told_in_one_line(offer: Offer, store: Path) -> None:
    offer(GenericFakeChatModel(messages=iter([])))
    async with open_chat(SETTINGS, store, say=lambda _: None) as chat:
        with pytest.raises(ChatError, match="elsewhere cannot be asked") as stopped:
            await chat.ask(request(4))
    assert "\n" not in str(stopped.value)
