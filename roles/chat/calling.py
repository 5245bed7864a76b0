"""Calls to one model, each entered in the ledger, limited, retried in this one place, and never made twice."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

from pydantic import BaseModel
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from roles.chat.answer import Answer, Garbled
from roles.chat.budget import Budget
from roles.chat.calls import Calls, Label
from roles.chat.entry import Entry
from roles.chat.faults import Cause, FormRefused, Passing
from roles.chat.forms import FORMS, Form, below
from roles.chat.limits import Gate, Rates, Slot
from roles.chat.port import ChatError, Message, Refused
from roles.chat.prices import Price
from roles.chat.server import Asked, Server, Superseded
from roles.chat.settings import ChatSettings
from roles.chat.writer import Writer

_REACH = ("cannot be reached", "check --base-url and that the server runs")
_LASTING: Mapping[Cause, tuple[str, str]] = {
    "unreachable": _REACH,
    "disconnected": _REACH,
    "timeout": ("does not answer in time", "raise --timeout or lower --concurrency"),
    "failing": ("fails again and again", "look at what the server says of it"),
}
"""What is told of a server whose fault did not pass, and what to do."""
MOST_BACKOFF = 30.0
FIRST_RETRIES = 2
POLL = 0.1
GUESSED_REPLY = 1000


@dataclass(frozen=True)
class Pending:
    """A call to be made, or to be taken from the store by its key."""

    key: str
    label: Label
    messages: Sequence[Message]
    schema: type[BaseModel]
    stop: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """About how many are sent: four bytes make one."""
        return sum(len(m.content.encode("utf-8", "replace")) for m in self.messages) // 4 + 8 * len(self.messages)


@dataclass(frozen=True)
class Line:
    """What all models of one server share."""

    server: Server
    gate: Gate
    rates: Rates


@dataclass
class Caller:
    """Makes the calls to one model; `spec` names it with its provider."""

    spec: str
    model: str
    line: Line
    writer: Writer
    settings: ChatSettings
    session: str
    numbers: "count[int]"
    price: Price | None = None
    _running: dict[str, asyncio.Event] = field(default_factory=dict)
    _form: Form | None = None
    _answered: bool = False

    async def answer(self, pending: Pending) -> tuple[str, Answer]:
        """The answer to a call, and the id of the call that it came with.

        Raises `Refused` when this call cannot be answered, `ChatError` when none can.
        """
        while running := self._running.get(pending.key):
            await running.wait()
        done = self._running[pending.key] = asyncio.Event()
        try:
            return await self._answer(pending)
        finally:
            del self._running[pending.key]
            done.set()

    async def note(self, id_: str, why: str) -> None:
        """Enters in the ledger why an answer was not taken."""
        await self.writer.do(lambda calls: calls.note(id_, why))

    async def _answer(self, pending: Pending) -> tuple[str, Answer]:
        while True:
            known, busy = await self.writer.do(lambda calls: self._kept(calls, pending))
            if known:
                return known
            if busy:
                await asyncio.sleep(POLL)
                continue
            try:
                return await self._descending(pending)
            except Superseded:
                continue

    def _kept(self, calls: Calls, pending: Pending) -> tuple[tuple[str, Answer] | None, bool]:
        if known := calls.reply(pending.key):
            calls.hit(self._number(), pending.key, pending.label)
            return known, False
        return None, calls.under_way(pending.key)

    async def _descending(self, pending: Pending) -> tuple[str, Answer]:
        """Asks in the strictest form that the server is not known to refuse, then in the next.

        A call that is refused in each, where others were answered, is that call's bad luck.
        """
        form = self._form or await self._remembered()
        while True:
            try:
                found = await self._retrying(pending, form)
            except FormRefused as refused:
                lower = below(form)
                if lower is None and self._answered:
                    raise Refused(f"{self.line.server.address} refuses this request ({refused})") from None
                if lower is None:
                    raise ChatError(
                        f"{self.line.server.address} refuses calls to {self.model!r} ({refused}); check the settings"
                    ) from None
                form = lower
            else:
                self._answered = True
                await self._remember(form)
                return found

    async def _remembered(self) -> Form:
        known = await self.writer.do(lambda calls: calls.form(self.line.server.address, self.spec))
        strictest = FORMS.index(self.line.server.first)
        form = next((f for f in FORMS[strictest:] if f == known), self.line.server.first)
        self._form = form
        return form

    async def _remember(self, form: Form) -> None:
        if form != self._form:
            self._form = form
            await self.writer.do(lambda calls: calls.set_form(self.line.server.address, self.spec, form))

    async def _retrying(self, pending: Pending, form: Form) -> tuple[str, Answer]:
        passing = retry_if_exception_type((Passing, Garbled))
        jitter, marks = Random(f"{pending.key}:backoff"), [time.monotonic()]
        try:
            async for attempt in AsyncRetrying(
                retry=passing,
                stop=self._stops,
                wait=lambda state: self._waits(state, jitter),
                before_sleep=lambda _: marks.append(time.monotonic()),
                reraise=True,
            ):
                with attempt:
                    return await self._attempt(pending, form)
        except (Passing, Garbled) as fault:
            raise self._gone(fault, marks[:2][-1]) from None
        raise AssertionError("a call ends with an answer or an exception")

    def _stops(self, state: RetryCallState) -> bool:
        """Without an answer so far, a server that does not even accept connections is given up sooner."""
        fault = _fault(state)
        if (state.seconds_since_start or 0.0) > 60 * self.settings.retry_minutes:
            return True
        if isinstance(fault, Passing) and fault.cause == "overloaded":
            return False
        lost = isinstance(fault, Passing) and fault.cause == "unreachable" and self.line.gate.never
        return state.attempt_number > (min(FIRST_RETRIES, self.settings.retries) if lost else self.settings.retries)

    def _waits(self, state: RetryCallState, jitter: Random) -> float:
        """What the server asked for; else the backoff, half of it by chance lest calls come back together."""
        fault = _fault(state)
        if isinstance(fault, Passing) and fault.wait:
            return fault.wait
        full = min(MOST_BACKOFF, self.settings.backoff * 2.0 ** min(state.attempt_number - 1, 30))
        return full * jitter.uniform(0.5, 1.0)

    def _gone(self, fault: Passing | Garbled, failing: float) -> Exception:
        """One call's bad luck where others were answered since it began failing, else the end of the run."""
        address = self.line.server.address
        if isinstance(fault, Passing) and fault.cause == "overloaded":
            return ChatError(
                f"{address} kept putting calls off for {self.settings.retry_minutes:g} minutes ({fault}); set"
                " --requests-per-minute or a lower --concurrency, or run again later: replies that came are kept"
            )
        if self.line.gate.last_success > failing or (isinstance(fault, Garbled) and not self.line.gate.never):
            return Refused(f"{address} fails on this request ({fault})")
        if isinstance(fault, Garbled):
            return ChatError(f"{address} sends no chat completions ({fault}); check --base-url")
        failed, remedy = _LASTING[fault.cause]
        return ChatError(f"{address} {failed} ({fault}); {remedy}, then run again: replies that came are kept")

    async def _attempt(self, pending: Pending, form: Form) -> tuple[str, Answer]:
        async with self.line.gate.slot() as slot:
            await self.line.rates.acquire(pending.tokens)
            entry = Entry(self._number(), self.writer, pending.key, self.session, pending.label, self._budget)
            entry.guess = self._cost(pending.tokens, self.settings.max_tokens or GUESSED_REPLY)
            asked = Asked(entry.id, self.model, pending.messages, pending.schema, form, pending.stop)
            try:
                answer = await self._completed(asked, entry)
            except Passing as fault:
                self._ease(fault, slot)
                raise
            return entry.id, answer

    async def _completed(self, asked: Asked, entry: Entry) -> Answer:
        """One call with its entry in the ledger, which is closed however the call ends."""
        try:
            async with asyncio.timeout(self.settings.timeout):
                answer = await self.line.server.complete(asked, entry.intend)
        except TimeoutError:
            late = Passing("timeout", f"no answer within {self.settings.timeout:g} s")
            await self._entered(late, entry)
            raise late from None
        except Passing as fault:
            await self._entered(fault, entry)
            raise
        except Garbled as fault:
            await entry.failed(str(fault), entry.guess)
            raise
        except (FormRefused, Refused, ChatError) as fault:
            await entry.failed(str(fault))
            raise
        except BaseException as error:
            entry.in_doubt("cancelled" if isinstance(error, asyncio.CancelledError) else type(error).__name__)
            raise
        await entry.answered(answer, self._cost_of(answer, entry.guess))
        return answer

    async def _entered(self, fault: Passing, entry: Entry) -> None:
        """What the model may have worked on counts with its estimated cost; what the server turned away is free."""
        if fault.cause == "unreachable" or entry.begun is None:
            await entry.unsent(str(fault))
        else:
            await entry.failed(str(fault), None if fault.cause in ("overloaded", "failing") else entry.guess)

    def _ease(self, fault: Passing, slot: Slot) -> None:
        if fault.wait > 60 * self.settings.retry_minutes:
            raise ChatError(
                f"{self.line.server.address} asks to wait {fault.wait / 60:,.0f} minutes ({fault}), more than"
                " --retry-minutes; run again then: replies that came are kept"
            )
        if fault.cause == "overloaded":
            slot.overloaded = True
            self.line.gate.pause(fault.wait)

    @property
    def _budget(self) -> Budget:
        return Budget(self.settings.max_calls, self.settings.max_cost)

    def _number(self) -> str:
        return f"{self.session}-{next(self.numbers)}"

    def _cost(self, sent: int, received: int) -> float | None:
        return self.price.cost(sent, received) if self.price else None

    def _cost_of(self, answer: Answer, guess: float | None) -> float | None:
        """By the server's count of tokens; the estimate where it gives none."""
        if answer.input_tokens is None or answer.output_tokens is None:
            return guess
        return self._cost(answer.input_tokens, answer.output_tokens)


def _fault(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
