"""Task records written down by hand or drawn, without a world; their certificates are made up."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from sketched import clue, sketched

from hcsp.certificate import Certificate
from hcsp.constraints import Constraint
from hcsp.preset import PRESETS, Difficulty
from tasks.audit import NEEDS_A_MODEL, Audit, Ranks
from tasks.record import TaskRecord, identify, nested


def recorded(
    entities: Mapping[str, str],
    *constraints: Constraint,
    question: str = "",
    labels: Mapping[str, str] | None = None,
    aliases: tuple[str, ...] = (),
    noun: str = "human",
    preset: Difficulty = "medium",
    **measured: Any,
) -> TaskRecord:
    """A record of the tree that `sketched` makes; `labels` names its variables, by default each `Name` and its entity.

    Without a `question` it is one that no other task is worded like. `measured` changes fields of a certificate that
    meets `medium`.
    """
    tree = sketched(entities, *constraints, noun=noun)
    named = {v: f"Name {e}" for v, e in entities.items()} | dict(labels or {})
    asked = question or f"Who {' '.join(identify(word, tree) for word in 'abcdefgh')}?"
    claims = {c.id: f"claim {c.id}" for c in tree.constraints}
    words = {"surface": "said", "candidates": 9, "evidence": []}
    return TaskRecord(
        id=identify("1", tree),
        question=asked,
        answer=named[tree.root],
        answer_aliases=aliases,
        answer_type=noun,
        root=nested(tree, tree.root, named, {}, claims),
        constraints=tuple({**c.model_dump(mode="json"), "claim": claims[c.id], **words} for c in tree.constraints),
        steps=({"vertex": tree.root, "question": asked, "answer": named[tree.root]},),
        ladder=(),
        certificate=_certificate([c.id for c in tree.clues], list(tree.inner), measured),
        audit=_audit().model_dump(mode="json"),
        provenance={"preset": PRESETS[preset].model_dump(mode="json"), "settings": {"max_popularity": 100}},
    )


def pair(root: str, inner: str, *constants: str, **options: Any) -> TaskRecord:
    """A question for `root`, which `inner` leads to, with a clue about `inner` for each constant."""
    clues = (clue(f"c{n}", "B", "P47", constant) for n, constant in enumerate(constants))
    return recorded({"A": root, "B": inner}, clue("e", "A", "P19", "B"), *clues, **options)


def _certificate(clues: list[str], inner: list[str], measured: Mapping[str, Any]) -> dict[str, Any]:
    met = Certificate(
        unique=True,
        necessary=dict.fromkeys(clues, 5),
        necessary_locally=dict.fromkeys(clues, 5),
        antichain=True,
        hierarchy=dict.fromkeys(inner, 20),
        selectivity=9,
        edges=dict.fromkeys(inner, 9),
        rival_count=9,
        rivals=(),
        universe=1999,
        dispersion=4,
        dependency=2,
        search_floor=3,
        blind_cost=20,
        t_hit=10,
        not_checked=(),
    )
    return met.model_copy(update=dict(measured)).model_dump(mode="json")


def _audit() -> Audit:
    ranks = Ranks(depth=20, answer_best=None, answer_query=None, answer_seen=(), inner_best={})
    return Audit(
        leaks={}, exposed=(), exposed_count=0, rare_words=0, ranks=ranks, readings=1, single_reading=True,
        popularity=50.0, words=30, most_words=70, not_checked=NEEDS_A_MODEL,
    )  # fmt: skip


def _drawn(places: tuple[int, int, int, int], sort: int) -> TaskRecord:
    root, inner, *constants = dict.fromkeys(f"Q{n}" for n in places)
    said = f"Which one of the {sort} is it?" if sort < 2 else ""
    also = (f"NAME  Q{places[3]}",) if sort == 3 else ("Alias",) if sort == 4 else ()
    labels = {"A": f"Name Q{places[2]}"} if sort == 5 else {}
    return pair(
        root, inner, *constants, question=said, aliases=also, labels=labels, noun="film" if sort > 6 else "human"
    )


def _places(most: int) -> st.SearchStrategy[tuple[int, int, int, int]]:
    place = st.integers(0, most)
    return st.tuples(place, place, place, place).filter(lambda drawn: drawn[0] != drawn[1])


def drawn_records(most: int = 12) -> st.SearchStrategy[list[TaskRecord]]:
    """Different tasks over few entities, so that hubs, shared answers, namesakes and equal wordings abound."""
    tasks = st.sampled_from([4, 12, 40]).flatmap(
        lambda size: st.lists(st.builds(_drawn, _places(size), st.integers(0, 9)), min_size=1, max_size=most)
    )
    return tasks.map(lambda found: list({record.id: record for record in found}.values()))
