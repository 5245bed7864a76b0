"""A Judge played by a chat model: it decides by quotes, and code checks that they stand."""

from collections.abc import Sequence
from contextlib import suppress

from hcsp.frozen import Frozen
from hcsp.names import key, occurs
from prompts.render import numbered
from roles.asking import request, shown
from roles.browser import Place
from roles.chat.port import Chat, Refused
from roles.judge import UNKNOWN, Held, Judgement, Verdict
from roles.quoting import names, places
from worlds.model import Entity, Page

LONGEST = 12_000
"""Characters of a page that are read."""
FEWEST = 3
"""Words of the shortest quote: fewer stand on any page and state nothing."""


class Judged(Frozen):
    """The verdict on one clue, by its number; page 0 and no quote for `unknown`."""

    clue: int
    verdict: Verdict
    page: int
    quote: str


class Verdicts(Frozen):
    """A reply."""

    verdicts: tuple[Judged, ...]


class ModelJudge:
    """Says yes or no only with a quote that stands on its page and names the rival, or stands on the rival's own page.

    The quote of a yes names what the clue names as well. A reply with any other quote is sent back; where none comes
    that stands as a whole, what stands of the last one holds, and everything else is unknown.
    """

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def judge(self, rival: Entity, clues: Sequence[Held], pages: Sequence[Page]) -> list[Judgement]:
        """Per clue the verdict with its place; all unknown without a call where there is no page."""
        if not pages or not clues:
            return [UNKNOWN for _ in clues]
        told = {"rival": rival.label, "clues": numbered([c.clue for c in clues]), "pages": shown(pages, LONGEST)}
        last: list[Verdicts] = []

        def check(reply: Verdicts) -> str:
            last[:] = [reply]
            given = [said.clue for said in reply.verdicts]
            if sorted(given) != list(range(1, len(clues) + 1)):
                return f"each of the clues 1 to {len(clues)} needs one verdict; there are verdicts on {given}"
            return next((why for said in reply.verdicts if (why := _wrong(said, rival, clues, pages))), "")

        with suppress(Refused):
            last = [await self._chat.ask(request("judge", "judge_rival", Verdicts, told), check)]
        said = [s for reply in last for s in reply.verdicts]
        return [_judgement([s for s in said if s.clue == n], rival, clues, pages) for n in range(1, len(clues) + 1)]


def _judgement(said: Sequence[Judged], rival: Entity, clues: Sequence[Held], pages: Sequence[Page]) -> Judgement:
    """The one verdict on a clue, if there is one and its quote stands."""
    if len(said) != 1 or said[0].verdict == "unknown" or _wrong(said[0], rival, clues, pages):
        return UNKNOWN
    page = pages[said[0].page - 1]
    return Judgement(verdict=said[0].verdict, place=Place(page.id, *places(said[0].quote, page.text)[0]))


def _wrong(said: Judged, rival: Entity, clues: Sequence[Held], pages: Sequence[Page]) -> str:
    """What has to be said again of a verdict; empty when it stands."""
    if said.verdict == "unknown":
        return ""
    where = f"clue {said.clue}: "
    if not 1 <= said.page <= len(pages):
        return f"{where}{said.verdict!r} needs the page that says so; the pages are numbered 1 to {len(pages)}"
    page = pages[said.page - 1]
    if not places(said.quote, page.text):
        return f"{where}the quote {said.quote!r} does not stand on page {said.page} letter by letter"
    if len(said.quote.split()) < FEWEST:
        return f"{where}the quote {said.quote!r} is too short to state anything; quote at least {FEWEST} words"
    if not names(rival, said.quote, page):
        return f"{where}the quote {said.quote!r} does not name {rival.label!r}, and page {said.page} is not about it"
    named = clues[said.clue - 1].name
    if said.verdict == "yes" and not occurs(named, said.quote) and key(page.title) != key(named):
        return f"{where}the quote {said.quote!r} does not name {named!r}"
    return ""
