"""One invocation of a command that solves: the file that it appends to, the models that it asks, what it says."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from graph.chats import chat_of
from graph.solver_context import SolverContext
from graph.solving.items import Item
from graph.solving.loop import Loop
from graph.solving.rollout import SPACE
from graph.solving.view import Progress
from graph.spending import spent_view
from roles.chat.port import ChatError
from tasks.trajectories.results import Results

AGAIN = "the same command goes on"


async def carry_out(
    items: AsyncIterator[Item], samples: int, settings: SolverContext, results: Results, console: Console
) -> None:
    """Solves what the results lack; at the end the ledger is shown, where models are asked.

    Raises `ChatError` when no model can be asked any more, `OSError` or `ValueError` when the items are none.
    """
    there = f"{len(results.done):,} trajectories are there" if results.done else ""
    for said in filter(None, (results.mended, there)):
        console.print(escape(said))
    async with chat_of(
        settings, results.path, _run(results.path), lambda said: console.print(escape(str(said)))
    ) as chat:
        try:
            await Loop(settings, results, chat, Progress(console)).run(items, samples)
        except ChatError as error:
            raise ChatError(f"{error}; {AGAIN}") from None
        finally:
            if chat and (spent := await chat.summary()).roles:
                console.print(spent_view(spent, accepted=0))


def _run(out: Path) -> str:
    """Under which the ledger has all calls for one file, so that budgets hold for them together."""
    return str(uuid.uuid5(SPACE, str(out.resolve())))
