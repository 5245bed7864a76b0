"""Where in a text the targets of its links are named, for sources that tell only what a page links to."""

import re
from collections.abc import Iterable, Sequence

from hcsp.names import key
from worlds.corpus.document import Link
from worlds.corpus.wordspans import read_words

_TAKEN = ("",)
_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")


def forms(title: str) -> tuple[str, ...]:
    """What a page calls the subject of another: its title, also without brackets, also without what follows a comma.

    `Mercury (planet)` is `Mercury`, `Paris, Texas` is `Paris`.
    """
    plain = _ASIDE.sub("", title)
    return tuple(dict.fromkeys(form for form in (title, plain, plain.partition(",")[0].strip()) if form))


def located(text: str, targets: Iterable[str]) -> tuple[Link, ...]:
    """A link for each target, where the text first names it by one of its `forms`, in order of appearance.

    Inside a longer form that is looked for, a shorter one is not named. A form that is another target's title stands
    for that one. A target that is not named, or only by a form that it shares with another, comes last as
    `Link(0, 0, target)`, in the order given.
    """
    targets = tuple(dict.fromkeys(targets))
    words, starts, ends = read_words(text)
    read = f" {' '.join(words)} "
    places: dict[str, tuple[int, int]] = {}
    for form, target in _known(targets):
        if (at := read.find(f" {form} ")) >= 0:
            first, size = read.count(" ", 0, at), form.count(" ") + 1
            read = read.replace(f" {form} ", f" {' '.join(_TAKEN * size)} ")
            if target is not None:
                place = starts[first], ends[first + size - 1]
                places[target] = min(place, places.get(target, place))
    found = sorted(Link(*place, target) for target, place in places.items())
    return (*found, *(Link(0, 0, target) for target in targets if target not in places))


def _known(targets: Sequence[str]) -> list[tuple[str, str | None]]:
    """The forms of all targets, those of most words first, each with the one target that it stands for."""
    known: dict[str, set[str]] = {}
    for target in targets:
        known.setdefault(key(target), set()).add(target)
    titles = set(known)
    for target in targets:
        for form in {key(form) for form in forms(target)} - titles:
            known.setdefault(form, set()).add(target)
    known.pop("", None)
    ordered = sorted(known, key=lambda form: (-form.count(" "), form))
    return [(form, next(iter(known[form])) if len(known[form]) == 1 else None) for form in ordered]
