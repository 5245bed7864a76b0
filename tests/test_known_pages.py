"""Pages joined to a file of facts: who is joined by what, what sentences bear out, and what may hold."""

import json
from asyncio import run as wait
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from graph import batch, verify
from hcsp.constraints import RelationConstraint, ToEntity
from worlds.__main__ import main
from worlds.building import Sources, build_text
from worlds.local import LocalWorld
from worlds.model import Fact

FACTS = """\
q1\tlabel\tAda Holm
q1\talias\tCaptain Holm
q1\ttype\thuman
q2\tlabel\tBrenz
q2\ttype\ttown
q3\tlabel\tBram Oddin
q3\ttype\thuman
q4\tlabel\tNowhere
q1\tP19\tq2
q3\tP19\tq2
q1\tP26\tq3
q1\tP27\tq4
q1\tP569\t1815-10-07
q3\tP569\t1820
"""
PAGES = (
    {"title": "Ada Holm", "text": "She was born at Brenz in 1815. She sailed."},
    {"title": "Brenz", "text": "Brenz is a town. Captain Holm lived there."},
    {"title": "Bram Oddin", "text": "He sailed."},
    {"title": "Ferry", "text": "A ferry is a boat."},
)


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def built(folder: Path, facts: str, *pages: dict[str, Any], name: str = "facts.tsv") -> LocalWorld:
    (folder / name).write_text(facts)
    source = lines(folder / "pages.jsonl", *pages)
    assert main(["build", "pages", str(source), "--with", str(folder / name), "--out", str(folder / "w")]) == 0
    return LocalWorld(folder / "w")


def known(world: LocalWorld) -> set[tuple[str, str, str]]:
    """The facts that hold, but for those between articles as such."""
    every = {fact for entity in world.entity_ids for fact in wait(world.facts(entity))}
    return {fact[:3] for fact in every if fact.relation != "mentions"}


def perhaps(world: LocalWorld) -> set[tuple[str, str, str]]:
    return {fact[:3] for fact in world.possible() if fact.relation != "mentions"}


def test_an_article_gets_the_types_names_and_facts_of_whom_it_is_about(tmp_path: Path) -> None:
    world = built(tmp_path, FACTS, *PAGES)
    ada = wait(world.entity("Ada_Holm"))
    assert (ada.types, ada.aliases) == (("entity", "human"), ("Captain Holm",))
    assert "article" in wait(world.entity("Ferry")).types
    assert {("Ada_Holm", "P19", "Brenz"), ("Ada_Holm", "P569", "1815-10-07")} <= known(world)
    assert ("Bram_Oddin", "P569", "1820") not in known(world), "no sentence says so"
    assert "Nowhere" not in world.entity_ids


async def test_a_fact_stands_where_a_sentence_of_one_names_the_other(tmp_path: Path) -> None:
    (tmp_path / "facts.tsv").write_text(FACTS)
    source = lines(tmp_path / "pages.jsonl", *PAGES)
    report = build_text(
        Sources("pages", [source], facts=tmp_path / "facts.tsv"), tmp_path / "w", "w", Console(quiet=True)
    )
    world = LocalWorld(tmp_path / "w")
    places = await world.stated(Fact("Ada_Holm", "P19", "Brenz"))
    quotes = {place.page: (await world.quote(place.page, place.start, place.end)).quote for place in places}
    assert quotes == {"Ada_Holm": "She was born at Brenz in 1815.", "Brenz": "Captain Holm lived there."}
    assert any("3 of 4 articles: 3 by title" in note for note in report.notes)


def test_what_no_sentence_bears_out_may_hold(tmp_path: Path) -> None:
    world = built(tmp_path, FACTS, *PAGES)
    assert perhaps(world) >= {("Bram_Oddin", "P19", "Brenz"), ("Ada_Holm", "P26", "Bram_Oddin")}
    clue = RelationConstraint(
        id="c", vertex="A", relation="P19", direction="out", target=ToEntity(entity="Brenz", label="Brenz")
    )
    bounds = world.source.members(clue)
    assert [world.source.entity(n) for n in bounds.lower] == ["Ada_Holm"]
    assert {world.source.entity(n) for n in bounds.upper} == {"Ada_Holm", "Bram_Oddin"}


