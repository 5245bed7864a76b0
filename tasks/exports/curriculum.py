"""The growth ladder as a curriculum: all questions of all tasks, those with few variables first.

Of each task come its sub-questions, which have one proved answer each, and the rungs of its ladder: the tree cut to
its first variables. A rung below the last has clues left out, so that nothing proves its answer; `answer` is null.
"""

from collections.abc import Iterator
from typing import Literal

from tasks.exports.options import Options
from tasks.exports.source import Source
from tasks.exports.tables import Row
from tasks.record import TaskRecord, tree_of


class Lesson(Row):
    """A line of the file.

    Attributes:
        id: the task that the question belongs to.
        step: its place among the questions of that task, from 1 on.
        vertices: how many variables it has.
        kind: a sub-question, a rung of the ladder, or the question of the task itself.
        vertex: the variable that it asks for.
        answer: the one answer that is proved; `None` where none is.
    """

    id: str
    step: int
    vertices: int
    kind: Literal["sub-question", "rung", "task"]
    vertex: str
    question: str
    answer: str | None


def curriculum(source: Source, split: str, options: Options) -> Iterator[Lesson]:
    """The questions of a split: by variables, then in the order of the tasks."""
    lessons = [lesson for record in source.records(split) for lesson in lessons_of(record)]
    yield from sorted(lessons, key=lambda lesson: lesson.vertices)


def lessons_of(record: TaskRecord) -> list[Lesson]:
    """The questions of one task, the one with fewest variables first; of equal ones the sub-questions."""
    tree = tree_of(record)
    asked = [
        (len(tree.below(s["vertex"])), "task" if s["vertex"] == tree.root else "sub-question", s["vertex"], s)
        for s in record.steps
    ]
    asked += [(r["vertices"], "rung", tree.root, r) for r in record.ladder if r["vertices"] < len(tree.variables)]
    asked.sort(key=lambda found: found[0])
    return [
        Lesson.model_validate(
            {"id": record.id, "step": n, "vertices": size, "kind": kind, "vertex": vertex}
            | {"question": said["question"], "answer": said.get("answer")}
        )
        for n, (size, kind, vertex, said) in enumerate(asked, start=1)
    ]
