"""Names of things that might meet the clues about another one: from searches, from a chat's memory, and handed in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from hcsp.names import key
from roles.asking import together
from roles.chat.port import Chat
from roles.goals import question_of
from roles.library import Library
from roles.model_rivals import rivals
from roles.recalling import recalled
from worlds.model import Entity

FOUND = 5
"""Pages of one search whose subjects may be rivals."""
PROPOSED = 4
"""Rivals that the chat is asked to propose for one variable."""
GUESSES = 2
"""Answers from memory that the chat is asked for at the root; the wrong ones are rivals."""


async def searched(library: Library, clues: Sequence[str]) -> Counter[str]:
    """What pages found by each clue and each pair of clues are about, with how many of the searches brought it."""
    queries = [*clues, *(f"{one} {other}" for one, other in combinations(clues, 2))]
    found = await together(library.subjects(query, FOUND) for query in queries)
    return Counter(name for subjects in found for name in subjects)


async def remembered(chat: Chat, clues: Sequence[str], answer: str, *, root: bool) -> list[str]:
    """What the chat answers from memory to a question made of the clues, at the root, then what it proposes."""
    if not clues:
        return []
    question = question_of(clues)
    guesses = await together(recalled(chat, question, sample) for sample in range(GUESSES if root else 0))
    proposed = await rivals(chat, question, clues, Entity(id=answer, label=answer), PROPOSED)
    return [" ".join(name.split()) for name in (*guesses, *proposed) if name]


def ranked(found: Counter[str]) -> list[str]:
    """Names that came up, the most often first."""
    return sorted(found, key=lambda name: (-found[name], name))


def distinct(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """The names without those that are taken, and none twice, as names are compared."""
    known = {"", *map(key, taken)}
    kept: list[str] = []
    for name in names:
        if key(name) not in known:
            known.add(key(name))
            kept.append(name)
    return kept
