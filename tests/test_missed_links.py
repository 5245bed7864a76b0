"""WikiExtractor's output is read whole, and the report counts what a look-up by a link's exact text would miss."""

import json
from pathlib import Path

import pytest

from worlds.__main__ import main
from worlds.corpus.document import Document, Link
from worlds.corpus.missed import missed
from worlds.corpus.titles import Titles

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.mark.parametrize(
    ("target", "cause"),
    [
        ("São Tomé", ""),
        ("são Tomé", "first letter"),
        ("São_Tomé", "underscore"),
        ("São Tomé#History", "fragment"),
        ("S%C3%A3o Tomé", "percent-encoding"),
        ("AC%2FDC", "slash"),
        ("Sa\u0303o Tomé", "Unicode form"),
        ("S&atilde;o Tomé", "character reference"),
        ("São  Tomé", "space"),
        (":São Tomé", "space"),
        ("St. Thomas", "redirect"),
        ("st._Thomas#History", "redirect"),
    ],
)
def test_each_link_is_counted_once_by_its_cause(target: str, cause: str) -> None:
    documents = [
        Document("São Tomé", "x", (Link(0, 1, target), Link(0, 1, "Nowhere"))),
        Document("AC/DC", "x"),
        Document("St. Thomas", "", (Link(0, 0, "São Tomé"),), kind="redirect"),
    ]
    articles = [one for one in documents if one.kind == "article"]
    links, causes = missed(articles, Titles.of(documents))
    assert (links, dict(causes)) == (1, {cause: 1} if cause else {})


def test_wikiextractor_lines_become_a_world(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = 'The <a href="AC%2FDC">band</a>, the <a href="AC/DC">band</a> and <a href="brenz">Brenz</a>.'
    part = tmp_path / "text" / "AA" / "wiki_00"
    part.parent.mkdir(parents=True)
    rows = [
        {"id": str(n), "url": f"test:?curid={n}", "title": title, "text": said}
        for n, title in enumerate(("Ada Holm", "AC/DC", "Brenz"))
    ]
    part.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    assert main(["build", "pages", str(tmp_path / "text"), "--out", str(tmp_path / "w")]) == 0
    report = " ".join(capsys.readouterr().err.split())
    assert "read: 3 articles" in report
    assert "links to articles: 9; looked up by its exact text, 6 of them miss: 3 slash, 3 first letter" in report


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the real data is not at hand")
def test_a_real_dump_has_links_that_an_exact_look_up_misses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump = SHARED / "enwiki-excerpt.xml.bz2"
    assert main(["build", "mediawiki", str(dump), "--out", str(tmp_path / "w")]) == 0
    report = " ".join(capsys.readouterr().err.split())
    assert "37 of them miss: 29 first letter, 8 fragment" in report
    assert "1 stub (left out: too short" in report
