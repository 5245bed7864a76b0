"""What a page's title names."""

import re

from hcsp.names import key

_SITE = re.compile(r"\s+[-–—|·:]\s+[^-–—|·:]*$")
_BRACKETED = re.compile(r"\s*\([^()]*\)$")


def subject(title: str) -> str:
    """The title without the name of its site."""
    return _SITE.sub("", title).strip() or title.strip()


def same_bare_name(one: str, other: str) -> bool:
    """Whether two names differ in nothing but what stands in brackets at their ends: "Ada Holm", "Ada Holm (poet)"."""
    return bare(one) == bare(other)


def bare(name: str) -> str:
    """The form in which names are compared, without what stands in brackets at the end."""
    return key(_BRACKETED.sub("", name))
