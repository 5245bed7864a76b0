"""The atlas agrees with itself: chronology, geography, references, density, and a sentence for every fact."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import ceil
from pathlib import Path
from random import Random

import pytest

from hcsp.names import occurs
from worlds.atlas.names import book, date, is_plural, listed, plural, quantity, surname
from worlds.atlas.sentences import LONGEST, Sentence, sentences
from worlds.atlas.tables import load, read, wikidata_ids
from worlds.model import Entity, Fact
from worlds.relations import known_relations

ENTITIES, FACTS, DATED_OR_NUMERIC = 620, 4_700, 1_050
ORDINARY_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "ı": "i"})

JARRING = re.compile(
    r"[{}]|  |\.\.| [,.;]|\bthe the\b|\ba [aeioAEIO]|\ban [bcdfgjklmnpqrstvwyz]|"
    r"\b(axioms|bifocals|equations|hemispheres|laws|rules|theorems) (is|was)\b"
)

DATA = load()
BY_ID = {e.id: e for e in DATA.entities}
LABEL = {e.id: e.label for e in DATA.entities}
ABOUT: dict[str, list[Fact]] = defaultdict(list)
OBJECTS: dict[tuple[str, str], list[str]] = defaultdict(list)
SUBJECTS: dict[tuple[str, str], list[str]] = defaultdict(list)
for _fact in DATA.facts:
    OBJECTS[_fact.subject, _fact.relation].append(_fact.object)
    SUBJECTS[_fact.object, _fact.relation].append(_fact.subject)
    for _end in {_fact.subject, _fact.object} if _fact.kind == "entity" else {_fact.subject}:
        ABOUT[_end].append(_fact)


def year(entity: str, relation: str) -> int | None:
    """The year of a dated fact, if the entity has one."""
    values = OBJECTS[entity, relation]
    return int(values[0].split("-")[0]) if values else None


def pairs(relation: str) -> Iterator[tuple[str, str]]:
    """Subject and object of the facts of a relation."""
    return ((f.subject, f.object) for f in DATA.facts if f.relation == relation)


def all_of(type_: str) -> list[Entity]:
    """The entities of a type."""
    return [e for e in DATA.entities if type_ in e.types]


def wrong_order(relation: str, early: str, late: str, gap: int = 0) -> list[tuple[str, str]]:
    """Facts `(s, relation, o)` where `early` of the object does not come `gap` years before `late` of the subject."""
    dated = ((s, o, year(o, early), year(s, late)) for s, o in pairs(relation))
    return [
        (s, o) for s, o, first, second in dated if first is not None and second is not None and second - first < gap
    ]


def slug(label: str) -> str:
    """The ASCII form of a label that serves as an id."""
    folded = unicodedata.normalize("NFKD", label.replace("'", "").replace("’", "").translate(ORDINARY_LETTERS))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in folded.lower() if not unicodedata.combining(c))).strip("-")


def test_size() -> None:
    assert len(DATA.entities) >= ENTITIES
    assert len(DATA.facts) >= FACTS
    assert sum(f.kind in ("time", "quantity") for f in DATA.facts) >= DATED_OR_NUMERIC
    assert len({f.relation for f in DATA.facts}) >= 30


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
    ("relation", "subject", "object_"),
    [
        ("P19", "human", ""), ("P69", "human", ""), ("P108", "human", ""), ("P106", "human", "profession"),
        ("P101", "human", "field of study"), ("P166", "human", "award"), ("P27", "human", "country"),
        ("P184", "human", "human"), ("P1066", "human", "human"), ("P26", "human", "human"), ("P40", "human", "human"),
        ("P3373", "human", "human"), ("P737", "human", "human"), ("P1412", "human", "language"),
        ("P36", "country", "city"), ("P47", "country", "country"), ("P1086", "chemical element", ""),
        ("P61", "", "human"), ("P50", "", "human"), ("P111", "unit of measurement", ""),
    ],
)  # fmt: skip
def test_types_of_subjects_and_objects(relation: str, subject: str, object_: str) -> None:
    def fits(entity: str, type_: str) -> bool:
        return not type_ or type_ in BY_ID[entity].types

    assert [(s, o) for s, o in pairs(relation) if not (fits(s, subject) and fits(o, object_))] == []


def test_people_die_after_their_birth() -> None:
    lives = [(e.id, year(e.id, "P569"), year(e.id, "P570")) for e in all_of("human")]
    assert [life for life in lives if life[1] and life[2] and not 19 <= life[2] - life[1] <= 108] == []


@pytest.mark.parametrize(
    ("relation", "early", "late", "gap"),
    [
        ("P184", "P569", "P569", 1), ("P1066", "P569", "P569", 1), ("P737", "P569", "P570", 15),
        ("P138", "P569", "P575", 0), ("P166", "P571", "P570", 0),
        ("P463", "P571", "P570", 0), ("P108", "P571", "P570", 0), ("P69", "P571", "P570", 15),
        ("P61", "P569", "P575", 12), ("P112", "P569", "P571", 15), ("P50", "P569", "P577", 15),
    ],
)  # fmt: skip
def test_what_comes_first_comes_first(relation: str, early: str, late: str, gap: int) -> None:
    assert wrong_order(relation, early, late, gap) == []


def test_discoveries_fall_within_a_life() -> None:
    late = [(s, o) for s, o in pairs("P61") if (year(s, "P575") or 0) > (year(o, "P570") or 3000)]
    assert late == []


def test_children_are_born_after_their_parents() -> None:
    births = [(s, o, year(s, "P569"), year(o, "P569")) for s, o in pairs("P40")]
    assert [(s, o) for s, o, a, b in births if a is not None and b is not None and not 14 <= b - a <= 75] == []


def test_advisers_outlive_the_start_of_their_students() -> None:
    lives = [(s, o, year(s, "P569"), year(o, "P570")) for relation in ("P184", "P1066") for s, o in pairs(relation)]
    assert [(s, o) for s, o, born, died in lives if born is not None and died is not None and died < born + 12] == []


def test_a_capital_is_in_its_country() -> None:
    historical = {e.id for e in all_of("historical country")}
    assert [(s, o) for s, o in pairs("P36") if s not in historical and s not in OBJECTS[o, "P17"]] == []


@pytest.mark.parametrize("relation", ["P131", "P159"])
def test_what_is_in_a_city_is_in_its_country(relation: str) -> None:
    historical = {e.id for e in all_of("historical country")}
    places = [(s, set(OBJECTS[s, "P17"]), set(OBJECTS[o, "P17"])) for s, o in pairs(relation)]
    assert [s for s, own, city in places if own and city and not own & city and not own & historical] == []


def test_elements() -> None:
    elements = all_of("chemical element")
    numbers = sorted(int(v) for e in elements for v in OBJECTS[e.id, "P1086"])
    assert numbers == list(range(1, len(elements) + 1)) == list(range(1, 119))
    assert len({v for e in elements for v in OBJECTS[e.id, "P246"]}) == 118


def page(entity: str, facts: Sequence[Fact], seed: int = 0) -> list[Sentence]:
    """The sentences of the page of an entity that tells these facts."""
    return sentences(BY_ID[entity], facts, LABEL.__getitem__, Random(seed))


def text_of(entity: str, *relations: str, seed: int = 0) -> str:
    """The page that tells the entity's own facts of some relations."""
    facts = [f for f in ABOUT[entity] if f.subject == entity and f.relation in relations]
    return " ".join(text for text, _ in page(entity, facts, seed))


