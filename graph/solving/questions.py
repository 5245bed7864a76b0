"""Question files of any kind as items to solve."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from pathlib import Path

from graph.solver_cases import Case, open_place
from graph.solving.items import Item, items_of
from tasks.drafts import holds_drafts
from tasks.environments.searched import Searched
from tasks.evaluation.corpus import Corpus
from tasks.evaluation.questions import Question, read_pages, read_questions
from tasks.files import read
from tasks.runs import TASKS


async def questions_of(file: Path, world: str | None = None, corpus: Path | None = None) -> AsyncIterator[Item]:
    """Task records or drafts of ours; questions with documents; plain questions, which need a world or a corpus.

    Raises `OSError` or `ValueError` where a file holds something else, or there is nothing to search.
    """
    if is_ours(file):
        if corpus is not None:
            raise ValueError("--corpus is for questions of others; our tasks are searched for in their own world")
        async for item in items_of(file, world):
            yield item
        return
    asked = list(read_questions(file))
    searched = await to_thread(_searched, file, asked, world, corpus)
    for question in asked:
        yield _item(question, Case(searched))


def is_ours(file: Path) -> bool:
    """Whether a file holds task records or drafts of ours."""
    path = file / TASKS if file.is_dir() else file
    first = next(read(path), None)
    if first is None:
        raise ValueError(f"{path} holds no questions")
    return "constraints" in first[1] or holds_drafts(first[1])


def _searched(file: Path, asked: list[Question], world: str | None, corpus: Path | None) -> Searched:
    if world is not None:
        return open_place(world).searched
    pages = [page for question in asked for page in question.pages]
    if corpus is not None:
        pages += read_pages(corpus)
    if not pages:
        raise ValueError(f"{file} comes without documents: say where to search, with --world or --corpus")
    return Corpus((corpus or file).stem, pages)


def _item(question: Question, case: Case) -> Item:
    async def find() -> Case:
        return case

    return Item(question.id, question.question, find, question.answers, gold=question.gold)
