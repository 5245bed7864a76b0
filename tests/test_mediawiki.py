"""Reading MediaWiki exports, sound and damaged."""

import bz2
import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from reference_wikitext import reference_links

from worlds.corpus.document import Document, Link, Read, Skipped
from worlds.corpus.dump import LARGEST, Page, read_pages
from worlds.corpus.mediawiki import read_dump
from worlds.corpus.site import Site
from worlds.corpus.titles import Titles, normal
from worlds.corpus.wikitext import plain_text

EXCERPT = Path(__file__).parents[2] / "shared" / "data" / "enwiki-excerpt.xml.bz2"
LONG = "Rome is a city. " * 30
SITE = """<siteinfo><base>https://x.example.org/wiki/Haupt_Seite</base><namespaces><namespace key="0" />
<namespace key="6">Datei</namespace><namespace key="14">Kategorie</namespace></namespaces></siteinfo>"""


def page(
    title: str, text: str, redirect: str = "", ns: str = "0", attributes: str = "", model: str = "wikitext"
) -> str:
    to = f'<redirect title="{escape(redirect)}" />' if redirect else ""
    return (
        f"<page><title>{escape(title)}</title><ns>{ns}</ns><id>1</id>{to}<revision><id>2</id><model>{model}</model>"
        f'<text bytes="1" {attributes}>{escape(text)}</text></revision></page>'
    )


def export(*pages: str, version: str = "0.11", site: str = SITE) -> str:
    space = f"http://www.mediawiki.org/xml/export-{version}/"
    return f'<mediawiki xmlns="{space}" version="{version}" xml:lang="en">{site}{"".join(pages)}</mediawiki>'


Reads = Callable[..., list[Read]]


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    """`reads(text or bytes)` writes a file and reads it as a dump."""

    def read(content: str | bytes) -> list[Read]:
        path = tmp_path / "dump.xml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(read_dump(path))

    return read


def test_articles_and_redirects(reads: Reads) -> None:
    text = f"{LONG}\n[[Oslo|north]] [[Datei:A.png|thumb|x]]\n[[Kategorie:Towns]]"
    found = reads(export(page("Rome & Lazio", text), page("Roma", "#REDIRECT [[Rome & Lazio]]", "Rome & Lazio")))
    start = len(LONG)
    assert found == [
        Document(
            title="Rome & Lazio",
            text=f"{LONG}north",
            links=(Link(start, start + 5, "Oslo"),),
            url="https://x.example.org/wiki/Rome_%26_Lazio",
            types=("Towns",),
        ),
        Document("Roma", "", (Link(0, 0, "Rome & Lazio"),), "https://x.example.org/wiki/Roma", "redirect"),
    ]


@pytest.mark.parametrize("version", ["0.3", "0.10", "0.11"])
def test_every_version_is_read(reads: Reads, version: str) -> None:
    assert [d.title for d in reads(export(page("A", LONG), version=version)) if isinstance(d, Document)] == ["A"]


def test_without_a_namespace_and_without_siteinfo(reads: Reads) -> None:
    found = reads(f"<mediawiki>{page('A', LONG)}</mediawiki>")
    assert found == [Document("A", LONG.strip())]


