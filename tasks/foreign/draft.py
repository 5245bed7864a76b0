"""Somebody else's question in a neutral form: variables and claims about them, before anything is looked up."""

from typing import Literal

from pydantic import Field

from hcsp.frozen import Frozen
from hcsp.tree import ResearchTree

Form = Literal["task record", "research tree", "formalisation"]


class Vertex(Frozen):
    """A variable, and the name of the entity that it is said to stand for, where one is given."""

    id: str
    name: str | None = None


class Claim(Frozen):
    """One statement about a variable.

    Attributes:
        text: the statement as published.
        before, after: the words around the far end; told of `vertex`, or if `turned` of the far end.
        target: the variable at the far end.
        constant: the name or the value at the far end. With neither, the far end is somewhere in `before`.
    """

    id: str
    vertex: str
    text: str
    before: str
    after: str = ""
    target: str | None = None
    constant: str | None = None
    turned: bool = False

    @property
    def surface(self) -> str:
        """The words of the claim without the variables in it: what a solver could search for."""
        return " ".join(f"{self.before} {self.constant or ''} {self.after}".split())


class Left(Frozen):
    """A part that could not be certified, and why; the rest is certified without it."""

    part: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.part} ({self.what}): {self.why}" if self.what else f"{self.part}: {self.why}"


class Draft(Frozen):
    """One question as read from a file.

    Attributes:
        name: where it stands in its file, with its id if it has one.
        root: the variable that is asked for; `None` when there is none, and then nothing can be certified.
        asks: where the answer is a value of the root's entity and no entity, the words of what is asked.
        left: what was wrong with the form itself.
        idle: claims that speak of constants alone, and so say nothing about a variable.
        tree, surfaces: the finished tree of a record of ours, with the wording of its constraints.
        made_in: for a record of ours, the hash of the world that it was made in.
    """

    name: str
    form: Form
    question: str
    answer: str
    root: str | None
    vertices: tuple[Vertex, ...] = ()
    claims: tuple[Claim, ...] = ()
    asks: str = ""
    left: tuple[Left, ...] = ()
    idle: tuple[Left, ...] = ()
    tree: ResearchTree | None = None
    surfaces: dict[str, str] = Field(default_factory=dict)
    made_in: str = ""


LONGEST = 2_000
"""Most characters of a claim or a name that are looked at: nothing longer is one."""


def short(text: str, most: int = 160) -> str:
    """A text on one line, control characters replaced, cut where it is long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
