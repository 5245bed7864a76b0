"""What an attack on a question brings to light."""

from typing import NamedTuple


class Finding(NamedTuple):
    """A check that a question fails and why: the variable, the clauses and the name that it is about, if any."""

    check: str
    why: str
    vertex: str = ""
    clauses: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        where = " ".join(part for part in (self.vertex, *self.clauses) if part)
        return f"{self.check}{f' at {where}' if where else ''}: {self.why}"
