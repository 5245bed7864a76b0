"""Opening the port: from settings to something that can be asked."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path

from roles.chat.calling import Caller, Line
from roles.chat.limits import Gate, Rates
from roles.chat.model_chat import ModelChat
from roles.chat.port import ChatError
from roles.chat.prices import Price, dated, price_of
from roles.chat.server import Server, named
from roles.chat.sessions import Session
from roles.chat.settings import ROLES, ChatSettings
from roles.chat.writer import Writer

Say = Callable[[str], object]
OPENAI = "openai"
"""The provider of every server that speaks OpenAI's chat completions."""

_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_chat(
    settings: ChatSettings, store: Path, run: str = "", say: Say = _log.warning
) -> AsyncIterator[ModelChat]:
    """The models of `settings`, with replies and ledger kept in the file `store`.

    A budget holds for all calls entered under `run`, whichever process makes them. Notes for the user go to `say`.
    Raises `ChatError` when something is missing.
    """
    specs = sorted({spec for role in ROLES if (spec := settings.model_of(role))})
    if not specs:
        raise ChatError("no model is named; give --model, such as openai:gpt-4.1-mini")
    if settings.base_url is not None and not any(named(spec)[0] == OPENAI for spec in specs):
        raise ChatError(
            f"--base-url is where models named {OPENAI}:NAME are asked, and {', '.join(specs)} is none of them; name it"
            f" {OPENAI}:NAME if that server speaks OpenAI's chat completions, else leave --base-url out"
        )
    prices, lines = await asyncio.to_thread(_prepared, specs, settings)
    async with AsyncExitStack() as stack:
        for line in lines.values():
            stack.push_async_callback(line.server.close)
        session = await asyncio.to_thread(_session, store)
        stack.push_async_callback(asyncio.to_thread, session.close)
        writer = await Writer.open(store)
        stack.push_async_callback(writer.close)
        for spec in (spec for spec, price in prices.items() if price is None):
            say(f"the price of {spec} is not known (table of {dated()}): its calls are counted without cost")
        numbers = count()
        callers = {}
        for spec in specs:
            provider, name = named(spec)
            callers[spec] = Caller(spec, name, lines[provider], writer, settings, session.id, numbers, prices[spec])
        yield ModelChat(settings, callers, writer, run)


def _prepared(specs: Sequence[str], settings: ChatSettings) -> tuple[dict[str, Price | None], dict[str, Line]]:
    """Prices by model and servers by provider; reads files, so it has a thread of its own."""
    prices = {spec: _price(spec, settings) for spec in specs}
    return prices, {provider: _line(provider, settings) for provider in sorted({named(spec)[0] for spec in specs})}


def _line(provider: str, settings: ChatSettings) -> Line:
    try:
        rates = Rates(settings.requests_per_minute, settings.tokens_per_minute)
        return Line(_server(provider, settings), Gate(settings.concurrency), rates)
    except ImportError as error:
        raise ChatError(f"chat models need more packages ({error}); pip install -e '.[models]'") from None


def _server(provider: str, settings: ChatSettings) -> Server:
    """Imports what it needs, since the packages come with an extra."""
    if provider == OPENAI:
        from roles.chat.openai_server import OpenAIServer  # noqa: PLC0415

        return OpenAIServer(settings)
    from roles.chat.langchain_server import open_langchain  # noqa: PLC0415

    return open_langchain(provider, settings)


def _session(store: Path) -> Session:
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        return Session(store)
    except OSError as error:
        raise ChatError(f"the call store {store} cannot be kept ({error}); name another file") from None


def _price(spec: str, settings: ChatSettings) -> Price | None:
    """The table's price, or the settings' where it has none."""
    if found := price_of(named(spec)[1]):
        return found
    if settings.input_price is not None and settings.output_price is not None:
        return Price(settings.input_price, settings.output_price)
    if settings.max_cost is not None:
        raise ChatError(
            f"the price of {spec} is not known (table of {dated()}), so --max-cost cannot be kept; give --input-price"
            " and --output-price, or --max-calls instead"
        )
    return None
