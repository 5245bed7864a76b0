"""N-Triples as in Wikidata's truthy dump: what is taken, what is counted, and what is said of bad lines."""

import bz2
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worlds.model import Fact
from worlds.ntriples import read_ntriples
from worlds.triples import read_triples

ITEM, DIRECT = "http://www.wikidata.org/entity/", "http://www.wikidata.org/prop/direct/"
LABEL, ALIAS = "http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#altLabel"
XSD = "http://www.w3.org/2001/XMLSchema#"


def item(subject: str, relation: str, target: str) -> str:
    return f"<{ITEM}{subject}> <{DIRECT}{relation}> <{ITEM}{target}> ."


def literal(subject: str, relation: str, text: str, kind: str = "") -> str:
    return f'<{ITEM}{subject}> <{DIRECT}{relation}> "{text}"{f"^^<{XSD}{kind}>" if kind else ""} .'


def says(subject: str, predicate: str, text: str, language: str = "en") -> str:
    return f'<{ITEM}{subject}> <{predicate}> "{text}"@{language} .'


DOUGLAS = (
    says("Q42", LABEL, "Douglas Adams"),
    says("Q42", LABEL, "Douglas Adams", "de"),
    says("Q42", ALIAS, "Douglas No\\u00EBl Adams"),
    says("Q42", "http://schema.org/description", "English writer"),
    says("Q5", LABEL, "human"),
    says("Q154954", LABEL, "natural person"),
    says("P9999", LABEL, "towel of"),
    item("Q42", "P31", "Q5"),
    item("Q5", "P279", "Q154954"),
    item("Q154954", "P279", "Q5"),
    item("Q42", "P19", "Q350"),
    item("Q42", "P9999", "Q350"),
    literal("Q42", "P569", "1952-03-11T00:00:00Z", "dateTime"),
    literal("Q42", "P2048", "+1.96", "decimal"),
    literal("Q42", "P345", "nm0010930"),
)


def write(folder: Path, *lines: str, name: str = "truthy.nt") -> Path:
    path = folder / name
    content = "".join(f"{line}\n" for line in lines).encode()
    pack = {".gz": gzip.compress, ".bz2": bz2.compress}.get(path.suffix, bytes)
    path.write_bytes(pack(content))
    return path


@pytest.mark.parametrize("name", ["truthy.nt", "truthy.nt.gz", "truthy.nt.bz2"])
def test_items_become_entities_and_statements_facts(tmp_path: Path, name: str) -> None:
    found = read_triples(write(tmp_path, *DOUGLAS, name=name), "w")
    adams = next(e for e in found.data.entities if e.id == "Q42")
    assert (adams.label, adams.aliases) == ("Douglas Adams", ("Douglas Noël Adams",))
    assert adams.types == ("human", "natural person")
    assert found.descriptions == {"Q42": "English writer"}
    assert set(found.data.facts) == {
        Fact("Q42", "P19", "Q350"),
        Fact("Q42", "P9999", "Q350"),
        Fact("Q42", "P569", "1952-03-11", "time"),
        Fact("Q42", "P2048", "1.96", "quantity"),
        Fact("Q42", "P345", "nm0010930", "string"),
    }
    assert {r.id: r.label for r in found.data.relations}["P9999"] == "towel of"
    assert found.skipped == {"other language": 1}
    assert "P9999" not in {e.id for e in found.data.entities}


