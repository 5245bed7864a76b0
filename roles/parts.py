"""The parts of a sentence: verb phrases, and what fills their templates."""

from collections.abc import Sequence
from dataclasses import dataclass

from prompts.phrases import Template
from roles import english
from roles.fallback import PREPOSITIONS
from roles.grammar import Piece


@dataclass(frozen=True)
class Item:
    """One verb phrase of a list, and what is told in it; `whose` if it follows that word instead of "who"."""

    text: str
    pieces: tuple[Piece, ...]
    whose: bool = False

    def led_by(self, which: str) -> str:
        """The item with a relative pronoun of its own."""
        return f"{'whose' if self.whose else which} {self.text}"


@dataclass
class Part:
    """What fills one template: names in a row, then perhaps a noun with a clause of its own."""

    template: Template
    values: list[str]
    clause: str | None = None

    @property
    def text(self) -> str:
        """The part without the stem."""
        filling = english.enumeration(self.values) if self.values else ""
        if self.clause is not None:
            joint = ", and " if len(self.values) > 1 else " and "
            filling += f"{joint}{repeated(self.template)}{self.clause}" if self.values else self.clause
        return f"{self.template.lead}{filling}{self.template.tail}"


def repeated(template: Template) -> str:
    """The preposition that is said again before a clause in a row: "by Kant and by someone who …"."""
    last = template.lead.split()[-1]
    return f"{last} " if last in PREPOSITIONS else ""


def joined(parts: Sequence[Part], joint: str = " ") -> str:
    """Parts of one stem in a row; the one with a clause last."""
    ordered = sorted(parts, key=lambda part: part.clause is not None)
    return ordered[0].template.stem + joint.join(part.text for part in ordered)
