"""What came back from a server, whatever it was, made into text and token counts. Nothing here raises but `Garbled`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hcsp.frozen import Frozen

MOST_CHARACTERS = 200_000


class Garbled(Exception):
    """The bytes are no chat completion."""


class Answer(Frozen):
    """One completion. `refusal` holds the model's words where it declines; token counts are the server's, if any.

    `stopped`: the server was asked to stop at some words and says that the reply ends of itself, or there.
    """

    text: str = ""
    refusal: str = ""
    finish: str = "stop"
    stopped: bool = False
    input_tokens: int | None = None
    output_tokens: int | None = None


def whole(body: bytes) -> Answer:
    """The answer in the body of a response; raises `Garbled`."""
    completion = _object(body)
    choice = _first(completion)
    return _answer(choice.get("message"), choice.get("finish_reason"), completion.get("usage"))


def streamed(body: bytes) -> Answer:
    """The answer put together from server-sent events; raises `Garbled` when they break off."""
    said: dict[str, list[str]] = {"content": [], "refusal": []}
    finish, usage = None, None
    for event in _events(body):
        if isinstance(event.get("choices"), list) and event["choices"]:
            choice = _first(event)
            delta = choice.get("delta")
            for part, words in said.items():
                words.append(_text(delta.get(part)) if isinstance(delta, dict) else "")
            finish = choice.get("finish_reason") or finish
        usage = event.get("usage") or usage
    if finish is None:
        raise Garbled("the stream broke off")
    return _answer({part: "".join(words) for part, words in said.items()}, finish, usage)


def _events(body: bytes) -> Iterator[dict[str, Any]]:
    for line in body.decode("utf-8", "replace").splitlines():
        data = line.removeprefix("data:").strip()
        if line.startswith("data:") and data != "[DONE]":
            yield _object(data.encode())


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Garbled("the body is no JSON, or breaks off") from None
    if not isinstance(found, dict):
        raise Garbled("the body is no JSON object")
    if isinstance(found.get("error"), Mapping) and not found.get("choices"):
        raise Garbled(f"the server reports {_text(found['error'].get('message'))[:200]!r}")
    return found


def _first(completion: dict[str, Any]) -> dict[str, Any]:
    choices = completion.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise Garbled("the body has no choices")
    return choices[0]


def _answer(message: Any, finish: Any, usage: Any) -> Answer:
    if not isinstance(message, dict):
        raise Garbled("the choice has no message")
    counts = usage if isinstance(usage, dict) else {}
    return Answer(
        text=_text(message.get("content"))[:MOST_CHARACTERS],
        refusal=_text(message.get("refusal"))[:MOST_CHARACTERS],
        finish=finish if isinstance(finish, str) else "stop",
        input_tokens=_count(counts.get("prompt_tokens")),
        output_tokens=_count(counts.get("completion_tokens")),
    )


def _text(content: Any) -> str:
    """Text, or the text parts of a list of parts; half surrogate pairs, which no file takes, become question marks."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content.encode("utf-8", "replace").decode() if isinstance(content, str) else ""


def _count(value: Any) -> int | None:
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return value if known else None
