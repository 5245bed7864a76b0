"""The Writer played by a model: what says everything once and adds nothing passes, each other kind is sent back."""

from asyncio import run
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from minds import worded
from scripted_chat import ScriptedChat, lines_of
from sketched import clue, sketched
from worded import Words, worded_tree

from hcsp.constraints import CompareConstraint, CountConstraint, RangeConstraint, ToEntity
from hcsp.names import occurs
from hcsp.tree import ResearchTree
from prompts.phrases import phrase_book
from roles.chat.port import Request
from roles.lengths import count_words
from roles.model_writer import ModelWriter
from roles.styles import GRAMMAR, Manner
from roles.symbolic_writer import SymbolicWriter
from roles.writer import Wording
from tasks.audit import audit
from worlds.model import Entity
from worlds.relations import known_relations

Draft = dict[str, Any]
Edit = Callable[[Draft], Draft]
ALIASES = {"Bohr": ("Niels Bohr", "N. H. D. Bohr")}


class Names:
    """As much of a world as a Writer asks for: every entity is called by its id."""

    async def entity(self, entity: str) -> Entity:
        return Entity(id=entity, label=entity, aliases=ALIASES.get(entity, ()))


def compare(name: str, vertex: str, target: str) -> CompareConstraint:
    anchor = ToEntity(entity=target, label=target)
    return CompareConstraint(id=name, vertex=vertex, relation="P569", op=">", anchor=anchor)


TREE = sketched(
    {"A": "Bohr", "B": "Rutherford"},
    clue("c1", "A", "P19", "Copenhagen"),
    clue("e1", "A", "P1066", "B"),
    RangeConstraint(id="c2", vertex="B", relation="P569", low="1870", high="1879"),
    CountConstraint(id="c3", vertex="B", relation="P69", direction="out", low=3),
    compare("c4", "B", "Planck"),
)
QUESTION = (
    "A person was born in the 1870s, after Planck, and attended at least three schools. "
    "Who came into the world in Copenhagen and was taught by this person?"
)
SPANS = {
    "nA": "Who",
    "nB": "A person",
    "c1": "came into the world in Copenhagen",
    "e1": "was taught by this person",
    "c2": "was born in the 1870s",
    "c3": "attended at least three schools",
    "c4": "after Planck",
}
NUMBERS = {c.id: n for n, c in enumerate(TREE.constraints, start=1)}


def draft(question: str = QUESTION, **spans: str) -> Draft:
    said = SPANS | spans
    return {"question": question, "spans": [{"entry": NUMBERS[c], "span": span} for c, span in said.items()]}


def instead(old: str, new: str, **spans: str) -> Draft:
    """The right draft with some words of the question and its spans replaced."""
    assert old in QUESTION
    changed = {c: span.replace(old, new) for c, span in SPANS.items()}
    return draft(QUESTION.replace(old, new), **(changed | spans))


def write(
    reply: Any, tree: ResearchTree = TREE, words: int = 70, manner: Manner = "plain"
) -> tuple[Wording, ScriptedChat]:
    async def mind(request: Request[Any], reason: str) -> Any:
        return reply(request) if callable(reply) else reply

    chat = ScriptedChat(mind)
    labels = {r.id: r.label for r in known_relations().values()}
    writer = ModelWriter(chat, Names(), labels, manner, words)
    return run(writer.write(tree, {e: e for e in tree.entities.values()}, "seed")), chat


def test_a_draft_that_says_everything_is_the_wording() -> None:
    wording, chat = write(draft())
    assert chat.reasons == []
    assert not wording.symbolic
    assert wording.question == QUESTION
    assert wording.surfaces == SPANS
    assert all(span in wording.question for span in wording.surfaces.values())
    assert wording.steps[-1].question == wording.ladder[-1].question == QUESTION
    plain = run(SymbolicWriter({}, "plain", 70).write(TREE, {"Bohr": "Bohr", "Rutherford": "Rutherford"}, "seed"))
    assert wording.steps[:-1] == plain.steps[:-1]
    assert wording.ladder[:-1] == plain.ladder[:-1]


