"""The tables agree with themselves and each other: chronology, geography, credit, periodic table, heavens."""

from decimal import Decimal
from itertools import pairwise

import pytest
from atlas_facts import BY_ID, OBJECTS, all_of, pairs, year


def wrong_order(relation: str, early: str, late: str, gap: int = 0) -> list[tuple[str, str]]:
    """Facts `(s, relation, o)` where `early` of the object does not come `gap` years before `late` of the subject."""
    dated = ((s, o, year(o, early), year(s, late)) for s, o in pairs(relation))
    return [
        (s, o) for s, o, first, second in dated if first is not None and second is not None and second - first < gap
    ]


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


PERIODS = (2, 10, 18, 36, 54, 86, 118)
"""The atomic number at which each period of the periodic table ends."""
LIGHTER_THAN_THE_ONE_BEFORE = {"potassium", "nickel", "iodine", "protactinium"}
STATES = {
    "soviet-union": (1922, 1991), "russian-empire": (1721, 1917), "kingdom-of-prussia": (1701, 1918),
    "austria-hungary": (1867, 1918), "kingdom-of-england": (927, 1707), "kingdom-of-great-britain": (1707, 1800),
    "dutch-republic": (1581, 1795), "kingdom-of-scotland": (843, 1707), "grand-duchy-of-tuscany": (1569, 1860),
    "republic-of-venice": (697, 1797), "kingdom-of-sardinia": (1720, 1861), "papal-states": (756, 1870),
    "russia": (1991, None), "united-kingdom": (1801, None), "united-states": (1776, None), "ireland": (1922, None),
    "israel": (1948, None), "india": (1947, None), "pakistan": (1947, None), "belgium": (1830, None),
    "peoples-republic-of-china": (1949, None), "australia": (1901, None), "new-zealand": (1907, None),
    "czech-republic": (1993, None), "finland": (1917, None), "armenia": (1991, None), "mexico": (1821, None),
}  # fmt: skip
"""When there were citizens of a state, where that is no matter of opinion."""
FIRST_AWARDED = {
    "nobel-prize-in-physics": 1901, "nobel-prize-in-chemistry": 1901, "nobel-prize-in-physiology-or-medicine": 1901,
    "nobel-peace-prize": 1901, "rumford-medal": 1800, "royal-medal": 1826, "darwin-medal": 1890,
    "matteucci-medal": 1868, "sylvester-medal": 1901, "wollaston-medal": 1831, "lomonosov-gold-medal": 1959,
    "fields-medal": 1936, "abel-prize": 2003, "wolf-prize-in-physics": 1978, "wolf-prize-in-mathematics": 1978,
    "stalin-prize": 1941, "lenin-prize": 1926, "kyoto-prize": 1985, "franklin-medal": 1915, "henry-draper-medal": 1886,
    "comstock-prize-in-physics": 1913, "barnard-medal-for-meritorious-service-to-science": 1895,
    "de-morgan-medal": 1884, "adams-prize": 1850, "smiths-prize": 1769, "faraday-lectureship-prize": 1869,
    "willard-gibbs-award": 1911, "perkin-medal": 1906, "lalande-prize": 1803, "janssen-medal": 1887,
    "albert-lasker-award-for-basic-medical-research": 1946, "bocher-memorial-prize": 1923, "medal-for-merit": 1942,
}  # fmt: skip
HELD = {"manhattan-project": 1942}
POSTS = {
    "president-of-the-royal-society": ("P463", "royal-society"),
    "cavendish-professor-of-physics": ("P108", "university-of-cambridge"),
    "lucasian-professor-of-mathematics": ("P108", "university-of-cambridge"),
    "plumian-professor-of-astronomy": ("P108", "university-of-cambridge"),
    "savilian-professor-of-geometry": ("P108", "university-of-oxford"),
    "fullerian-professor-of-chemistry": ("P108", "royal-institution"),
    "director-of-the-paris-observatory": ("P108", "paris-observatory"),
}
"""What the holders of a position have in common."""


def lifetime(person: str) -> tuple[int, int]:
    """First and last year of a life, as far apart as they can be where one of them is not known."""
    born, died = year(person, "P569"), year(person, "P570")
    return born or (died or 0) - 110, died or 3000


def test_citizens_lived_while_their_state_was_there() -> None:
    held = ((s, o, *lifetime(s), *STATES[o]) for s, o in pairs("P27") if o in STATES)
    assert [(s, o) for s, o, born, died, start, end in held if died < start or (end and born > end)] == []


def test_awards_went_to_the_living() -> None:
    given = ((s, o, lifetime(s)[1]) for s, o in pairs("P166"))
    assert [(s, o) for s, o, died in given if died < FIRST_AWARDED.get(o, 0)] == []


def test_no_award_is_older_than_who_confers_it() -> None:
    dated = ((s, o, year(s, "P571"), year(o, "P571")) for s, o in pairs("P1027"))
    assert [(s, o) for s, o, award, conferrer in dated if award and conferrer and award < conferrer] == []


