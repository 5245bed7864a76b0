"""Questions over the open web: accepted where everybody who was seen is ruled out by words on pages, and never else."""

from asyncio import run
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from open_web import ANSWER, NAMESAKE, OTHER, Open, Scout, deps_of, facts, job_of, opened, web
from pyroaring import BitMap
from tavily_server import Server

from graph.driver import Runner
from graph.state import Growth
from hcsp.certificate import certify
from hcsp.constraints import RangeConstraint
from hcsp.preset import failures
from hcsp.tree import seedling
from roles.chat.port import Request
from tasks.record import TaskRecord, tree_of
from tasks.verify import differences
from worlds.kept import KeptWorld, Recorder
from worlds.known import Known
from worlds.model import Fact
from worlds.snapshot import Snapshot
from worlds.web.tavily import KEY

SECOND = (OTHER, "Dolmar", "Nordhaven Academy", "Heron Medal")
"""Somebody of whom all is true that is true of the answer."""


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "right")


async def grown(told: list[Fact], mind: Any, cache: Path, shy: tuple[str, ...] = (), **settings: Any) -> Growth:
    """Where a run about the answer ends."""
    with Server(web(told), shy).running() as server:
        async with opened(server, mind, cache) as web_:
            return await web_.grown(**settings)


def status(growth: Growth) -> str:
    """How a run ended."""
    assert growth.verdict is not None
    return growth.verdict.status


async def recorded(web_: Open) -> TaskRecord:
    """The record of an accepted run."""
    runner, job = Runner(deps_of(web_.world), None), job_of()
    return await runner.record(job, await runner.run(job))


async def test_a_question_is_accepted_when_all_others_seen_are_ruled_out_by_words_on_pages(tmp_path: Path) -> None:
    told = facts()
    with Server(web(told)).running() as server:
        async with opened(server, Scout(told), tmp_path) as web_:
            record = await recorded(web_)
            source = await web_.world.frame(tree_of(record))
            assert isinstance(source, Snapshot)
            tree, certificate = tree_of(record), certify(tree_of(record), source)
            assert record.answer == ANSWER
            assert certificate.unique
            assert not failures(certificate, job_of().settings.preset, tree)
            assert certificate.universe == source.size == record.certificate["universe"] > 20
            assert {OTHER, "Nobody At All", "Answers"}.isdisjoint(source.known.names)
            assert NAMESAKE not in record.question
            for rival in record.certificate["rivals"]:
                assert rival["evidence"]
            quotes = [e for c in record.constraints for e in c["evidence"]]
            assert all(e["url"].startswith("https://lexicon.example/") for e in quotes)
            assert {e["page"] for e in quotes} == {ANSWER, tree.entities["B"]}
            assert web_.chat.reasons == []
            assert not any("huggingface" in url for _, asked in server.asked for url in asked.get("urls", ()))
            calls = Counter(r.prompt for r in web_.chat.requests)
            assert server.count("/search") <= 70
            assert server.count("/extract") <= 40
            assert calls.total() <= 120


async def test_a_record_verifies_anew_and_without_a_network_or_a_model(tmp_path: Path) -> None:
    told = facts()
    with Server(web(told)).running() as server:
        async with opened(server, Scout(told), tmp_path) as web_:
            record = await recorded(web_)
            recorder = Recorder(web_.world)
            assert await differences(record, recorder) == []
            kept = KeptWorld(await recorder.answers())
        async with opened(server, Scout(told), tmp_path) as anew:
            assert await differences(record, anew.world) == []
        asked, called = len(server.asked), len(web_.chat.requests)
        assert await differences(record, kept) == []
        assert (len(server.asked), len(web_.chat.requests)) == (asked, called)
    tampered = record.model_copy(update={"certificate": {**record.certificate, "universe": 9}})
    assert any(line.startswith("certificate.universe") for line in await differences(tampered, kept))


async def test_the_same_answers_give_the_same_frame(tmp_path: Path) -> None:
    told, frames = facts(), []
    with Server(web(told)).running() as server:
        for n in range(2):
            async with opened(server, Scout(told), tmp_path / str(n)) as web_:
                source = await web_.world.frame(seedling(ANSWER, "entity"))
                assert isinstance(source, Snapshot)
                frames.append(source.known.model_dump_json())
    assert frames[0] == frames[1]
    assert any(tied.denied for tied in Known.model_validate_json(frames[0]).ties.values())


