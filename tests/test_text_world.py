"""Worlds out of text alone, through the command that builds them, down to certified questions."""

import json
from asyncio import run as wait
from pathlib import Path

import pytest
from pyroaring import BitMap
from town_archive import write_archive

from graph import run, verify
from hcsp.constraints import RangeConstraint
from hcsp.names import occurs
from worlds.__main__ import main
from worlds.export import export
from worlds.local import LocalWorld
from worlds.model import Fact

SHARED = Path(__file__).parents[2] / "shared" / "data"


def built(out: Path, kind: str, *given: str) -> LocalWorld:
    """A world, built as a user does."""
    assert main(["build", kind, *given, "--out", str(out)]) == 0
    return LocalWorld(out)


def pages(path: Path, *rows: dict[str, object]) -> str:
    """A file of JSON lines."""
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(path)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> LocalWorld:
    folder = tmp_path_factory.mktemp("town")
    return built(folder / "world", "folder", str(write_archive(folder)))


def test_a_folder_of_documents_gives_certified_questions(town: LocalWorld, tmp_path: Path) -> None:
    out = tmp_path / "tasks.jsonl"
    assert run.main(["--world", str(town.path), "--sample", "6", "--difficulty", "easy", "--out", str(out)]) == 0
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(records) >= 4
    for record in records:
        assert record["certificate"]["unique"] is True
        assert record["root"]["children"]
    assert verify.main([str(out)]) == 0


async def test_every_fact_stands_in_a_sentence_that_names_its_object(town: LocalWorld) -> None:
    facts = {fact for entity in town.entity_ids for fact in await town.facts(entity)}
    assert len(facts) > 100
    for fact in facts:
        (place,) = await town.stated(fact)
        quote = (await town.quote(place.page, place.start, place.end)).quote
        other = await town.entity(fact.object)
        assert place.page == fact.subject
        assert any(occurs(name, quote) for name in (other.label, *other.aliases))


def test_what_is_sure_and_what_may_be(tmp_path: Path) -> None:
    rows = (
        {"title": "Ada Holm", "text": "Ada Holm met Bram Oddin. She never lost at Chess, the Royal Game."},
        {"title": "Bram Oddin", "text": "Bram Oddin sailed. The swift boat was his.", "links": ["Mercury (planet)"]},
        {"title": "Game", "text": "A game is played. Watch Mercury pass."},
        {"title": "Chess", "text": "Chess is old.\n\nAda Holm\n\nGame"},
        {"title": "Mercury (planet)", "text": "It is a planet.", "aliases": ["Mercury"]},
        {"title": "Mercury (god)", "text": "He is a god.", "aliases": ["Mercury"]},
    )
    world = built(tmp_path / "world", "pages", pages(tmp_path / "pages.jsonl", *rows))
    stated = {(f.subject, f.object) for e in world.entity_ids for f in wait(world.facts(e))}
    possible = {(f.subject, f.object) for f in world.possible()}
    assert stated >= {("Ada_Holm", "Bram_Oddin"), ("Ada_Holm", "Chess")}
    assert ("Ada_Holm", "Game") in possible, "an ordinary word in a longer name"
    assert ("Bram_Oddin", "Mercury_(planet)") in possible, "a link in other words"
    assert {("Game", "Mercury_(planet)"), ("Game", "Mercury_(god)")} <= possible, "one name of two"
    assert not stated & possible


def test_an_ordinary_word_that_opens_a_sentence_may_be_no_name(tmp_path: Path) -> None:
    rows = (
        {"title": "Ada Holm", "text": "Game was plenty. Bram Oddin liked a game."},
        {"title": "Game", "text": "A game is played."},
        {"title": "Bram Oddin", "text": "He sailed."},
    )
    world = built(tmp_path / "world", "pages", pages(tmp_path / "pages.jsonl", *rows))
    assert world.possible() == [Fact("Ada_Holm", "mentions", "Game")]


def test_a_link_confirms_what_may_be_no_name(tmp_path: Path) -> None:
    rows = (
        {"title": "Ada Holm", "text": "She saw the Game, then Mercury.", "links": ["Game", "Mercury (film)"]},
        {"title": "Bram Oddin", "text": "He saw the Game, then Mercury."},
        {"title": "Game", "text": "A game is played."},
        {"title": "Mercury (film)", "text": "It is a film.", "aliases": ["Mercury"]},
    )
    world = built(tmp_path / "world", "pages", pages(tmp_path / "pages.jsonl", *rows))
    assert [f.object for f in wait(world.facts("Ada_Holm"))] == ["Game", "Mercury_(film)"]
    assert {f.object for f in world.possible() if f.subject == "Bram_Oddin"} == {"Game", "Mercury_(film)"}