@pytest.mark.parametrize(
    ("text", "title", "target"),
    [
        ("#REDIRECT [[B]]", "", "B"),
        ("#redirect:[[B|b]] {{R}}", "", "B"),
        ("\n#WEITERLEITUNG [[B#C]]", "", "B#C"),
        ("#перенаправление [[B]]", "", "B"),
        ("#REDIRECT [[b#C]]", "B", "b#C"),
        ("#REDIRECT [[Other]]", "B", "B"),
        ("", "B", "B"),
    ],
)
def test_what_a_redirect_leads_to(reads: Reads, text: str, title: str, target: str) -> None:
    [found] = reads(export(page("A", text, title)))
    assert isinstance(found, Document)
    assert (found.kind, found.text, found.links) == ("redirect", "", (Link(0, 0, target),))


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("A", LONG, "article"),
        ("A", "#Number one [[B]] " + LONG, "article"),
        ("A", "Short.", "stub"),
        ("A", "{{Norway-geo-stub}}" + LONG, "stub"),
        ("A", "{{disambiguation|geo}}" + LONG, "disambiguation"),
        ("A", "{{Hndis}}", "disambiguation"),
        ("A", "__DISAMBIG__", "disambiguation"),
        ("A (disambiguation)", LONG, "disambiguation"),
        ("List of towns", LONG, "list"),
        ("Listing", LONG, "article"),
        ("A", "{{Set index article}}" + LONG, "list"),
    ],
)
def test_kinds(reads: Reads, title: str, text: str, kind: str) -> None:
    [found] = reads(export(page(title, text)))
    assert isinstance(found, Document)
    assert found.kind == kind


def test_what_is_left_out_is_told(reads: Reads) -> None:
    found = reads(
        export(
            page("Talk:A", LONG, ns="1"),
            page("A", "x" * (LARGEST + 1)),
            page("B", "", attributes='deleted="deleted"'),
            page("C", "{}", model="json"),
            page("", LONG),
            page("D", LONG),
            page("d", "other"),
            page("_D_", "#REDIRECT [[E]]", "E"),
        )
    )
    assert [f for f in found if isinstance(f, Skipped)] == [
        Skipped("Talk:A", "not in the main namespace"),
        Skipped("A", f"longer than {LARGEST} characters"),
        Skipped("B", "its text is withheld"),
        Skipped("C", "not wikitext but json"),
        Skipped("", "without a title"),
        Skipped("d", "a second page of this title"),
        Skipped("_D_", "a second page of this title"),
    ]
    assert [f.title for f in found if isinstance(f, Document)] == ["D"]


def test_the_last_revision_and_the_main_slot_count(reads: Reads) -> None:
    older = "<revision><model>wikitext</model><text>old</text></revision>"
    slot = "<content><role>meta</role><model>json</model><text>{}</text></content>"
    text = (
        page("A", LONG)
        .replace("<revision>", f"{older}<revision>")
        .replace("</revision></page>", f"{slot}</revision></page>")
    )
    [found] = reads(export(text))
    assert isinstance(found, Document)
    assert found.text == LONG.strip()


