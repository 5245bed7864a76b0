"""Pages of atlas are prose that states each of their facts once, with the names and pronouns that a reader expects."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random

import pytest
from atlas_facts import ABOUT, BY_ID, LABEL, all_of

from hcsp.names import occurs
from worlds.atlas.names import book, date, is_plural, listed, plural, quantity, surname
from worlds.atlas.sentences import LONGEST, Sentence, sentences
from worlds.model import Entity, Fact

JARRING = re.compile(
    r"[{}]|  |\.\.| [,.;]|\bthe the\b|\ba [aeioAEIO]|\ban [bcdfgjklmnpqrstvwyz]|"
    r"\b(axioms|bifocals|equations|hemispheres|laws|rules|theorems) (is|was)\b"
)


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


def test_after_the_first_mention_a_name_is_short_or_a_pronoun() -> None:
    bohr = {text_of("niels-bohr", "P19", seed=seed).partition(". ")[2] for seed in range(60)}
    assert bohr == {
        *("Bohr was born in Copenhagen.", "He was born in Copenhagen."),
        *("Bohr's birthplace was Copenhagen.", "His birthplace was Copenhagen."),
    }
    assert text_of("university-of-copenhagen", "P571").split(". ")[1].startswith(("The university ", "It "))


def test_women_are_she() -> None:
    pages = [text for seed in range(20) for text, _ in page("vera-rubin", ABOUT["vera-rubin"], seed)]
    assert {pronoun for text in pages for pronoun in re.findall(r"\b(he|she)\b", text.lower())} == {"she"}
    assert set(book("names.toml")["pronoun"]["she"]) <= {e.label for e in all_of("human")}


def test_no_pronoun_follows_a_sentence_that_names_somebody_else() -> None:
    def doubtful(person: str) -> Iterator[str]:
        told = page(person, ABOUT[person])
        for (_, before), (text, _) in pairwise(told):
            ends = {end for f in before for end in (f.subject, f.object)} - {person}
            if any("human" in BY_ID[e].types for e in ends if e in BY_ID) and re.match(r"(He|She|His|Her)\b", text):
                yield text

    assert [text for e in all_of("human") for text in doubtful(e.id)] == []


def test_a_single_thing_is_not_said_to_be_among_others() -> None:
    honours = [text_of("sigmund-freud", "P166", seed=seed) for seed in range(20)]
    assert [text for text in honours if "Among" in text] == []
    assert any("Among" in text_of("max-planck", "P166", seed=seed) for seed in range(20))


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
