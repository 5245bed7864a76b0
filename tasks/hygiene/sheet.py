"""A review sheet in Markdown: what a person needs to judge each task, and a place for the verdict."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from hcsp.constraints import TypeConstraint, is_edge
from tasks.record import TaskRecord, tree_of

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def review_sheet(records: Sequence[TaskRecord], unchecked: Sequence[str], verdicts: str) -> str:
    """The sheet of some tasks; `unchecked` is what no program has judged, `verdicts` the file for a reader's."""
    head = [
        "# Review",
        "",
        f"{len(records)} tasks. Read the question, follow the evidence, look at the rivals: is the answer right, is it "
        "the only one, does the question say what its clues mean?",
        f"No program has judged: {', '.join(unchecked)}. Tick one box a task, and append the line of your verdict to",
        f"{_plain(verdicts)} (the last line of an id counts). A rejected task leaves at the next run.",
        "",
    ]
    return "\n".join([*head, *(line for n, record in enumerate(records, 1) for line in _task(n, record))])


def _task(number: int, record: TaskRecord) -> Iterator[str]:
    yield f"## {number}. {record.id}"
    yield from ("", f"> {_plain(record.question)}", "")
    also = f" (also: {', '.join(map(_plain, record.answer_aliases))})" if record.answer_aliases else ""
    yield f"**Answer:** {_plain(record.answer)}{also}, {_plain(record.answer_type)}"
    yield from ("", *_steps(record), *_clues(record), *_rivals(record), *_evidence(record))
    yield from ("**Verdict:** [ ] accept  [ ] reject  Note:", "", "```")
    yield from (json.dumps({"id": record.id, "verdict": v, "note": ""}) for v in ("accept", "reject"))
    yield from ("```", "")


def _steps(record: TaskRecord) -> Iterator[str]:
    yield from (f"{n}. {_plain(s['question'])} **{_plain(s['answer'])}**" for n, s in enumerate(record.steps[:-1], 1))
    yield ""


def _clues(record: TaskRecord) -> Iterator[str]:
    necessary: Mapping[str, Any] = record.certificate["necessary"]
    kinds = {
        c.id: "noun" if isinstance(c, TypeConstraint) else "edge" if is_edge(c) else "clue"
        for c in tree_of(record).constraints
    }
    yield "| | | claim | candidates | answers without it |"
    yield "| --- | --- | --- | --- | --- |"
    for c in record.constraints:
        without = _count(necessary[c["id"]]) if c["id"] in necessary else ""
        yield f"| {c['id']} | {kinds[c['id']]} | {_plain(c['claim'])} | {_count(c['candidates'])} | {without} |"
    yield ""


def _rivals(record: TaskRecord) -> Iterator[str]:
    claims = {c["id"]: c["claim"] for c in record.constraints}
    told = (
        f"- {_plain(r['label'])}: fails {'; '.join(_plain(f'{c} ({claims[c]})') for c in r['fails'])}"
        for r in record.certificate["rivals"]
    )
    yield from (f"**Nearest wrong answers** ({_count(record.certificate['rival_count'])}):", "", *told, "")


def _evidence(record: TaskRecord) -> Iterator[str]:
    yield from ("**Evidence:**", "")
    quotes = [(e["title"], e["url"], c["id"], e["quote"]) for c in record.constraints for e in c["evidence"]]
    for (title, url), group in groupby(sorted(quotes), key=lambda quote: quote[:2]):
        yield f"- {_plain(title)}, {_plain(url)}"
        yield from (f"  - {clue}: “{_plain(quote)}”" for _, _, clue, quote in group)
    yield ""


def _count(value: Any) -> str:
    """A count of a certificate, as it stands in a record."""
    return f"{value['low']} to {value['high']}" if isinstance(value, dict) else str(value)


def _plain(text: str) -> str:
    """Somebody's words on one line, without effect as Markdown or HTML."""
    return _MARKUP.sub(r"\\\1", " ".join(str(text).split()))
