"""What pages claim about a thing: a model proposes, and what has its words on a page stands; nothing else does."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hcsp.names import key, occurs, words
from roles.browser import Claim, Place
from roles.chat.port import Chat
from roles.extracting import Said, extracted, offered
from roles.quoting import names, places
from roles.values import literal, says_value
from worlds.literals import Interval, interval
from worlds.model import Entity, Fact, Page, Relation
from worlds.web.sentences import sentences

LONGEST_NAME = 8
"""Words of the longest name that something can have."""


async def read(chat: Chat, about: Entity, relations: Mapping[str, Relation], pages: Sequence[Page]) -> list[Claim]:
    """The claims about an entity that stand, one a place, sorted; a fact that several pages state comes several times.

    Each has a quote that is on its page letter by letter and names both ends, that whose page it is apart; its place is
    the whole sentence. The other end is the name as it is written there, or a literal that can be compared.
    """
    replies = await extracted(chat, about, offered(relations, time_varying=True), pages)
    found = [_claims(about, said) for reply in replies for said in reply or ()]
    return sorted({claim for claims in found for claim in claims})


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence that holds `text[start:end]`, or these words themselves where no one sentence does."""
    around = next((s for s in sentences(text) if s.start <= start and end <= s.end), None)
    return (around.start, around.end) if around else (start, end)


def _claims(about: Entity, said: Said) -> list[Claim]:
    """What was said, at each place where its quote stands; nothing where it does not hold."""
    fact = _fact(about, said)
    if fact is None or not names(about, said.claim.quote, said.page):
        return []
    text = said.page.text
    spots = dict.fromkeys(sentence(text, *span) for span in places(said.claim.quote, text))
    return [Claim(fact, (Place(said.page.id, start, end),)) for start, end in spots]


def _fact(about: Entity, said: Said) -> Fact | None:
    claim, page, relation = said
    is_subject, is_object = (_denotes(name, about, page) for name in (claim.subject, claim.object))
    if is_subject == is_object or (is_object and relation.kind != "entity"):
        return None
    if relation.kind != "entity":
        value = literal(claim.object, relation.kind) if says_value(claim.quote, claim.object, relation.kind) else None
        return None if value is None else Fact(about.id, relation.id, value, relation.kind)
    far = _name(claim.object if is_subject else claim.subject)
    told = occurs(far, claim.quote) or key(far) == key(page.title)
    if not told or not 0 < len(words(far)) <= LONGEST_NAME:
        return None
    return Fact(about.id, relation.id, far) if is_subject else Fact(far, relation.id, about.id)


def _name(said: str) -> str:
    """A name without an article or a full stop that belongs to the sentence around it."""
    return " ".join(said.split()).removeprefix("the ").rstrip(".,;: ")


def _denotes(name: str, about: Entity, page: Page) -> bool:
    """Whether a name is the entity's, or on the entity's own page a part of it: "Bohr" on that of Niels Bohr."""
    return key(name) == key(about.label) or (page.title == about.label and occurs(name, about.label))


def other_bearers(
    name: str, claims: Iterable[Claim], pages: Sequence[Page], relations: Mapping[str, Relation]
) -> list[str]:
    """Pages titled by a name that contradict the first of them: they are about something else that is called so.

    Two pages contradict each other when all their literals of some functional relation lie apart.
    """
    titled = [page.id for page in pages if page.title == name]
    spans: dict[str, dict[str, list[Interval]]] = {page: defaultdict(list) for page in titled}
    for fact, places_ in claims:
        functional = fact.relation in relations and relations[fact.relation].functional
        if functional and fact.kind in ("time", "quantity") and places_[0].page in spans:
            spans[places_[0].page][fact.relation].append(interval(fact.object, fact.kind))
    return [page for page in titled[1:] if _contradict(spans[titled[0]], spans[page])]


def _contradict(one: Mapping[str, Sequence[Interval]], other: Mapping[str, Sequence[Interval]]) -> bool:
    """Whether two pages give literals of one relation and unit that all lie apart."""
    return any(
        all(a.unit == b.unit and (a.high < b.low or b.high < a.low) for a in one[r] for b in other[r])
        for r in one.keys() & other.keys()
    )