def test_another_language_gives_other_labels(tmp_path: Path) -> None:
    path = write(tmp_path, says("Q1", LABEL, "Universe"), says("Q1", LABEL, "Universum", "de"), item("Q1", "P19", "Q2"))
    assert read_triples(path, "w", language="de").data.entities[0].label == "Universum"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"<{ITEM}Q1> <http://schema.org/version> <{ITEM}Q2> .", "other predicate"),
        (item("P31", "P19", "Q2"), "subject is no item"),
        (f"_:b <{DIRECT}P19> <{ITEM}Q2> .", "subject is no item"),
        (f"<{ITEM}Q1> <{DIRECT}P19> _:unknown .", "unknown value"),
        (f"<{ITEM}Q1> <{DIRECT}P18> <http://commons.wikimedia.org/wiki/x.jpg> .", "value is no item"),
        (f'<{ITEM}Q1> <{DIRECT}P625> "Point(1 2)"^^<http://www.opengis.net/ont/geosparql#wktLiteral> .', "literal of"),
        (f'<{ITEM}Q1> <{DIRECT}P1476> "Titel"@de .', "other language"),
        (f"<{ITEM}Q1> <{LABEL}> <{ITEM}Q2> .", "saying is no text"),
        (literal("Q1", "P569", "long ago", "dateTime"), "unreadable literal"),
        (literal("Q1", "P2048", "tall", "decimal"), "unreadable literal"),
        (literal("Q1", "P19", "Cambridge"), "value of another kind"),
    ],
)
def test_what_is_passed_over_is_counted(tmp_path: Path, line: str, why: str) -> None:
    found = read_triples(write(tmp_path, item("Q1", "P19", "Q3"), line), "w")
    assert found.data.facts == [Fact("Q1", "P19", "Q3")]
    assert [(reason.startswith(why), n) for reason, n in found.skipped.items()] == [(True, 1)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1952-03-11T00:00:00Z", "1952-03-11"),
        ("1952-03-01T00:00:00Z", "1952-03"),
        ("1952-01-01T00:00:00Z", "1952"),
        ("1952-00-00T00:00:00Z", "1952"),
        ("-0043-03-15T00:00:00Z", "-0043-03-15"),
    ],
)
def test_a_time_says_no_more_than_it_may_know(tmp_path: Path, written: str, read: str) -> None:
    found = read_ntriples(write(tmp_path, literal("Q1", "P569", written, "dateTime")))
    assert list(found.facts) == [Fact("Q1", "P569", read, "time")]


@pytest.mark.parametrize("bad", ["nonsense", "<a> <b", f'<{ITEM}Q1> <{DIRECT}P19> "x', '"a" <x:y> <z:a> .', "\0"])
def test_a_bad_line_is_named_or_counted(tmp_path: Path, bad: str) -> None:
    path = write(tmp_path, "# a comment", item("Q1", "P19", "Q2"), bad, "", item("Q3", "P19", "Q4"))
    with pytest.raises(ValueError, match=r"truthy\.nt line 3: not N-Triples \(.+\)$"):
        read_triples(path, "w")
    found = read_triples(path, "w", lenient=True)
    assert [f.subject for f in found.data.facts] == ["Q1", "Q3"]
    assert found.skipped == {"not N-Triples": 1}


@pytest.mark.parametrize("name", ["truthy.nt.gz", "truthy.nt.bz2"])
def test_an_archive_that_breaks_off_is_named_or_counted(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, *(item(f"Q{n}", "P19", f"Q{n * 7919 % 100_003}") for n in range(50_000)), name=name)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ValueError, match="cannot be read to its end"):
        read_triples(path, "w")
    if name.endswith(".gz"):
        found = read_triples(path, "w", lenient=True)
        assert found.skipped == {"damaged archive": 1}
        assert 1000 < len(found.data.facts) < 50_000


@pytest.mark.parametrize("content", ["", "# nothing\n", says("Q1", LABEL, "Universe") + "\n"])
def test_a_file_without_facts_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "empty.nt"
    path.write_text(content)
    with pytest.raises(ValueError, match="holds no facts"):
        read_triples(path, "w")


@given(st.text(max_size=60))
def test_any_line_is_read_or_counted(tmp_path_factory: pytest.TempPathFactory, line: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.nt"
    path.write_bytes(line.encode("utf-8", "surrogatepass") + f"\n{item('Q1', 'P19', 'Q2')}\n".encode())
    assert Fact("Q1", "P19", "Q2") in read_ntriples(path, lenient=True).facts
