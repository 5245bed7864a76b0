"""Preference pairs for whoever writes questions: an accepted one against a draft of it that was sent back.

TRL's layout for DPO with an explicit prompt (https://huggingface.co/docs/trl/dataset_formats#preference). The prompt
asks for a question with that answer; `kind` and `reasons` say which check sent the draft back.

A draft belongs to the accepted task of the same candidate of a run, or of the same thread where there are no
candidates. It makes no pair when it was given up before it was worded, when it has another answer, or when it is
worded as the accepted question is.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tasks.exports.chat import Message, Messages
from tasks.exports.options import Options
from tasks.exports.source import Source
from tasks.exports.tables import Row
from tasks.files import read
from tasks.record import TaskRecord
from tasks.runs import REJECTED

Key = tuple[object, ...]
NO_DRAFT = {"task", "fault"}
"""Keys of lines that are no drafts: a question that the dataset had no place for, a run that broke off."""
_WANTED = (
    "Write one research question whose answer is {answer} ({kind}). Nothing else may answer it, every clue in it has "
    "to be needed, and finding the answer has to take several searches that build on one another."
)


class Preference(Row):
    """A line of the file: one draft against the task that it became."""

    id: str
    prompt: Messages
    chosen: Messages
    rejected: Messages
    answer: str
    kind: str
    reasons: tuple[str, ...]

    @property
    def question(self) -> str:
        """The accepted question."""
        return self.chosen[0].content


def drafts_file(source: Source, options: Options) -> Path:
    """Where the drafts are; raises `ValueError` when nobody says."""
    if options.drafts is not None:
        return options.drafts
    if source.run is None:
        raise ValueError(
            f"{source.path} is not of a run directory: name its drafts with --drafts ({REJECTED} of its run)"
        )
    return source.run.path / REJECTED


def preference(source: Source, split: str, options: Options) -> Iterator[Preference]:
    """The pairs of a split, in the order of the drafts. Raises `ValueError` for a line that is no draft."""
    tasks: dict[Key, TaskRecord] = {}
    for record in source.records(split):
        kept = record.model_copy(update={"certificate": {}, "audit": {}, "constraints": ()})
        for key in _keys(record.provenance):
            tasks.setdefault(key, kept)
    path = drafts_file(source, options)
    for number, draft in read(path):
        try:
            pair = _pair(tasks, draft)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"{path} line {number}: no draft that was sent back ({error!r})") from None
        if pair is not None:
            yield pair


def _keys(provenance: Mapping[str, Any]) -> Iterable[Key]:
    """By what a draft finds its task, the closest first."""
    candidate = provenance.get("candidate")
    if candidate is not None:
        return ("candidate", candidate["index"], candidate["number"]), ("candidate", candidate["index"])
    return (("thread", provenance["thread_id"]),)


def _pair(tasks: Mapping[Key, TaskRecord], draft: Mapping[str, Any]) -> Preference | None:
    if NO_DRAFT & draft.keys():
        return None
    task = next((tasks[key] for key in _keys({**draft["provenance"], **draft}) if key in tasks), None)
    question = (draft["wording"] or {}).get("question")
    if task is None or question in (None, task.question) or draft["root"] != task.root["entity_id"]:
        return None
    return Preference(
        id=task.id,
        prompt=(Message(role="user", content=_WANTED.format(answer=task.answer, kind=task.answer_type)),),
        chosen=_written(task.question),
        rejected=_written(question),
        answer=task.answer,
        kind=draft.get("kind") or draft["reasons"][0],
        reasons=tuple(draft["reasons"]),
    )


def _written(question: str) -> Messages:
    return (Message(role="assistant", content=question),)
