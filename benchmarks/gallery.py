"""The style gallery, `docs/style-gallery.md`: ten trees of a file of records, each worded in every style.

Run it as `python -m benchmarks.gallery FILE... > docs/style-gallery.md`; each FILE holds records, a JSON line each. The
trees are taken at equal steps from the smallest to the largest.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from roles.lengths import MOST_WORDS, count_words
from roles.styles import STYLES
from roles.symbolic_writer import ask
from tasks.record import TaskRecord, tree_of
from worlds.relations import known_relations

TREES = 10
INTRODUCTION = """# Style gallery

The same tree in each style of the symbolic Writer (`--style plain|terse|narrative`), ten trees from the smallest to the
largest. Each wording reads back to its tree and no other. Made by `python -m benchmarks.gallery` from a file of
records; the figures that go with it are those of `python -m benchmarks.readability --reword`.
"""


def chosen(records: Sequence[TaskRecord], number: int = TREES) -> list[TaskRecord]:
    """Records at equal steps from the smallest tree to the largest, no question twice."""
    different = {record.question: record for record in records}.values()
    ordered = sorted(different, key=lambda record: (len(record.constraints), record.id))
    step = (len(ordered) - 1) / max(1, number - 1)
    places = sorted({round(n * step) for n in range(number)}) if ordered else []
    return [ordered[place] for place in places]


def page(records: Sequence[TaskRecord], relations: Mapping[str, str]) -> Iterator[str]:
    """The lines of the gallery; `relations` labels the relations."""
    yield INTRODUCTION
    for n, record in enumerate(records, start=1):
        preset = record.provenance["preset"]["name"]
        seed, tree = record.provenance["wording_seed"], tree_of(record)
        yield f"## {n}. {len(tree.variables)} variables, {len(tree.clues)} clues ({preset}): {record.answer}\n"
        for style in STYLES:
            question = ask(tree, relations, seed, style, MOST_WORDS[preset])
            yield f"**{style}** ({count_words(question)} words): {question}\n"


def main() -> None:
    """Print the gallery of the records of the given files."""
    lines = [line for file in sys.argv[1:] for line in Path(file).read_text(encoding="utf-8").splitlines()]
    records = [TaskRecord.model_validate_json(line) for line in lines]
    print("\n".join(page(chosen(records), {r: known.label for r, known in known_relations().items()})).rstrip())


if __name__ == "__main__":
    main()
