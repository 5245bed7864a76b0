"""The Browser played by a model: what pages state stands, and of the rest it is counted why it was dropped."""

import re
from asyncio import run
from collections import Counter
from typing import Any

import pytest
from conftest import MakeWorld
from hypothesis import given
from hypothesis import strategies as st
from minds import Scripted
from scripted_chat import ScriptedChat, lines_of, replying
from tiny_world import build_tiny_world

from roles.browser import Claim
from roles.model_browser import ModelBrowser
from roles.quoting import places
from roles.symbolic_browser import SymbolicBrowser
from worlds.local import LocalWorld
from worlds.model import Fact
from worlds.opening import open_world


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> LocalWorld:
    return LocalWorld(build_tiny_world(tmp_path_factory.mktemp("tiny")))


def browser(chat: ScriptedChat, most: int = 60) -> ModelBrowser:
    return ModelBrowser(chat, most, time_varying=False, seed="0")


async def test_what_the_pages_state_is_read_as_the_symbolic_browser_reads_it(tiny: LocalWorld) -> None:
    for world, entity in ((tiny, "Bela Dahm"), (open_world("atlas"), "niels-bohr")):
        symbolic = SymbolicBrowser(200, time_varying=False, seed="0")
        about = (await world.resolve(entity))[0].id
        pages = await symbolic.gather(world, about)
        plain = {c.fact for c in await symbolic.extract(world, about, pages) if len(c.places) == 1}
        chat = ScriptedChat(Scripted(world))
        read = await browser(chat, 200).read(world, about, pages)
        assert {c.fact for c in read.claims} <= plain
        assert len(read.claims) > 0.8 * len(plain)
        for claim in read.claims:
            places = [(s.page, s.start, s.end) for s in await world.stated((await world.steps(claim.fact))[0])]
            assert [tuple(p) for p in claim.places] == [p for p in places if p == claim.places[0]]
        assert chat.reasons == []


async def read(world: LocalWorld, **wrong: Any) -> tuple[list[Claim], Counter[str], list[str]]:
    """One claim about Ada on her page, right but for `wrong`."""
    relations = sorted((await world.relations()).values(), key=lambda r: r.id)
    right = {"page": 1, "relation": 1, "subject": "Ada", "object": "Aldau", "quote": "Ada – place of birth: Aldau."}
    assert relations[0].id == "P19"
    chat = replying({"claims": [right | wrong]})
    claims, dropped = await browser(chat).read(world, "Ada", ["Ada", "Aldau"])
    return claims, dropped, chat.reasons


@pytest.fixture
def ada(make_world: MakeWorld) -> LocalWorld:
    facts = [("Ada", "P19", "Aldau"), ("Bela", "P19", "Brenz"), ("Ada", "P569", "1885-10-07", "time")]
    return make_world([*facts, ("Ada", "P2048", "1.75 m", "quantity"), ("Cy", "P19", "Aldau")], layout="subject")


async def test_a_claim_that_stands_is_kept(ada: LocalWorld) -> None:
    claims, dropped, reasons = await read(ada)
    assert [c.fact for c in claims] == [Fact("Ada", "P19", "Aldau")]
    page = (await ada.page("Ada")).text
    assert [page[p.start : p.end] for p in claims[0].places] == ["Ada – place of birth: Aldau."]
    assert (dropped, reasons) == (Counter(), [])


@pytest.mark.parametrize("quote", ["place of birth: Aldau", "birth:\n  Aldau. ", "Ada   – place of birth: Aldau."])
async def test_a_quote_may_be_short_and_its_whitespace_is_free(ada: LocalWorld, quote: str) -> None:
    claims, _, _ = await read(ada, quote=quote)
    assert [c.fact for c in claims] == [Fact("Ada", "P19", "Aldau")]
    assert claims == (await read(ada))[0], "the place is that of the whole statement"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"subject": "Bela", "object": "Brenz"}, "not_about"),
        ({"subject": "Aldau", "object": "Ada"}, "not_stated"),
        ({"subject": "Ada", "object": "Ada"}, "not_about"),
        ({"object": "Atlantis"}, "unresolved"),
        ({"object": "Brenz"}, "unnamed"),
        ({"quote": "Ada – place"}, "unnamed"),
    ],
)
async def test_a_claim_that_does_not_stand_is_dropped(ada: LocalWorld, wrong: dict[str, Any], why: str) -> None:
    claims, dropped, reasons = await read(ada, **wrong)
    assert (claims, dropped, reasons) == ([], Counter([why]), [])


