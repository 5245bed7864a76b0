"""What can be said of an exact literal: whether a whole number is prime, how a symbol begins."""

from collections.abc import Iterator
from decimal import Decimal

from hcsp.constraints import Predicate
from worlds.literals import quantity_interval
from worlds.model import Fact

Property = tuple[Predicate, tuple[int | str, ...]]

_FACTORS = range(3, 13)


def properties(fact: Fact) -> Iterator[Property]:
    """The properties of a fact's literal; none of a time, nor of a quantity that is no exact whole number."""
    if fact.kind == "string" and fact.object[:1].isascii() and fact.object[:1].isalpha():
        yield "initial", (fact.object[0].upper(),)
    elif fact.kind == "quantity":
        span = quantity_interval(fact.object)
        if span.low == span.high == span.low.to_integral_value():
            yield from _of_number(abs(int(Decimal(span.low))))


def _of_number(number: int) -> Iterator[Property]:
    if number > 1 and all(number % factor for factor in range(2, int(number**0.5) + 1)):
        yield "prime", ()
    if number > 9:
        yield "digit_sum", (sum(map(int, str(number))),)
        if str(number) == str(number)[::-1]:
            yield "palindrome", ()
    for factor in _FACTORS:
        if number > factor and number % factor == 0:
            yield "multiple_of", (factor,)
