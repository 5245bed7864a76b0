"""A reader's verdicts on tasks: `review.jsonl` beside the tasks, obeyed by whatever is made of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from hcsp.frozen import Frozen
from tasks.files import read


class Verdict(Frozen):
    """What a reader said of one task: kept or left out, and why."""

    id: str
    verdict: Literal["accept", "reject"]
    note: str = ""


def verdicts(path: Path) -> dict[str, Verdict]:
    """The last verdict on each task id, in the order of the file; none where there is no file.

    Raises `ValueError` naming the line that is no verdict.
    """
    found: dict[str, Verdict] = {}
    for number, row in read(path) if path.exists() else ():
        try:
            verdict = Verdict.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            wanted = '{"id": …, "verdict": "accept" or "reject", "note": …}'
            raise ValueError(f"{path} line {number}: no verdict ({where}: {first['msg']}); expected {wanted}") from None
        found[verdict.id] = verdict
    return found


def rejected(found: Mapping[str, Verdict]) -> dict[str, str]:
    """The ids that a reader turned down, with the notes."""
    return {id_: v.note for id_, v in found.items() if v.verdict == "reject"}
