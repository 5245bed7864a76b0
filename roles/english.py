"""Forms of English nouns, names and numbers: articles, plurals, spans of years, quantities."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from hcsp.names import words
from prompts.phrases import Noun, phrase_book

_PERSON = re.compile(r"(?:person|human|man|woman|character|saint|deity|god|goddess)$")
_PLACE = re.compile(r"\b(?:city|town|village|municipality|district|region|county|province|settlement|capital|island)\b")
_ORGANISATION = re.compile(r"\b(?:university|college|school|institute|company|society|academy|association|publisher)\b")
_HEAD = re.compile(r" (?:of|in|with|for|at|to|on) ")
_BETWEEN = re.compile(r"between [\w.,-]+(?: BC)? and ")


@lru_cache(maxsize=4096)
def article(phrase: str) -> str:
    """`a` or `an`, by the sound that `phrase` begins with."""
    forms = phrase_book().forms
    first = next(iter(words(phrase)), "")
    if first.startswith(forms["vowel_sound"]):
        return "an"
    if first.startswith(forms["consonant_sound"]) and not first.startswith(forms["vowel_exceptions"]):
        return "a"
    return "an" if first[:1] in tuple("aeiou") or first in ("8", "11", "18") else "a"


def indefinite(phrase: str) -> str:
    """The phrase with its indefinite article."""
    return f"{article(phrase)} {phrase}"


def plural(noun: str) -> str:
    """The plural by rule; the head stands before "of", "in", "with" or "for"."""
    if match := re.match(r"(.+?)( (?:of|in|with|for|at|to) .*)", noun):
        return plural(match[1]) + match[2]
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    if re.search(r"(?:s|x|z|ch|sh)$", noun):
        return noun + "es"
    return re.sub(r"man$", "men", noun) if noun.endswith("man") and not noun.endswith("human") else noun + "s"


def _kind(label: str) -> str:
    if _PERSON.search(label):
        return "person"
    if "country" in label.split() or label.endswith("state"):
        return "country"
    if _ORGANISATION.search(label):
        return "organisation"
    return "place" if _PLACE.search(label) else "thing"


@lru_cache(maxsize=4096)
def noun(kind: str) -> Noun:
    """The noun of a type, by the phrase book or else by rule from the type's label."""
    entry = phrase_book().types.get(kind)
    one = (entry or {}).get("one", kind)
    group = "any" if kind == "entity" else entry.get("class", "thing") if entry is not None else _kind(kind)
    return Noun(
        one=one,
        many=(entry or {}).get("many") or plural(one),
        article=(entry or {}).get("a") or article(one),
        kind=group,
        person=group == "person",
        pronoun=(entry or {}).get("pronoun"),
    )


@lru_cache(maxsize=4096)
def is_common_noun(kind: str) -> bool:
    """Whether a type can stand for one of its members, as "county town" can, and says something of it."""
    book = phrase_book()
    if kind in book.categories["never"] or is_role(noun(kind).one):
        return False
    head = (_HEAD.split(kind, maxsplit=1)[0].split() or [""])[-1]
    return kind in book.types or head in book.categories["heads"]


@lru_cache(maxsize=4096)
def category(kind: str) -> str:
    """Any member of a type, as in "was born in a city"; where the noun could be taken for a role, "a kind of" it."""
    entry = noun(kind)
    return f"a kind of {entry.one}" if is_role(entry.one) else f"{entry.article} {entry.one}"


@lru_cache(maxsize=256)
def generic_noun(word: str) -> Noun:
    """The noun that a relation lends to a variable of unknown type."""
    person = phrase_book().generic[word] == "person"
    return Noun(one=word, many=plural(word), article=article(word), kind="any", person=person)


