"""A folder of documents: what is read, how its documents link, and what is skipped and why."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_writer import pdf
from town_archive import write_archive

from worlds.corpus import deadline
from worlds.corpus.deadline import Parser
from worlds.corpus.decoding import decoded
from worlds.corpus.document import Document, Read, Skipped
from worlds.corpus.folder import read_folder
from worlds.corpus.limits import LARGEST_FILE, MOST_LINKS
from worlds.corpus.markdown import read as read_markdown
from worlds.corpus.parsed import Unreadable
from worlds.corpus.pdf import flowing
from worlds.corpus.pdf import read as read_pdf
from worlds.corpus.prose import Prose
from worlds.corpus.webpage import read as read_webpage

SLOW_PAGE = b"<div>" * 200_000


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(tmp_path_factory.mktemp("town"))


def documents(read: Iterator[Read]) -> dict[str, Document]:
    return {one.title: one for one in read if isinstance(one, Document)}


def skips(folder: Path, seconds: float = 20) -> dict[str, str]:
    return {one.where: one.why for one in read_folder(folder, seconds) if isinstance(one, Skipped)}


def fill(folder: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_the_town_archive_is_thirty_documents_that_tell_of_each_other(archive: Path) -> None:
    read = list(read_folder(archive))
    found = documents(iter(read))
    assert (len(read), len(found)) == (30, 30)
    assert all(link.target in found for one in found.values() for link in one.links)
    assert all(one.text[a:b].strip() == one.text[a:b] != "" for one in found.values() for a, b, _ in one.links)
    told = {title for title in found if any(title in other.text for other in found.values() if other.title != title)}
    assert told == set(found)


def test_the_archive_reads_the_same_each_time(archive: Path) -> None:
    assert list(read_folder(archive)) == list(read_folder(archive))


def test_each_kind_of_document_gives_title_text_links_and_types(archive: Path) -> None:
    found = documents(read_folder(archive))
    marigold, ada, bram = found["Marigold"], found["Ada Torvald"], found["Bram Ketteler"]
    assert marigold.text.startswith("The Marigold was a schooner built by Ada Torvald in 1866.")
    assert [link.target for link in marigold.links][:2] == ["Ada Torvald", "Jonas Wick"]
    assert (marigold.types, marigold.url) == (("ship",), "ships/marigold.md")
    assert found["Halcyon Maid"].aliases == ("The Maid of Ostermole",)
    assert ada.text.startswith("Ada Torvald was a shipwright")
    assert "Town archive" not in ada.text
    assert ada.types == bram.types == ("person", "shipwright")
    assert bram.text.split("\n\n")[1] == "Bram Ketteler taught Ada Torvald. In his will he founded the Ketteler Prize."
    assert found["Golden Compass"].text.splitlines()[1] == ""


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("[x](../b.md)", "Bee"),
        ("[x](../b.md#part)", "Bee"),
        ("[x](../b?y=1)", "Bee"),
        ("[x](/b.md)", "Bee"),
        ("[x](./../inner/../b.md)", "Bee"),
        ("[x](c%20d.html)", "Sea"),
        ("[x](../)", "Home"),
        ("[[Bee]]", "Bee"),
        ("[[bee|x]]", "Bee"),
        ("[[b#part]]", "Bee"),
        ("[[Nowhere]]", "Nowhere"),
        ("[x](../../../etc/passwd)", None),
        ("[x](missing.md)", None),
        ("[x](https://example.org/b.md)", None),
        ("[x](mailto:a@b.c)", None),
        ("[x](#part)", None),
        ("![x](../b.md)", None),
    ],
)
def test_links_lead_to_titles(tmp_path: Path, written: str, target: str | None) -> None:
    folder = fill(
        tmp_path, b_md="# Bee\n\nbuzz", index_html="<title>Home</title>home", inner__a_md=f"# A\n\nsee {written}."
    )
    (folder / "inner" / "c d.html").write_text("<title>Sea</title>waves")
    assert [link.target for link in documents(read_folder(folder))["A"].links] == ([target] if target else [])


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.md", "---\ntitle: Front\n---\n# Head\n\nx", "Front"),
        ("a.md", "x\n\n## Head *of* it\n\ny", "Head of it"),
        ("two_words.md", "x", "two words"),
        ("a.md", "---\ntitle: 1917\n---\nx", "1917"),
        ("a.html", "<title> Tea\n&amp; toast </title>x", "Tea & toast"),
        ("a.html", "<h1>Head</h1>x", "Head"),
        ("a b.htm", "x", "a b"),
        ("note.txt", "First line\nx", "note"),
    ],
)
def test_a_title_is_what_the_file_says_else_its_name(tmp_path: Path, name: str, content: str, title: str) -> None:
    (tmp_path / name).write_text(content)
    assert list(documents(read_folder(tmp_path))) == [title]


def test_what_is_no_document_is_skipped_and_told(tmp_path: Path) -> None:
    outside = fill(tmp_path / "outside", secret_md="# Secret\n\nx")
    folder = fill(
        tmp_path / "in",
        a_md="# A\n\nx",
        b_md="# A\n\nanother",
        c_md=b"caf\xe9",
        d_txt=b"\0\1\2",
        e_md="",
        f_pdf=b"%PDF-1.4 no more",
        g_pdf=pdf([]),
        h_doc="x",
        i_html="<script>x</script>",
        j_md="---\n: [\n---\nx",
        _hidden_md="x",
        k_md=b"\xff\xfea\0b",
    )
    (folder / ".git").mkdir()
    (folder / "sub").mkdir()
    (folder / "sub" / "loop").symlink_to(folder)
    (folder / "out.md").symlink_to(outside / "secret.md")
    (folder / "outside").symlink_to(outside)
    (folder / "same.md").symlink_to(folder / "a.md")
    (folder / "gone.md").symlink_to(folder / "nothing")
    (folder / "self.md").symlink_to(folder / "self.md")
    os.mkfifo(folder / "pipe.md")
    assert skips(folder) == {
        ".git": "hidden",
        ".hidden.md": "hidden",
        "b.md": "duplicate title",
        "c.md": "not utf-8 text",
        "d.txt": "binary file",
        "e.md": "no text",
        "f.pdf": "damaged PDF",
        "g.pdf": "PDF without text",
        "h.doc": "not a kind of document that is read",
        "i.html": "no text",
        "j.md": "front matter is not YAML",
        "k.md": "not utf-16-le text",
        "gone.md": "symbolic link to nothing",
        "self.md": "symbolic link to nothing",
        "out.md": "symbolic link out of the folder",
        "outside": "symbolic link out of the folder",
        "same.md": "symbolic link within the folder",
        "sub/loop": "symbolic link within the folder",
        "pipe.md": "not a regular file",
    }
    assert list(documents(read_folder(folder))) == ["A"]


def test_a_name_that_is_no_utf_8_is_read_and_told_as_far_as_it_is(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("x")
    (found,) = read_folder(tmp_path)
    assert found == Document("caf\ufffd", "x", url="caf\ufffd.txt")


def test_a_file_too_large_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "huge.md").open("wb") as file:
        file.truncate(50_000_000)
    assert skips(tmp_path) == {"huge.md": "file too large"}
    assert LARGEST_FILE < 50_000_000


def test_a_page_of_too_many_links_keeps_the_first_ones(tmp_path: Path) -> None:
    fill(tmp_path, a_md="# A\n\n" + "[[B]] " * (MOST_LINKS + 1), b_md="# B\n\nx")
    assert skips(tmp_path) == {"a.md": "too many links"}
    assert len(documents(read_folder(tmp_path))["A"].links) == MOST_LINKS


@pytest.mark.slow
def test_a_file_that_takes_too_long_is_killed_and_the_next_one_read(tmp_path: Path) -> None:
    fill(tmp_path, a_html=SLOW_PAGE, b_md="# B\n\nx")
    begun = time.monotonic()
    assert skips(tmp_path, seconds=2) == {"a.html": "takes too long"}
    assert time.monotonic() - begun < 30
    with Parser(seconds=2) as parser:
        with pytest.raises(Unreadable, match="takes too long"):
            parser.parse(tmp_path / "a.html")
        assert parser.parse(tmp_path / "b.md").title == "B"


def test_a_parser_that_dies_is_started_anew(tmp_path: Path) -> None:
    fill(tmp_path, a_xyz="x", b_md="# B\n\nx")
    with Parser() as parser:
        with pytest.raises(Unreadable, match="crashes its parser"):
            parser.parse(tmp_path / "a.xyz")
        assert parser.parse(tmp_path / "b.md").title == "B"


def test_an_answer_that_names_a_missing_library_says_how_to_get_it() -> None:
    with pytest.raises(ValueError, match=r"pypdf.*pip install -e '.\[documents\]'"):
        deadline._read('["missing", "pypdf"]')


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        list(read_folder(tmp_path / "nothing"))
    assert list(read_folder(fill(tmp_path))) == []


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_names_the_encoding(name: str) -> None:
    assert decoded("Ostermølle".encode(name)) == "Ostermølle"


def test_a_web_page_says_its_encoding_and_what_it_does_not_know_is_no_encoding() -> None:
    assert read_webpage(b'<meta charset="iso-8859-1">caf\xe9').text == "café"
    assert read_webpage("<meta charset='punycode'>café".encode()).text == "café"
    with pytest.raises(Unreadable, match="not utf-8 text"):
        read_webpage(b"caf\xe9")


def test_a_web_page_is_its_main_text() -> None:
    page = b"""<title>T</title><style>s</style><nav>n</nav><main><h1>T</h1>
    <p>One <a href=a.md>two  <b>three</b></a>, <br>four
    <script>x</script></p><table><tr><td>a<td>b</table><ul><li>1<li>2</ul></main><footer>f</footer>"""
    found = read_webpage(page)
    assert found.text == "One two three,\nfour\n\na b\n\n1\n\n2"
    assert [found.text[a:b] for a, b, _ in found.links] == ["two three"]


def test_markdown_is_its_text() -> None:
    source = "# T\n\nA *b* `c` [d e](f.md)<b>g</b>\nh\\\ni\n\n- j\n\n| k | l |\n|--|--|\n| m | n |\n\n    o\n\n"
    source += "[p][q] &amp; [[R|s]]\n\n[q]: t.md"
    found = read_markdown(source.encode())
    assert found.text == "A b c d eg h\ni\n\nj\n\nk l\n\nm n\n\no\n\np & s"
    assert [(found.text[a:b], to) for a, b, to in found.links] == [("d e", "f.md"), ("p", "t.md"), ("s", "[[R]]")]


def test_an_alias_bomb_in_front_matter_is_small() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    assert read_markdown(f"---\nl0: &l0 [x]\n{levels}aliases: *l8\n---\nx".encode()).aliases == ()


def test_lines_of_a_page_become_paragraphs() -> None:
    page = "A line of this length is what fills the page here,\nand a word is di-\nvided. Short end.\nNext-\nDoor."
    assert (
        flowing(page)
        == "A line of this length is what fills the page here, and a word is divided. Short end.\n\nNext- Door."
    )


def test_an_encrypted_or_mutilated_pdf_is_named() -> None:
    sound = pdf(["Some text"], title="T")
    assert read_pdf(sound) == ("T", "Some text", (), (), ())
    with pytest.raises(Unreadable, match="damaged PDF"):
        read_pdf(sound.replace(b"/Pages 2 0 R", b"/Pages 9 0 R"))
    locked = sound.replace(b"/Root", b"/Encrypt<</Filter/Standard/V 1/R 2/O(a)/U(b)/P 0>>/ID[(a)(b)]/Root")
    with pytest.raises(Unreadable, match="encrypted PDF"):
        read_pdf(locked)


@given(st.integers(0, 2000), st.binary(max_size=8))
def test_a_pdf_with_other_bytes_in_it_is_read_or_named(at: int, other: bytes) -> None:
    sound = pdf(["Some text", "and more"], title="T")
    try:
        found = read_pdf(sound[: at % len(sound)] + other + sound[at % len(sound) + len(other) :])
    except Unreadable:
        return
    found.text.encode()


@given(st.text(st.sampled_from("[]()|#*_`-<>a b.\n\\!&:\"'"), max_size=60))
def test_any_markdown_is_read_and_its_links_stand_in_its_text(source: str) -> None:
    try:
        found = read_markdown(source.encode())
    except Unreadable:
        return
    assert all(0 <= a < b <= len(found.text) for a, b, _ in found.links)
    assert found.text == found.text.strip()


@given(
    st.lists(
        st.sampled_from(["<", ">", "/", "a", "p", "<a href=x>", "</a>", "<p>", "<main>", " ", "&lt;"]), max_size=40
    )
)
def test_any_web_page_is_read_and_its_links_stand_in_its_text(parts: list[str]) -> None:
    found = read_webpage("".join(parts).encode())
    assert all(0 <= a < b <= len(found.text) for a, b, _ in found.links)


@given(st.lists(st.sampled_from([" ", "a", " b ", "\n", "<line>", "<par>", "<open>", "<close>"]), max_size=20))
def test_prose_has_single_spaces_and_links_at_their_places(parts: list[str]) -> None:
    prose = Prose()
    does = {"<line>": prose.line, "<par>": prose.paragraph, "<close>": prose.close_link}
    for part in parts:
        if part == "<open>":
            prose.open_link("t")
        else:
            does.get(part, lambda part=part: prose.say(part))()
    text, links = prose.finish()
    assert text == text.strip()
    assert "  " not in text
    assert "\n\n\n" not in text
    assert all(text[a:b] == text[a:b].strip() != "" for a, b, _ in links)