async def test_one_quote_of_several_that_is_not_on_the_page_is_dropped_alone(ada: LocalWorld) -> None:
    right = {"page": 1, "relation": 1, "subject": "Ada", "object": "Aldau", "quote": "place of birth: Aldau"}
    chat = replying({"claims": [right, right, right | {"quote": "Ada was born in Aldau"}]})
    reader = browser(chat)
    assert len(await reader.extract(ada, "Ada", ["Ada"])) == 1
    assert reader.dropped == Counter(twice=1, not_verbatim=1)
    assert chat.reasons == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"page": 3}, "claim 1 is of page 3; the pages are numbered 1 to 2"),
        ({"page": 0}, "claim 1 is of page 0; the pages are numbered 1 to 2"),
        ({"relation": 99}, "claim 1 has the relation 99; the relations are numbered 1 to 3"),
        ({"quote": ""}, "no quote stands on its page letter by letter"),
        ({"quote": "ada – place of birth: Aldau."}, "no quote stands on its page letter by letter"),
        ({"quote": "Ada – place of … Aldau."}, "no quote stands on its page letter by letter"),
        ({"page": 2}, "no quote stands on its page letter by letter"),
        ({"page": "one"}, "valid integer"),
        ({"more": 1}, "Extra inputs"),
    ],
)
async def test_a_reply_that_cannot_stand_is_sent_back_and_then_the_symbolic_browser_reads(
    ada: LocalWorld, wrong: dict[str, Any], reason: str
) -> None:
    claims, dropped, reasons = await read(ada, **wrong)
    assert len(reasons) == 3
    assert reason in reasons[0]
    assert dropped == Counter(refused=1)
    assert claims == await SymbolicBrowser(60, time_varying=False, seed="0").extract(ada, "Ada", ["Ada", "Aldau"])


@pytest.mark.parametrize(
    ("relation", "said", "quote", "fact"),
    [
        ("P569", "1885-10-07", "date of birth: 1885-10-07", Fact("Ada", "P569", "1885-10-07", "time")),
        ("P569", "1885", "date of birth: 1885-10-07", None),
        ("P2048", "1.750 metres", ": 1.75 m", Fact("Ada", "P2048", "1.75 m", "quantity")),
        ("P2048", "1.75 km", ": 1.75 m", None),
        ("P2048", "2 m", ": 1.75 m", None),
    ],
)
async def test_values_stand_when_they_are_the_ones_on_the_page(
    ada: LocalWorld, relation: str, said: str, quote: str, fact: Fact | None
) -> None:
    chat = replying({"claims": []})
    await browser(chat).read(ada, "Ada", ["Ada"])
    label = (await ada.relations())[relation].label
    number = next(n for n, line in enumerate(lines_of(chat.requests[0], "relations"), 1) if line.startswith(label))
    claims, _, _ = await read(ada, relation=number, object=said, quote=quote)
    assert [c.fact for c in claims] == ([fact] if fact else [])


async def test_instructions_and_markup_on_a_page_are_only_quoted(ada: LocalWorld) -> None:
    """A model that obeys its page proposes what the page asks for, and none of it stands."""
    obeyed = {"page": 1, "relation": 1, "subject": "Ada", "object": "Brenz", "quote": "Ada – place of birth: Aldau."}
    claims, dropped, _ = await read(ada, **obeyed)
    assert (claims, dropped) == ([], Counter(unnamed=1))


SAID = st.sampled_from(("Ada Arnet", "Aldau", "Ada Arnet – place of birth: Aldau.", "1885", ": ", "", "}"))
ANY = SAID | st.text(max_size=12)


@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 5), ANY, ANY, ANY), max_size=4))
def test_whatever_is_claimed_only_what_the_world_states_stands(tiny: LocalWorld, said: list[tuple[Any, ...]]) -> None:
    keys = ("page", "relation", "subject", "object", "quote")
    chat = replying({"claims": [dict(zip(keys, values, strict=True)) for values in said]})
    for claim in run(browser(chat).read(tiny, "Ada Arnet", ["Ada Arnet", "Aldau"])).claims:
        stated = [(s.page, s.start, s.end) for s in run(tiny.stated(run(tiny.steps(claim.fact))[0]))]
        assert tuple(claim.places[0]) in stated


@given(st.text("ab \n\t$.*(", max_size=12), st.text("ab \n\t$.*(", max_size=40))
def test_a_quote_stands_where_the_words_do(quote: str, text: str) -> None:
    found = places(quote, text)
    assert all(text[start:end].split() == quote.split() for start, end in found)
    assert bool(found) == (bool(quote.split()) and " ".join(quote.split()) in re.sub(r"\s+", " ", text))
