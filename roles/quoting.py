"""Where a quote stands on a page."""

import re

from hcsp.names import occurring
from worlds.model import Entity, Page


def places(quote: str, text: str) -> list[tuple[int, int]]:
    """The stretches of a text that a quote copies, in order; none for an empty quote.

    Letter by letter, but for whitespace: a run of it counts as one space on both sides, and none at the quote's ends.
    """
    pattern = r"\s+".join(map(re.escape, quote.split()))
    return [match.span() for match in re.finditer(pattern, text)] if pattern else []


def names(entity: Entity, quote: str, page: Page) -> bool:
    """Whether a quote names an entity, or stands on its page: of whom that is about nobody need be told again."""
    called = (entity.label, *entity.aliases)
    return entity.id == page.id or bool(occurring(called, quote)) or page.title in called
