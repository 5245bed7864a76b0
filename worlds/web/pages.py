"""Pages as they were read: kept by the hash of their text, so that a quote can be looked up when the page is gone."""

import json
import time
from contextlib import suppress
from pathlib import Path

from hcsp.frozen import Frozen
from worlds.model import Page
from worlds.web.replies import replace


class KeptPage(Frozen):
    """A page, the sha256 of its text, and when it was read, in seconds since 1970."""

    page: Page
    sha256: str
    at: float


class PageStore:
    """One file a text; the first reading of a text is the one that stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, page: Page, sha256: str) -> None:
        """Write the page unless its text is there."""
        path = self._path(sha256)
        if not path.exists():
            kept = KeptPage(page=page, sha256=sha256, at=time.time())
            with suppress(OSError):
                replace(path, kept.model_dump_json().encode())

    def find(self, sha256: str) -> KeptPage | None:
        """The page that had this text; `None` when it was never read here or its file is damaged."""
        try:
            return KeptPage.model_validate(json.loads(self._path(sha256).read_text("utf-8")))
        except (OSError, ValueError):
            return None

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256[2:]}.json"