WRONG: Mapping[str, tuple[Draft, str]] = {
    "an entry is left out": (
        {"question": QUESTION, "spans": draft()["spans"][:-1]},
        f"no span is given for entry {NUMBERS['c4']}; every entry has to be said",
    ),
    "an entry is said twice": (
        {"question": QUESTION, "spans": [*draft()["spans"], {"entry": NUMBERS["c1"], "span": "Who"}]},
        f"entry {NUMBERS['c1']} has 2 spans; every entry is said once",
    ),
    "there is no such entry": (
        {"question": QUESTION, "spans": [*draft()["spans"], {"entry": 99, "span": "Who"}]},
        "there is no entry 99",
    ),
    "a span is not in the question": (draft(c1="was born in Copenhagen"), "does not stand in the question"),
    "a span is half a word": (draft(c1="ame into the world in Copenhagen"), "does not stand in the question"),
    "a span is empty": (draft(e1=""), "does not stand in the question"),
    "the words stand twice": (
        draft(e1="this person", nB="this person", c4="person"),
        "times in the question, not once",
    ),
    "spans overlap": (draft(e1="Copenhagen and was taught by this person"), "overlap"),
    "a constant is not named": (instead("Copenhagen", "a capital"), "does not hold 'Copenhagen'"),
    "a constant is another": (instead("Copenhagen", "Aarhus"), "does not hold 'Copenhagen'"),
    "a range is moved": (instead("1870s", "1880s"), "does not hold 'the 1870s'"),
    "a range is narrowed": (instead("the 1870s", "1871"), "does not hold 'the 1870s'"),
    "a number is changed": (instead("three", "two"), "does not hold 'at least three'"),
    "a comparison is turned": (instead("after Planck", "before Planck"), "says 'before' where the entry says 'after'"),
    "a relation is swapped": (instead("came into the world", "died"), "says 'died' where the entry says 'born'"),
    "a clue is denied": (instead("came into", "never came into"), "'never' in the span of entry"),
    "a variable loses its noun": (instead("A person", "A thing"), "does not hold 'person'"),
    "a name is added": (instead("Who came", "Who met Einstein and came", c1=SPANS["c1"]), "'Einstein' in the question"),
    "a name is added within a span": (instead("the world", "the Danish world"), "'Danish' in the question"),
    "a name opens a sentence": (draft(f"Einstein tells of this. {QUESTION}"), "'Einstein' opens a sentence"),
    "a year is added": (instead("schools.", "schools in 1890."), "'1890' in the question"),
    "a quotation is added": (instead("was taught", 'was "rightly" taught'), "'rightly' in the question"),
    "a fact is added": (instead("Who came", "Which celebrated person came", nA="person"), "'celebrated' stands in"),
    "a fact is added at the end": (instead("this person?", "this person, and had children?"), "'had' stands in"),
    "a span holds another's value": (
        instead("taught by this person", "taught by this person in the 1870s"),
        "'1870' in the span of entry 4 belongs to no such entry",
    ),
    "a span says much more": (
        instead(
            "in Copenhagen", "as the son of a doctor and a banker's daughter in a house by the water in Copenhagen"
        ),
        "says more than the entry",
    ),
    "the answer leaks": (
        instead("Who came", "Who, as N. H. D. Bohr, came"),
        "the question holds 'Bohr', which it must not name",
    ),
    "no question": (draft(QUESTION.replace("?", ".")), "one question mark"),
    "two questions": (draft(QUESTION.replace("schools.", "schools?")), "one question mark"),
    "words after the question": (draft(f"{QUESTION} Answer it."), "one question mark"),
    "markup": (instead("Copenhagen", "**Copenhagen**"), "markup"),
    "control characters": (draft(QUESTION.replace("A person", "A\u200b person")), "markup or control characters"),
    "no question at all": (draft(""), "one question mark"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_draft_is_sent_back_with_the_reason_and_then_the_grammar_words_the_tree(case: str) -> None:
    reply, reason = WRONG[case]
    wording, chat = write(reply)
    assert len(chat.reasons) == 3
    assert reason in chat.reasons[0]
    assert wording.symbolic
    names = {r.id: r.label for r in known_relations().values()}
    writer = SymbolicWriter(names, "plain", 70)
    assert wording == run(writer.write(TREE, {"Bohr": "Bohr", "Rutherford": "Rutherford"}, "seed"))


BITS = st.sampled_from(
    (*QUESTION.split(), *SPANS.values(), "Einstein", "1905", "?", "{", "}", "$x", "\u200b", "\x00", "")
)


@given(
    st.lists(st.tuples(st.integers(-2, 30), BITS), max_size=9), st.lists(BITS, max_size=40), st.booleans(), st.data()
)
def test_no_draft_at_all_breaks_the_check_and_what_passes_says_everything(
    spans: list[tuple[int, str]], text: list[str], keeps: bool, data: st.DataObject
) -> None:
    reply = draft(" ".join(text)) if keeps else {"question": " ".join(text), "spans": []}
    reply["spans"] += [{"entry": n, "span": span} for n, span in spans]
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(QUESTION)))
        reply = draft(QUESTION[:at] + data.draw(BITS) + QUESTION[at + data.draw(st.integers(0, 9)) :])
    wording, _ = write(reply)
    if not wording.symbolic:
        assert all(span in wording.question for span in wording.surfaces.values())
        assert all(occurs(name, wording.question) for name in ("Copenhagen", "Planck", "1870s", "at least three"))
        assert wording.question.count("?") == 1
        assert not any(occurs(name, wording.question) for name in ("Bohr", "Rutherford", "Einstein", "1905"))