@lru_cache(maxsize=8192)
def denotes_person(label: str) -> bool:
    """Whether an occupation's label is a common noun for a person, as "physicist" is and "acting" is not."""
    roles = phrase_book().roles
    if not label.strip() or label in roles["never"]:
        return False
    last = (label.split(" of ", maxsplit=1)[0].split() or [""])[-1]
    return last in roles["also"] or label in roles["also"] or last.endswith(roles["endings"])


def is_role(label: str) -> bool:
    """Whether the label can stand for the noun itself: a common noun for a person, in lower case."""
    return label == label.lower() and denotes_person(label)


@lru_cache(maxsize=4096)
def called(one: str) -> str:
    """What is left of a noun once the reader knows what is meant: "this city" of a major city, "this actor"."""
    if is_role(one) and " of " not in one:
        return one.rsplit(" ", maxsplit=1)[-1]
    return phrase_book().called.get(one, one)


@lru_cache(maxsize=16384)
def takes_the(label: str) -> bool:
    """Whether a name is said with "the"; what stands in brackets after it does not count."""
    rules = phrase_book().articles
    if label in rules["exact"]:
        return True
    if label.endswith(")") and " (" in label:
        return takes_the(label[: label.rindex(" (")])
    if label in rules["without"] or not label.strip() or label[0].islower():
        return False
    return _headed(label) or _ended(label) or _named_after(label) or _is_title(label)


def _headed(label: str) -> bool:
    """A head such as "University" before "of", "for", "in" or "at"."""
    heads = phrase_book().articles["heads"]
    head, _, rest = label.partition(",")[0].partition(" of ")
    if rest and (head.split() or [""])[-1] in heads and not head.endswith("'s"):
        return True
    place = re.search(r"(\w+) (?:for|in|at) ", label)
    return place is not None and place[1] in heads


def _ended(label: str) -> bool:
    """A last word such as "Society", or "Academy" after "Royal"."""
    rules = phrase_book().articles
    parts = label.partition(",")[0].split()
    if len(parts) < 2:
        return False
    if parts[-1] in rules["endings"] and not parts[0].endswith(("'s", "s'")):
        return True
    return parts[0] in rules["adjectives"] and parts[-1] in ("Academy", "College", "University")


def _named_after(label: str) -> bool:
    """A concept that bears a name: "the Carnot cycle"; one that belongs to its bearer, "Ohm's law", has none."""
    parts = label.split()
    return len(parts) > 1 and parts[-1] in phrase_book().articles["concepts"] and "'" not in label


def _is_title(label: str) -> bool:
    """Somebody called by a title: "the Marquis de Condorcet"."""
    parts = label.split()
    return len(parts) > 2 and parts[0] in phrase_book().articles["titles"] and parts[1] in ("of", "de", "von")


@lru_cache(maxsize=32768)
def named(label: str) -> str:
    """A name as it stands within a sentence: with "the" where English wants it; a title keeps its own "The"."""
    if label.startswith("The "):
        return f"the {label[4:]}" if takes_the(label[4:]) else label
    return f"the {label}" if takes_the(label) else label


@lru_cache(maxsize=32768)
def constant(label: str, slot: str) -> str:
    """A constant in a phrase's slot."""
    return _CONSTANTS[slot](label) if slot in _CONSTANTS else named(label)


def _topic(label: str) -> str:
    many = label[1:] == label[1:].lower() and label.endswith(phrase_book().forms["many_topics"])
    return plural(label) if many else named(label)


def _cause(label: str) -> str:
    return indefinite(label) if label in phrase_book().forms["a_cause"] else label


def _instrument(label: str) -> str:
    return indefinite(label) if label in phrase_book().forms["a_instrument"] else f"the {label}"


def _genre(label: str) -> str:
    return (
        indefinite(label) if label.split(" based ", maxsplit=1)[0].endswith(phrase_book().forms["a_genre"]) else label
    )


def _form(label: str) -> str:
    return f"the {label}" if label.endswith(phrase_book().forms["the_form"]) else label