def far_end(fact: Fact, entity: str) -> str:
    """The words that a sentence on the entity's page must hold for the fact."""
    if fact.kind == "entity":
        return LABEL[fact.object if fact.subject == entity else fact.subject]
    return {"time": date, "quantity": quantity}.get(fact.kind, str)(fact.object)


def misnamed(entity: str, told: list[Sentence]) -> Iterator[str]:
    """Sentences that leave out the far end of a fact, and a first sentence that leaves out the page's entity."""
    if not occurs(LABEL[entity], told[0][0]):
        yield told[0][0]
    yield from (text for text, facts in told for f in facts if not occurs(far_end(f, entity), text))


def jarring(told: list[Sentence]) -> Iterator[str]:
    """Sentences that are unfinished, or break a rule of spelling or agreement."""
    yield from (t for t, _ in told if not t.endswith(".") or t[0].islower() or JARRING.search(t))


def crowded(told: list[Sentence]) -> Iterator[str]:
    """Sentences with more names of one relation than a list may hold."""
    for text, facts in told:
        sides = Counter((f.relation, *(side for side in {f.subject, f.object})) for f in facts)
        yield from (text for n in sides.values() if n > LONGEST)


def complaints(entity: str, facts: Sequence[Fact], seed: int) -> list[str]:
    """All that is wrong with a page."""
    told = page(entity, facts, seed)
    stated = sorted(f for _, fs in told for f in fs)
    lost = [] if stated == sorted(facts) else [f"{entity}: {set(facts) ^ set(stated)}"]
    return [*lost, *misnamed(entity, told), *jarring(told), *crowded(told)]


@pytest.mark.parametrize("seed", range(2))
def test_a_page_of_all_facts_is_prose_that_states_each_once(seed: int) -> None:
    assert [c for entity in BY_ID for c in complaints(entity, ABOUT[entity], seed)] == []


@pytest.mark.parametrize("seed", range(2))
def test_a_page_of_some_facts_is_prose_that_states_each_once(seed: int) -> None:
    rng = Random(seed)
    drawn = {entity: [f for f in ABOUT[entity] if rng.random() < 0.5] for entity in BY_ID}
    assert [c for entity in BY_ID for c in complaints(entity, drawn[entity], seed)] == []


