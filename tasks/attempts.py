"""What models answered a finished question, and what follows from it: the paper's two filters, as data.

A question that a model answers from memory is too easy; one that its own pages do not settle cannot be verified.
"""

from collections.abc import Iterable, Iterator, Sequence

from hcsp.frozen import Frozen
from tasks.finding import Finding
from tasks.matching import matches

CLOSED_BOOK, FROM_PAGES, ALTERNATIVES = "closed_book", "from_pages", "alternatives"
"""The names of the checks that need a model."""


class Attempt(Frozen):
    """Answers to a question, in order, and how many of them are the answer.

    `refused` counts how often no answer came; `pages` are the ids of those that were shown.
    """

    given: tuple[str, ...]
    right: int
    refused: int = 0
    pages: tuple[str, ...] = ()

    @property
    def conclusive(self) -> bool:
        """Whether it says anything: a right answer does, and else only if every answer came."""
        return self.right > 0 or not self.refused


def attempt(given: Sequence[str], names: Sequence[str], refused: int = 0, pages: Sequence[str] = ()) -> Attempt:
    """An attempt with its right answers counted; `names` are the answer's label and aliases."""
    right = sum(matches(answer, names) for answer in given)
    return Attempt(given=tuple(given), right=right, refused=refused, pages=tuple(pages))


def wrong(attempts: Iterable[Attempt | None], names: Sequence[str]) -> list[str]:
    """All that was answered and is not the answer, each once."""
    given = (answer for tried in attempts if tried for answer in tried.given)
    return [answer for answer in dict.fromkeys(given) if answer.strip() and not matches(answer, names)]


def recalled(tried: Attempt) -> Iterator[Finding]:
    """The difficulty filter: one right answer from memory rejects."""
    if tried.right:
        yield Finding(CLOSED_BOOK, f"{tried.right} of {len(tried.given)} answers from memory are right")


def unsettled(tried: Attempt) -> Iterator[Finding]:
    """The verifiability filter: anything but the one right answer rejects."""
    answers = [answer for answer in tried.given if answer.strip()]
    if not answers:
        yield Finding(FROM_PAGES, "the pages lead to no answer")
    elif len(answers) == 1 and not tried.right:
        yield Finding(FROM_PAGES, f"the pages lead to {answers[0]!r}", name=answers[0])
    elif len(answers) > tried.right:
        yield Finding(FROM_PAGES, f"the pages lead to {len(answers)} answers, {tried.right} of them right")
