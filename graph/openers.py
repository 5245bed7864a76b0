"""What nodes may open: a world by its name, and each role, symbolic or played by a model, as the settings have it."""

from asyncio import to_thread
from collections import OrderedDict
from typing import cast

from langgraph.config import get_config

import prompts.render
from graph.chats import Ask, lasting
from graph.context import Context, Deps
from prompts.phrases import phrase_book
from roles.browser import Browser
from roles.chat.ledger import Usage
from roles.chat.port import Chat
from roles.lengths import MOST_WORDS
from roles.library import Web
from roles.model_browser import ModelBrowser
from roles.model_judge import ModelJudge
from roles.model_planner import ModelPlanner
from roles.model_writer import ModelWriter
from roles.planner import Planner
from roles.read_world import ReadWorld
from roles.styles import GRAMMAR
from roles.symbolic_browser import SymbolicBrowser
from roles.symbolic_planner import SymbolicPlanner
from roles.symbolic_writer import SymbolicWriter
from roles.writer import Writer
from worlds.opening import has_facts, open_world
from worlds.world import World

READ_WORLDS = 64
"""Most runs whose pages, as models read them, are remembered; what is forgotten is read again from the caches."""


def default_deps(ask: Ask | None = None) -> Deps:
    """All openers over one source of chats; without `ask` a chat is opened when a run first needs it, and kept."""
    asking = ask or lasting()
    worlds, roles = Worlds(asking), Roles(asking)
    return Deps(
        world=worlds.open,
        planner=roles.planner,
        browser=roles.browser,
        writer=roles.writer,
        solver=roles.solver,
        spent=roles.spent,
    )


class Worlds:
    """Worlds by name, opened off the event loop and kept open."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._opened: dict[str, World] = {}
        self._read: OrderedDict[tuple[str, str], World] = OrderedDict()

    async def open(self, settings: Context) -> World:
        """The world that the settings name; one without facts as models read it, and what a run has seen is its own.

        Raises `ValueError` when there is no such world, or nobody to read it.
        """
        name = settings.world
        if name not in self._opened:
            self._opened[name] = await to_thread(_opened, name)
        if has_facts(name):
            return self._opened[name]
        asked = (name, _thread())
        if asked not in self._read:
            while len(self._read) >= READ_WORLDS:
                self._read.popitem(last=False)
            self._read[asked] = await self._reading(name, settings)
        return self._read[asked]

    async def _reading(self, name: str, settings: Context) -> World:
        port = await self._ask(settings)
        if port is None:
            raise ValueError(f"the world {name!r} has pages and no facts: name a model that reads them, with --model")
        chat = port.labelled(_thread())
        return ReadWorld(cast(Web, self._opened[name]), chat, ModelJudge(chat))


class Roles:
    """Who decides, by the settings; each model's calls are entered in the ledger under the run's thread."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def planner(self, settings: Context, world: World) -> Planner:
        """Who grows the tree."""
        chat = await self._chat(settings, "planner")
        return ModelPlanner(chat, world) if chat else SymbolicPlanner()

    async def browser(self, settings: Context) -> Browser:
        """Who reads pages."""
        chat, how = await self._chat(settings, "browser"), (settings.max_claims, settings.time_varying)
        return ModelBrowser(chat, *how, str(settings.seed)) if chat else SymbolicBrowser(*how, str(settings.seed))

    async def writer(self, settings: Context, world: World) -> Writer:
        """Who words the question."""
        labels = {r.id: r.label for r in (await world.relations()).values()}
        chat, most = await self._chat(settings, "writer"), MOST_WORDS[settings.difficulty]
        if chat is None:
            return SymbolicWriter(labels, GRAMMAR[settings.style], most)
        return ModelWriter(chat, world, labels, settings.style, most)

    async def solver(self, settings: Context) -> Chat | None:
        """Who tries the question; nobody where no model does."""
        return await self._chat(settings, "solver")

    async def spent(self, settings: Context, thread: str) -> Usage:
        """What the replies came to that the run with this thread id rests on."""
        port = await self._ask(settings)
        return await port.used(thread) if port else Usage()

    async def _chat(self, settings: Context, role: str) -> Chat | None:
        port = await self._ask(settings) if settings.player_of(role) else None
        return port.labelled(_thread()) if port else None


def _opened(name: str) -> World:
    phrase_book()  # read here, so that no node waits for a file: what can be said decides what is asked
    prompts.render.load()
    try:
        return open_world(name)
    except OSError as error:  # of these the server behind Studio shows nothing but the type
        raise ValueError(str(error)) from error


def _thread() -> str:
    """The id of the thread that the running node belongs to; empty where none runs."""
    try:
        return str(get_config()["configurable"].get("thread_id", ""))
    except RuntimeError:
        return ""
