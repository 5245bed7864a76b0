"""The Chat port played by models: whatever comes back is parsed and checked here before anyone sees it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from roles.chat.calling import Caller, Pending
from roles.chat.calls import Label
from roles.chat.forms import schema_text, sent_back
from roles.chat.ledger import Summary, Usage
from roles.chat.port import ChatError, Message, Refused, Request, T
from roles.chat.reply import Unfit, parsed
from roles.chat.settings import ChatSettings
from roles.chat.writer import Writer

SEND_BACKS = 2
MOST_REASON = 500


@dataclass(frozen=True)
class ModelChat:
    """Implements `Chat`. Open it with `open_chat` and use it in that event loop."""

    settings: ChatSettings
    callers: Mapping[str, Caller]
    writer: Writer
    run: str = ""
    item: str = ""
    since: int = 0

    def labelled(self, item: str) -> "ModelChat":
        """The same port with its calls entered in the ledger under `item`, which is a run too where none is named."""
        return replace(self, item=item, run=self.run or item)

    async def from_now_on(self) -> "ModelChat":
        """The same port for items that all begin afresh: of what they used before, nothing counts in `used`."""
        return replace(self, since=await self.writer.do(lambda calls: calls.last()))

    async def ask(self, request: Request[T], check: Callable[[T], str] | None = None) -> T:
        """See `Chat.ask`."""
        caller = self._caller(request.role)
        messages, reason = request.messages, ""
        for _ in range(1 + SEND_BACKS):
            id_, answer = await caller.answer(self._pending(request, messages, caller))
            try:
                reply = parsed(answer, request.schema)
                reason = check(reply) if check else ""
            except Unfit as unfit:
                reason = str(unfit)
            else:
                if not reason:
                    return reply
            await caller.note(id_, reason[:MOST_REASON])
            messages = (*messages, *sent_back(answer, reason[:MOST_REASON], request.schema))
        raise Refused(reason)

    async def summary(self, item: str | None = None) -> Summary:
        """The ledger of this run, or of one of its items."""
        return await self.writer.do(lambda calls: calls.summary(self.run, item))

    async def used(self, item: str) -> Usage:
        """The replies that an item rests on, see `Calls.used`."""
        return await self.writer.do(lambda calls: calls.used(item, self.since))

    def cost(self, role: str, sent: int, received: int) -> float | None:
        """US dollars for so many tokens of a role's model; `None` where its price is not known."""
        price = self._caller(role).price
        return price.cost(sent, received) if price else None

    def _caller(self, role: str) -> Caller:
        spec = self.settings.model_of(role)
        if spec is None or spec not in self.callers:
            raise ChatError(f"no model plays the {role}; give --model or --{role}-model")
        return self.callers[spec]

    def _pending(self, request: Request[T], messages: tuple[Message, ...], caller: Caller) -> Pending:
        label = Label(request.role, request.prompt, caller.spec, self.run, self.item)
        key = key_of(request, messages, caller.spec, self.settings)
        return Pending(key, label, messages, request.schema, request.stop)


def key_of(request: Request[T], messages: tuple[Message, ...], spec: str, settings: ChatSettings) -> str:
    """What makes a call this call. The address is no part of it: a server may move while a run is resumed."""
    asked = {
        "model": spec,
        "parameters": {"temperature": settings.temperature, "max_tokens": settings.max_tokens},
        "messages": [(m.role, m.content) for m in messages],
        "schema": schema_text(request.schema),
        "sample": request.sample,
    } | ({"stop": request.stop} if request.stop else {})
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
