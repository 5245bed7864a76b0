"""Whether a name in a text stands for itself there, or may be a part of a longer one: "Radio Free Europe", "Ed Harris".

Judged by capitals and hyphens alone, so that what is called apart may still be a part; it is for lower bounds, where a
doubt costs evidence and nothing else.
"""

import re
from collections.abc import Callable, Collection

from hcsp.names import words

_WORD_BEFORE = re.compile(r"(?<![\w'’])([^\W\d_][\w'’]*)(\.?) $")
_HELD_BEFORE = re.compile(r"\w[-‐–/]$|& $|\b[^\W\d_a-z]\w* of (?:the )?$")
_HELD_AFTER = re.compile(r" (?:& |[^\W_a-zß-öø-ÿ])|[-‐–/.]\w")
_ENDED = re.compile(r"[.!?:][\"')\]”’]*$")
_SHORT = 5
"""Characters of a name that has to be written as its title is: "at T" is not AT&T."""
_SEEN = 40
"""Characters looked at before a name."""


def apart(text: str, start: int, end: int, opening: int, written: Callable[[], Collection[str]]) -> bool:
    """Whether `text[start:end]` is no part of a longer name in the sentence that begins at `opening`.

    A capital before a name of several words does not matter, for titles and adjectives have one. `written` gives the
    words of the text as they are written: one that opens a sentence and is elsewhere written small is no name.
    """
    before = text[max(opening, start - _SEEN) : start]
    if _HELD_AFTER.match(text, end) or _HELD_BEFORE.search(before):
        return False
    if any(mark.isspace() for mark in text[start:end]):
        return True
    word = _WORD_BEFORE.search(before)
    if word is None or not word[1][0].isupper() or word[1] == "The":
        return True
    opens = start - len(word[0]) == opening
    return opens and word[1].lower() in written()


def shortened(name: str, title: str) -> bool:
    """Whether a name is a title without its brackets, or what follows a comma: a title has these to tell it apart."""
    bare = title.partition(" (")[0].partition(", ")[0]
    return bare != title and words(name) == words(bare)


def respelt(name: str, title: str) -> bool:
    """Whether a short name is written otherwise than the title."""
    return len(name) <= _SHORT and name != title


def ended(text: str, end: int) -> bool:
    """Whether what ends there is a sentence: headings, captions and rows of a table have no stop."""
    return _ENDED.search(text, max(0, end - 4), end) is not None
