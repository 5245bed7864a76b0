"""Wikidata as a world, against a server on loopback and against a built world of the same facts."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import build_small
from tiny_world import write_triples
from wikidata_server import Mirror, Server, numbered, pages_of

from hcsp.certificate import certify
from worlds.local import LocalWorld
from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples
from worlds.wikidata.world import WikidataWorld


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalWorld, Mirror]:
    """The tiny world twice: built, and as what the server answers from."""
    folder = tmp_path_factory.mktemp("tiny")
    write_triples(folder / "tiny.tsv")
    triples = read_triples(folder / "tiny.tsv", "tiny")
    data = numbered(triples.data)
    relations = {r.id: r for r in data.relations}
    pages = pages_of(render_pages(data, plain_sentences(relations, {}), 0, "both"))
    return build_small(data, folder / "built", layout="both"), Mirror(data, pages)