def test_an_ambiguous_name_is_joined_to_nobody_and_rules_nothing_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = f"{FACTS}q5\tlabel\tBrenz\nq5\ttype\triver\n"
    world = built(tmp_path, facts, *PAGES)
    assert "article" in wait(world.entity("Brenz")).types
    assert ("Ada_Holm", "P19", "Brenz") in perhaps(world) - known(world)
    said = " ".join(capsys.readouterr().err.split())
    assert "joined to facts.tsv: 2 of 4 articles: 2 by title" in said
    assert "Brenz" in said.partition("left out because")[2]


def test_two_articles_of_one_name_are_joined_to_nobody(tmp_path: Path) -> None:
    world = built(tmp_path, FACTS, *PAGES, {"title": "BRENZ", "text": "A song."})
    assert "town" not in {kind for e in world.entity_ids for kind in wait(world.entity(e)).types}
    assert {("Ada_Holm", "P19", "Brenz"), ("Ada_Holm", "P19", "BRENZ")} <= perhaps(world)


def test_an_alias_joins_where_no_title_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = (
        {
            "title": "Holm, Ada",
            "aliases": ["Captain Holm"],
            "text": "She was born at Brenz.",
            "links": ["Brenz (town)"],
        },
        {"title": "Brenz (town)", "aliases": ["Brenz"], "text": "It is a town."},
    )
    world = built(tmp_path, FACTS, *pages)
    assert known(world) == {("Holm,_Ada", "P19", "Brenz_(town)")}
    assert "2 of 2 articles: 2 by alias" in " ".join(capsys.readouterr().err.split())


def test_sitelinks_go_before_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    links = "q5\tlabel\tBrenz\nq5\ttype\triver\nq2\tsitelink\thttps://en.wikipedia.org/wiki/Brenz_(town)\n"
    links += "q1\tsitelink\tAda_of_Brenz\n"
    pages = (*PAGES, {"title": "Brenz (town)", "text": "It is a town. Ada Holm lived there."})
    world = built(tmp_path, FACTS + links, *pages)
    assert "town" in wait(world.entity("Brenz_(town)")).types
    assert "river" in wait(world.entity("Brenz")).types, "the only other of that name"
    assert "article" in wait(world.entity("Ada_Holm")).types, "whose sitelink leads elsewhere is nobody here"
    assert "1 by sitelink" in " ".join(capsys.readouterr().err.split())


def test_the_wikipedia_of_n_triples_is_a_sitelink(tmp_path: Path) -> None:
    item, direct = "http://www.wikidata.org/entity/", "http://www.wikidata.org/prop/direct/"
    said = (
        f"<{item}Q1> <{direct}P19> <{item}Q2> .",
        f"<https://en.wikipedia.org/wiki/Ada_Holm> <http://schema.org/about> <{item}Q1> .",
        f"<https://de.wikipedia.org/wiki/Ferry> <http://schema.org/about> <{item}Q1> .",
        f"<https://en.wikipedia.org/wiki/Brenz> <http://schema.org/about> <{item}Q2> .",
    )
    world = built(tmp_path, "\n".join(said) + "\n", *PAGES, name="truthy.nt")
    assert known(world) == {("Ada_Holm", "P19", "Brenz")}


def test_facts_with_a_relation_of_the_articles_own_name_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "facts.tsv").write_text("Ada Holm\tmentions\tBrenz\n")
    source = lines(tmp_path / "pages.jsonl", *PAGES)
    given = ["build", "pages", str(source), "--with", str(tmp_path / "facts.tsv"), "--out", str(tmp_path / "w")]
    assert main(given) == 2
    assert "'mentions'" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()


SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the real data is not at hand")
def test_an_encyclopaedia_and_wikidata_give_certified_questions(tmp_path: Path) -> None:
    given = [str(SHARED / "wikispeedia.jsonl.xz"), "--with", str(SHARED / "codex-labelled.json.gz")]
    assert main(["build", "pages", *given, "--out", str(tmp_path / "w")]) == 0
    names = tmp_path / "names.txt"
    names.write_text("Albert Einstein\nDavid Hume\nKenya\nMexico\nVoltaire\n")
    out = str(tmp_path / "run")
    asked = ["--world", str(tmp_path / "w"), "--entities", str(names), "--difficulty", "easy", "--workers", "1"]
    assert batch.main([*asked, "--out", out]) in (0, 3)
    rows = [json.loads(line) for line in Path(out, "tasks.jsonl").read_text().splitlines()]
    used = Counter(c.get("relation") for row in rows for c in row["constraints"])
    assert used.keys() - {None, "mentions"}, "relations of the facts are asked about"
    assert verify.main([out]) == 0
