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


class Rumours:
    """What the web and a chat bring up for clues; each set of clues is asked about once."""

    def __init__(self, library: Library, chat: Chat) -> None:
        self._library, self._chat = library, chat
        self._remembered: dict[tuple[str, ...], tuple[str, ...]] = {}

    async def searched(self, clues: Sequence[str]) -> Counter[str]:
        """What pages found by each clue and each pair of clues are about, with how many of the searches brought it."""
        queries = [*clues, *(f"{one} {other}" for one, other in combinations(clues, 2))]
        found = await together(self._library.subjects(query, FOUND) for query in queries)
        return Counter(name for subjects in found for name in subjects)

    async def remembered(self, clues: Sequence[str], answer: str, *, root: bool) -> tuple[str, ...]:
        """What the chat answers from memory to a question made of the clues, at the root, then what it proposes."""
        asked = (answer, str(root), *clues)
        if clues and asked not in self._remembered:
            guesses = await together(self._guess(clues, sample) for sample in range(GUESSES if root else 0))
            about = Entity(id=answer, label=answer)
            proposed = await rivals(self._chat, question_of(clues), clues, about, PROPOSED)
            self._remembered[asked] = tuple(" ".join(name.split()) for name in (*guesses, *proposed) if name)
        return self._remembered.get(asked, ())

    async def _guess(self, clues: Sequence[str], sample: int) -> str | None:
        return await recalled(self._chat, question_of(clues), sample, "judge")


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
