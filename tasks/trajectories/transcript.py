"""Trajectories as text in the paper's format, and back.

    <think>…</think>
    <search>
    one query
    another query
    </search>
    <information>
    …
    </information>
    <think>…</think>
    <answer>…</answer>

What a solver says is kept verbatim; the environment alone writes `<information>` (InfoSeek, arXiv 2509.00375).
"""

import re
from collections.abc import Iterable, Sequence

from tasks.trajectories.information import CLOSE, OPEN, disarmed, information, read_information
from tasks.trajectories.trajectory import Search, Turn

_TAG = re.compile("<(/?)(think|search|information|answer)>")
_FORGED = re.compile(r"<(?=/?information>)")
Blocks = list[tuple[str, str]]
"""The tags of a turn in order, each with what stands inside."""

NOTHING = "nothing was said"
NO_ACTION = "neither a search nor an answer"
FORGED = "an <information> block of its own"
TWO_ANSWERS = "two answers"
BOTH = "a search and an answer together"
EMPTY_QUERY = "an empty search"
EMPTY_ANSWER = "an empty answer"
UNCLOSED = "<{}> is not closed"
UNOPENED = "</{}> closes nothing"
INSIDE = "<{}> inside <{}>"
REFUSED = "no search was made: "


class _Fault(ValueError):
    """Why a text is no turn."""


def say(think: str, queries: Iterable[str] = (), answer: str | None = None) -> str:
    """A turn in the format, its parts disarmed so that `parse_turn` gives them back."""
    asked = [disarmed(query).strip() for query in queries]
    parts = [f"<think>{think.replace('<', '‹')}</think>"]
    parts += ["\n".join(("<search>", *asked, "</search>"))] if asked else []
    parts += [f"<answer>{disarmed(answer).strip()}</answer>"] if answer is not None else []
    return "\n".join(parts)


def parse_turn(text: str) -> Turn:
    """What a solver says in a text, whatever that is; where it is no turn, `fault` names why and nothing is asked.

    A turn either searches or answers. It may think, and say more outside of tags. A search holds a query a line.
    """
    found: Blocks = []
    told = _FORGED.sub("‹", text)
    try:
        _find(told, found)
        if told != text:
            raise _Fault(FORGED)
        return _turn(text, found)
    except _Fault as fault:
        return Turn(think=_think(found), said=text, fault=str(fault) if told == text else FORGED)


def _turn(text: str, found: Blocks) -> Turn:
    queries = [_queries(inside) for tag, inside in found if tag == "search"]
    answers = [inside.strip() for tag, inside in found if tag == "answer"]
    for is_so, fault in (
        (not text.strip(), NOTHING),
        (not queries and not answers, NO_ACTION),
        (len(answers) > 1, TWO_ANSWERS),
        (bool(queries and answers), BOTH),
        (not all(queries), EMPTY_QUERY),
        (not all(answers), EMPTY_ANSWER),
    ):
        if is_so:
            raise _Fault(fault)
    searches = tuple(Search(query=query) for several in queries for query in several)
    return Turn(think=_think(found), searches=searches, answer=answers[0] if answers else None, said=text)


def _find(text: str, found: Blocks) -> None:
    """Adds what stands between the tags; raises where they do not fit."""
    open_, since = "", 0
    for match in _TAG.finditer(text):
        closes, tag = bool(match[1]), match[2]
        if closes and tag == open_:
            found.append((tag, text[since : match.start()]))
            open_ = ""
        elif open_:
            raise _Fault(INSIDE.format(f"{match[1]}{tag}", open_))
        elif closes:
            raise _Fault(UNOPENED.format(tag))
        else:
            open_, since = tag, match.end()
    if open_:
        raise _Fault(UNCLOSED.format(open_))


def _think(found: Blocks) -> str:
    return "\n".join(inside.strip() for tag, inside in found if tag == "think")


def _queries(inside: str) -> list[str]:
    return [line.strip() for line in inside.split("\n") if line.strip()]


def transcript(turns: Sequence[Turn]) -> str:
    """The whole text: what was said, and after each turn that is no answer what the environment showed.

    A block that the solver forged is disarmed, so that every `<information>` in a transcript is the environment's.
    """
    return "".join(text for text, _ in parts(turns))


def parts(turns: Sequence[Turn]) -> list[tuple[str, bool]]:
    """The transcript in pieces, each with whether the solver said it: only those are to be learnt."""
    pieces: list[tuple[str, bool]] = []
    for turn in turns:
        pieces.append((_FORGED.sub("‹", turn.said), True))
        if turn.answer is None:
            pieces.append((f"\n{shown(turn)}\n", False))
    return pieces


def shown(turn: Turn) -> str:
    """What the environment says to a turn that is no answer."""
    return information(turn.searches, note=f"{REFUSED}{turn.fault}" if turn.fault else "")


def read_transcript(text: str) -> tuple[Turn, ...]:
    """The turns of a transcript. Never raises: what is no turn has its fault named."""
    turns: list[Turn] = []
    rest = text
    while rest.strip():
        said, opened, rest = rest.partition(f"\n{OPEN}\n")
        turn = parse_turn(said)
        if opened:
            block, closed, rest = rest.partition(f"\n{CLOSE}\n")
            turn = answered_by(turn, block) if closed else turn.model_copy(update={"fault": UNCLOSED.format(OPEN)})
        turns.append(turn)
    return tuple(turns)


def answered_by(turn: Turn, block: str) -> Turn:
    """A turn with what the environment brought for its searches, in order, or why it brought nothing.

    Searches for which there is nothing in the block were not made.
    """
    came, note = read_information(block)
    if note.startswith(REFUSED):
        return Turn(think=turn.think, said=turn.said, fault=note.removeprefix(REFUSED))
    asked = [disarmed(search.query) for search in turn.searches]
    if [search.query for search in came] != asked[: len(came)]:
        return turn.model_copy(update={"searches": ()})
    brought = (new.model_copy(update={"query": old.query}) for old, new in zip(turn.searches, came, strict=False))
    return turn.model_copy(update={"searches": tuple(brought)})
