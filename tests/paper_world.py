"""The two example trees published with InfoSeek, and a small hand-made world in which they can be checked.

`SPARROW` and `WERDER` are quoted from InfoSeek's README (Apache-2.0). The world is made up around them: it states what
the trees claim, in relations named close to the claims' words, and the lengths, the other birds, naturalists, teams and
players, and who among them fits what, are invented. What an audit finds here is true of this world, not of reality.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from worlds.build import build
from worlds.relations import known_relations
from worlds.statements import plain_sentences, render_pages
from worlds.triples import read_triples

_NOTHING: dict[str, Any] = {"claims": [], "children": []}
SPARROW: dict[str, Any] = {
    "root": {
        "id": "A",
        "entity": "Russet sparrow",
        "question": (
            "What is a species of bird that was named by a person employed under his father between 1818 and 1824, "
            "whose wife was a British artist, and which has three subspecies and body length is generally no more than "
            "6 inches?"
        ),
        "claims": [
            {"target_id": "B", "claim": "A was named by B"},
            {"target_id": "C", "claim": "A has three subspecies"},
            {"target_id": "D", "claim": "A's body length is generally no more than 6 inches"},
        ],
        "children": [
            {
                "id": "B",
                "entity": "John Gould",
                "claims": [
                    {"target_id": "E", "claim": "B was employed by his father between 1818 and 1824"},
                    {"target_id": "F", "claim": "B's wife was F"},
                ],
                "children": [
                    {"id": "E", "entity": "None", **_NOTHING},
                    {"id": "F", "entity": "Elizabeth Gould", **_NOTHING},
                ],
            },
            {"id": "C", "entity": "None", **_NOTHING},
            {"id": "D", "entity": "None", **_NOTHING},
        ],
    }
}
WERDER: dict[str, Any] = {
    "root": {
        "id": "A",
        "entity": "SV Werder Bremen (women)",
        "question": (
            "What is a women's football team whose first goals in the 2. Bundesliga were scored by a player born in "
            "Korogocho, who was discovered and developed by the Mathare Youth Sports Association?"
        ),
        "claims": [{"target_id": "B", "claim": "A's first goals in the 2. Bundesliga were scored by B"}],
        "children": [
            {
                "id": "B",
                "entity": "Doreen Nabwire",
                "claims": [
                    {"target_id": "C", "claim": "B was discovered and developed by C"},
                    {"target_id": "D", "claim": "B was born in D"},
                ],
                "children": [
                    {"id": "C", "entity": "Mathare Youth Sports Association", **_NOTHING},
                    {"id": "D", "entity": "Korogocho", **_NOTHING},
                ],
            }
        ],
    }
}
"""The second example: a chain of two variables."""

BIRDS = (
    ("Russet sparrow", "John Gould", 3, "5.5"),
    ("Ember finch", "John Gould", 3, "9.0"),
    ("Dusk wren", "John Gould", 1, "4.0"),
    ("Pale honeyeater", "John Gould", 2, "5.0"),
    ("Marsh bunting", "Tobias Lark", 3, "5.0"),
    ("Cinder thrush", "Tobias Lark", 4, "8.5"),
    ("Reed linnet", "Asa Fenn", 3, "4.5"),
    ("Hill pipit", "Asa Fenn", 1, "6.5"),
    ("Slate dove", "Hugo Marten", 2, "11.0"),
    ("Sand warbler", "Hugo Marten", 3, "4.8"),
)
"""Name, who named it, subspecies, body length in inches."""
COUPLES = (
    ("John Gould", "Elizabeth Gould"),
    ("Tobias Lark", "Mary Lark"),
    ("Asa Fenn", "Clara Fenn"),
    ("Hugo Marten", "Ida Marten"),
)
CLUB = "Mathare Youth Sports Association"
PLAYERS = (
    ("Doreen Nabwire", "Korogocho", CLUB, "SV Werder Bremen (women)"),
    ("Ruth Auma", "Huruma", CLUB, "FC Auetal (women)"),
    ("Esther Kioko", "Kariobangi", CLUB, "SC Lindenau (women)"),
    ("Lena Brandt", "Lindenau", "SC Lindenau academy", "TSV Hagen (women)"),
    ("Mia Sommer", "Hagen", "SC Lindenau academy", "VfB Nordheim (women)"),
)
"""Name, place of birth, who discovered the player, the team whose first goals the player scored."""


def build_paper_world(folder: Path) -> Path:
    """The built world's directory, made inside `folder`."""
    (folder / "paper.tsv").write_text("".join("\t".join(line) + "\n" for line in _lines()), "utf-8")
    triples = read_triples(folder / "paper.tsv", "paper")
    pages = render_pages(triples.data, plain_sentences(known_relations() | _own(triples.data.relations), {}), 0)
    build(triples.data, pages, folder / "paper")
    return folder / "paper"


def _own(relations: Any) -> dict[str, Any]:
    return {r.id: r for r in relations}


def _lines() -> Iterator[tuple[str, ...]]:
    yield from _naturalists()
    yield from _footballers()


def _naturalists() -> Iterator[tuple[str, ...]]:
    for husband, wife in COUPLES:
        yield from ((person, "type", "human") for person in (husband, wife))
        yield husband, "P26", wife
    yield "Elizabeth Gould", "alias", "Elizabeth Coxen"
    for bird, author, subspecies, length in BIRDS:
        yield bird, "type", "bird species"
        yield bird, "taxon author", author
        yield bird, "body length", f"{length} inch", "quantity"
        for n in range(1, subspecies + 1):
            yield f"{bird} {n}", "type", "subspecies of bird"
            yield bird, "subspecies", f"{bird} {n}"
    yield "Russet sparrow", "alias", "Cinnamon sparrow"


def _footballers() -> Iterator[tuple[str, ...]]:
    for player, town, school, team in PLAYERS:
        yield player, "type", "human"
        yield town, "type", "place"
        yield school, "type", "sports association"
        yield team, "type", "women's football team"
        yield player, "P19", town
        yield player, "discovered by", school
        yield player, "P54", team
        yield team, "first goals in the 2. Bundesliga scored by", player
    yield "Doreen Nabwire", "P54", "TSV Hagen (women)"
