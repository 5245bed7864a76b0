"""Where in a text the targets of its links are named, for sources that tell only what a page links to."""

import re
from collections.abc import Iterable, Sequence

from hcsp.names import key
from worlds.corpus.document import Link
from worlds.corpus.mentions import LONGEST
from worlds.corpus.wordspans import read_words

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
    known = _known(targets)
    places: dict[str, tuple[int, int]] = {}
    taken = bytearray(len(words))
    for first, last, form in _longest_first(words, known):
        if not any(taken[first:last]):
            taken[first:last] = b"\x01" * (last - first)
            if (target := known[form]) is not None:
                place = starts[first], ends[last - 1]
                places[target] = min(place, places.get(target, place))
    found = sorted(Link(*place, target) for target, place in places.items())
    return (*found, *(Link(0, 0, target) for target in targets if target not in places))


def _longest_first(words: Sequence[str], known: Iterable[str]) -> list[tuple[int, int, str]]:
    """Where forms stand among the words, those of most words first, then in order; forms are looked up, not tried."""
    sizes: dict[str, set[int]] = {}
    for form in known:
        sizes.setdefault(form.partition(" ")[0], set()).add(form.count(" ") + 1)
    found = [
        (first, first + size, form)
        for first, word in enumerate(words)
        if word in sizes
        for size in sizes[word]
        if first + size <= len(words) and (form := " ".join(words[first : first + size])) in known
    ]
    return sorted(found, key=lambda run: (run[0] - run[1], run[0]))


def _known(targets: Sequence[str]) -> dict[str, str | None]:
    """The forms of all targets, folded, each with the one target that it stands for, or none when there are several."""
    known: dict[str, set[str]] = {}
    for target in targets:
        known.setdefault(key(target), set()).add(target)
    titles = set(known)
    for target in targets:
        for form in {key(form) for form in forms(target)} - titles:
            known.setdefault(form, set()).add(target)
    return {
        form: next(iter(told)) if len(told) == 1 else None
        for form, told in known.items()
        if form and form.count(" ") < LONGEST
    }