def _one_of(people: str) -> str:
    """What one of a people is: "Jewish", "an African American", "counted among the Sami"."""
    if people.endswith(" people"):
        return people.removesuffix(" people")
    if people.endswith("s") and " of " not in people:
        return indefinite(people[:-1])
    return f"counted among the {people}"


_CONSTANTS: Mapping[str, Callable[[str], str]] = {
    "raw": lambda label: f"the {label}" if _is_title(label) else label,
    "title": lambda label: f'"{label}"',
    "a": indefinite,
    "many": lambda label: plural(label) if denotes_person(label) else label,
    "topic": _topic,
    "the": lambda label: label if label.startswith("the ") else f"the {label}",
    "people": _one_of,
    "cause": _cause,
    "instrument": _instrument,
    "genre": _genre,
    "form": _form,
}
"""How a constant stands in each slot; elsewhere as a name."""


def enumeration(parts: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def clauses(parts: list[str]) -> str:
    """Verb phrases in a row, with a comma before "and" where a part has one of its own or there are three."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        plain = _BETWEEN.sub("", parts[0])
        return f"{parts[0]}{', and ' if ' and ' in plain or ', ' in plain else ' and '}{parts[1]}"
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"


def _year(year: int) -> str:
    return f"{-year} BC" if year < 0 else f"AD {year}" if year < 100 else str(year)


def _ordinal(number: int) -> str:
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def span(low: str, high: str) -> str:
    """A span of whole years, both ends included: "in 1885", "in the 1870s", "in the 1870s or 1880s", "between …"."""
    first, last = int(low), int(high)
    if first == last:
        return f"in {_year(first)}"
    if first > 999 and last == first + 9 and first % 10 == 0 and first % 100:
        return f"in the {first}s"
    if first > 999 and last == first + 19 and first % 10 == 0 and 0 < first % 100 < 90:
        return f"in the {first}s or {first + 10}s"
    if first > 0 and last == first + 99 and first % 100 == 1:
        return f"in the {_ordinal(last // 100)} century"
    return f"between {_year(first)} and {_year(last)}"


def _number(value: str) -> str:
    whole, dot, rest = value.partition(".")
    return f"{int(whole):,}{dot}{rest}" if len(whole.lstrip("-")) > 4 and whole.lstrip("-").isdigit() else value


def unit_name(unit: str | None, *, one: bool = False) -> str:
    """A unit in words, plural unless `one`; units that the phrase book lacks by rule, symbols as they are."""
    if not unit:
        return ""
    known = phrase_book().units.get(unit)
    if known:
        return known[0] if one else known[1]
    return plural(unit) if unit.islower() and len(unit) > 3 and not one else unit


def amount(low: str, high: str, unit: str | None) -> str:
    """A quantity, both ends included: "of 42", "between 40 and 49 metres"."""
    name = f" {unit_name(unit, one=high == '1')}" if unit else ""
    return f"of {_number(low)}{name}" if low == high else f"between {_number(low)} and {_number(high)}{name}"


def number_word(number: int) -> str:
    """A whole number in words up to twelve, in figures beyond."""
    words_for = phrase_book().forms["numbers"]
    return words_for[number - 1] if 0 < number <= len(words_for) else str(number)


def count(low: int, high: int | None, pick: int = 0) -> str:
    """A number of things, of which a plural noun follows, or after "exactly one" a singular."""
    fewest = number_word(low)
    if high is None:
        return f"{fewest} or more" if low == 1 or pick % 2 else f"at least {fewest}"
    return f"exactly {fewest}" if low == high else f"between {fewest} and {number_word(high)}"


def quality(slot: str, predicate: str, args: Sequence[int | str]) -> str:
    """A property of a number, of the year of an event or of letters: "that is a multiple of seven"."""
    told = [number_word(arg) if isinstance(arg, int) else arg for arg in args]
    return phrase_book().predicates[slot][predicate].format(*told)
