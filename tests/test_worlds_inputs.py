"""Input that is no input: one clear line that says what, why and what to do, exit code 2, and nothing left behind."""

import bz2
import gzip
import io
import json
import lzma
from itertools import count
from pathlib import Path

import pytest
from conftest import MakeWorld
from rich.console import Console

from worlds.__main__ import main
from worlds.building import Sources, build_text
from worlds.corpus import room

PAGE = json.dumps({"title": "Bern", "text": "Bern is a city."}).encode()
GARBAGE = bytes(range(256)) * 8
BOMB = b'<!DOCTYPE m [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><mediawiki><page><title>&b;</title></page></mediawiki>'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of bad inputs, to which names are relative."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# Bern\n\nBern is a city.")
    for name, content in {
        "empty.jsonl": b"",
        "garbage.jsonl": GARBAGE,
        "fake.jsonl.gz": PAGE,
        "packed.jsonl": gzip.compress(PAGE),
        "cut.jsonl.bz2": bz2.compress(GARBAGE * 50)[:60],
        "wide.jsonl": "{}".encode("utf-16"),
        "latin.jsonl": '{"title": "é"}'.encode("latin-1"),
        "untitled.jsonl": b'{"name": "Bern"}',
        "fake.xml.bz2": PAGE,
        "cut.xml.bz2": bz2.compress(b"<mediawiki>" + GARBAGE * 50)[:60],
        "garbage.xml": GARBAGE,
        "latin.xml": b"<mediawiki><page><title>\xe9</title></page></mediawiki>",
        "bomb.xml": BOMB,
        "pageless.xml": b"<mediawiki/>",
        "facts.tsv": b"a\tP19\tb\n",
        "cut.tsv.xz": lzma.compress(b"a\tP19\tb\n" * 900)[:-30],
    }.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("pages nowhere.jsonl", "nowhere.jsonl: there is no such file or folder; expected pages as JSON lines"),
        ("pages empty.jsonl", "empty.jsonl is empty; expected pages as JSON lines"),
        ("pages garbage.jsonl", "garbage.jsonl is binary"),
        ("pages fake.jsonl.gz", "is named .gz and is no such archive"),
        ("pages packed.jsonl", "call it packed.jsonl.gz"),
        ("pages cut.jsonl.bz2", "is a damaged .bz2 archive"),
        ("pages wide.jsonl", "is UTF-16 text; expected UTF-8: iconv"),
        ("pages latin.jsonl", "no article was found, so out is not built (1 left out as “not UTF-8 text (save it"),
        ("pages untitled.jsonl", "“no title (expected a field title, a string)”, such as untitled.jsonl line 1"),
        ("mediawiki nowhere.xml", "nowhere.xml: there is no such file; expected a MediaWiki XML dump"),
        ("mediawiki notes", "notes is a folder; expected a MediaWiki XML dump; a folder of documents would be of kind"),
        ("mediawiki fake.xml.bz2", "is named .bz2 and is no such archive"),
        (
            "mediawiki cut.xml.bz2",
            "no page can be read: the archive ends before the first page does; get the file again",
        ),
        ("mediawiki garbage.xml", "no page can be read: "),
        ("mediawiki latin.xml", "not in the encoding that its first line declares, which is UTF-8 where none does"),
        ("mediawiki bomb.xml", "whose entities may grow without end"),
        ("mediawiki pageless.xml", "holds no page; expected a MediaWiki XML export"),
        ("folder nowhere", "nowhere: there is no such folder; expected a folder of documents"),
        (
            "folder untitled.jsonl",
            "is not a folder; expected a folder of documents; this file would be of kind 'pages'",
        ),
        ("folder notes --with nowhere.tsv", "--with nowhere.tsv: there is no such file; expected a file of facts"),
        ("folder notes --with notes", "--with notes is a folder; expected a file of facts"),
        ("folder notes --with cut.tsv.xz", "cut.tsv.xz is a damaged .xz file"),
        ("triples notes", "notes is a folder; expected a file of facts"),
        ("triples cut.tsv.xz", "cut.tsv.xz is a damaged .xz file"),
        ("triples facts.tsv facts.tsv", "triples come from one file, not 2"),
        ("folder notes --seed 3", "--seed goes with triples, not with folder"),
        ("pages untitled.jsonl --layout=both", "--layout goes with triples, not with pages"),
        ("mediawiki bomb.xml --url x", "--url goes with triples, not with mediawiki"),
        ("triples facts.tsv --with facts.tsv", "--with goes with mediawiki and pages and folder, not with triples"),
        ("triples facts.tsv --fields year=P577", "--fields goes with pages, not with triples"),
    ],
)
def test_bad_input_is_one_clear_line(given: str, says: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(here.rglob("*"))
    assert main(["build", *given.split(), "--out", "out"]) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert (said.out, said.err.count("\n"), said.err.startswith("error: ")) == ("", 1, True)
    assert "Errno" not in said.err
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize("out", ["notes/world", "notes/deeper/world", "./notes/../notes/world"])
def test_a_world_inside_its_own_input_is_refused(out: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "folder", "notes", "--out", out]) == 2
    assert "is inside the input notes" in capsys.readouterr().err
    assert [path.name for path in (here / "notes").iterdir()] == ["a.md"]


@pytest.mark.parametrize("kind", ["triples", "mediawiki", "pages", "folder"])
def test_each_kind_teaches_itself_with_its_own_flags(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["build", kind, "--help"])
    said = capsys.readouterr().out
    assert stopped.value.code == 0
    assert f"python -m worlds build {kind} " in said.partition("example:")[2]
    flags = {"--seed": ["triples"], "--fields": ["pages"], "--with": ["mediawiki", "pages", "folder"]}
    assert {flag for flag in flags if flag in said} == {flag for flag, kinds in flags.items() if kind in kinds}


def test_what_a_terminal_shows_of_a_build(tmp_path: Path) -> None:
    rows = (json.dumps({"title": f"Town {n}", "text": f"Town {n} is near Town {n + 1}."}) for n in range(300))
    (tmp_path / "towns.jsonl.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=120)
    build_text(Sources("pages", [tmp_path / "towns.jsonl.gz"]), tmp_path / "w", "w", console)
    assert "writing" in shown.getvalue()
    assert "left" in shown.getvalue()


def test_info_tells_degrees_bounds_and_where_roots_are_counted(
    make_world: MakeWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world([*((f"e{n}", "P19", "town") for n in range(9)), ("e0", "P569", "1815", "time")])
    assert main(["info", "--world", str(world.path)]) == 0
    said = capsys.readouterr().out
    assert "candidate sets: exact" in said
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in said.splitlines()]
    assert ["1", "1", "1", "1", "2", "2", "9", "1.9"] in cells, "10 facts with 19 ends, among 10 entities"
    assert f"python -m graph.rootable --world {world.path}" in said


def test_a_corpus_that_memory_does_not_hold_is_refused_early(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"title": "", "text": "A long text. " * 400}
    (here / "many.jsonl").write_text("".join(f"{json.dumps({**row, 'title': f'Page {n}'})}\n" for n in range(2500)))
    taken = count(0, 5_000_000_000)
    monkeypatch.setattr(room, "held", lambda: next(taken))
    monkeypatch.setattr(room, "available", lambda: 8_000_000_000)
    assert main(["build", "pages", "many.jsonl", "--out", "out"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: the first 1,000 documents take 5.0 GB of memory, their world about 15.0 GB more")
    assert "build from a part of the input" in said
    assert not (here / "out").exists()
