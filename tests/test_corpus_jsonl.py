"""Pages and facts from JSON lines: what is read, where links stand, and what is skipped and why."""

import bz2
import gzip
import json
import lzma
import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcsp.names import key, occurs
from worlds.corpus import packed
from worlds.corpus.document import Document, Link, Skipped
from worlds.corpus.fields import Field, FieldFact, parse_fields, read_fields
from worlds.corpus.jsonl import read_pages
from worlds.corpus.limits import LONGEST_TEXT, MOST_LINKS
from worlds.corpus.locating import forms, located
from worlds.corpus.wikiextractor import extracted

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
FILMS = [
    {
        "title": "Tide",
        "href": "Tide_(1920_film)",
        "year": 1920,
        "cast": ["Ada", "Bo", "Ada"],
        "director": "Cy",
        "text": "x",
    },
    {"title": "Tide", "href": "Tide_(1951_film)", "year": 1951, "cast": [], "director": None, "text": "y"},
]


def write(folder: Path, *rows: object, name: str = "pages.jsonl", pack: Callable[[bytes], bytes] = bytes) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    lines = (row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    path.write_bytes(pack(b"".join(line + b"\n" for line in lines)))
    return path


def page(**fields: Any) -> dict[str, Any]:
    return {"title": "Brenz", "text": "Brenz lies on the Aar.", **fields}


def only(path: Path) -> Document:
    (found,) = read_pages(path)
    assert isinstance(found, Document)
    return found


def shared(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not there")
    return path


@pytest.mark.parametrize(
    ("name", "pack"), [("p.jsonl", bytes), ("p.gz", gzip.compress), ("p.bz2", bz2.compress), ("p.xz", lzma.compress)]
)
def test_packed_or_not_the_pages_are_the_same(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    path = write(tmp_path, page(), {}, page(title="Bern"), name=name, pack=pack)
    first, second, third = read_pages(path)
    assert first == Document("Brenz", "Brenz lies on the Aar.")
    assert second == Skipped(f"{name} line 2", "no title")
    assert isinstance(third, Document)


def test_all_that_a_line_may_say_is_read(tmp_path: Path) -> None:
    links = [{"target": "Aar", "start": 18, "end": 21}, "Brenz", "Nowhere"]
    said = {
        "url": "test:1",
        "aliases": ["Brentz", "Brenz"],
        "categories": ["Geography.Towns.Old towns"],
        "types": "place",
    }
    assert only(write(tmp_path, page(links=links, **said))) == Document(
        title="Brenz",
        text="Brenz lies on the Aar.",
        links=(Link(18, 21, "Aar"), Link(0, 5, "Brenz"), Link(0, 0, "Nowhere")),
        url="test:1",
        aliases=("Brentz",),
        types=("Geography", "Towns", "Old towns", "place"),
    )


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Brenz", "article"),
        ("Brenz (disambiguation)", "disambiguation"),
        ("List of towns", "list"),
        ("Listen", "article"),
    ],
)
def test_what_a_page_is_shows_in_its_title(tmp_path: Path, title: str, kind: str) -> None:
    assert only(write(tmp_path, page(title=title))).kind == kind


def test_a_dotted_category_is_cut_and_an_abbreviation_is_not(tmp_path: Path) -> None:
    found = only(write(tmp_path, page(categories=["Science.Birds", "U.S. states", "St.Gallen", "Dr. Who"])))
    assert found.types == ("Science", "Birds", "U.S. states", "St.Gallen", "Dr. Who")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "not an object"),
        (b"\xff\xfe{}", "not UTF-8 text"),
        (page(title=""), "no title"),
        (page(title=7), "no title"),
        (page(text=None), "no text"),
        (page(text=" \n"), "no text"),
        (page(text="x" * (LONGEST_TEXT + 1)), "text too long"),
        (page(text="\ud800"), "half a surrogate pair"),
    ],
)
def test_a_bad_line_is_skipped_and_told(tmp_path: Path, line: object, why: str) -> None:
    before, skipped, after = read_pages(write(tmp_path, page(), line, b"  ", page()))
    assert skipped == Skipped("pages.jsonl line 2", why)
    assert before == after


@pytest.mark.parametrize(
    "bad",
    [
        7,
        None,
        "",
        "\ud800",
        {"target": "x"},
        {"target": "x", "start": 3, "end": 2},
        {"target": "x", "start": 0, "end": 99},
        {"target": "x", "start": True, "end": 2},
        {"target": "\ud800", "start": 0, "end": 2},
    ],
)
def test_a_bad_link_is_left_out_and_told(tmp_path: Path, bad: object) -> None:
    found, skipped = read_pages(write(tmp_path, page(links=[bad, "Aar"])))
    assert isinstance(found, Document)
    assert found.links == (Link(18, 21, "Aar"),)
    assert skipped == Skipped("pages.jsonl line 1", "bad link")


