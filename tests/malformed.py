"""Replies that are not what was asked for, of some hundred kinds, at the level of the text and of the response."""

import json
from collections.abc import Iterator
from random import Random

from chat_server import Said

RIGHT = '{"total": 5, "sure": true, "how": "counted"}'
_JUNK = [
    "null",
    "[]",
    "{}",
    "[5]",
    '{"total": 5}',
    '""',
    '"five"',
    "5.5",
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "-Infinity",
    '"\\u0000"',
    '"\\ud800"',
    "0x5",
    "05",
    "+5",
    "5.",
    "undefined",
    "9" * 5000,
    "[" * 500 + "]" * 500,
    '{"a":' * 500 + "1" + "}" * 500,
    "__import__('os').getpid()",
    "${total}",
]


def replies(seed: int) -> dict[str, Said]:
    """Kinds of reply by name; none of them fits the schema of `asking.Sum`."""
    found = {f"text {name}": Said(text) for name, text in _texts(seed) if not _fits(text)}
    return found | {f"body {name}": Said(raw=body) for name, body in _bodies(seed)}


def _texts(seed: int) -> Iterator[tuple[str, str]]:
    for end in range(1, len(RIGHT)):
        yield f"cut at {end}", RIGHT[:end]
    right = {"total": "5", "sure": "true", "how": '"counted"'}
    for field in right:
        for number, junk in enumerate(_JUNK):
            yield f"{field} is junk {number}", _object({**right, field: junk})
    for field, value in right.items():
        yield f"{field} is missing", _object({k: v for k, v in right.items() if k != field})
        yield f"{field} is there twice", _object(right)[:-1] + f', "{field}": {value}}}'
        yield f"{field} in capitals", RIGHT.replace(field, field.upper())
    yield from _kinds_of_quotes(right)
    yield from _broken(seed)


def _kinds_of_quotes(right: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield "five as text", _object({**right, "total": '"5"'})
    yield "true as a number", _object({**right, "sure": "1"})
    yield "true as text", _object({**right, "sure": '"true"'})
    yield "a number as truth", _object({**right, "total": "true"})
    yield "another word", _object({**right, "how": '"Counted"'})
    yield "an extra field", _object({**right, "note": '"}"'})
    yield "a field of control characters", _object({**right, "\x07": "1"})
    yield "Python", RIGHT.replace('"', "'").replace("true", "True")
    yield "JSON in a string", json.dumps(RIGHT)
    yield "a comment", RIGHT.replace("5", "5 /* five */")
    yield "a trailing comma", RIGHT.replace("}", ",}")
    yield "YAML", "total: 5\nsure: true\nhow: counted"
    yield "XML", "<total>5</total><sure>true</sure>"
    yield "two answers", f"{RIGHT} or {RIGHT.replace('5', '6')}"
    yield "a thought only", f"<think>{RIGHT}</think>"
    yield "blank", " \n\t"
    for depth in (100, 10_000, 100_000):
        yield f"{depth} brackets", "[" * depth
        yield f"{depth} braces", "{" * depth
        yield f"{depth} objects", '{"total":' * depth


def _broken(seed: int) -> Iterator[tuple[str, str]]:
    chance = Random(f"{seed}:broken")
    for number in range(60):
        text = list(RIGHT)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text))
            text[at : at + chance.randint(0, 2)] = chance.choice(
                ['"', "{", "}", "[", ":", "\x00", "\x1b", "\ufffd", "9"]
            )
        yield f"broken {number}", "".join(text)
    for number in range(30):
        yield (
            f"noise {number}",
            "".join(chr(chance.choice([chance.randrange(128), 0x202E, 0x1F600])) for _ in range(80)),
        )


def _bodies(seed: int) -> Iterator[tuple[str, bytes]]:
    whole = json.dumps({"choices": [{"message": {"content": RIGHT}, "finish_reason": "stop"}]}).encode()
    chance = Random(f"{seed}:bodies")
    for number in range(20):
        yield f"cut {number}", whole[: chance.randrange(len(whole))]
        yield f"bytes {number}", chance.randbytes(50)
    for junk in (b"", b"null", b"[]", b"1", b'"x"', b"{}", b"NaN", b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe{"):
        yield f"{junk[:9]!r} of {len(junk)}", junk
    for choices in (
        "null",
        "[]",
        "[null]",
        "[1]",
        "{}",
        '"x"',
        "[[]]",
        "[{}]",
        '[{"message": null}]',
        '[{"message": []}]',
    ):
        yield f"choices {choices}", f'{{"choices": {choices}}}'.encode()
    for content in (
        "null",
        "5",
        "true",
        "{}",
        "[]",
        "[1, null]",
        '[{"text": 5}]',
        '[{"text": {"text": "x"}}]',
        "1e999",
    ):
        yield f"content {content}", f'{{"choices": [{{"message": {{"content": {content}}}}}]}}'.encode()
    yield "an error in disguise", b'{"error": {"message": ["x"]}}'
    yield "UTF-16 in UTF-8", whole.replace(b'"5', b"\xff5").replace(b"total", b"\xc3\x28")


def _object(fields: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"


def _fits(text: str) -> bool:
    """Whether a text is right after all, by a check that shares nothing with the port's."""
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1], strict=False)
    except (ValueError, RecursionError):
        return False
    return (
        list(found) == ["total", "sure", "how"]
        and type(found["total"]) is int
        and type(found["sure"]) is bool
        and found["how"] in ("counted", "guessed")
        and text.count('"total"') == text.count('"sure"') == text.count('"how"') == 1
    )
