"""The open web through Tavily's own client, against a server on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tavily_server import Server

from hcsp.certificate import certify
from hcsp.constraints import RelationConstraint, ToEntity, TypeConstraint
from hcsp.tree import ResearchTree, Variable
from worlds.opening import open_world
from worlds.web.blocking import is_blocked
from worlds.web.fetching import Gone, Refused
from worlds.web.tavily import KEY
from worlds.web.titles import subject

WEB = {
    "https://a.example/bohr": ("Niels Bohr - A Site", "Niels Bohr was born in Copenhagen. He won the Nobel Prize."),
    "https://a.example/hevesy": ("George de Hevesy | A Site", "George de Hevesy won the Nobel Prize in 1943."),
    "https://a.example/copenhagen": ("Copenhagen", "Copenhagen is a city. Niels Bohr was born in Copenhagen in 1885."),
    "https://huggingface.co/datasets/x": ("Answers", "Niels Bohr was born in Copenhagen."),
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv(KEY, "right")
    with Server(WEB).running() as made:
        yield made


async def test_pages_are_searched_read_and_kept_but_not_of_blocked_domains(server: Server, tmp_path: Path) -> None:
    async with server.opened(tmp_path) as world:
        hits = await world.search("Niels Bohr born Copenhagen", 5)
        assert [hit.page for hit in hits] == ["https://a.example/bohr", "https://a.example/copenhagen"]
        assert "huggingface.co" in server.asked[0][1]["exclude_domains"]
        page = await world.page("https://a.example/bohr")
        assert page.text == WEB[page.url][1]
        quote = await world.quote(page.id, 0, 10)
        assert quote.quote == "Niels Bohr"
        assert world._store.find(quote.page_sha256).page == page
        with pytest.raises(KeyError, match="that may be read"):
            await world.page("https://huggingface.co/datasets/x")
        with pytest.raises(KeyError, match="that may be read"):
            await world.page("https://a.example/nothing")
    asked = len(server.asked)
    async with server.opened(tmp_path) as world:
        assert await world.search("Niels Bohr born Copenhagen", 5) == hits
        assert (await world.page("https://a.example/bohr")).text == page.text
    assert len(server.asked) == asked


async def test_what_the_web_says_has_a_lower_end_only_and_proves_nobody_unique(server: Server, tmp_path: Path) -> None:
    tree = ResearchTree(
        variables=(Variable(id="A", entity="Niels Bohr"),),
        constraints=(
            TypeConstraint(id="n", vertex="A", type="entity"),
            _clue("c1", "P19", "Copenhagen"),
            _clue("c2", "P166", "Nobel Prize"),
        ),
    )
    async with server.opened(tmp_path) as world:
        source = await world.frame(tree)
        assert [e.id for e in await world.resolve("Niels Bohr")] == ["Niels Bohr"]
    found = {c.id: {source.entity(e) for e in source.members(c).lower} for c in tree.clues}
    assert found == {"c1": {"Niels Bohr"}, "c2": {"Niels Bohr", "George de Hevesy"}}
    certificate = certify(tree, source)
    assert not certificate.unique
    assert certificate.necessary["c1"].low == 2
    assert [rival.entity for rival in certificate.rivals] == ["George de Hevesy"]


async def test_faults_pass_or_are_one_line(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with server.opened(tmp_path) as world:
        server.statuses = [429, 500]
        assert await world.search("Copenhagen", 2)
        server.statuses = [429] * 3
        with pytest.raises(Gone, match=r"does not answer .*credits"):
            await world.search("Nobel", 2)
        server.statuses = [432]
        with pytest.raises(Refused, match="credits may be spent"):
            await world.search("Nobel", 2)
    monkeypatch.setenv(KEY, "wrong")
    async with server.opened(tmp_path) as world:
        with pytest.raises(Refused, match=f"the key in {KEY} is wrong"):
            await world.search("Nobel Prize", 2)
    monkeypatch.delenv(KEY)
    open_world.cache_clear()
    with pytest.raises(ValueError, match=f"needs a key: set {KEY}"):
        open_world("tavily")


async def test_a_question_longer_than_tavily_takes_ended_the_run(server: Server, tmp_path: Path) -> None:
    async with server.opened(tmp_path) as world:
        assert await world.search("Niels Bohr " + "was born in Copenhagen and lived there " * 12, 2)
        assert await world.search("Copenhagen" * 60, 2) == []


@pytest.mark.parametrize(
    ("url", "blocked"),
    [
        ("https://huggingface.co/datasets/a", True),
        ("http://cdn.HuggingFace.co./b", True),
        ("huggingface.co", True),
        ("https://nothuggingface.co/x", False),
        ("https://en.wikipedia.org/wiki/Huggingface.co", False),
    ],
)
def test_blocked_domains_are_those_listed_with_their_subdomains(url: str, blocked: bool) -> None:
    assert is_blocked(url) == blocked


def test_a_title_names_what_stands_before_its_site() -> None:
    assert subject("Niels Bohr - Wikipedia") == "Niels Bohr"
    assert subject("Jean-Paul Sartre | Britannica") == "Jean-Paul Sartre"
    assert subject("Copenhagen") == "Copenhagen"


def _clue(name: str, relation: str, constant: str) -> RelationConstraint:
    target = ToEntity(entity=constant, label=constant)
    return RelationConstraint(id=name, vertex="A", relation=relation, direction="out", target=target)