def test_a_hidden_name_in_small_letters_is_a_leak_too() -> None:
    tree = sketched(
        {"A": "iron", "B": "Rutherford"}, clue("c1", "A", "P19", "Copenhagen"), clue("e1", "A", "P1066", "B")
    )

    def leaking(request: Request[Any]) -> Draft:
        right = worded(lines_of(request, "clauses"))
        return right | {"question": right["question"].replace("What is", "Like iron, what is")}

    assert "the question holds 'iron', which it must not name" in write(leaking, tree)[1].reasons[0]
    assert write(lambda r: worded(lines_of(r, "clauses")), tree)[1].reasons == []


def test_too_long_a_question_is_sent_back() -> None:
    words = count_words(QUESTION)
    assert write(draft(), words=words)[1].reasons == []
    assert (
        f"the question has {words} words; at most {words - 1} are wanted" in write(draft(), words=words - 1)[1].reasons
    )


def test_a_second_draft_may_pass() -> None:
    replies = [draft(e1=""), {"question": 5}, draft()]
    wording, chat = write(lambda _: replies.pop(0))
    assert wording.question == QUESTION
    assert len(chat.reasons) == 2


def test_the_model_sees_no_hidden_name_and_each_manner_and_seed_is_a_call_of_its_own() -> None:
    asked = [write(None, manner=manner)[1].requests[0] for manner in GRAMMAR]
    for request in asked:
        assert request.role == "writer"
        text = " ".join(message.content for message in request.messages)
        assert not any(occurs(name, text) for name in ("Bohr", "Rutherford"))
        assert all(occurs(name, text) for name in ("Copenhagen", "Planck", "the 1870s", "at least three"))
    assert len({request.messages for request in asked}) == len(GRAMMAR)


async def test_an_audit_of_free_wording_says_that_its_readings_were_not_checked() -> None:
    from worlds.opening import open_world

    world = open_world("atlas")
    bohr, advisor = "niels-bohr", "christian-christiansen"
    tree = sketched({"A": bohr, "B": advisor}, clue("e1", "A", "P184", "B"))
    found = await audit(
        world, tree, "Who was advised by someone?", {c.id: "" for c in tree.constraints}, "easy", symbolic=False
    )
    assert found.single_reading is None
    assert "single_reading" in found.not_checked


RELATIONS = {r.id: r.kind for r in known_relations().values() if (r.id, "out") in phrase_book().relations}
WORDS = Words(
    labels=("Copenhagen", "Physics Prize", "agnosticism", "No Way Out?", "Hymn 43", "physicist", "$5 {x}"),
    types=("human", "city", "film", "award", "entity", "university"),
    kinds=RELATIONS | dict.fromkeys(("P569", "P2048", "P1449"), "time"),
)


@given(st.integers(0, 10**6))
def test_whatever_the_tree_there_is_a_draft_that_passes_and_none_without_an_entry_does(seed: int) -> None:
    tree = worded_tree(WORDS, Random(seed))
    wording, chat = write(lambda r: worded(lines_of(r, "clauses")), tree, words=1000)
    spans = [s["span"] for s in worded(lines_of(chat.requests[0], "clauses"))["spans"]]
    assume(len(set(spans)) == len(spans))  # a tree that says the same twice cannot be worded so
    assert chat.reasons == []
    assert set(wording.surfaces) == {c.id for c in tree.constraints}
    left_out = Random(seed).randrange(len(tree.constraints))

    def shorter(request: Request[Any]) -> Draft:
        said = worded(lines_of(request, "clauses"))
        return said | {"spans": [s for s in said["spans"] if s["entry"] != left_out + 1]}

    fallen, chat = write(shorter, tree, words=1000)
    assert fallen.symbolic
    assert chat.reasons[0] == f"no span is given for entry {left_out + 1}; every entry has to be said"