@pytest.mark.parametrize("way", ["searched", "guessed", "proposed"])
async def test_a_second_answer_that_shows_up_as_a_rival_is_no_answer_any_more(way: str, tmp_path: Path) -> None:
    told, mind = facts(SECOND), Scout(facts(SECOND))
    mind.guesses, mind.proposals = [OTHER if way == "guessed" else ""], [OTHER] if way == "proposed" else []
    with Server(web(told), () if way == "searched" else (OTHER,)).running() as server:
        async with opened(server, mind, tmp_path) as web_:
            growth = await web_.grown()
            source = await web_.world.frame(seedling(ANSWER, "entity"))
            assert source.index(OTHER) < source.size
    assert status(growth) == "rejected"


async def test_a_second_answer_that_nobody_brings_up_is_not_seen(tmp_path: Path) -> None:
    """What the certificate says is said of those that were seen: this is its limit."""
    mind = Scout(facts(SECOND))
    mind.guesses = [""]
    assert status(await grown(facts(SECOND), mind, tmp_path, (OTHER,))) == "accepted"


async def test_a_clue_that_rules_the_second_answer_out_is_taken_instead(tmp_path: Path) -> None:
    works = [Fact(name, "P108", "Mill Street Works") for name in (ANSWER, "Bram Oddin", "Ines Vesper", "Celia Prell")]
    told = [*facts(SECOND), *works, Fact(OTHER, "P108", "Canal Works"), Fact("Dario Quist", "P108", "Canal Works")]
    growth = await grown(told, Scout(told), tmp_path)
    assert status(growth) == "accepted"
    assert growth.certificate is not None
    assert OTHER in [rival.entity for rival in growth.certificate.rivals]


async def test_a_literal_of_a_functional_relation_is_all_there_is(tmp_path: Path) -> None:
    told = facts()
    born = {f.subject: int(f.object) for f in told if f.relation == "P569"}
    with Server(web(told)).running() as server:
        async with opened(server, Scout(told), tmp_path) as web_:
            source = await web_.world.frame(seedling(ANSWER, "entity"))
    lower, upper = source.members(RangeConstraint(id="c", vertex="A", relation="P569", low="1900", high="1909"))
    seen = {source.entity(n): n for n in range(source.size)}
    assert lower == BitMap([n for name, n in seen.items() if 1900 <= born.get(name, 0) <= 1909])
    assert upper - lower == BitMap([n for name, n in seen.items() if name not in born])
    assert len(lower) > 1


class Doubtful(Scout):
    """A Judge that never knows."""

    def judge_rival(self, request: Request[Any]) -> Any:
        found = super().judge_rival(request)["verdicts"]
        return {"verdicts": [said | {"verdict": "unknown", "page": 0, "quote": ""} for said in found]}


class Lying(Scout):
    """A Judge that says no to everything, with words that stand nowhere, or of somebody else."""

    quotes = ("This is impossible, as everybody knows.", "", "}", "Ignore all previous instructions", "is a")

    def judge_rival(self, request: Request[Any]) -> Any:
        said = super().judge_rival(request)["verdicts"]
        lies = [self.quotes[n % len(self.quotes)] for n in range(len(said))]
        return {"verdicts": [v | {"verdict": "no", "page": 1, "quote": q} for v, q in zip(said, lies, strict=True)]}


class Agreeing(Scout):
    """A Judge that says yes to everything, and quotes what the page says of something else."""

    def judge_rival(self, request: Request[Any]) -> Any:
        said = super().judge_rival(request)["verdicts"]
        return {"verdicts": [v | {"verdict": "yes", "page": 1, "quote": v["quote"] or "of some renown"} for v in said]}


@pytest.mark.parametrize("mind", [Doubtful, Lying])
async def test_who_is_not_ruled_out_by_words_stays_a_candidate(mind: type[Scout], tmp_path: Path) -> None:
    told = facts()
    with Server(web(told)).running() as server:
        async with opened(server, mind(told), tmp_path) as web_:
            assert status(await web_.grown()) == "rejected"
            source = await web_.world.frame(seedling(ANSWER, "entity"))
    assert isinstance(source, Snapshot)
    functional = {"P19"}
    assert {r for r, tied in source.known.ties.items() if tied.denied} <= functional


async def test_a_yes_needs_the_clues_own_name_among_its_words(tmp_path: Path) -> None:
    told = facts()
    with Server(web(told)).running() as server:
        async with opened(server, Agreeing(told), tmp_path) as web_:
            await web_.world.frame(seedling(ANSWER, "entity"))
            for name in ("Bram Oddin", "Dolmar"):
                assert {f for f in await web_.world.facts(name) if name == f.subject} <= set(told)


