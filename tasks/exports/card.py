"""The dataset card of the Hugging Face layout: a header for loaders, then what the rows are and the figures.

The header's keys are those of https://github.com/huggingface/hub-docs/blob/main/datasetcard.md; `configs` names the
file of each split (https://huggingface.co/docs/datasets/repository_structure).
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import quantiles
from string import Template
from typing import Any

from tasks.cells import DIMENSIONS, cell
from tasks.exports.huggingface import figures
from tasks.exports.options import Options
from tasks.exports.source import Source
from tasks.record import TaskRecord

NUMBERS = (
    *("levels", "variables", "vertices", "necessary", "hierarchy", "selectivity", "rival_count"),
    *("dispersion", "dependency", "search_floor", "blind_cost", "t_hit"),
)
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
OPEN = ("https://www.wikidata.org/", "atlas:")
"""Where the pages of a world stand whose text is put together from Wikidata's facts, which are CC0."""
CC0, UNKNOWN = "cc0-1.0", "unknown"
SHOWN = 12
"""Most values of one dimension that are listed."""

_LICENCE = re.compile(r"[a-z0-9][a-z0-9.+-]*")


def licence(given: str | None, quoted: Iterable[str]) -> str:
    """The licence to state: the one given, else CC0 where the URL of every quoted page says that it is Wikidata's."""
    if given is not None:
        return given
    urls = set(quoted)
    return CC0 if urls and all(url.startswith(OPEN) for url in urls) else UNKNOWN


def check_licence(given: str | None) -> None:
    """Raises `ValueError` when `given` is no identifier of a licence."""
    if given is not None and not _LICENCE.fullmatch(given):
        raise ValueError(
            f"--license {given!r}: expected an identifier such as cc0-1.0, cc-by-4.0 or other, in small letters"
        )


@dataclass
class _Seen:
    """What is counted over the records of an export."""

    cells: dict[str, Counter[str]] = field(default_factory=lambda: {d: Counter() for d in DIMENSIONS})
    numbers: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in NUMBERS})
    worlds: set[str] = field(default_factory=set)
    urls: set[str] = field(default_factory=set)

    def add(self, record: TaskRecord) -> None:
        """Count one record."""
        self.worlds.add("{name} {version}".format(**record.provenance["world"]))
        self.urls.update(e["url"] for c in record.constraints for e in c["evidence"])
        for dimension, value in cell(record).items():
            self.cells[dimension][value] += 1
        found = figures(record)
        for name in NUMBERS:
            if found[name] is not None:
                self.numbers[name].append(found[name])


def card(source: Source, options: Options) -> str:
    """The text of README.md."""
    seen = _Seen()
    for record in source.everything():
        seen.add(record)
    stated = licence(options.license, seen.urls)
    left_out = len(source.left_out)
    return _CARD.substitute(
        header=_header(source, stated),
        worlds=", ".join(sorted(seen.worlds)),
        splits=_table(("split", "tasks"), ((s, len(source.ids[s])) for s in source.splits)),
        left_out=f"\nA reader rejected {left_out} more; they are left out.\n" if left_out else "",
        licence=_about_licence(stated, options.license is not None),
        cells=_table(("", "", "tasks"), _cells(seen.cells)),
        numbers=_table(("", "tasks", "least", "quarter", "half", "three quarters", "most"), _spread(seen.numbers)),
        cost=_cost(source),
    )


def _header(source: Source, stated: str) -> str:
    total = sum(len(source.ids[s]) for s in source.splits)
    size = next((name for most, name in SIZES if total < most), "n>1M")
    files = "".join(f"      - split: {s}\n        path: {s}.parquet\n" for s in source.splits)
    return (
        f"license: {json.dumps(stated)}\nlanguage:\n  - en\ntask_categories:\n  - question-answering\n"
        f"size_categories:\n  - {size}\ntags:\n  - deep-research\n  - synthetic\n"
        f"configs:\n  - config_name: default\n    data_files:\n{files}"
    )


def _about_licence(stated: str, given: bool) -> str:
    if stated == UNKNOWN:
        return "No licence is stated. Questions and quotes come from the pages of the world; their terms hold."
    if given:
        return f"`{stated}`, as stated by whoever made this export."
    return (
        f"`{stated}`: all quoted pages are put together from facts of Wikidata, which are in the public domain (CC0), "
        "and so are the questions."
    )


def _cells(counts: Mapping[str, Counter[str]]) -> Iterator[tuple[object, ...]]:
    for dimension, values in counts.items():
        found = sorted(values.items(), key=lambda item: (-item[1], item[0]))
        yield from ((dimension, value, n) for value, n in found[:SHOWN])
        if rest := found[SHOWN:]:
            yield dimension, f"{len(rest)} others", sum(n for _, n in rest)


def _spread(found: Mapping[str, list[int]]) -> Iterator[tuple[object, ...]]:
    for name, numbers in found.items():
        if numbers:
            cuts = quantiles(numbers, n=4, method="inclusive") if len(numbers) > 1 else numbers * 3
            yield f"`{name}`", len(numbers), min(numbers), *(f"{cut:g}" for cut in cuts), max(numbers)


def _cost(source: Source) -> str:
    """What the run spent, where there is one; the candidates without a task are paid for too."""
    entries = list(source.run.ledger()) if source.run else []
    if not entries:
        return "Not known: this was exported from task records, without the ledger of their run."
    total: Counter[str] = Counter()
    for entry in entries:
        total.update(entry.cost)
    accepted = sum(len(entry.accepted) for entry in entries)
    rows = ((f"`{name}`", f"{spent:,.6g}", f"{spent / max(accepted, 1):,.4g}") for name, spent in total.items())
    head = f"{len(entries):,} candidates were tried, {accepted:,} tasks accepted."
    return f"{head}\n\n{_table(('', 'in all', 'per accepted task'), rows)}"


def _table(titles: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    lines = [titles, ("---",) * len(titles), *rows]
    return "\n".join("| " + " | ".join(str(value).replace("|", "\\|") for value in line) + " |" for line in lines)


_CARD = Template("""---
$header---

# Deep-research questions with certificates

Each question has one short answer, proved unique in a closed world, and takes several dependent searches. Synthesised
with taproot after InfoSeek (arXiv 2509.00375). World: $worlds.

$splits
$left_out
```python
import json
from datasets import load_dataset

row = load_dataset("FOLDER", split="train")[0]
certificate = json.loads(row["certificate"])
```

## Columns

`id`, `question`, `answer`, `answer_aliases`, `answer_type`, `steps` (each sub-question with its answer, the deepest
first) and `ladder` (the question cut to its first variables) are the record's own. `root`, `constraints`,
`certificate`, `audit` and `provenance` are the record's too, as JSON text: their keys differ from row to row. `root` is
the research tree as InfoSeek's dataset nests it; `constraints` are its clues and edges with candidate counts and
verbatim evidence; `certificate` is what is proved; `audit` is what the wording withstood.

The other columns follow from these, to choose rows by: `preset`, `levels`, `shape`, `domain`, `variables`, `vertices`
(variables and clues), and of the certificate `necessary` and `hierarchy` (the least number of answers when one clue, or
one sub-question, is left out), `selectivity` (candidates of the narrowest clue), `rival_count`, `dispersion` (pages
that hold all evidence), `dependency` (searches that build on one another), `search_floor` (fewest searches to all
evidence), `blind_cost` and `t_hit` (searches of a plain solver). Where a number is an interval, its lower end stands
here.

## Counts

$cells

## Certificates

$numbers

## Cost

$cost

## Licence

$licence
""")
