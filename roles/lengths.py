"""How long a question may be."""

from collections.abc import Mapping

from hcsp.preset import Difficulty

MOST_WORDS: Mapping[Difficulty, int] = {"easy": 45, "medium": 70, "hard": 110, "extreme": 110}
"""Words of a question of a preset, beyond which nobody keeps its parts in mind."""


def count_words(question: str) -> int:
    """Words between spaces, a number or a name's part being one each."""
    return len(question.split())
