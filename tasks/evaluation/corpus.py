"""Documents in memory as something that can be searched."""

from collections.abc import Iterable
from hashlib import sha256

from tasks.exports.environment import Searchable
from worlds.model import Hit, Page


class Corpus:
    """Implements `tasks.environments.searched.Searched` over pages; of two with one id the first counts."""

    def __init__(self, name: str, pages: Iterable[Page]) -> None:
        kept: dict[str, Page] = {}
        for page in pages:
            kept.setdefault(page.id, page)
        if not kept:
            raise ValueError(f"{name} holds no documents to search")
        self._pages = Searchable(kept.values())
        digest = sha256()
        for identifier in sorted(kept):
            digest.update(sha256(kept[identifier].model_dump_json().encode()).digest())
        self.name, self.sha256 = name, digest.hexdigest()
        self.version = self.sha256[:12]

    async def search(self, query: str, k: int = 5) -> list[Hit]:
        """The k best pages, ties by page id."""
        return self._pages.search(query, k)

    async def page(self, page: str) -> Page:
        """A page by id; raises `KeyError` when it is not in here."""
        return self._pages.page(page)
