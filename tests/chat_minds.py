"""What stands behind the chat server of the tests: a script, the same with faults, and chance."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Literal, get_args

from chat_server import Asked, Mind, Said

Fault = Literal[
    "rate_limit",
    "server_error",
    "slow",
    "truncated",
    "cut_json",
    "wrong_schema",
    "prose",
    "refusal",
    "empty",
    "filtered",
    "disconnect",
    "wrong_key",
    "unknown_model",
    "quota",
    "no_schema",
    "no_json",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)
PASSING: tuple[Fault, ...] = ("rate_limit", "server_error", "truncated", "cut_json", "disconnect")
UNFIT: tuple[Fault, ...] = ("wrong_schema", "prose", "refusal", "empty", "filtered")

Plan = Callable[[int], Fault | None]


def scripted(reply: Callable[[Asked], str]) -> Mind:
    """Answers with what a function makes of the request."""
    return lambda asked: Said(reply(asked))


def drawn(seed: int, draw: Callable[[Random, Asked], str]) -> Mind:
    """Answers with what a function draws; the same requests get the same replies, in whatever order they come."""

    def mind(asked: Asked) -> Said:
        return Said(draw(Random(f"{seed}:{json.dumps(asked.body['messages'])}"), asked))

    return mind


def faulty(mind: Mind, plan: Plan | Mapping[int, Fault], wait: float = 0.05) -> Mind:
    """Fails where the plan names a fault for the request's number, else answers as `mind` does.

    `wait` in seconds is how slow slow is, and what a rate limit asks for.
    """
    at = plan.get if isinstance(plan, Mapping) else plan

    def answered(asked: Asked) -> Said:
        fault = at(asked.number)
        return failed(fault, mind(asked), asked, wait) if fault else mind(asked)

    return answered


def seeded(seed: int, share: float, faults: Sequence[Fault]) -> Plan:
    """A plan by which about so large a share of the requests meets one of the faults."""

    def plan(number: int) -> Fault | None:
        chance = Random(f"{seed}:{number}:fault")
        return chance.choice(faults) if chance.random() < share else None

    return plan


def failed(fault: Fault, right: Said, asked: Asked, wait: float) -> Said:
    """What a fault makes of the right answer."""
    if fault in ("no_schema", "no_json"):
        refused = asked.form == "json_schema" or (fault == "no_json" and asked.form == "json_object")
        return _error(400, "This response_format type is unavailable now") if refused else right
    made: Mapping[str, Callable[[], Said]] = {
        "rate_limit": lambda: _error(429, "Rate limit reached", headers={"retry-after": f"{wait:g}"}),
        "server_error": lambda: _error(500, "The server had an error"),
        "slow": lambda: replace(right, delay=wait),
        "truncated": lambda: replace(right, share=0.6),
        "cut_json": lambda: Said(raw=b'{"id": "x", "choices": [{"message": {"content": "{'),
        "wrong_schema": lambda: replace(right, text='{"wrong": [1, 2]}'),
        "prose": lambda: replace(right, text="I would rather {not} say."),
        "refusal": lambda: replace(right, text=None, refusal="I cannot help with that."),
        "empty": lambda: replace(right, text=""),
        "filtered": lambda: replace(right, finish="content_filter"),
        "disconnect": lambda: replace(right, share=0.0),
        "wrong_key": lambda: _error(401, "Incorrect API key provided", "invalid_api_key"),
        "unknown_model": lambda: _error(404, "The model does not exist", "model_not_found"),
        "quota": lambda: _error(429, "You exceeded your current quota", "insufficient_quota"),
    }
    return made[fault]()


def _error(status: int, message: str, code: str | None = None, headers: Mapping[str, str] | None = None) -> Said:
    return Said(status=status, error={"message": message, "type": "error", "code": code}, headers=headers or {})