def test_fields_are_facts_where_a_sentence_bears_them_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (
        {"title": "The Ferry", "text": "The Ferry is a film of 1931. Ada Holm plays the widow.", "year": 1931,
         "cast": ["Ada Holm", "Bram Oddin"]},
        {"title": "The Pier", "text": "The Pier is a film with Ada Holm.", "year": 1933, "cast": ["Ada Holm"]},
    )  # fmt: skip
    given = (pages(tmp_path / "films.jsonl", *rows), "--fields", "year=P577", "cast=P161:actor")
    world = built(tmp_path / "world", "pages", *given)
    facts = {fact for e in world.entity_ids for fact in wait(world.facts(e))}
    assert Fact("The_Ferry", "P577", "1931", "time") in facts
    assert Fact("The_Pier", "P577", "1933", "time") not in facts, "no sentence says so"
    thirties = world.source.members(RangeConstraint(id="c", vertex="A", relation="P577", low="1930", high="1939"))
    assert thirties.lower == BitMap([world.index("The_Ferry")])
    assert thirties.upper == BitMap(map(world.index, ("The_Ferry", "The_Pier"))), (
        "a year that may hold rules nobody out"
    )
    assert {f.subject for f in facts if f.object == "actor:Ada Holm"} == {"The_Ferry", "The_Pier"}
    year = Fact("The_Pier", "P577", "1933", "time")
    assert world.possible() == [Fact("The_Ferry", "P161", "actor:Bram Oddin"), year]
    assert wait(world.entity("actor:Ada Holm")).types == ("actor", "entity")
    assert "a field that no sentence says" in " ".join(capsys.readouterr().err.split())
    assert main(["build", "pages", given[0], "--fields", "nofield=P577", "--out", str(tmp_path / "none")]) == 2
    assert "no line has a value" in capsys.readouterr().err


def test_equal_inputs_give_equal_exports(tmp_path: Path) -> None:
    archive = write_archive(tmp_path)
    worlds = [built(tmp_path / f"w{n}", "folder", str(archive)) for n in range(2)]
    assert worlds[0].sha256 == worlds[1].sha256
    for n, world in enumerate(worlds):
        wait(export(world, tmp_path / f"x{n}"))
    for file in (tmp_path / "x0").iterdir():
        assert file.read_bytes() == (tmp_path / "x1" / file.name).read_bytes()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("folder", "nowhere"), "there is no such folder"),
        (
            ("folder", "empty.jsonl"),
            "is not a folder; expected a folder of documents; this file would be of kind 'pages'",
        ),
        (("pages", "nowhere.jsonl"), "nowhere.jsonl"),
        (("mediawiki", "nowhere.xml"), "nowhere.xml"),
        (("folder", "empty"), "no article was found"),
        (("triples", "a.tsv", "b.tsv"), "triples come from one file, not 2"),
        (("folder", "empty", "--fields", "year=P577"), "--fields goes with pages"),
        (("pages", "empty.jsonl", "--fields", "year"), "is no field"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    given: tuple[str, ...],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.jsonl").touch()
    assert main(["build", *given, "--out", "world"]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "empty.jsonl"]


def test_a_sample_of_a_world_without_roots_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It ended in a division by zero."""
    world = built(tmp_path / "w", "pages", pages(tmp_path / "p.jsonl", {"title": "Ada Holm", "text": "She sailed."}))
    capsys.readouterr()
    assert run.main(["--world", str(world.path), "--sample", "3"]) == 2
    assert "has no entity that could be an answer" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the real data is not at hand")
def test_an_encyclopaedia_gives_medium_questions_without_a_model(tmp_path: Path) -> None:
    world = built(tmp_path / "world", "pages", str(SHARED / "wikispeedia.jsonl.xz"))
    assert world.counts["pages"] > 4_500
    out = tmp_path / "tasks.jsonl"
    assert run.main(["--world", str(world.path), "--sample", "8", "--out", str(out), "--quiet"]) == 0
    assert len(out.read_text().splitlines()) >= 2
    assert verify.main([str(out)]) == 0
