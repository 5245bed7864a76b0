"""How questions read: one JSON line a preset and style, and one for each of the two examples published with InfoSeek.

Run it as `python -m benchmarks.readability FILE... [--reword]`; each FILE holds records, a JSON line each. With
`--reword` every tree is worded anew in every style, so that the styles are compared on the same trees.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

from hcsp.names import words
from roles.lengths import MOST_WORDS, count_words
from roles.styles import STYLES
from roles.symbolic_writer import ask
from tasks.record import TaskRecord, tree_of
from worlds.relations import known_relations

PUBLISHED = {
    "InfoSeek, example 1": "What is a species of bird that was named by a person employed under his father between "
    "1818 and 1824, whose wife was a British artist, and which has three subspecies and body length is generally no "
    "more than 6 inches?",
    "InfoSeek, example 2": "What is a women's football team whose first goals in the 2. Bundesliga were scored by a "
    "player born in Korogocho, who was discovered and developed by the Mathare Youth Sports Association?",
}
"""Quoted from InfoSeek's README (Apache-2.0)."""
_END = re.compile(r"(?<=[a-zà-ÿ0-9)\"'][a-zà-ÿ0-9)\"'][.?!]) (?=[A-Z\"])")
_RELATIVES = re.compile(r"(?<=[a-zà-ÿ0-9,)\"']) (?:who|whose|that|which|where)\b")
_SHORT = 3
"""Words of so many letters, such as "the" and "was", may come back as often as they like."""


class Figures(NamedTuple):
    """What is counted in one question.

    Attributes:
        words: words between spaces.
        sentences: how many sentences these are in.
        longest: words of the longest sentence.
        depth: relative clauses in the sentence that has most.
        repeated: share of the words of more than three letters that were said before.
        opening: the first two words.
    """

    words: int
    sentences: int
    longest: int
    depth: int
    repeated: float
    opening: str


def sentences(text: str) -> list[str]:
    """The sentences of a text; a full stop after an initial, or before a word in lower case, ends none."""
    return _END.split(text.strip())


def figures(text: str) -> Figures:
    """What is counted in one question."""
    parts = sentences(text)
    said = [word for word in words(text) if len(word) > _SHORT]
    return Figures(
        words=count_words(text),
        sentences=len(parts),
        longest=max(map(count_words, parts)),
        depth=max(len(_RELATIVES.findall(part)) for part in parts),
        repeated=1 - len(set(said)) / len(said) if said else 0.0,
        opening=" ".join(text.split()[:2]),
    )


def summary(texts: Iterable[str], most_words: int | None = None) -> dict[str, Any]:
    """The means over several questions, how many are too long, and how they open."""
    found = [figures(text) for text in texts]
    openings = Counter(one.opening for one in found)
    usual, number = openings.most_common(1)[0]
    return {
        "questions": len(found),
        **{name: round(mean(getattr(one, name) for one in found), 2) for name in Figures._fields[:5]},
        "most_words": max(one.words for one in found),
        "too_long": sum(most_words is not None and one.words > most_words for one in found),
        "openings": len(openings),
        "usual_opening": usual,
        "usual_opening_share": round(number / len(found), 2),
    }


def worded(record: TaskRecord, relations: Mapping[str, str], *, reword: bool) -> Iterator[tuple[str, str]]:
    """The styles of a record with its question in each: its own, or all of them."""
    if not reword:
        yield record.provenance["settings"].get("style", "plain"), record.question
        return
    most, seed = MOST_WORDS[record.provenance["preset"]["name"]], record.provenance["wording_seed"]
    for style in STYLES:
        yield style, ask(tree_of(record), relations, seed, style, most)


def main() -> None:
    """Print the published examples' figures, then those of the records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--reword", action="store_true", help="word every tree anew in every style")
    parsed = parser.parse_args()
    for name, text in PUBLISHED.items():
        print(json.dumps({"source": name, **figures(text)._asdict()}))
    relations = {r: known.label for r, known in known_relations().items()}
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for file in parsed.files:
        for line in file.read_text(encoding="utf-8").splitlines():
            record = TaskRecord.model_validate_json(line)
            world, preset = record.provenance["world"]["name"], record.provenance["preset"]["name"]
            for style, question in worded(record, relations, reword=parsed.reword):
                groups[world, preset, style].append(question)
    for (world, preset, style), questions in sorted(groups.items()):
        row = {"world": world, "preset": preset, "style": style}
        print(json.dumps({**row, **summary(questions, MOST_WORDS.get(preset))}))  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
