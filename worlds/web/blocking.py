"""Domains that publish benchmark answers: nothing of theirs is searched or read."""

from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit


@cache
def blocked_domains() -> tuple[str, ...]:
    """The shipped list, sorted."""
    lines = files("worlds.web").joinpath("blocked.txt").read_text("utf-8").splitlines()
    return tuple(sorted(line.strip().lower() for line in lines if line.strip() and not line.startswith("#")))


def is_blocked(url: str) -> bool:
    """Whether a page's address lies in a blocked domain or one of its subdomains."""
    host = (urlsplit(url if "//" in url else f"//{url}").hostname or "").rstrip(".").lower()
    return any(host == domain or host.endswith(f".{domain}") for domain in blocked_domains())
