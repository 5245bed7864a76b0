"""Splits: nothing lost, nothing shared, the same again by the seed; and the check that finds what is shared."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import drawn_records, pair, recorded
from sketched import clue

from hcsp.names import key
from tasks.hygiene.duplicates import THRESHOLD
from tasks.hygiene.leaks import Leak, leaks
from tasks.hygiene.similar import jaccard, similar
from tasks.hygiene.splits import Splits, split
from tasks.hygiene.views import facts, views
from tasks.record import TaskRecord, tree_of

SHARES = st.sampled_from([0, 0.1, 0.2, 0.34, 0.45])


def shared(one: Sequence[TaskRecord], other: Sequence[TaskRecord]) -> set[str]:
    """What two splits have in common, by comparing every two tasks."""
    found: set[str] = set()
    for mine in one:
        for theirs in other:
            if set(tree_of(mine).entities.values()) & set(tree_of(theirs).entities.values()):
                found.add("entity")
            if {key(n) for n in (mine.answer, *mine.answer_aliases)} & {
                key(n) for n in (theirs.answer, *theirs.answer_aliases)
            }:
                found.add("answer")
            if key(mine.question) == key(theirs.question) or jaccard(facts(mine), facts(theirs)) >= THRESHOLD:
                found.add("question")
    return found


def ids(splits: Splits) -> dict[str, list[str]]:
    found = {name: [r.id for r in records] for name, records in splits.parts.items()}
    return {**found, "unused": [u.record.id for u in splits.unused]}


@given(drawn_records(), SHARES, SHARES, st.integers(0, 3), st.data())
def test_nothing_leaks_and_nothing_is_lost(
    records: list[TaskRecord], test: float, dev: float, seed: int, data: st.DataObject
) -> None:
    held = data.draw(st.sets(st.sampled_from([r.id for r in records]), max_size=2))
    splits = split(records, test, dev, seed, held)
    assert leaks(splits.parts) == []
    assert [shared(a, b) for a, b in combinations(splits.parts.values(), 2)] == [set()] * 3
    assert Counter(chain(*ids(splits).values())) == Counter(r.id for r in records)
    assert held <= set(ids(splits)["test"])
    assert ids(split(records, test, dev, seed, held)) == ids(splits)
    places = {r.id: n for n, r in enumerate(records)}
    assert all(part == sorted(part, key=places.__getitem__) for part in ids(splits).values())


@given(drawn_records(), SHARES)
def test_what_is_set_aside_would_leak(records: list[TaskRecord], test: float) -> None:
    splits = split(records, test, 0.1)
    for unused in splits.unused:
        name = unused.kind.removeprefix("shares an entity with ")
        assert leaks({name: splits.parts[name], "train": [unused.record]})


def test_test_is_grown_where_it_costs_nothing() -> None:
    hub = [pair(f"Q{n}", "Qhub", f"c{n}") for n in range(8)]
    apart = [pair(f"R{n}", f"S{n}", f"d{n}") for n in range(2)]
    splits = split([*hub, *apart], 0.1, 0.1)
    assert {*ids(splits)["test"], *ids(splits)["dev"]} == {r.id for r in apart}
    assert not splits.unused


def test_a_piece_that_costs_nothing_is_taken_whole() -> None:
    """Each triple is a piece: its first task alone would set two aside."""
    triples = [pair(f"Q{n}{m}", f"Qhub{n}", f"c{n}{m}") for n in range(10) for m in range(3)]
    splits = split(triples, 0.1, 0.1)
    assert (len(splits.test), len(splits.dev), len(splits.unused)) == (3, 3, 0)


def test_a_task_that_has_to_be_in_test_costs_what_it_costs() -> None:
    hub = [pair(f"Q{n}", "Qhub", f"c{n}") for n in range(5)]
    splits = split([*hub, pair("R1", "S1", "d1")], 0, 0, held=[hub[0].id])
    assert ids(splits)["test"] == [hub[0].id]
    assert len(splits.unused) == 4
    assert splits.unused[0].reason == f"has the entity 'Name Qhub' in common with {hub[0].id} of test"


def test_no_tasks_make_no_splits() -> None:
    assert split([]) == Splits((), (), (), ())


@pytest.mark.parametrize(("test", "dev"), [(0.5, 0.5), (-0.1, 0.1), (1, 0)])
def test_shares_that_leave_no_training_are_refused(test: float, dev: float) -> None:
    with pytest.raises(ValueError, match="some tasks to train on"):
        split([pair("Q1", "Q2")], test, dev)


APART = pair("Q1", "Q2", "c1"), pair("Q3", "Q4", "c2")


def found(one: TaskRecord, other: TaskRecord) -> Counter[str]:
    planted: list[Leak] = leaks({"train": [APART[0], one], "test": [APART[1], other]})
    assert all(leak.tasks == (one.id, other.id) for leak in planted)
    return Counter(leak.kind for leak in planted)


def test_tasks_apart_leak_nothing() -> None:
    assert leaks({"train": [APART[0]], "test": [APART[1]]}) == []


def test_an_inner_entity_in_both_is_found() -> None:
    assert found(pair("Q5", "Q6"), pair("Q7", "Q6")) == {"entity": 1}


def test_an_answer_that_is_on_the_way_in_the_other_is_found() -> None:
    assert found(pair("Q5", "Q6"), pair("Q7", "Q5")) == {"entity": 1, "answer": 1}


def test_an_answer_of_another_id_but_the_same_name_is_found() -> None:
    assert found(pair("Q5", "Q6", aliases=("Élan-Vital",)), pair("Q7", "Q8", labels={"A": "elan vital"})) == {
        "answer": 1
    }
    assert found(pair("Q5", "Q6", labels={"B": "Elan vital"}), pair("Q7", "Q8", aliases=("ELAN VITAL",))) == {
        "answer": 1
    }


def test_a_wording_of_other_entities_is_found() -> None:
    long = " ".join(f"word{n}" for n in range(40))
    one, other = pair("Q5", "Q6", question=f"{long}?"), pair("Q7", "Q8", question=f"{long} more")
    assert found(one, other) == {"question": 1}


def test_one_tree_in_other_words_is_found_wherever_its_root_is() -> None:
    one = recorded({"A": "Q5", "B": "Q6"}, clue("e", "A", "P19", "B"), clue("c", "B", "P47", "Q9"))
    turned = recorded({"A": "Q6", "B": "Q5"}, clue("e", "A", "P19", "B", "in"), clue("c", "A", "P47", "Q9"))
    assert found(one, turned)["question"] == 1


@given(drawn_records(), st.sampled_from([0.3, 0.6, 1.0]))
def test_similar_pairs_are_those_that_comparing_all_gives(records: list[TaskRecord], threshold: float) -> None:
    for view in zip(*map(views, records), strict=True):
        wanted = {(n, m) for n, m in combinations(range(len(view)), 2) if jaccard(view[n], view[m]) >= threshold}
        assert set(similar(view, threshold)) == wanted


@given(drawn_records())
def test_tasks_with_a_fact_in_common_share_an_entity(records: list[TaskRecord]) -> None:
    for one, other in combinations(records, 2):
        if facts(one) & facts(other):
            assert set(tree_of(one).entities.values()) & set(tree_of(other).entities.values())