def test_a_page_without_facts_says_what_its_entity_is() -> None:
    assert [c for entity in BY_ID for c in complaints(entity, [], 0)] == []
    assert [entity for entity in BY_ID if len(page(entity, [])) != 1] == []
    assert text_of("hafnium") == "Hafnium is a chemical element."
    assert text_of("maxwells-equations") == "Maxwell's equations are a scientific concept."
    assert text_of("niels-bohr") == "Niels Bohr belongs to the history of science."


def lone_facts() -> Iterator[tuple[str, Fact]]:
    """Up to five facts of every relation, side and pair of types, and those with a plural name at the far end."""
    seen: Counter[tuple[object, ...]] = Counter()
    for entity, facts in ABOUT.items():
        for fact in facts:
            far = far_end(fact, entity)
            ends = (BY_ID[e].types for e in (fact.subject, fact.object) if e in BY_ID)
            seen[shape := (fact.relation, fact.subject == entity, is_plural(far), *ends)] += 1
            if seen[shape] <= 5:
                yield entity, fact


def test_a_fact_alone_is_told_from_either_side_in_the_singular() -> None:
    def wrong(entity: str, fact: Fact, seed: int) -> Iterator[str]:
        yield from complaints(entity, [fact], seed)
        far = far_end(fact, entity)
        verb = "is|was|has" if is_plural(far) else "are|were|have"
        name = f"(the )?{re.escape(far)}"
        bad = re.compile(rf"^Among .* ({verb}) {name}\.$|^{name} ({verb}) ", re.IGNORECASE)
        yield from (text for text, stated in page(entity, [fact], seed) if stated and bad.search(text))

    assert [w for entity, fact in lone_facts() for seed in range(3) for w in wrong(entity, fact, seed)] == []


def test_a_page_depends_on_its_facts_and_its_seed_only() -> None:
    facts = ABOUT["max-planck"]
    assert page("max-planck", facts) == page("max-planck", facts[::-1])
    assert page("max-planck", facts) != page("max-planck", facts, seed=1)


def test_an_opening_says_who_somebody_was() -> None:
    assert text_of("niels-bohr", "P569", "P570", "P106") == (
        "Niels Bohr (7 October 1885 – 18 November 1962) was a physicist, theoretical physicist and university teacher."
    )
    assert text_of("donald-knuth", "P569", "P106").startswith("Donald Knuth (born 10 January 1938) worked as a ")
    assert text_of("hafnium", "P246", "P1086").startswith("Hafnium (symbol Hf) is ")


def test_after_the_first_mention_a_name_is_short() -> None:
    assert text_of("niels-bohr", "P19").removeprefix("Niels Bohr belongs to the history of science. ") in (
        "Bohr was born in Copenhagen.",
        "Bohr's birthplace was Copenhagen.",
    )
    assert text_of("university-of-copenhagen", "P571").split(". ")[1].startswith(("The university ", "It "))


def test_what_cannot_be_said_is_an_error() -> None:
    with pytest.raises(KeyError, match="no clause"):
        page("hafnium", [Fact("hafnium", "P113", "paris")])
    with pytest.raises(KeyError, match="no plan"):
        sentences(Entity(id="x", label="x", types=("ship",)), [], str, Random(0))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"),
        (["a, x", "b"], "a, x, and b"), (["a, x", "b", "c"], "a, x; b; and c"),
        (["a and x", "b", "c"], "a and x, b, and c"),
    ],
)  # fmt: skip
def test_lists(names: list[str], words: str) -> None:
    assert listed(names) == words


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Niels Bohr", "Bohr"), ("Louis de Broglie", "de Broglie"), ("Norman Foster Ramsey Jr.", "Ramsey"),
        ("Galileo Galilei", "Galileo"), ("Georges-Louis Leclerc, Comte de Buffon", "Buffon"),
    ],
)  # fmt: skip
def test_surnames(name: str, short: str) -> None:
    assert surname(name) == short


def test_exceptional_surnames_are_those_of_people() -> None:
    people = {e.label for e in all_of("human")}
    assert set(book("names.toml")["surname"]) <= people


@pytest.mark.parametrize(
    ("noun", "many"), [("physicist", "physicists"), ("clergyman", "clergymen"), ("businessperson", "businesspeople")]
)
def test_plurals(noun: str, many: str) -> None:
    assert plural(noun) == many


@pytest.mark.parametrize(
    ("time", "words"), [("1885-10-07", "7 October 1885"), ("1885-10", "October 1885"), ("0980", "980")]
)
def test_dates_as_they_are_said(time: str, words: str) -> None:
    assert date(time) == words


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
