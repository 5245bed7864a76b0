"""Chat models for the graph: one port for a command, or one for each set of settings in a process that serves runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from weakref import WeakKeyDictionary

from platformdirs import user_cache_path

from roles.chat.model_chat import ModelChat
from roles.chat.opening import Say, open_chat
from roles.chat.port import ChatError
from roles.chat.settings import ChatSettings

Ask = Callable[[ChatSettings], Awaitable[ModelChat | None]]
"""The port for some settings; `None` where these name no model."""


def calls_path(out: Path | None, address: str | None = None) -> Path:
    """Where replies and the ledger are kept: in a run directory, beside a record file, or else in the user's cache.

    There each address has a file of its own: what many servers call by one name is not one model.
    """
    if out is None:
        name = f"calls-{sha256(address.encode()).hexdigest()[:8]}" if address else "calls"
        return user_cache_path("taproot") / name
    return out / "calls" if out.is_dir() else out.with_name(f"{out.name}.calls")


@asynccontextmanager
async def chat_of(settings: ChatSettings, out: Path | None, run: str, say: Say) -> AsyncIterator[ModelChat | None]:
    """The port of a command, `None` where no model is named. Budgets hold for all calls entered under `run`.

    Raises `ChatError` when something is missing.
    """
    if not settings.asks:
        yield None
        return
    async with open_chat(settings, calls_path(out, settings.base_url), run, say) as chat:
        yield chat


def always(chat: ModelChat | None) -> Ask:
    """One port whatever a run's state says: what models may cost is for the command, not for a run gone on with."""

    async def ask(settings: ChatSettings) -> ModelChat | None:
        return chat

    return ask


def lasting() -> Ask:
    """Ports that are opened when a run first needs them and live as long as the process, as in LangGraph Studio."""
    opened: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[ChatSettings, asyncio.Future[ModelChat]]]
    opened = WeakKeyDictionary()
    held: list[object] = []

    async def ask(settings: ChatSettings) -> ModelChat | None:
        if not settings.asks:
            return None
        mine = opened.setdefault(asyncio.get_running_loop(), {})
        only = ChatSettings.model_validate(settings.model_dump(include=set(ChatSettings.model_fields)))
        if only not in mine:
            opening = open_chat(only, calls_path(None, only.base_url))
            held.append(opening)
            mine[only] = asyncio.ensure_future(opening.__aenter__())
        try:
            return await mine[only]
        except ChatError:
            mine.pop(only, None)
            raise

    return ask