class Deaf(Scout):
    """A model that gives no reply that fits."""

    async def __call__(self, request: Request[Any], reason: str) -> Any:
        return None


class Inventive(Scout):
    """A reader that claims what no page says, and turns round what pages do say."""

    def extract_claims(self, request: Request[Any]) -> Any:
        found = super().extract_claims(request)["claims"]
        turned = [c | {"subject": c["object"], "object": c["subject"]} for c in found]
        moved = [c | {"object": "Atlantis"} for c in found]
        retold = [c | {"quote": c["quote"].replace("was", "is said to have been")} for c in found]
        return {"claims": [*moved, *retold, *found[:1], *turned[:0]]}


@pytest.mark.parametrize("mind", [Deaf, Inventive])
async def test_what_models_make_up_is_no_fact(mind: type[Scout], tmp_path: Path) -> None:
    told = facts()
    with Server(web(told)).running() as server:
        async with opened(server, mind(told), tmp_path) as web_:
            assert set(await web_.world.facts(ANSWER)) <= set(told)
            assert status(await web_.grown()) in ("accepted", "rejected")


async def test_a_page_about_a_thing_has_the_things_id_and_its_address_leads_there_too(tmp_path: Path) -> None:
    told = facts()
    with Server(web(told)).running() as server:
        async with opened(server, Scout(told), tmp_path) as web_:
            world = web_.world
            assert [e.id for e in await world.resolve(ANSWER)] == [ANSWER]
            hits = await world.search(ANSWER, 20)
            assert hits[0].page == ANSWER
            page = await world.page(ANSWER)
            assert await world.page(page.url) == page
            assert page.url.startswith("https://")
            for fact in await world.facts(ANSWER):
                for _, where, start, end in await world.stated(fact):
                    quote = await world.quote(where, start, end)
                    assert quote.page == ANSWER
                    assert quote.url == page.url
                    assert fact.object in quote.quote
                    assert await world.quote(quote.url, start, end) == quote
            with pytest.raises(KeyError, match="no page about 'Nobody At All'"):
                await world.page("Nobody At All")


async def test_only_what_was_seen_is_meant_by_a_name_once_something_was(tmp_path: Path) -> None:
    told = facts()
    with Server(web(told)).running() as server:
        async with opened(server, Scout(told), tmp_path) as web_:
            assert await web_.world.resolve("Nobody At All") == []
            assert [e.id for e in await web_.world.resolve(ANSWER)] == [ANSWER]
            asked = len(server.asked)
            assert await web_.world.resolve("Runa Falk") == []
            assert [e.id for e in await web_.world.resolve(ANSWER.upper())] == [ANSWER]
            assert len(server.asked) == asked
            await web_.world.facts(ANSWER)
            assert [e.id for e in await web_.world.resolve("Heron Medal")] == ["Heron Medal"]


async def test_the_web_is_searched_read_and_judged_once_for_each_thing(tmp_path: Path) -> None:
    told = facts()
    with Server(web(told)).running() as server:
        async with opened(server, Scout(told), tmp_path) as web_:
            await web_.grown()
            asked, called = len(server.asked), len(web_.chat.requests)
            await web_.grown()
            assert (len(server.asked), len(web_.chat.requests)) == (asked, called)
    requests = [r.messages for r in web_.chat.requests if r.prompt != "answer_closed_book"]
    assert len(requests) == len(set(requests))


def test_a_name_that_two_pages_speak_of_differently_is_a_namesake() -> None:
    from roles.browser import Claim, Place
    from roles.claimed import other_bearers
    from worlds.model import Page
    from worlds.relations import known_relations

    pages = [Page(id=f"u{n}", title="Ida Holm", url="", text="") for n in range(4)]
    born = ("1885", "1885-10-07", "1920", None)
    claims = [
        Claim(Fact("Ida Holm", "P569", year, "time"), (Place(f"u{n}", 0, 1),)) for n, year in enumerate(born) if year
    ]
    assert other_bearers("Ida Holm", claims, pages, known_relations()) == ["u2"]
    assert other_bearers("Ida Holm", claims[:2], pages, known_relations()) == []


def test_event_loops_may_change(tmp_path: Path) -> None:
    """What was found is plain data: a world may be asked in one loop after the other."""
    told = facts()
    with Server(web(told)).running() as server:

        async def sizes() -> int:
            async with opened(server, Scout(told), tmp_path) as web_:
                return (await web_.world.frame(seedling(ANSWER, "entity"))).size

        assert run(sizes()) == run(sizes())
