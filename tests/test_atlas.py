"""How much is in the atlas, how dense it is, and that its names and references are sound."""

import re
import unicodedata
from collections import Counter
from decimal import Decimal
from math import ceil
from pathlib import Path

import pytest
from atlas_facts import BY_ID, DATA, OBJECTS

from worlds.atlas.tables import read, wikidata_ids
from worlds.model import Fact
from worlds.relations import known_relations

ENTITIES, FACTS, DATED_OR_NUMERIC, TYPES, RELATIONS = 1_900, 18_000, 2_400, 30, 50
ORDINARY_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "ı": "i"})
ENTITIES, FACTS, DATED_OR_NUMERIC = 620, 4_700, 1_050


def slug(label: str) -> str:
    """The ASCII form of a label that serves as an id."""
    folded = unicodedata.normalize("NFKD", label.replace("'", "").replace("’", "").translate(ORDINARY_LETTERS))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in folded.lower() if not unicodedata.combining(c))).strip("-")


def test_size() -> None:
    assert len(DATA.entities) >= ENTITIES
    assert len(DATA.facts) >= FACTS
    assert sum(f.kind in ("time", "quantity") for f in DATA.facts) >= DATED_OR_NUMERIC
    assert len({t for e in DATA.entities for t in e.types}) >= TYPES
    assert len({f.relation for f in DATA.facts}) >= RELATIONS


def test_ids_are_slugs_of_labels() -> None:
    assert [(e.id, e.label) for e in DATA.entities if e.id != slug(e.label)] == []


def test_labels_and_aliases_denote_one_entity() -> None:
    names = Counter(name for e in DATA.entities for name in {slug(n) for n in (e.label, *e.aliases)})
    assert [name for name, n in names.items() if n > 1] == []


def test_wikidata_ids() -> None:
    items = wikidata_ids()
    assert set(items) <= set(BY_ID)
    assert len(set(items.values())) == len(items)
    assert all(re.fullmatch(r"Q[1-9]\d*", item) for item in items.values())


def test_five_facts_or_more() -> None:
    touched = Counter(e for f in DATA.facts for e in {f.subject, f.object} if e in BY_ID)
    assert sum(touched[e] >= 5 for e in BY_ID) >= 0.6 * len(BY_ID)


def test_no_relation_dominates_and_many_matter() -> None:
    shares = [n / len(DATA.facts) for n in Counter(f.relation for f in DATA.facts).values()]
    assert max(shares) <= 0.15
    assert sum(share >= 0.01 for share in shares) >= 15


def test_enough_large_types() -> None:
    members = Counter(t for e in DATA.entities for t in e.types)
    threshold = ceil(min(50, len(DATA.entities) / 20))
    assert sum(n >= threshold for n in members.values()) >= 10


def same_value(fact: Fact) -> str:
    """What counts as the same value of a functional fact: decade, round range, initial, or the object itself."""
    if fact.kind == "time":
        return str(int(fact.object.split("-")[0]) // 10)
    if fact.kind == "quantity":
        return str(Decimal(fact.object.split(" ")[0]) // 20)
    return fact.object[0] if fact.kind == "string" else fact.object


def test_functional_values_have_rivals() -> None:
    facts = [f for f in DATA.facts if known_relations()[f.relation].functional]
    classes = Counter((f.relation, same_value(f)) for f in facts)
    assert sum(classes[f.relation, same_value(f)] > 5 for f in facts) >= 0.7 * len(facts)


def test_functional_relations_have_one_value() -> None:
    functional = [r.id for r in DATA.relations if r.functional]
    assert [k for k, values in OBJECTS.items() if k[1] in functional and len(values) > 1] == []


def test_nobody_is_related_to_himself() -> None:
    assert [f for f in DATA.facts if f.kind == "entity" and f.subject == f.object] == []


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("id\tlabel\taliases\ttypes\tP19\na\tA\t\thuman\tb\n", r"t.tsv line 2, column P19: 'b' is not the id"),
        ("id\tlabel\taliases\ttypes\na\tA\t\thuman\na\tB\t\thuman\n", r"t.tsv line 3, column id: 'a' is already on"),
        ("id\tlabel\taliases\ttypes\tP569\na\tA\t\thuman\t7 May\n", r"t.tsv line 2, column P569: '7 May' is not"),
        ("id\tlabel\taliases\ttypes\tP106\na\tA\t\tx\ta;a\n", r"t.tsv line 2, column P106: malformed cell 'a;a'"),
        ("id\tlabel\taliases\ttypes\na\tA\t\t\n", r"t.tsv line 2, column types: expected a value"),
        ("id\tlabel\taliases\ttypes\na\tA\n", r"t.tsv line 2: 2 cells under 4 columns"),
        ("id\tlabel\ttypes\n", r"t.tsv line 1: expected"),
        ("id\tlabel\taliases\ttypes\tP0\n", r"t.tsv line 1: expected"),
    ],
)  # fmt: skip
def test_a_bad_table_is_named(tmp_path: Path, table: str, message: str) -> None:
    (tmp_path / "t.tsv").write_text(table, "utf-8")
    with pytest.raises(ValueError, match=message):
        read(tmp_path)
