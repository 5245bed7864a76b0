"""Difficulty presets: the numbers that a certificate must meet (design 1.3)."""

from typing import Literal, NamedTuple

from pydantic import Field

from hcsp.certificate import Certificate, low
from hcsp.constraints import child_of
from hcsp.frozen import Frozen
from hcsp.tree import ResearchTree

Difficulty = Literal["easy", "medium", "hard", "extreme"]


class Preset(Frozen):
    """What a task of one difficulty has to meet, and how large a tree is grown for it.

    Sizes: one variable is asked for beyond the root at least, so that there is a sub-question; past four variables a
    question no longer fits three sentences. A vertex gets up to four clues, the most that a reader holds together.
    """

    name: Difficulty
    levels: tuple[int, int] = Field(description="fewest and most variables on the longest path from the root")
    variables: tuple[int, int] = Field(description="fewest and most variables")
    clues: int = Field(default=4, description="most clues of one variable")
    needed_at: Literal["vertex", "root"] = Field(default="root", description="where leaving out a clue must show")
    necessary: int = Field(default=2, description="fewest candidates left when any one clue is left out")
    hierarchy: int = Field(description="fewest answers left when a sub-question's clues are left out")
    selectivity: int = Field(description="fewest candidates of any clue taken alone")
    root_edge: int = Field(description="fewest candidates that a solved sub-question leaves at the root")
    edge: int = Field(default=2, description="fewest candidates that a solved sub-question leaves elsewhere")
    rivals: int = Field(description="fewest nearest wrong answers")
    dispersion: int | None = Field(default=None, description="fewest pages that together state everything")
    dependency: int | None = Field(default=None, description="shortest chain of dependent queries")
    search_floor: int | None = Field(default=None, description="fewest retrievals that reach full evidence")
    defined_by: tuple[str, ...] = Field(default=(), description="fields without which the preset means nothing")


_EASY = Preset(
    name="easy",
    levels=(2, 3),
    variables=(2, 3),
    needed_at="vertex",
    hierarchy=2,
    selectivity=2,
    root_edge=2,
    rivals=0,
)
_MEDIUM = Preset(
    name="medium",
    levels=(2, 3),
    variables=(2, 4),
    hierarchy=5,
    selectivity=5,
    root_edge=5,
    rivals=5,
    dispersion=3,
    dependency=2,
    search_floor=3,
)
_HARD = _MEDIUM.model_copy(
    update={
        "name": "hard",
        "levels": (3, 4),  # a chain of three dependent queries needs three levels
        "variables": (4, 6),
        "hierarchy": 10,
        "dependency": 3,
        "search_floor": 5,
        "defined_by": ("dependency", "search_floor"),
    }
)
_EXTREME = _HARD.model_copy(update={"name": "extreme", "levels": (3, 5), "search_floor": 7})

PRESETS: dict[Difficulty, Preset] = {p.name: p for p in (_EASY, _MEDIUM, _HARD, _EXTREME)}


class Failure(NamedTuple):
    """One number that a certificate misses: the check, the clue or vertex it is about, and the two values."""

    check: str
    at: str
    found: int
    needed: int

    def __str__(self) -> str:
        where = f" at {self.at}" if self.at else ""
        return f"{self.check}{where}: {self.found}, needs {self.needed}"


def failures(certificate: Certificate, preset: Preset, tree: ResearchTree) -> list[Failure]:
    """What keeps a certificate below a preset, judged on proved values alone; empty when it is met.

    Fields that were not computed do not block.
    """
    found = [] if certificate.unique else [Failure("unique", "", 0, 1)]
    counted = certificate.necessary if preset.needed_at == "root" else certificate.necessary_locally
    found += [Failure("necessary", c, low(n), preset.necessary) for c, n in counted.items()]
    found += [Failure("hierarchy", v, low(n), preset.hierarchy) for v, n in certificate.hierarchy.items()]
    found.append(Failure("selectivity", "", low(certificate.selectivity), preset.selectivity))
    top = {child_of(edge) for edge in tree.edges_of(tree.root)}
    for vertex, n in certificate.edges.items():
        needed = preset.root_edge if vertex in top else preset.edge
        found.append(Failure("edges", vertex, low(n), needed))
    found.append(Failure("rivals", "", low(certificate.rival_count), preset.rivals))
    if not certificate.not_checked:
        floor = certificate.search_floor
        pages = max(preset.dispersion or 0, len(tree.variables) if preset.dispersion else 0)
        found.append(Failure("dispersion", "", certificate.dispersion or 0, pages))
        found.append(Failure("dependency", "", certificate.dependency or 0, preset.dependency or 0))
        wanted = preset.search_floor or 1
        found.append(Failure("unretrievable" if floor is None else "search_floor", "", low(floor or 0), wanted))
    return [f for f in found if f.found < f.needed]
