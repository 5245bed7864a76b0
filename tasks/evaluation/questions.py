"""Questions of other data sets: lines of BrowseComp-Plus, or plain questions and answers."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from hcsp.frozen import Frozen
from tasks.files import read
from worlds.model import Page

DOCUMENTS = ("gold_docs", "evidence_docs", "negative_docs", "docs")
"""Where a line of BrowseComp-Plus has its documents (https://github.com/texttron/BrowseComp-Plus)."""


class Question(Frozen):
    """A question with its right answers, the pages that came with it, and which of these bear the answer out."""

    id: str
    question: str = Field(min_length=1)
    answers: tuple[str, ...] = Field(min_length=1)
    pages: tuple[Page, ...] = ()
    gold: tuple[str, ...] = ()


def read_questions(path: Path) -> Iterator[Question]:
    """The questions of a file; raises `OSError`, or `ValueError` naming the line that is none or stands twice."""
    seen: set[str] = set()
    for number, row in read(path):
        try:
            question = _question(row)
        except (ValidationError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path} line {number} is no question ({_why(error)}); expected question and answer, or query, answer"
                " and docs"
            ) from None
        if question.id in seen:
            raise ValueError(f"{path} line {number}: the question {question.id!r} stands twice")
        seen.add(question.id)
        yield question


def _question(row: Mapping[str, Any]) -> Question:
    asked = row["query"] if "query" in row else row["question"]
    answers = row["answers"] if "answers" in row else row["answer"]
    pages = [page_of(doc) for part in DOCUMENTS for doc in row.get(part) or ()]
    return Question(
        id=str(row.get("query_id", row.get("id", _id(asked)))),
        question=asked,
        answers=(answers,) if isinstance(answers, str) else tuple(answers),
        pages=tuple(pages),
        gold=tuple(str(doc["docid"]) for doc in row.get("gold_docs") or ()),
    )


def _id(question: str) -> str:
    return sha256(question.encode()).hexdigest()[:16]


def page_of(document: Mapping[str, Any]) -> Page:
    """A document as a page; its first line is the title where it has none."""
    text = document["text"] if "text" in document else document["contents"]
    found = document["docid"] if "docid" in document else document["id"]
    title = document.get("title") or text.strip().partition("\n")[0][:100]
    return Page(id=str(found), title=title, url=str(document.get("url") or ""), text=text)


def read_pages(path: Path) -> Iterator[Page]:
    """The documents of a corpus file: JSON lines with docid and text. Raises `OSError` or `ValueError`."""
    for number, row in read(path):
        try:
            yield page_of(row)
        except (ValidationError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} line {number} is no document ({_why(error)}); expected docid and text") from None


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return error.errors()[0]["msg"].lower()
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)