def test_a_link_bomb_is_cut(tmp_path: Path) -> None:
    found, skipped = read_pages(write(tmp_path, page(links=[f"t{n}" for n in range(MOST_LINKS + 5)])))
    assert isinstance(found, Document)
    assert (len(found.links), skipped) == (MOST_LINKS, Skipped("pages.jsonl line 1", "too many links"))


def test_a_line_too_long_is_passed_over_without_being_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "LONGEST", 200)
    path = write(tmp_path, page(text="x" * 3_000_000), page(), name="p.gz", pack=gzip.compress)
    skipped, found = read_pages(path)
    assert skipped == Skipped("p.gz line 1", "line too long")
    assert isinstance(found, Document)


@pytest.mark.parametrize("name", ["p.gz", "p.bz2", "p.xz"])
def test_an_archive_that_breaks_off_gives_what_came_before(tmp_path: Path, name: str) -> None:
    pack = {"p.gz": gzip.compress, "p.bz2": bz2.compress, "p.xz": lzma.compress}[name]
    rows = [page(text=f"{n * 7919 % 10_007} words") for n in range(20_000)]
    path = write(tmp_path, *rows, name=name, pack=pack)
    path.write_bytes(path.read_bytes()[:-1500])
    *read, last = read_pages(path)
    assert isinstance(last, Skipped)
    assert last.why == "damaged archive"
    assert all(isinstance(one, Document) for one in read)
    path.write_bytes(b"no archive at all")
    assert [one.why for one in read_pages(path) if isinstance(one, Skipped)] == ["damaged archive"]


def test_a_missing_file_and_a_folder_without_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_pages(tmp_path / "nothing.jsonl"))
    with pytest.raises(ValueError, match="holds no pages"):
        list(read_pages(tmp_path))


def test_a_folder_of_wikiextractor_output_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("AB/wiki_00", "AA/wiki_01", "AA/wiki_00.bz2"):
        pack = bz2.compress if name.endswith(".bz2") else bytes
        write(tmp_path, page(id="1", url="u", title=name), name=name, pack=pack)
    write(tmp_path, b"no pages", name="AA/notes.txt")
    assert [one.title for one in read_pages(tmp_path) if isinstance(one, Document)] == [
        "AA/wiki_00.bz2",
        "AA/wiki_01",
        "AB/wiki_00",
    ]


@pytest.mark.parametrize(
    "raw",
    [
        'R&amp;D in <a href="S%C3%A3o%20Tom%C3%A9">S\u00e3o T.</a>, <a href="AC/DC%23x">it</a> &lt;b&gt;',
        'R&amp;D in &lt;a href="S%C3%A3o%20Tom%C3%A9"&gt;São T.&lt;/a&gt;, '
        '&lt;a href="AC/DC%23x"&gt;it&lt;/a&gt; &lt;b&gt;',
    ],
)
def test_links_of_wikiextractor_stand_in_the_text(tmp_path: Path, raw: str) -> None:
    found = only(write(tmp_path, page(id="12", url="test:12", text=raw)))
    assert found.text == "R&D in São T., it <b>"
    assert [(found.text[a:b], to) for a, b, to in found.links] == [("São T.", "São Tomé"), ("it", "AC/DC#x")]


@pytest.mark.parametrize(
    "raw", ['<a href="x">', "</a>", '<a href="x"></a>', '<a href="https://x.org">y</a>', "<a >b</a>"]
)
def test_anchors_that_show_or_name_nothing_are_no_links(raw: str) -> None:
    assert extracted(raw).links == ()


def test_a_line_of_other_tools_keeps_its_text_as_it_is(tmp_path: Path) -> None:
    assert only(write(tmp_path, page(text='<a href="x">y</a> &amp;'))).text == '<a href="x">y</a> &amp;'


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=6), st.text(st.sampled_from("ab &<>é"), min_size=1)), max_size=5)
)
def test_what_was_marked_up_is_found_again(parts: list[tuple[str, str]]) -> None:
    titles = [t for title, _ in parts if (t := title.encode("utf-8", "replace").decode().strip())]
    raw = "".join(f'.<a href="{quote(title)}">shown</a>' for title in titles)
    found = extracted(raw)
    assert found.text == ".shown" * len(titles)
    kept = [title for title in titles if not title.startswith("//")]
    assert [link.target for link in found.links] == kept or "%" in "".join(titles)


def test_forms_of_a_title() -> None:
    assert forms("Mercury (planet)") == ("Mercury (planet)", "Mercury")
    assert forms("Paris, Texas") == ("Paris, Texas", "Paris")
    assert forms("(Untitled)") == ("(Untitled)",)
    assert forms("Bern") == ("Bern",)


