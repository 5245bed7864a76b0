"""Whether an exact literal has a property: whole numbers, years and the letters of strings (design, section 3)."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from hcsp.constraints import PredicateConstraint
from hcsp.names import key
from worlds.literals import time_interval
from worlds.model import Kind

LARGEST = 3_317_044_064_679_887_385_961_980
"""Up to here the bases of `_prime` decide; a larger number has no property that is told."""
_BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)

Args = Sequence[int | str]


def has_property(clue: PredicateConstraint, text: str, kind: Kind) -> bool:
    """Whether a literal has the property; never for a kind of literal or arguments that the predicate does not know.

    `decade` is of times alone, `initial` of strings alone, `palindrome` of all, the others of whole numbers and years.
    """
    if clue.predicate == "initial":
        return kind == "string" and _initial(key(text), clue.args)
    if kind == "string":
        letters = key(text).replace(" ", "")
        return clue.predicate == "palindrome" and not clue.args and bool(letters) and letters == letters[::-1]
    if clue.predicate == "decade" and kind != "time":
        return False
    number = whole(text, kind)
    return number is not None and _NUMBERS[clue.predicate](number, clue.args)


def whole(text: str, kind: Kind) -> int | None:
    """The year of a time, the number of a quantity without decimals; `None` for what is not exactly a whole number."""
    if kind == "time":
        return int(time_interval(text).low)
    try:
        value = Decimal(text.partition(" ")[0])
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    if kind != "quantity" or not isinstance(exponent, int) or exponent < 0 or abs(value) > LARGEST:
        return None
    return int(value)


def _initial(folded: str, args: Args) -> bool:
    letter = key(str(args[0])) if len(args) == 1 else ""
    return len(letter) == 1 and folded.startswith(letter)


def _prime(number: int, args: Args) -> bool:
    """The test of Miller and Rabin, which these bases make exact up to `LARGEST` (Sorenson and Webster 2017)."""
    if args or number < 2:
        return False
    if any(number % base == 0 for base in _BASES):
        return number in _BASES
    halvings = ((number - 1) & (1 - number)).bit_length() - 1
    return all(_probable(number, base, halvings) for base in _BASES)


def _probable(number: int, base: int, halvings: int) -> bool:
    power = pow(base, (number - 1) >> halvings, number)
    for _ in range(halvings):
        if power in (1, number - 1):
            return True
        power = power * power % number
        if power == 1:
            return False
    return False


def _multiple(number: int, args: Args) -> bool:
    return (of := _only_number(args)) is not None and of > 0 and number % of == 0


def _digit_sum(number: int, args: Args) -> bool:
    return _only_number(args) == sum(map(int, str(abs(number))))


def _palindrome(number: int, args: Args) -> bool:
    digits = str(abs(number))
    return not args and digits == digits[::-1]


def _decade(number: int, args: Args) -> bool:
    first = _only_number(args)
    return first is not None and first <= number < first + 10


def _only_number(args: Args) -> int | None:
    return args[0] if len(args) == 1 and isinstance(args[0], int) else None


_NUMBERS: Mapping[str, Callable[[int, Args], bool]] = {
    "prime": _prime,
    "multiple_of": _multiple,
    "digit_sum": _digit_sum,
    "palindrome": _palindrome,
    "decade": _decade,
}
