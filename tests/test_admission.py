"""What a dataset has a place for, decided one record after the other."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.admission import LEAST_USES, Admission, Rules
from tasks.record import TaskRecord


class Nothing:
    """No earlier task is repeated, and nothing is published."""

    def twin(self, record: TaskRecord) -> str | None:
        """None."""
        return None

    def found(self, record: TaskRecord) -> str | None:
        """None."""
        return None

    def add(self, record: TaskRecord) -> None:
        """Forgets it."""


def admission(count: int, per_answer: int = 1, share: float = 0.2, targets: Any = None) -> Admission:
    rules = Rules(per_answer=per_answer, relation_share=share, similarity=0.6)
    return Admission(count, targets or {}, rules, Nothing(), Nothing())


def record(answer: str, relations: tuple[str, ...] = ("P1", "P2", "P3", "P4"), preset: str = "easy") -> TaskRecord:
    """A record of one variable with a clue of each relation."""
    clues = [
        {
            "kind": "relation",
            "id": f"c{n}",
            "vertex": "A",
            "relation": r,
            "direction": "out",
            "target": {"entity": f"X{n}", "label": "x"},
        }
        for n, r in enumerate(relations)
    ]
    return TaskRecord.model_validate(
        {
            "id": answer,
            "question": "Who?",
            "answer": answer,
            "answer_aliases": [],
            "answer_type": "human",
            "root": {"id": "A", "entity": answer, "entity_id": answer, "children": []},
            "constraints": [{"kind": "type", "id": "n", "vertex": "A", "type": "human"}, *clues],
            "steps": [],
            "ladder": [],
            "certificate": {},
            "audit": {},
            "provenance": {"preset": {"name": preset}},
        }
    )


def take(into: Admission, found: TaskRecord) -> str:
    why = into.refusal(found)
    if not why:
        into.add(found)
    return why.partition(":")[0]


def test_an_answer_is_asked_for_so_often_and_no_more() -> None:
    into = admission(9, per_answer=2)
    assert [take(into, record("Ada")) for _ in range(3)] == ["", "", "repeated answer"]
    assert take(into, record("Bela")) == ""


def test_a_full_dataset_takes_nothing() -> None:
    into = admission(1)
    assert [take(into, record("Ada")), take(into, record("Bela"))] == ["", "complete"]


def test_a_value_of_the_mix_is_taken_until_it_has_its_number() -> None:
    into = admission(3, targets={"preset": {"easy": 1, "medium": 2}})
    drawn = [("Ada", "easy"), ("Bela", "easy"), ("Carla", "medium"), ("Dov", "hard"), ("Edda", "medium")]
    assert [take(into, record(a, preset=p)) for a, p in drawn] == ["", "mix preset", "", "mix preset", ""]


@pytest.mark.parametrize("share", [0.2, 0.5])
@given(
    drawn=st.lists(
        st.lists(st.sampled_from(["P1", "P2", "P3", "P4", "P5", "P6"]), min_size=3, max_size=6),
        min_size=20,
        max_size=60,
    )
)
def test_no_relation_goes_beyond_its_share_of_a_full_dataset(share: float, drawn: list[list[str]]) -> None:
    count = 10
    into = admission(count, share=share)
    used: Counter[str] = Counter()
    for n, relations in enumerate(drawn):
        if not take(into, record(f"Q{n}", tuple(relations))):
            used.update(relations)
    # The share is of what the dataset is expected to come to, so a longer tree may let one more in.
    most = max(LEAST_USES, share * 6 * count)
    assert all(n <= most for n in used.values())
    assert into.accepted <= count