def test_those_who_took_part_were_alive_and_grown() -> None:
    took = ((s, o, *lifetime(s), HELD.get(o) or int(o[:4])) for s, o in pairs("P1344"))
    assert [(s, o) for s, o, born, died, held in took if not born + 18 <= held <= died] == []


@pytest.mark.parametrize("relation", ["P69", "P108"])
def test_studies_and_posts_fall_within_a_career(relation: str) -> None:
    careers = ((s, o, *lifetime(s), year(o, "P571")) for s, o in pairs(relation))
    late = {"P69": 35, "P108": 75}[relation]
    assert [(s, o) for s, o, born, died, founded in careers if founded and founded > min(died, born + late)] == []


def test_a_known_work_is_by_its_author_and_within_a_life() -> None:
    works = [(s, o) for s, o in pairs("P800") if OBJECTS[o, "P50"]]
    assert [(s, o) for s, o in works if s not in OBJECTS[o, "P50"]] == []
    found = ((s, o, *lifetime(s), year(o, "P575")) for s, o in pairs("P800") if s in OBJECTS[o, "P61"])
    assert [(s, o) for s, o, born, died, made in found if made and not born + 12 <= made <= died] == []


def test_authors_wrote_in_a_language_of_theirs() -> None:
    written = ((book, author, language) for book, author in pairs("P50") for language in OBJECTS[book, "P407"])
    assert [(b, a, language) for b, a, language in written if language not in OBJECTS[a, "P1412"]] == []


def test_holders_of_a_position_belong_where_it_is() -> None:
    held = ((s, o, POSTS[o]) for s, o in pairs("P39") if o in POSTS)
    assert [(s, o) for s, o, (relation, place) in held if place not in OBJECTS[s, relation]] == []


@pytest.mark.parametrize("relation", ["P26", "P3373"])
def test_couples_and_siblings_are_of_one_generation(relation: str) -> None:
    assert [(a, b) for a, b in pairs(relation) if abs((year(a, "P569") or 0) - (year(b, "P569") or 0)) > 30] == []


@pytest.mark.parametrize("relation", ["P40", "P138", "P184", "P361", "P397", "P1066"])
def test_no_chain_comes_back_to_where_it_starts(relation: str) -> None:
    def above(entity: str) -> set[str]:
        found, new = set[str](), {entity}
        while new:
            new = {far for near in new for far in OBJECTS[near, relation]} - found
            found |= new
        return found

    assert [e for e in BY_ID if e in above(e)] == []


def test_neighbours_share_a_continent() -> None:
    sides = ((s, o, set(OBJECTS[s, "P30"]), set(OBJECTS[o, "P30"])) for s, o in pairs("P47"))
    assert [(s, o) for s, o, here, there in sides if here and there and not here & there] == []


def test_moons_orbit_planets_and_are_found_after_them() -> None:
    def found(body: str) -> int:
        return year(body, "P575") or 0

    moons = [(s, o) for s, o in pairs("P397") if "moon" in BY_ID[s].types]
    assert [(s, o) for s, o in moons if "planet" not in BY_ID[o].types or found(s) < found(o)] == []
    assert [(s, o) for s, o in pairs("P397") if (s, o) not in moons and o != "sun"] == []


def group(number: int) -> str:
    """The group of the element with an atomic number; without the rare earths, the group's number."""
    if number in (1, 2):
        return "group-1" if number == 1 else "group-18"
    start = max(end for end in PERIODS if end < number)
    place, length = number - start, min(end for end in PERIODS if end >= number) - start
    if length == 32 and 3 <= place <= 16:
        return "lanthanides" if start == 54 else "actinides"
    return f"group-{place if place <= 2 else place + 18 - length}"


def test_elements_stand_in_their_period_and_group() -> None:
    def places(number: int) -> set[str]:
        return {f"period-{sum(end < number for end in PERIODS) + 1}", group(number)}

    elements = ((e.id, int(OBJECTS[e.id, "P1086"][0])) for e in all_of("chemical element"))
    assert [(e, n) for e, n in elements if set(OBJECTS[e, "P361"]) != places(n)] == []


def test_elements_grow_heavier_and_melt_above_absolute_zero() -> None:
    elements = sorted((int(OBJECTS[e.id, "P1086"][0]), e.id) for e in all_of("chemical element"))
    weights = [(e, Decimal(w.split()[0])) for _, e in elements for w in OBJECTS[e, "P2067"]]
    assert {later for (_, a), (later, b) in pairwise(weights) if b < a} == LIGHTER_THAN_THE_ONE_BEFORE
    assert [e for _, e in elements for t in OBJECTS[e, "P2101"] if not -273 < int(t.split()[0]) < 3600] == []
    assert [e for _, e in elements for n in OBJECTS[e, "P1108"] if not Decimal("0.7") <= Decimal(n) <= 4] == []
