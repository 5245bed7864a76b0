"""The links of a page by mwparserfromhell, after the exclusions that the project's own scanner makes."""

from collections.abc import Iterator

import mwparserfromhell
from mwparserfromhell.nodes import ExternalLink, Heading, Node, Tag, Template, Wikilink
from mwparserfromhell.wikicode import Wikicode

from worlds.corpus.book import book, words
from worlds.corpus.site import Site


def reference_links(wikitext: str, site: Site) -> set[str]:
    """The targets of all links to articles as written, without the space around them.

    Left out as by the scanner: what stands in templates (but for the parameters that an inline template of the
    project's table shows), in tags whose content is dropped, in tables, in files and their captions, in comments, and
    in sections with the headings of the table; links that lead elsewhere than to articles; links around other links.
    Marks of bold and italic text are not parsed: an unbalanced one would take in what follows it, headings and all.
    """
    return set(_kept(mwparserfromhell.parse(wikitext, skip_style_tags=True), site))


def _kept(page: Wikicode, site: Site) -> Iterator[str]:
    dropped = 0
    for node in page.nodes:
        if isinstance(node, Heading) and (not dropped or node.level <= dropped):
            name = node.title.strip_code().strip(" \t:").lower()
            dropped = node.level if name in words("sections", "dropped") else 0
        if not dropped:
            yield from _links(node, site)


def _links(node: Node, site: Site) -> Iterator[str]:
    if isinstance(node, Wikilink):
        yield from _link(node, site)
        return
    inside: list[Wikicode | None] = []
    if isinstance(node, Template):
        inside = [node.get(p).value for p in _shown(node) if node.has(p)]
    elif isinstance(node, Tag) and str(node.tag).strip().lower() not in {*words("tags", "dropped"), "table", "nowiki"}:
        inside = [node.contents]
    elif isinstance(node, Heading | ExternalLink):
        inside = [node.title]
    for code in inside:
        for child in code.nodes if code is not None else ():
            yield from _links(child, site)


def _link(node: Wikilink, site: Site) -> Iterator[str]:
    target = str(node.title).strip()
    place = site.place(target)
    if place in ("file", "category", "language"):
        return
    inner = [found for child in node.text.nodes for found in _links(child, site)] if node.text else []
    yield from inner
    if place == "article" and not inner:
        yield target


def _shown(node: Template) -> list[str]:
    name = " ".join(str(node.name).replace("_", " ").split()).lower()
    pattern = book()["templates"].get(name) or ("{1}" if name.startswith("lang-") else "")
    if "{*}" in pattern:
        return [str(n) for n in range(1, 20)]
    numbers = [n for n in "123456789" if f"{{{n}}}" in pattern]
    return ["text" if n == "1" and not node.has("1") else n for n in numbers]
