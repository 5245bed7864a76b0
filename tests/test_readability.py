"""The figures by which questions are compared as reading, and the style gallery."""

from pathlib import Path

import planted_world
import pytest
from paper_world import SPARROW, WERDER
from tiny_world import build_tiny_world

from benchmarks.gallery import chosen, page
from benchmarks.readability import PUBLISHED, figures, sentences, summary, worded
from roles.lexicon import Vocabulary
from roles.reading import reads_as
from roles.styles import STYLES
from tasks.record import tree_of


def test_the_published_examples_are_quoted_as_they_stand() -> None:
    assert list(PUBLISHED.values()) == [SPARROW["root"]["question"], WERDER["root"]["question"]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Who studied under J. J. Thomson?", 1),
        ("A pupil of J. J. Thomson died in St. Louis. Who is it?", 2),
        (WERDER["root"]["question"], 1),
        ('A film has an actor in common with "Lock Up". Which film is it?', 2),
        ("Someone lived in the 1880s. Who knew this person?", 2),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, parts: int) -> None:
    assert len(sentences(text)) == parts


def test_figures_of_a_question() -> None:
    found = figures("A person who taught Bohr taught someone who died in Ulm. Which person taught Bohr?")
    assert found._replace(repeated=0) == (15, 2, 11, 2, 0, "A person")
    assert found.repeated == pytest.approx(4 / 10)


def test_a_summary_counts_what_is_too_long_and_how_questions_open() -> None:
    found = summary(["Who died in Ulm?", "Who died in Ulm or Bonn?", "Which city is it?"], 5)
    assert (found["questions"], found["too_long"], found["most_words"]) == (3, 1, 6)
    assert (found["openings"], found["usual_opening"], found["usual_opening_share"]) == (2, "Who died", 0.67)


def test_the_gallery_words_each_tree_in_every_style(tmp_path: Path) -> None:
    cases = planted_world.accepted(str(build_tiny_world(tmp_path)), planted_world.TINY, 2)
    records = [case.record for case in cases]
    assert chosen(records * 2, 5) == sorted(records, key=lambda r: (len(r.constraints), r.id))
    text = "\n".join(page(records, {}))
    assert text.count("## ") == len(records)
    for record in records:
        said = dict(worded(record, {}, reword=True))
        assert list(said) == list(STYLES)
        assert all(question in text for question in said.values())
        assert dict(worded(record, {}, reword=False)) == {"plain": record.question}
        tree = tree_of(record)
        assert all(reads_as(question, tree, Vocabulary.of(tree, {})) for question in said.values())
