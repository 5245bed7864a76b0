"""A small invented world for tests: eighty people, where they were born and taught, and what they won."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from worlds.build import build
from worlds.relations import known_relations
from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples

FIRST = ("Ada", "Bela", "Carla", "Dov", "Edda", "Faro", "Gala", "Hedy", "Ivo", "Jora")
LAST = ("Arnet", "Bosk", "Cuvry", "Dahm", "Elster", "Furth", "Grohl", "Hahnel")
TOWNS = ("Aldau", "Brenz", "Corvo", "Dellin", "Esker", "Felm", "Gortz", "Hulst", "Ilmen", "Jaspar")
SCHOOLS = tuple(f"{town} School" for town in TOWNS[:8])
PRIZES = tuple(f"{gem} Prize" for gem in ("Agate", "Beryl", "Coral", "Garnet", "Jade", "Onyx", "Opal", "Pearl"))
TRADES = ("chemist", "glazier", "historian", "lens grinder", "mapmaker", "printer", "surveyor", "weaver")
LONER, TWINS = "Zeno Solitaire", ("Mercury (metal)", "Mercury (world)")


def write_triples(path: Path) -> None:
    """The world as a TSV of triples; the same bytes each time."""
    path.write_text("".join("\t".join(line) + "\n" for line in _lines()), "utf-8")


def build_tiny_world(folder: Path) -> Path:
    """The built world's directory, made inside `folder`."""
    write_triples(folder / "tiny.tsv")
    triples = read_triples(folder / "tiny.tsv", "tiny")
    pages = render_pages(triples.data, plain_sentences(known_relations(), triples.descriptions), 0, "random")
    build(triples.data, pages, folder / "tiny")
    return folder / "tiny"


def _lines() -> Iterator[tuple[str, ...]]:
    rng = Random("tiny")
    people = [f"{first} {last}" for first in FIRST for last in LAST]
    for kind, names in (
        ("human", people),
        ("city", TOWNS),
        ("university", SCHOOLS),
        ("award", PRIZES),
        ("profession", TRADES),
    ):
        yield from ((name, "type", kind) for name in names)
    for n, person in enumerate(people):
        yield person, "P19", rng.choice(TOWNS)
        yield person, "P569", str(rng.randrange(1850, 1950))
        yield from ((person, "P69", school) for school in rng.sample(SCHOOLS, 2))
        yield from ((person, "P166", prize) for prize in rng.sample(PRIZES, 2))
        yield from ((person, "P106", trade) for trade in rng.sample(TRADES, 2))
        if n:
            yield person, "P184", rng.choice(people[:n])
    for school, town in zip(SCHOOLS, TOWNS, strict=False):
        yield school, "P159", town
    for prize in PRIZES:
        yield prize, "P138", rng.choice(people)
    yield LONER, "P19", TOWNS[0]
    for twin, kind in zip(TWINS, ("award", "city"), strict=True):
        yield from ((twin, "label", "Mercury"), (twin, "type", kind), (twin, "P138", people[0]))
