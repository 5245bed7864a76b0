"""Three ways to ask for JSON, from the strictest to the one that every model understands, and the words for them."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, get_args

from pydantic import BaseModel

from roles.chat.answer import Answer
from roles.chat.port import Message, Spoken

Form = Literal["json_schema", "json_object", "prompted"]

FORMS: tuple[Form, ...] = get_args(Form)
MOST_ECHO = 4000


def below(form: Form) -> Form | None:
    """The next form down the ladder; `None` at its foot."""
    at = FORMS.index(form) + 1
    return FORMS[at] if at < len(FORMS) else None


@lru_cache(maxsize=256)
def schema_text(schema: type[BaseModel]) -> str:
    """The JSON schema in one canonical line."""
    return json.dumps(_strict(schema.model_json_schema()), sort_keys=True, ensure_ascii=False)


@lru_cache(maxsize=256)
def response_format(form: Form, schema: type[BaseModel]) -> dict[str, Any] | None:
    """The request's field of that name; not to be changed."""
    if form == "prompted" or schema is Spoken:
        return None
    if form == "json_object":
        return {"type": "json_object"}
    wrapped = {"name": schema.__name__, "strict": True, "schema": json.loads(schema_text(schema))}
    return {"type": "json_schema", "json_schema": wrapped}


def stops(form: Form, stop: Sequence[str]) -> list[str] | None:
    """The request's field `stop`: some servers refuse it, so it goes down the ladder with the strictest form."""
    return list(stop) if stop and form == FORMS[0] else None


def worded(form: Form, messages: Sequence[Message], schema: type[BaseModel]) -> list[dict[str, str]]:
    """The messages as they are sent; the schema stands in them wherever the form does not carry it."""
    sent = [m.model_dump() for m in messages]
    if form == "json_schema" or schema is Spoken:
        return sent
    at = 0 if sent and sent[0]["role"] == "system" else -1
    asked = f"Reply with one JSON object and nothing else. It has to fit this JSON schema:\n{schema_text(schema)}"
    if at < 0:
        return [{"role": "system", "content": asked}, *sent]
    return [{"role": "system", "content": f"{sent[0]['content']}\n\n{asked}"}, *sent[1:]]


def sent_back(answer: Answer, reason: str, schema: type[BaseModel]) -> tuple[Message, ...]:
    """What is added to the messages when a reply is not taken: the reply, and why."""
    said = (answer.text or answer.refusal)[:MOST_ECHO]
    form = f" with one JSON object that fits this JSON schema:\n{schema_text(schema)}"
    asked = f"This reply cannot be used: {reason}. Reply again{'.' if schema is Spoken else form}"
    return (
        Message(role="assistant", content=said or "(nothing)"),
        Message(role="user", content=asked),
    )


def _strict(schema: Any) -> Any:
    """The schema as strict servers want it: objects closed, every property required, no defaults."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    names = {"properties", "$defs"}
    found = {
        k: {name: _strict(part) for name, part in v.items()} if k in names else _strict(v)
        for k, v in schema.items()
        if k not in ("default", "title")
    }
    if isinstance(schema.get("properties"), dict):
        found |= {"additionalProperties": False, "required": sorted(schema["properties"])}
    return found
