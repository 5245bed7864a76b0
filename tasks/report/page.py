"""The page: figures and tasks put into one HTML file that asks for nothing from anywhere."""

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from itertools import islice
from string import Template
from typing import Any

SCRIPTS = (
    "dom",
    "data",
    "plots",
    "overview",
    "review",
    "table",
    "tree",
    "evidence",
    "task",
    "rejected",
    "keys",
    "main",
)
STYLES = ("base", "overview", "table", "task", "parts", "media")
"""In the order in which they are put together."""
TOGETHER = 25
"""Tasks that are packed, and unpacked by the page, at once."""
LEVEL = 9


def chunks(details: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The tasks packed some at a time: base64 of gzip of a JSON array."""
    left = iter(details)
    while some := list(islice(left, TOGETHER)):
        yield base64.b64encode(gzip.compress(_json(some).encode(), LEVEL, mtime=0)).decode()


def page(figures: Mapping[str, Any], packed: Iterable[str]) -> str:
    """The whole file. Equal figures and tasks give equal text."""
    style, script = _style(), _script()
    return Template(_asset("report.html")).substitute(
        title=html.escape(f"{figures['name']}: report"),
        policy=html.escape(_policy(style, script)),
        style=style,
        script=script,
        figures=embedded({**figures, "together": TOGETHER}),
        chunks="\n".join(f'<script type="text/plain" class="chunk">{chunk}</script>' for chunk in packed),
    )


def embedded(value: Any) -> str:
    """JSON that can stand inside a script element: nothing in it ends the element or begins a comment."""
    text = _json(value)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _policy(style: str, script: str) -> str:
    """Only the page's own style and script; no request of any kind, no markup made from text."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _style() -> str:
    return "\n".join(_asset(f"{name}.css") for name in STYLES)


def _script() -> str:
    parts = "\n".join(_asset(f"{name}.js") for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();'


def _asset(name: str) -> str:
    return files("tasks.report").joinpath("assets", name).read_text("utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
