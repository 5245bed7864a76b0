"""What is tried for each failed check: always a change to this tree, the most useful first."""

from hypothesis import given
from hypothesis import strategies as st
from sketched import clue, sketched

from hcsp.certificate import Certificate
from hcsp.constraints import CountConstraint, RangeConstraint
from hcsp.preset import Failure
from hcsp.retrieval import Query, Retrieved
from tasks.finding import Finding
from tasks.repairs import COST, repairs

TREE = sketched(
    {"A": "ann", "B": "bob", "C": "cleo"},
    clue("c1", "A", "P19", "Vienna"),
    clue("c2", "A", "P166", "Jade Prize"),
    clue("c3", "A", "P184", "B"),
    clue("c4", "B", "P19", "Bohr Town"),
    clue("c5", "B", "P184", "C"),
    CountConstraint(id="c6", vertex="C", relation="P166", direction="out", low=2),
    RangeConstraint(id="c7", vertex="C", relation="P569", low="1850", high="1859"),
)
CLUES = tuple(c.id for c in TREE.clues)
CERTIFICATE = Certificate(
    unique=True,
    necessary={"c1": 3, "c2": 9, "c4": 2, "c6": 4, "c7": 5},
    necessary_locally={},
    antichain=True,
    hierarchy={},
    selectivity=5,
    edges={},
    rival_count=0,
    rivals=(),
    universe=1999,
)
CHECKS = {
    "unique": [""],
    "necessary": list(CLUES),
    "hierarchy": ["B", "C"],
    "selectivity": [""],
    "edges": ["B", "C"],
    "rivals": [""],
    "dispersion": [""],
    "dependency": [""],
    "search_floor": [""],
    "unretrievable": [""],
}
FAILURES = [Failure(check, at, 0, 1) for check, places in CHECKS.items() for at in places]
FINDINGS = [
    Finding("leaks", "", vertex="B", name="Bohr"),
    Finding("exposed", "", name="Quux"),
    Finding("single_reading", ""),
    *(Finding("answer_rank", "", clauses=c) for c in ((), ("c1",), ("c3",), ("c1", "c2"), ("c2", "c4"), ("c3", "c5"))),
]


def retrieved(**says: str) -> Retrieved:
    """What a retriever that brings the page `p` alone gives; `says` lists constraints by page."""
    return Retrieved(
        queries=(Query("?"),),
        results=(("p",),),
        says={page: frozenset((c, 0) for c in told.split()) for page, told in says.items()},
        shows={},
        goal=frozenset(),
        blind=(),
        answer="ann",
    )


def first(*failed: Failure | Finding, sizes: dict[str, int] | None = None, seen: Retrieved | None = None) -> str:
    missed = [f for f in failed if isinstance(f, Failure)]
    found = [f for f in failed if isinstance(f, Finding)]
    repair = repairs(missed, found, CERTIFICATE, TREE, sizes, seen)[0]
    return " ".join(part for part in (repair.kind, repair.vertex, repair.clue) if part)


@given(st.lists(st.sampled_from(FAILURES)), st.lists(st.sampled_from(FINDINGS)), st.booleans())
def test_every_repair_is_a_change_to_this_tree(missed: list[Failure], findings: list[Finding], seen: bool) -> None:
    brought = retrieved(p="c1 c2 c4", q="c5 c6") if seen else None
    offered = repairs(missed, findings, CERTIFICATE, TREE, retrieved=brought)
    assert bool(offered) == bool(missed or findings)
    assert len({(r.kind, r.vertex, r.clue) for r in offered}) == len(offered)
    owner = {c.id: c.vertex for c in TREE.constraints}
    for repair in offered:
        assert repair.kind in COST
        assert repair.clue is None or owner[repair.clue] == repair.vertex
        assert repair.kind == "reword" or repair.vertex in TREE.entities
        assert repair.kind not in ("fuzz", "move") or repair.clue in CLUES
        assert repair.kind != "cut" or repair.vertex in TREE.inner
        assert repair.why in {str(f) for f in (*missed, *findings)}


def test_each_failed_check_has_a_repair_of_its_own() -> None:
    for failure in FAILURES:
        assert repairs([failure], [], CERTIFICATE, TREE)
    for finding in FINDINGS:
        assert repairs([], [finding], CERTIFICATE, TREE)
    assert repairs([], [Finding("popularity", "")], CERTIFICATE, TREE) == []
    assert repairs([], [], CERTIFICATE, TREE) == []


def test_the_clause_that_gave_the_page_away_is_fuzzed() -> None:
    assert first(Finding("answer_rank", "", clauses=("c1",))) == "fuzz A c1"
    assert first(Finding("answer_rank", "", clauses=("c1", "c3"))) == "fuzz A c1"
    assert first(Finding("answer_rank", "", clauses=("c4", "c6"))) == "fuzz B c4"
    assert first(Finding("answer_rank", "", clauses=("c6",))) == "move C c6", "a count has no constant to make generic"
    assert first(Finding("answer_rank", "", clauses=("c3",))) == "reword"


def test_of_a_pair_the_more_telling_clue_is_fuzzed_and_of_many_the_one_they_share() -> None:
    pair = Finding("answer_rank", "", clauses=("c1", "c2"))
    assert first(pair) == "fuzz A c2", "more answers are left without it"
    assert first(pair, sizes={"c1": 3, "c2": 40}) == "fuzz A c1"
    others = [Finding("answer_rank", "", clauses=("c1", c)) for c in ("c3", "c5")]
    assert first(pair, *others) == "fuzz A c1"


def test_a_leak_moves_the_constant_that_holds_the_name_and_otherwise_asks_for_other_words() -> None:
    assert first(Finding("leaks", "", vertex="B", name="Bohr")) == "move B c4"
    assert first(Finding("leaks", "", vertex="B", name="Wex")) == "reword"
    assert first(Finding("single_reading", "")) == "reword"


def test_a_question_that_is_too_long_is_worded_anew_then_loses_a_variable() -> None:
    options = repairs([], [Finding("too_long", "")], CERTIFICATE, TREE)
    assert [(o.kind, o.vertex) for o in options][:3] == [("reword", ""), *(("cut", v) for v in TREE.inner[::-1][:2])]


def test_the_tree_is_mended_where_the_number_points() -> None:
    assert first(Failure("unique", "", 0, 1)) == "restore C", "from the leaves up"
    assert first(Failure("necessary", "c2", 1, 2)) == "fuzz C c7", "what makes it needless"
    assert first(Failure("edges", "B", 1, 5)) == "cut B"
    assert first(Failure("dependency", "", 1, 2)) == "deepen C", "a count and a range lead nowhere"
    assert first(Failure("hierarchy", "B", 1, 5)) == "fuzz A c2"


def test_what_the_retriever_brought_decides_which_clue_moves() -> None:
    crowded = retrieved(p="c4 c6 c7", q="c1")
    assert first(Failure("dispersion", "", 2, 3), seen=crowded) == "move C c6"
    assert first(Failure("unretrievable", "", 0, 3), seen=retrieved(p="c1 c2 c4 c7", q="c6")) == "move C c6"