def packed(content: str) -> dict[str, bytes]:
    raw = content.encode()
    streams = [raw[: len(raw) // 3], raw[len(raw) // 3 : len(raw) // 2], raw[len(raw) // 2 :]]
    return {
        "plain": raw,
        "gz": gzip.compress(raw),
        "gz of members": b"".join(map(gzip.compress, streams)),
        "bz2": bz2.compress(raw, 1),
        "multistream": b"".join(bz2.compress(stream, 1) for stream in streams),
        "utf-16": content.encode("utf-16"),
        "latin-1": b'<?xml version="1.0" encoding="iso-8859-1"?>' + content.encode("latin-1"),
    }


@pytest.mark.parametrize("form", packed(""))
def test_every_packing_and_encoding_reads_the_same(reads: Reads, form: str) -> None:
    content = export(*(page(f"Café {n}", LONG) for n in range(20)))
    found = reads(packed(content)[form])
    assert [d.title for d in found if isinstance(d, Document)] == [f"Café {n}" for n in range(20)]
    assert len(found) == 20


@pytest.mark.parametrize("form", ["plain", "gz", "multistream"])
def test_of_a_truncated_file_what_was_read_stays(reads: Reads, form: str) -> None:
    content = export(*(page(f"A{n}", "".join(str(n * k) for k in range(1500))) for n in range(60)))
    whole = packed(content)[form]
    *documents, last = reads(whole[: len(whole) * 3 // 4])
    assert isinstance(last, Skipped)
    assert 15 < len(documents) < 60
    assert [d.title for d in documents if isinstance(d, Document)] == [f"A{n}" for n in range(len(documents))]
    assert last.why.startswith("the file ends too early" if form != "plain" else "the rest is broken XML")
    assert "byte" in last.where


@pytest.mark.parametrize("form", ["gz", "bz2", "multistream"])
def test_of_a_corrupt_file_what_was_read_stays(reads: Reads, form: str) -> None:
    content = export(*(page(f"A{n}", "".join(str(n * k) for k in range(1500))) for n in range(60)))
    whole = packed(content)[form]
    at = len(whole) * 7 // 8
    *documents, last = reads(whole[:at] + bytes(b ^ 0xFF for b in whole[at : at + 40]) + whole[at + 40 :])
    assert isinstance(last, Skipped)
    assert last.why.startswith("the rest is ")
    assert 15 < len(documents) < 60
    assert [d.title for d in documents if isinstance(d, Document)] == [f"A{n}" for n in range(len(documents))]


@pytest.mark.parametrize("fault", ["<page><title>B</titel>", "<page>&nbsp;</page>", "\x08", "</page>", "<a b=c>"])
def test_of_broken_xml_what_was_read_stays(reads: Reads, fault: str) -> None:
    first, last = reads(export(page("A", LONG), fault, page("C", LONG)))
    assert isinstance(first, Document)
    assert isinstance(last, Skipped)
    assert last.where.startswith("line 2, byte ")
    assert last.why.startswith("the rest is broken XML: ")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("<a>" * 100_000, "the rest is damaged: elements nested deeper than 50"),
        (f'<a b="{"x" * 3_000_000}"/>', "the rest is damaged: 1 MB without a tag or text"),
        (f"<!--{'x' * 3_000_000}-->", "the rest is damaged: 1 MB without a tag or text"),
    ],
)
def test_xml_that_would_take_memory_without_end_is_given_up(
    reads: Reads, fault: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worlds.corpus.dump._SILENT", 1 << 20)
    first, last = reads(export(page("A", LONG), fault, page("B", LONG)))
    assert isinstance(first, Document)
    assert isinstance(last, Skipped)
    assert last.why == why


def test_bytes_that_are_no_utf_8_end_the_reading(reads: Reads) -> None:
    first, last = reads(export(page("A", LONG), page("B", "caf@")).encode().replace(b"caf@", b"caf\xe9 \xff"))
    assert isinstance(first, Document)
    assert isinstance(last, Skipped)


BOMB = '<!DOCTYPE m [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no page can be read"),
        (b"Just text, no dump.", "no page can be read"),
        (b"<html><body/></html>", "it begins with <html>"),
        (b"BZh91AY&SY no such stream", "no page can be read"),
        (b"\x1f\x8b\x08 no such stream", "no page can be read"),
        (bz2.compress(b"600:10:Anarchism\n600:12:Autism\n"), "no page can be read"),
        (b"PK\x03\x04 an archive", "no page can be read"),
        (export().encode(), "holds no page"),
        (export(page("A", LONG)).encode()[:200], "no page can be read"),
        (BOMB.encode() + export(page("A", "@")).replace("@", "&c;").encode(), "it has a document type 'm'"),
        (b'<!DOCTYPE m SYSTEM "file:///etc/hostname"><mediawiki/>', "it has a document type 'm'"),
    ],
)
def test_what_is_no_dump_is_refused_in_one_line(reads: Reads, content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match="expected a MediaWiki XML export") as refused:
        reads(content)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"absent\.xml"):
        list(read_dump(tmp_path / "absent.xml"))


def test_a_page_of_fifty_megabytes_is_left_out_and_the_next_is_read(reads: Reads) -> None:
    found = reads(export(page("A", "[[x " * 12_500_000), page("B", LONG)))
    assert found[0] == Skipped("A", f"longer than {LARGEST} characters")
    assert isinstance(found[1], Document)