def test_links_are_placed_where_the_text_names_them() -> None:
    text = "The History of Bern tells of Bern, of mercury and of Paris; not of Springfield."
    targets = [
        "Bern",
        "History of Bern",
        "Mercury (planet)",
        "Paris, Texas",
        "Paris",
        "Springfield, A",
        "Springfield, B",
    ]
    found = located(text, [*targets, "Bern", "Rome"])
    assert [(text[a:b], to) for a, b, to in found] == [
        ("History of Bern", "History of Bern"),
        ("Bern", "Bern"),
        ("mercury", "Mercury (planet)"),
        ("Paris", "Paris"),
        ("", "Paris, Texas"),
        ("", "Springfield, A"),
        ("", "Springfield, B"),
        ("", "Rome"),
    ]
    assert found[1].start == 29
    assert located("to Bern", ["Bern of old", "Bern"])[0] == Link(3, 7, "Bern")


@given(
    st.text(st.sampled_from("ABé \u0301½-"), max_size=40),
    st.lists(st.text(st.sampled_from("ABé (,)"), min_size=1, max_size=6), max_size=5),
)
def test_every_target_gets_one_link_at_a_place_that_names_it(text: str, targets: list[str]) -> None:
    found = located(text, targets)
    assert Counter(link.target for link in found) == Counter(set(targets))
    placed = [link for link in found if link.end]
    assert all(any(occurs(form, text[a:b]) for form in forms(to)) for a, b, to in placed)
    assert found == (*sorted(placed), *(link for link in found if not link.end))
    titles = Counter(map(key, set(targets)))
    alone = [to for to in targets if titles[key(to)] == 1 and occurs(to, text)]
    assert not text or len(set(targets)) > 1 or {link.target for link in placed} >= set(alone)


def test_many_targets_in_a_long_text_take_no_time_each() -> None:
    text = " ".join(f"row {n % 997}" for n in range(100_000))
    begun = time.process_time()
    assert len(located(text, [f"row {n} row" for n in range(20_000)])) == 20_000
    assert time.process_time() - begun < 5


def test_a_wiki_name_tells_pages_of_one_title_apart(tmp_path: Path) -> None:
    first, second = read_pages(write(tmp_path, *FILMS))
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.title, first.aliases) == ("Tide (1920 film)", ("Tide",))
    assert second.title == "Tide (1951 film)"
    assert only(write(tmp_path, page(href="Towns#Brenz"))).title == "Brenz"
    assert only(write(tmp_path, page(href="99_and_44/100%_Brenz"))).title == "99 and 44/100% Brenz"


def test_fields_become_facts(tmp_path: Path) -> None:
    fields = parse_fields(["year=P577:time", "cast=P161:actor", "director=P57"])
    assert fields[1:] == (Field("cast", "P161", "entity", "actor"), Field("director", "P57", "entity"))
    first, second = "Tide (1920 film)", "Tide (1951 film)"
    assert list(read_fields(write(tmp_path, *FILMS), fields)) == [
        FieldFact(first, "P577", "1920", "time"),
        FieldFact(first, "P161", "Ada", "entity", "actor"),
        FieldFact(first, "P161", "Bo", "entity", "actor"),
        FieldFact(first, "P57", "Cy", "entity"),
        FieldFact(second, "P577", "1951", "time"),
    ]


@pytest.mark.parametrize("value", [True, {}, [[]], "long ago", "\ud800", float("nan")])
def test_a_value_that_is_none_of_its_kind_is_skipped_and_told(tmp_path: Path, value: object) -> None:
    path = write(tmp_path, page(year=value), page(year=None), page(year=1900))
    assert list(read_fields(path, parse_fields(["year=P577"]))) == [
        Skipped("pages.jsonl line 1 field year", "not a value of kind time"),
        FieldFact("Brenz", "P577", "1900", "time"),
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["year"], "'year' is no field"),
        (["=P577"], "is no field"),
        (["year=P577:"], "is no field"),
        (["year=P577:quantity"], "P577 (publication date) has values of kind 'time', not 'quantity'"),
        (["year=P577:year of issue"], "not 'entity'"),
        (["a=own:time", "b=own"], "own is given values of kind 'time' and 'entity'"),
    ],
)
def test_a_bad_field_is_refused(given: Iterable[str], says: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        parse_fields(given)
    assert says in str(refused.value)


def test_articles_of_wikispeedia_have_most_links_placed() -> None:
    read = list(islice(read_pages(shared("wikispeedia.jsonl.xz")), 150))
    links = [link for one in read if isinstance(one, Document) for link in one.links]
    assert len([one for one in read if isinstance(one, Document)]) == 150
    assert sum(link.end > 0 for link in links) > 0.75 * len(links)


def test_films_have_facts_of_the_pages_that_are_read() -> None:
    path = shared("movies.jsonl.xz")
    titles = {one.title for one in islice(read_pages(path), 2000) if isinstance(one, Document)}
    fields = parse_fields(["year=P577:time", "cast=P161", "director=P57", "genres=P136"])
    facts = [fact for fact in islice(read_fields(path, fields), 4000) if isinstance(fact, FieldFact)]
    assert len(facts) == 4000
    assert {fact.subject for fact in facts} <= titles
