"""What goes wrong between asking and an answer, and what each kind of it means for the call and the run."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from roles.chat.port import ChatError, Refused, TooLong

Cause = Literal["unreachable", "disconnected", "timeout", "overloaded", "failing"]

_TOO_LONG = (
    "context_length",
    "context length",
    "context size",
    "context window",
    "maximum model length",
    "string_above_max_length",
    "prompt is too long",
    "input token count",
)
"""In OpenAI's words and those of vLLM, SGLang, llama.cpp, Anthropic and Gemini."""
_FILTERED = ("content_filter", "content_policy", "content management policy")
_SPENT = ("insufficient_quota", "insufficient balance", "credit balance", "billing", "exceeded your current quota")
_PASSING = (408, 409, 425, 429)


class Passing(Exception):
    """A failure that may pass; `wait` is what the server asked for, in seconds."""

    def __init__(self, cause: Cause, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.cause, self.why, self.wait = cause, why, wait


class FormRefused(Exception):
    """The server does not take the request, perhaps because of its form."""


@dataclass(frozen=True)
class Place:
    """Where a call went, for messages: the model, the address, and the variable that holds the key."""

    model: str
    address: str
    key_name: str = "OPENAI_API_KEY"


def fault_of(status: int, headers: Mapping[str, str], body: bytes, place: Place) -> Exception:
    """The exception that an unsuccessful response stands for."""
    said, code = _said(body)
    told = f"{status}{f' {said!r}' if said else ''}"
    words = f"{code} {said}".lower()
    if status == 402 or (status in (400, 403, 429) and any(s in words for s in _SPENT)):
        return ChatError(
            f"the quota at {place.address} is spent ({told}); add credit or use another key, then run again"
        )
    if status == 413 or (status in (400, 422, 500) and any(s in words for s in _TOO_LONG)):
        return TooLong(f"the request is too long for {place.model} ({told})")
    if status in _PASSING or status >= 500:
        cause: Cause = "overloaded" if status in (429, 529) else "failing"
        return Passing(cause, told, wait_of(headers))
    return _lasting(status, told, words, place)


def _lasting(status: int, told: str, words: str, place: Place) -> Exception:
    if status == 401:
        return ChatError(f"{place.address} does not accept the key ({told}); set {place.key_name} to one that it does")
    if status == 403:
        return ChatError(
            f"{place.address} does not allow the call ({told}); check that the key in {place.key_name} is for"
            f" {place.model}"
        )
    if any(s in words for s in _FILTERED):
        return Refused(f"the content filter of {place.address} refused the request ({told})")
    if status == 404:
        return ChatError(
            f"{place.address} knows no model {place.model!r} ({told}); check --model"
            + (", and that --base-url ends as the server wants it, often in /v1" if "://" in place.address else "")
        )
    if status in (400, 422, 501):
        return FormRefused(told)
    return ChatError(f"{place.address} refuses the call ({told}); check --base-url and --model")


def wait_of(headers: Mapping[str, str]) -> float:
    """Seconds that a response asks to wait, 0 when it does not say: `retry-after-ms`, seconds or an HTTP date."""
    known = {k.lower(): v.strip() for k, v in headers.items()}
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", milliseconds := known.get("retry-after-ms", "")):
        return float(milliseconds) / 1000
    value = known.get("retry-after", "")
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _said(body: bytes) -> tuple[str, str]:
    """The server's message in one line, and its code; nothing is assumed of the body."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return _line(body.decode("utf-8", "replace")), ""
    error = found.get("error", found) if isinstance(found, dict) else found
    if not isinstance(error, dict):
        return _line(error if isinstance(error, str) else ""), ""
    message = error.get("message") or error.get("detail") or ""
    return _line(message if isinstance(message, str) else ""), str(error.get("code") or error.get("type") or "")[:80]


def _line(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+", " ", text[:2000]).strip()[:200]
