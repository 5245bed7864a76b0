"""One invocation of `graph.refine`: tasks and drafts in, tasks out."""

import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph.chats import always, chat_of
from graph.context import Deps
from graph.driver import SPACE, Job
from graph.openers import default_deps
from graph.refining.replay import Replay
from graph.refining.replies import inherit, others
from graph.refining.tried import Tried, Tries, read_tried
from graph.spending import spent_view
from roles.chat.port import ChatError
from roles.chat.settings import ChatSettings
from tasks.files import append, claimed, read
from tasks.keeping import copy, frames_of, keep
from tasks.record import TaskRecord, tree_of
from tasks.refinement import Against, Lesson, against, lessons_of

AS_IT_WAS, REFINED, STILL_A_DRAFT, LOST, TWICE, CHANGED, BY_OTHERS = (
    "as it was",
    "refined",
    "still a draft",
    "cannot be mended",
    "came to a task that is there",
    "not the same when made again",
    "made with models that are not named",
)
"""What becomes of a task or draft."""


async def carry_out(
    path: Path, tries: Tries, out: Path, console: Console, early: int, given: ChatSettings, replies: Path | None
) -> None:
    """Refines what `out` lacks of the tasks or drafts at `path`, and says what became of each.

    Raises `OSError` or `ValueError` on bad input, `ChatError` when no model can be asked any more.
    """
    if given.asks:
        await inherit(replies or path, out)
    run = str(uuid.uuid5(SPACE, str(out.resolve())))
    async with chat_of(given, out, run, lambda said: console.print(escape(str(said)))) as chat:
        deps = default_deps(always(chat))
        try:
            found = await read_tried(path, tries, deps.world, given)
            with claimed(out):
                await Refining(path, out, console, deps, given).all(found, early)
        except ChatError as error:
            raise ChatError(f"{error}; the same command goes on") from None
        finally:
            if chat and (spent := await chat.summary()).roles:
                console.print(spent_view(spent, accepted=0))


class Refining:
    """Tasks out, each written once."""

    def __init__(self, path: Path, out: Path, console: Console, deps: Deps, given: ChatSettings) -> None:
        self._path, self._out, self._console, self._deps, self._given = path, out, console, deps, given
        rows = [row for _, row in read(out)]
        self._there = {row.get("id") for row in rows}
        self._done = self._there | {_origin(row) for row in rows}

    async def all(self, found: Sequence[Tried], early: int) -> None:
        """Every task and draft that --out lacks."""
        self._there |= {tried.record.id for tried in found if not tried.is_draft}
        became: Counter[str] = Counter()
        for number, tried in enumerate(found):
            if tried.record.id not in self._done:
                became[await self._one(number, tried, against(tried.record, tried.tries, early))] += 1
        table = Table("tasks", "")
        for kind, n in became.most_common():
            table.add_row(kind, f"{n:,}")
        self._console.print(table)

    async def _one(self, number: int, tried: Tried, what: Against | None) -> str:
        record = tried.record
        if what is None:
            if tried.is_draft:
                return STILL_A_DRAFT
            copy(frames_of(self._path), frames_of(self._out), record.id)
            append(self._out, record.model_dump(mode="json"))
            return AS_IT_WAS
        became, more = await self._again(number, tried, what)
        said = f"{record.answer}: {what.finding}; {became}{f': {more}' if more else ''}"
        self._console.print(escape(said), soft_wrap=True)
        return became

    async def _again(self, number: int, tried: Tried, what: Against) -> tuple[str, str]:
        """The run made again, sent back, and what is accepted then, written: what became of it, and its question."""
        record, settings = tried.record, tried.settings
        if named := others(settings, self._given):
            return BY_OTHERS, named
        lesson = Lesson(task=record.id, question=record.question, why=str(what.finding), offered=tuple(what.offered))
        lessons = [*lessons_of(record), lesson]
        tree = tree_of(record)
        replay = Replay(self._deps, Job(tree.entities[tree.root], settings, self._out, number))
        became, new = await _taught(replay, lessons)
        if new is None:
            return became, ""
        if new.id in self._there:
            return TWICE, new.id
        told = {"refined": [lesson.model_dump(mode="json") for lesson in lessons]}
        new = new.model_copy(update={"provenance": {**new.provenance, **told}})
        await keep(new, await replay.world(), frames_of(self._out))
        append(self._out, new.model_dump(mode="json"))
        self._there.add(new.id)
        return REFINED, new.question


async def _taught(replay: Replay, lessons: Sequence[Lesson]) -> tuple[str, TaskRecord | None]:
    for lesson in lessons:
        taught = await replay.taught(lesson)
        if not taught:
            return CHANGED if taught is None else LOST, None
    new = await replay.ended()
    return (REFINED, new) if new else (LOST, None)


def _origin(row: dict[str, object]) -> object:
    """The task or draft that a line of --out comes of."""
    provenance = row.get("provenance")
    refined = provenance.get("refined") if isinstance(provenance, dict) else None
    return refined[-1].get("task") if isinstance(refined, list) and refined else row.get("id")
