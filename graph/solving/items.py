"""What is to be solved, and where it is searched for."""

from asyncio import to_thread
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.solver_cases import Case, Place, open_place
from hcsp.tree import ResearchTree
from tasks.drafts import holds_drafts, is_draft, record_of
from tasks.files import read
from tasks.record import TaskRecord, identify, tree_of
from tasks.runs import TASKS, read_records


class NoWorld(ValueError):
    """Why a question cannot be searched for."""


@dataclass(frozen=True)
class Item:
    """A question.

    Attributes:
        id: of the task.
        question: as asked.
        find: gives its case; raises `NoWorld` where there is none.
        answers: what is right, the label first; none where nobody says.
        levels: variables on the longest path of the tree; `None` for a question that has none.
        gold: pages that are known to bear the answer out, where somebody says.
    """

    id: str
    question: str
    find: Callable[[], Awaitable[Case]]
    answers: tuple[str, ...] = ()
    levels: int | None = None
    gold: tuple[str, ...] = ()


async def items_of(file: Path, name: str | None = None) -> AsyncIterator[Item]:
    """The tasks or drafts of a file or a run directory, searched for in the world that each names, or in `name`.

    Raises `OSError` or `ValueError` for anything else.
    """
    path = file / TASKS if file.is_dir() else file
    first = next(read(path), None)
    if first is None:
        raise ValueError(f"{path} holds no tasks to solve")
    if holds_drafts(first[1]):
        for _, row in read(path):
            if is_draft(row):  # runs that were given up before they had a question are none
                yield await _draft(row, name or world_of(row["provenance"]))
        return
    for record in read_records(path):
        yield item_of(record, name or world_of(record.provenance))


def world_of(provenance: Mapping[str, Any]) -> str:
    """The world that something was made in, as its settings name it."""
    return str(provenance.get("settings", {}).get("world", ""))


def item_of(record: TaskRecord, name: str) -> Item:
    """A task."""

    async def find() -> Case:
        try:
            return await (await _place(name)).case(record)
        except (OSError, ValueError, KeyError) as error:
            raise NoWorld(_line(error)) from None

    return Item(
        record.id, record.question, find, (record.answer, *record.answer_aliases), levels=tree_of(record).levels
    )


async def _draft(row: Mapping[str, Any], name: str) -> Item:
    """A draft; where its world is missing, its question and why it is not searched for."""
    try:
        place = await _place(name)
        if place.world is None:
            raise ValueError("a draft is no task of a packed environment; name the world that it was made in")
        return item_of(await record_of(row, place.world), name)
    except (OSError, ValueError, KeyError) as error:
        why, tree = _line(error), ResearchTree.model_validate(row["tree"])

    async def find() -> Case:
        raise NoWorld(why)

    return Item(identify("", tree), row["wording"]["question"], find, levels=tree.levels)


async def _place(name: str) -> Place:
    if not name:
        raise ValueError("it does not say which world it was made in; name one with --world")
    return await to_thread(open_place, name)


def _line(error: Exception) -> str:
    return " ".join(str(error.args[0] if isinstance(error, KeyError) and error.args else error).split())
