"""What an answer is worth: a careful examiner's judgement, and the two scores of SQuAD.

Exact match and F1 are those of its evaluation script (Rajpurkar et al. 2016, https://rajpurkar.github.io/SQuAD-explorer):
case, punctuation, articles and spaces aside; the best over all right answers.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable

from hcsp.frozen import Frozen
from tasks.matching import matches

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


class Scores(Frozen):
    """Of one answer; all 0 where none was given."""

    right: bool
    exact: bool
    f1: float


def scores(said: str | None, answers: Iterable[str]) -> Scores:
    """The scores of what was said, `None` for nothing."""
    names = tuple(answers)
    if said is None:
        return Scores(right=False, exact=False, f1=0.0)
    told = normalised(said)
    exact = any(told == normalised(name) for name in names)
    return Scores(right=matches(said, names), exact=exact, f1=max((f1(said, name) for name in names), default=0.0))


def normalised(text: str) -> str:
    """As SQuAD compares: lower case, without punctuation, articles and further spaces."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def f1(said: str, answer: str) -> float:
    """The harmonic mean of precision and recall of the tokens; of two empty texts 1."""
    told, name = normalised(said).split(), normalised(answer).split()
    if not told or not name:
        return float(told == name)
    common = (Counter(told) & Counter(name)).total()
    return 2 * common / (len(told) + len(name))
