"""From a model's text to an object of the schema. JSON is decoded, never evaluated, and refused if doubtful."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from roles.chat.answer import Answer
from roles.chat.port import Spoken, T

MOST_DEPTH = 64
MOST_STARTS = 50
_UNENDED = re.compile("<think(?:ing)?>")
_THOUGHT = re.compile(r"\A\s*(?:<think(?:ing)?>.*?|[^{]*?)</think(?:ing)?>", re.DOTALL)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Unfit(ValueError):
    """Why a reply is not used, in words that can be sent back to the model."""


def parsed(answer: Answer, schema: type[T]) -> T:
    """The reply as `schema`; raises `Unfit`."""
    if answer.refusal or answer.finish == "content_filter":
        raise Unfit(f"the model declined: {answer.refusal[:200] or 'its content filter stopped the reply'}")
    if schema is Spoken and answer.text.strip():
        return schema(text=_UNFIT.sub("\ufffd", answer.text), stopped=answer.stopped)
    text = _THOUGHT.sub("", answer.text).strip()
    try:
        return _one(text, schema)
    except Unfit:
        if answer.finish == "length":
            raise Unfit("the reply was cut off because it was too long; be brief") from None
        raise


def _one(text: str, schema: type[T]) -> T:
    """The one object in the text that fits, whatever stands around it."""
    if not text:
        raise Unfit("the reply was empty")
    if _UNENDED.match(text):
        raise Unfit("the reply ends within the model's thoughts")
    fitting: list[T] = []
    reasons: list[str] = []
    for candidate in _objects(text, reasons):
        try:
            reply = _fitted(candidate, schema)
        except Unfit as unfit:
            reasons.append(str(unfit))
            continue
        if reply not in fitting:
            fitting.append(reply)
    if len(fitting) > 1:
        raise Unfit("the reply holds several different JSON objects; give one")
    if not fitting:
        raise Unfit(reasons[0] if reasons else "the reply holds no JSON object")
    return fitting[0]


def _objects(text: str, reasons: list[str]) -> Iterator[dict[str, Any]]:
    """The outermost JSON objects in the text, in order; why others are none goes to `reasons`."""
    at = text.find("{")
    for _ in range(MOST_STARTS):
        if at < 0:
            return
        try:
            found, end = _DECODER.raw_decode(text, at)
            yield found
        except (ValueError, RecursionError) as error:
            reasons.append(f"the JSON is not well formed: {_said(error)}")
            end = at + 1
        at = text.find("{", end)


def _said(error: Exception) -> str:
    return str(error)[:200] if isinstance(error, ValueError) else "it is nested too deeply"


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice in one object")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_float, strict=False)


def _fitted(candidate: dict[str, Any], schema: type[T]) -> T:
    _sound(candidate, MOST_DEPTH)
    try:
        return schema.model_validate_json(json.dumps(candidate), strict=True)
    except ValidationError as error:
        raise Unfit("; ".join(_complaint(dict(e)) for e in error.errors(include_url=False)[:3])) from None


def _complaint(error: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"])[:100] or "the object"
    return f"{where}: {error['msg'][:200]}"


def _sound(value: Any, depth: int) -> None:
    """Raises `Unfit` at what no field should hold: control characters, half characters, bottomless nesting."""
    if depth < 0:
        raise Unfit(f"the JSON is nested more than {MOST_DEPTH} deep")
    if isinstance(value, str) and (found := _UNFIT.search(value)):
        raise Unfit(f"a text holds the character U+{ord(found[0]):04X}, which is no text")
    if isinstance(value, dict):
        for key, inner in value.items():
            _sound(key, depth)
            _sound(inner, depth - 1)
    if isinstance(value, list):
        for inner in value:
            _sound(inner, depth - 1)