@pytest.fixture(scope="module")
def excerpt() -> list[Page]:
    """The pages of the excerpt of the English Wikipedia."""
    if not EXCERPT.exists():
        pytest.skip(f"{EXCERPT.name} is not in shared/data")
    return [page for page in read_pages(EXCERPT) if isinstance(page, Page)]


@pytest.fixture(scope="module")
def read_excerpt(excerpt: list[Page]) -> list[Read]:
    return list(read_dump(EXCERPT))


def test_the_excerpt_is_read_as_what_it_is(read_excerpt: list[Read]) -> None:
    kinds = Counter(d.kind for d in read_excerpt if isinstance(d, Document))
    assert kinds == {"article": 95, "redirect": 99, "disambiguation": 8, "list": 2, "stub": 1}
    left = "Wikipedia:Adding Wikipedia articles to Nupedia"
    assert [s for s in read_excerpt if isinstance(s, Skipped)] == [Skipped(left, "not in the main namespace")]


def test_no_markup_is_left_in_the_excerpt(read_excerpt: list[Read]) -> None:
    left = Counter(
        mark
        for document in read_excerpt
        if isinstance(document, Document)
        for mark in ("[[", "]]", "{{", "}}", "<ref", "'''", "{|", "&nbsp;", "File:", "\x01", "\x02")
        if mark in document.text
    )
    assert not left


def test_every_redirect_and_link_form_of_the_excerpt_resolves(excerpt: list[Page], read_excerpt: list[Read]) -> None:
    """By the title that the export gives for a redirect, and by every way in which links write a title."""
    titles = Titles.of(d for d in read_excerpt if isinstance(d, Document))
    there = {page.title: page.redirect for page in excerpt if page.namespace == "0"}
    ends = {title: follow(title, there) for title in there}
    assert {title: titles.resolve(title) for title in there} == ends
    assert {s.where for s in titles.broken()} == {title for title, end in ends.items() if end is None}
    targets = {link.target for d in read_excerpt if isinstance(d, Document) for link in d.links}
    for target in targets:
        assert titles.resolve(target) == ends.get(plainly(target)), target
    assert sum(titles.resolve(target) is not None for target in targets) > 50


def follow(title: str, there: dict[str, str]) -> str | None:
    while there.get(title):
        title = there[title]
    return title if title in there else None


def plainly(target: str) -> str:
    """A target's title by the wiki's rules as far as the excerpt needs them."""
    title = " ".join(target.partition("#")[0].replace("_", " ").split()).lstrip(":")
    return title[:1].upper() + title[1:]


@pytest.mark.slow
def test_links_of_the_excerpt_are_those_of_mwparserfromhell(excerpt: list[Page], read_excerpt: list[Read]) -> None:
    wikitext = {page.title: (page.text or "", page.site) for page in excerpt}
    different = {}
    for document in read_excerpt:
        if isinstance(document, Document) and document.kind != "redirect":
            ours = {link.target for link in document.links}
            theirs = reference_links(*wikitext[document.title])
            if ours != theirs:
                different[document.title] = ours ^ theirs
    assert different == {}


def test_links_of_a_page_are_those_of_mwparserfromhell() -> None:
    wikitext = (
        "{{Infobox|a=[[i]]}}'''A''' [[b]]s [[C|{{nowrap|[[d]] e}}]] [[File:f.png|thumb|[[g]]]] <ref>[[h]]</ref>\n"
        "{|\n| [[j]]\n|}\n* {{nowrap|[[k|l]]}} {{x|[[m]]}} <small>[[n#o]]</small> [http://p [[q]]]\n== [[r]] ==\n"
        "== See also ==\n* [[s]]\n=== t ===\n[[u]]\n== v ==\n[[w]] [[:Category:x]] [[fr:y]] [[Category:z]]"
    )
    site = Site.of()
    found = {link.target for link in plain_text(wikitext, site).links}
    assert found == reference_links(wikitext, site) == {"b", "d", "k", "n#o", "q", "r", "w"}
    assert all(normal(target) for target in found)
