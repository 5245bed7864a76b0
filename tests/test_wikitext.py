"""Wikitext to plain text with the places of its links."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worlds.corpus.site import Site
from worlds.corpus.wikitext import Plain, plain_text

SITE = Site.of("https://en.example.org/wiki/Main_Page", [("Datoteka", 6), ("Kategorija", 14)])

WORD = st.text("abcdefgh", min_size=1, max_size=8)
TOKENS = """
[[ ]] {{ }} {| |} | ''' '' == [http://a ] <ref> </ref> <nowiki> </nowiki> <!-- --> <table> </table> File: Category:
# : * &amp; &#233; & {{nowrap| {{convert|5| lang|fr| a B = ( ) , \x01 \x02 e\u0301 \u0301 \u1161
"""
MARKUP = st.sampled_from([*TOKENS.split(), " ", "\n"])


def read(wikitext: str) -> Plain:
    return plain_text(wikitext, SITE)


def shown(plain: Plain) -> list[tuple[str, str]]:
    return [(plain.text[start:end], target) for start, end, target in plain.links]


@pytest.mark.parametrize(
    ("wikitext", "text", "links"),
    [
        ("[[Rome]] fell.", "Rome fell.", [("Rome", "Rome")]),
        ("A [[Roman Empire|Roman]].", "A Roman.", [("Roman", "Roman Empire")]),
        ("Two [[cat]]s, [[Dog|hound]]s2.", "Two cats, hounds2.", [("cats", "cat"), ("hounds", "Dog")]),
        ("[[Rome#History|Its past]]", "Its past", [("Its past", "Rome#History")]),
        ("See [[#Later]] and [[#Later|below]].", "See #Later and below.", []),
        ("[[Rome|'''Old''' ''Rome'']]", "Old Rome", [("Old Rome", "Rome")]),
        ("[[ Rome ]] and [[Rome| the city ]] fell", "Rome and the city fell", [("Rome", "Rome"), ("the city", "Rome")]),
        ("[[Rome|]] x", "Rome x", [("Rome", "Rome")]),
        ("[[:Category:Towns]] and [[:Category:Towns|towns]]", "Category:Towns and towns", []),
        ("[[:Rome]]", "Rome", [("Rome", ":Rome")]),
        ("[[wikt:rome|word]], [[User:A|a]], [[:fr:Rome|la]].[[fr:Rome]]", "word, a, la.", []),
        ("[[2001: A Space Odyssey]]", "2001: A Space Odyssey", [("2001: A Space Odyssey", "2001: A Space Odyssey")]),
        ("[[AC/DC]]", "AC/DC", [("AC/DC", "AC/DC")]),
        ("[[a{b]] [[a\nb]] [[]] [[|x]]", "[[a{b]] [[a b]] [[]] [[|x]]", []),
        ("[[Rome|the [[City]] of]]", "the City of", [("City", "City")]),
        ("[[[Rome]]]", "[Rome]", [("Rome", "Rome")]),
        ("open [[Rome and [[Oslo]]", "open [[Rome and Oslo", [("Oslo", "Oslo")]),
        ("[[http://a.org x]]", "http://a.org x", []),
        ("[[東京]]都", "東京都", [("東京", "東京")]),
    ],
)
def test_links(wikitext: str, text: str, links: list[tuple[str, str]]) -> None:
    plain = read(wikitext)
    assert (plain.text, shown(plain)) == (text, links)


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("a[[File:A.jpg|thumb|left|A [[Rome|Roman {{x|[[y]]}}]] [[Image:b.png]] road]]b", "ab"),
        ("a[[Datoteka:A.jpg|thumb|x]]b[[Media:x.ogg|sound]]", "absound"),
        ("a<ref>b [[c]]</ref>d<ref name=x />e<ref name='y'>f<ref>g</ref>", "ade"),
        ("a<REF>b</Ref >c<ref>unclosed", "acunclosed"),
        ("a<!-- b\n[[c]] -->d<!-- never", "ad"),
        ("a\n<!-- alone -->\nb", "a b"),
        ("x <math>a_{b}^{c}}</math>y <gallery>\nFile:a|b\n</gallery>z", "x y z"),
        ("<nowiki>[[a]] ''b'' {{c}} == &lt;</nowiki>", "[[a]] ''b'' {{c}} == <"),
        (
            "H<sub>2</sub>O<br/>is <span style='x'>wet</span> <foo>a</foo> 1 < 2 > 0",
            "H2O is wet <foo>a</foo> 1 < 2 > 0",
        ),
        ("a\n{| class=x\n|-\n| [[b]] || {{c|d}}\n{|\n| inner\n|}\n|}\nd", "a\n\nd"),
        ("a\n{|\n| never closed [[b]]\n\nafter", "a\n\nafter"),
        ("<table><tr><td>a</td></tr></table>b", "b"),
        ("{{Infobox|name=[[a]]|b={{c|{{d}}}}}}\n'''E''' is {{x}}here.", "E is here."),
        ("{{unclosed | a\nText '''goes''' on.", "{{unclosed | a Text goes on."),
        ("{{a|[[b}} c", "c"),
        ("'''a''''s ''b'' ''''c'''' '''''d'''''", "a's b 'c' d"),
        ("a&nbsp;b &amp;amp; &#x41;&eacute;&notit; &lt;ref&gt; &#1;", "a b &amp; Aé&notit; <ref>"),
        ("[http://a.org Home] [https://b.org] [//c.org c] http://d.org [mailto:a@b Mail]", "Home c http://d.org Mail"),
        ("__NOTOC__a __TOC__", "a"),
        ("A (x{{y}}; ) b ({{z}}), c ({{ipa}}; born 1900) d {{e}}.", "A (x) b, c (born 1900) d."),
        ("----\na", "a"),
        ("a\r\nb", "a b"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_what_is_no_text_is_left_out(wikitext: str, text: str) -> None:
    assert read(wikitext).text == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{convert|5|km}}", "5 km"),
        ("{{convert|5|mi|km|0|abbr=on}}", "5 miles"),
        ("{{convert|5|to|10|C|F}}", "5 to 10 °C"),
        ("{{convert|5|ft|8|in|m}}", "5 feet 8 inches"),
        ("{{convert|1,200|sqmi|km2|0}}", "1,200 square miles"),
        ("{{lang|fr|mot}}", "mot"),
        ("{{Lang-la|verbum}}", "verbum"),
        ("{{nowrap|a {{nowrap|b}}}}", "a b"),
        ("{{circa|1900}}", "c. 1900"),
        ("{{birth date|1885|10|7|df=y}}", "7 October 1885"),
        ("{{Birth_date|1885|10|7}}", "October 7, 1885"),
        ("{{start date|1885|10}}", "October 1885"),
        ("{{start date|1885}}", "1885"),
        ("{{death date|about 1900}}", "about 1900"),
        ("{{frac|1|2}}", "1/2"),
        ("{{val|1.5|u=kg}}", "1.5 kg"),
        ("{{formatnum:1234}}", "1234"),
        ("{{quote|text=So be it.|author=A}}", "So be it."),
        ("{{chem|H|2|O}}", "H2O"),
        ("{{nowrap|1=a=b}}", "a=b"),
        ("x{{snd}}y", "x – y"),
        ("{{convert|" + "9" * 300 + "|km}}", ""),
        ("{{nowrap}}", ""),
        ("{{unknown|a}}", ""),
    ],
)
def test_templates_inside_sentences(template: str, text: str) -> None:
    assert read(template).text == text


def test_links_in_inline_templates_are_kept() -> None:
    plain = read("{{nowrap|the [[Rome|city]]}} and {{convert|[[Five|5]]|km}}")
    assert plain.text == "the city and 5 km"
    assert shown(plain) == [("city", "Rome")]


def test_paragraphs_lists_and_headings() -> None:
    wikitext = "One\ntwo.\n\nThree:\n* a\n** b\n#c\n\n\n== Head [[x]] ==\nfour\n=== Sub ===\n; t : d\nfive"
    plain = read(wikitext)
    assert plain.text == "One two.\n\nThree:\na\nb\nc\n\nHead x\n\nfour\n\nSub\n\nt : d\nfive"
    assert shown(plain) == [("x", "x")]


def test_sections_of_references_are_dropped_with_what_is_below_them() -> None:
    wikitext = "[[a]]\n== ''References'' ==\n[[b]]\n=== More ===\n[[c]]\n== Life ==\n[[d]]\n==External links==\n* [[e]]"
    plain = read(wikitext + "\n[[Category:F]]")
    assert plain.text == "a\n\nLife\n\nd"
    assert shown(plain) == [("a", "a"), ("d", "d")]
    assert plain.categories == ("F",)


def test_categories_and_templates() -> None:
    plain = read("{{Geo-Stub}}[[Category:Towns in X|Rome]][[kategorija:Hills]]\n{{A_b|c}}[[Category:Towns in X]]")
    assert plain.categories == ("Towns in X", "Hills")
    assert plain.templates == {"geo-stub", "a b"}
    assert plain.text == ""


def test_a_mark_that_combines_with_the_character_before_a_link_is_outside_it() -> None:
    plain = read("caf e[[a|\u0301tude]] and [[b|e]]\u0301.")
    assert plain.text == "caf étude and é."
    assert shown(plain) == [("tude", "a"), ("é", "b")]


@given(st.lists(st.tuples(WORD, WORD, WORD), max_size=12))
def test_every_link_is_where_it_says(drawn: list[tuple[str, str, str]]) -> None:
    plain = read(" ".join(f"{before} [[{target}|{text}]]," for before, target, text in drawn))
    assert plain.text == " ".join(f"{before} {text}," for before, _, text in drawn)
    assert shown(plain) == [(text, target) for _, target, text in drawn]


@given(st.one_of(st.text(), st.lists(st.one_of(MARKUP, st.text(max_size=3)), max_size=60).map("".join)))
def test_any_text_is_read(wikitext: str) -> None:
    plain = read(wikitext)
    assert plain.text == plain.text.strip()
    assert not re.search(r"[\x00-\x09\x0b-\x1f]|\n\n\n| $|\n ", plain.text)
    assert unicodedata.is_normalized("NFC", plain.text)
    ends = [0, *(end for link in plain.links for end in (link.start, link.end))]
    assert ends == sorted(ends)
    assert ends[-1] <= len(plain.text)
    assert all(link.start < link.end and link.target for link in plain.links)


BOMBS = [
    *(
        "[[",
        "{{",
        "\n{|",
        "[[a|",
        "{{nowrap|",
        "{{convert|",
        "{{lang|a|",
        "[[File:a|",
        "<ref>",
        "<ref ",
        "<nowiki>",
        "<table>",
    ),
    *(
        "[[a|b]] ",
        "[[a\n",
        "[[]]",
        "{{a}}",
        "]]",
        "}}",
        "\n|}",
        "|",
        "<!--",
        "'",
        "=",
        "\n=",
        "\n*",
        "[http://a ",
        "[mailto:a",
    ),
    *(
        "&",
        "&#",
        "&amp;",
        "(",
        "( ",
        ")",
        " ,",
        ",",
        " ",
        "\t",
        "\xa0 ",
        "\n",
        "_",
        "__A",
        "<a",
        "</ref",
        "a\u0301\u0302",
        "[[a|\u0301]]",
    ),
    *("1=a|", "[", "{", "#", "\r"),
]


def operations(wikitext: str) -> int:
    """Lines of Python executed while a text is read."""
    count = 0

    def trace(frame: object, event: str, _: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        read(wikitext)
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("bomb", BOMBS)
def test_the_work_grows_with_the_text_and_no_faster(bomb: str) -> None:
    small, large = operations(bomb * 400), operations(bomb * 1600)
    assert large <= 4.4 * small + 1000


@pytest.mark.parametrize(
    ("opening", "closing"), [("{{nowrap|", "}}"), ("{{lang|", "|x}}"), ("[[a|", "]]"), ("\n{|", "\n|}")]
)
def test_nesting_takes_no_more_than_its_length(opening: str, closing: str) -> None:
    deep = [operations(opening * n + "[[a]] {{b|c}}" * 40 * n + closing * n) for n in (20, 80)]
    assert deep[1] <= 4.6 * deep[0]


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS)
def test_the_largest_page_that_is_read_takes_seconds_at_most(bomb: str) -> None:
    """Inside the pattern matcher too nothing grows with the square: 2 MB of that would take hours."""
    import time

    started = time.process_time()
    read(bomb * (2 * 1024 * 1024 // len(bomb)))
    assert time.process_time() - started < 15
