"""A Judge played by a chat model: it decides by quotes, and code checks that they stand."""

from collections.abc import Callable, Sequence

from hcsp.frozen import Frozen
from roles.asking import request, shown
from roles.browser import Place
from roles.chat.port import Chat, Refused
from roles.judge import UNKNOWN, Judgement, Verdict
from roles.quoting import names, places
from worlds.model import Entity, Page

LONGEST = 12_000
"""Characters of a page that are read."""


class Judged(Frozen):
    """A reply; page 0 and no quote for `unknown`."""

    verdict: Verdict
    page: int
    quote: str


class ModelJudge:
    """Says yes or no only with a quote that stands on its page and names the rival, or stands on the rival's own page.

    Where no such reply comes the verdict is unknown.
    """

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def judge(self, rival: Entity, clue: str, pages: Sequence[Page]) -> Judgement:
        """The verdict with its place; unknown without a call where there is no page."""
        if not pages:
            return UNKNOWN
        data = {"rival": rival.label, "clue": clue, "pages": shown(pages, LONGEST)}
        call = request("judge", "judge_rival", Judged, data)
        try:
            reply = await self._chat.ask(call, _check(rival, pages))
        except Refused:
            return UNKNOWN
        if reply.verdict == "unknown":
            return UNKNOWN
        page = pages[reply.page - 1]
        return Judgement(verdict=reply.verdict, place=Place(page.id, *places(reply.quote, page.text)[0]))


def _check(rival: Entity, pages: Sequence[Page]) -> Callable[[Judged], str]:
    def check(reply: Judged) -> str:
        if reply.verdict == "unknown":
            return ""
        if not 1 <= reply.page <= len(pages):
            return f"{reply.verdict!r} needs the page that says so; the pages are numbered 1 to {len(pages)}"
        page = pages[reply.page - 1]
        if not places(reply.quote, page.text):
            return f"the quote {reply.quote!r} does not stand on page {reply.page} letter by letter"
        if not names(rival, reply.quote, page):
            return f"the quote {reply.quote!r} does not name {rival.label!r}, and page {reply.page} is not about it"
        return ""

    return check
