"""The labelled subset of Wikidata behind the loopback server, where that data is at hand."""

from functools import cache
from pathlib import Path

import pytest
from wikidata_server import Mirror, pages_of

from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples

CODEX = Path(__file__).parents[2] / "shared" / "data" / "codex-labelled.json.gz"


@cache
def codex_mirror() -> Mirror:
    """Its 10,302 entities with a page each; skips the test where the file is not at hand."""
    if not CODEX.exists():
        pytest.skip(f"{CODEX.name} is not at hand")
    found = read_triples(CODEX, "codex")
    relations = {r.id: r for r in found.data.relations}
    return Mirror(found.data, pages_of(render_pages(found.data, plain_sentences(relations, found.descriptions), 0)))
