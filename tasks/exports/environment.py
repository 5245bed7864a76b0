"""A packed search environment: pages, tasks, and a search over just these pages, without the world they are from.

    environment = Environment.open(Path("environment"))
    for task in environment.tasks():
        hits = environment.search(task.question, k=5)
        best = environment.page(hits[0].page)

`pages.jsonl` holds id, title, url, text and links, by id; `tasks.jsonl` whole records; `sheets.jsonl` what trajectories
of them are judged by; `export.json` the sha256 of each.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from tasks.exports.manifest import Manifest, read_manifest
from tasks.files import read
from tasks.record import TaskRecord
from tasks.runs import read_records
from tasks.trajectories.sheet import Sheet
from worlds.model import Hit, Page
from worlds.retrieval import Retriever, memory_index

NAME, PAGES, TASKS, SHEETS = "environment", "pages.jsonl", "tasks.jsonl", "sheets.jsonl"


class Searchable:
    """Pages, found as the world's own search finds them: the same words, the same scoring, ties by page id."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._pages = {p.id: p for p in sorted(pages, key=lambda p: p.id)}
        index = memory_index(f"{p.title} {p.text}" for p in self._pages.values())
        self._retriever = Retriever(index, tuple(self._pages))

    @property
    def page_ids(self) -> tuple[str, ...]:
        """Every page, sorted."""
        return tuple(self._pages)

    def page(self, page: str) -> Page:
        """A page by id; `KeyError` when it is not in here."""
        if page not in self._pages:
            raise KeyError(f"no page {page!r} in this environment of {len(self._pages)} pages")
        return self._pages[page]

    def search(self, query: str, k: int = 5) -> list[Hit]:
        """The k best pages, ties by page id; none for a query without words."""
        return self._retriever.search(query, k)


class Environment(Searchable):
    """A packed environment on disk, with its tasks."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path, self.manifest = path, manifest
        super().__init__(Page.model_validate(row) for _, row in read(path / PAGES))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises `OSError` or `ValueError` when there is no environment at `path`, or its files are not as written."""
        return cls(path, read_manifest(path, NAME))

    def tasks(self) -> Iterator[TaskRecord]:
        """The tasks, in order."""
        return read_records(self.path / TASKS)

    def sheets(self) -> Iterator[Sheet]:
        """The reward sheets of the tasks, in order."""
        return (Sheet.model_validate(row) for _, row in read(self.path / SHEETS))
