"""From claims to the constraints that could be asked: constants that are safe to name, ranges for literals."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from hcsp.constraints import Asserting, Direction, RangeConstraint, RelationConstraint, ToEntity
from hcsp.names import key, occurs
from hcsp.source import CandidateSource
from roles.browser import Claim
from worlds.literals import quantity_interval, time_interval
from worlds.model import Fact

YEARS = (10, 20, 50)
"""Widths of a range of years, aligned to multiples of themselves: a decade, two, half a century."""
LATEST = 2029
"""No range of years ends after this one: nobody asks what happened by 2049."""
STEPS = ("1", "2", "5", "10", "20", "50")
"""Widths of a range of quantities, in units of a tenth of the value's power of ten."""


def other_end(fact: Fact, entity: str) -> str | None:
    """The entity at the far end of a fact; `None` for a literal."""
    if fact.kind != "entity":
        return None
    return fact.object if fact.subject == entity else fact.subject


def usable_constant(label: str, secrets: Iterable[str]) -> bool:
    """Whether a question may name this constant: a name that holds, or is held by, no name to be kept secret."""
    return bool(key(label)) and not any(occurs(secret, label) or occurs(label, secret) for secret in secrets)


def constraints(
    claim: Claim, entity: str, vertex: str, labels: dict[str, str], secrets: Iterable[str], source: CandidateSource
) -> Iterator[Asserting]:
    """Every clue that a claim about `entity` could become, ids left open.

    `labels` names the constants; those with a namesake, or that would give a secret away, yield nothing.
    """
    fact = claim.fact
    far = other_end(fact, entity)
    if far is None:
        yield from ranges(fact, vertex)
    elif usable_constant(labels[far], secrets) and not source.namesakes(far):
        direction: Direction = "out" if fact.subject == entity else "in"
        target = ToEntity(entity=far, label=labels[far])
        yield RelationConstraint(id="", vertex=vertex, relation=fact.relation, direction=direction, target=target)


def ranges(fact: Fact, vertex: str) -> Iterator[RangeConstraint]:
    """Aligned ranges around a literal, narrow to wide; nothing for a string."""
    if fact.kind == "time":
        year = int(time_interval(fact.object).low)
        for width in YEARS:
            low = year - year % width
            high = low + width - 1
            if high <= LATEST:
                yield RangeConstraint(id="", vertex=vertex, relation=fact.relation, low=str(low), high=str(high))
    elif fact.kind == "quantity":
        yield from _quantity_ranges(fact, vertex)


def _quantity_ranges(fact: Fact, vertex: str) -> Iterator[RangeConstraint]:
    """None starts at zero: "between 0 and 50" says less than it seems to."""
    span = quantity_interval(fact.object)
    middle = (span.low + span.high) / 2
    power = Decimal(1).scaleb(middle.adjusted() - 1) if middle else Decimal(1)
    for step in STEPS:
        width = Decimal(step) * power
        low = (span.low / width).to_integral_value(rounding="ROUND_FLOOR") * width
        if low and span.high <= low + width:
            yield RangeConstraint(
                id="",
                vertex=vertex,
                relation=fact.relation,
                low=_plain(low),
                high=_plain(low + width),
                unit=span.unit or None,
            )


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
