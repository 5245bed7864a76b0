"""The kinds of input that a world is built from: what they look like, and the flags that go with each."""

from collections.abc import Mapping
from typing import Literal, NamedTuple


class Kind(NamedTuple):
    """Attributes: `takes` is what an input has to be on the disk; `reads` and `example` teach, in a line or two."""

    takes: Literal["file", "folder", "either"]
    what: str
    reads: str
    example: str


KINDS: Mapping[str, Kind] = {
    "triples": Kind(
        "file",
        "a file of facts",
        "Reads one file: lines of subject, relation, object and, for literals, kind, apart by tabs; the JSON of a\n"
        "labelled graph (keys triples, labels, relations, types, desc); or N-Triples as in Wikidata's dump (.nt).\n"
        "The relations label, alias, type, description and sitelink describe their subject. May be .gz, .bz2 or .xz.\n"
        "Pages are written from the facts.",
        "build triples facts.tsv --out my-world",
    ),
    "mediawiki": Kind(
        "file",
        "a MediaWiki XML dump",
        "Reads XML exports of a wiki (…-pages-articles.xml), multistream ones as well; may be .gz, .bz2 or .xz.\n"
        "Redirects become other names; disambiguation pages, lists and stubs are left out.",
        "build mediawiki enwiki-pages-articles.xml.bz2 --with facts.nt.gz --out my-world",
    ),
    "pages": Kind(
        "either",
        "pages as JSON lines",
        "Reads files of JSON objects, a line each, with title, text, perhaps links, aliases, categories, url; or\n"
        "what WikiExtractor writes with --json --links; or a folder of either. May be .gz, .bz2 or .xz.",
        "build pages films.jsonl --fields year=P577 cast=P161:actor director=P57 --out films",
    ),
    "folder": Kind(
        "folder",
        "a folder of documents",
        "Reads all Markdown, text, HTML and PDF files below a folder; links between them count, and symbolic links\n"
        "are not followed.",
        "build folder notes/ --out my-world",
    ),
}

TEXTS = ("mediawiki", "pages", "folder")
FLAGS: Mapping[str, tuple[str, ...]] = {
    "--fields": ("pages",),
    "--with": TEXTS,
    "--language": tuple(KINDS),
    "--seed": ("triples",),
    "--layout": ("triples",),
    "--url": ("triples",),
}
"""Which kinds each flag goes with."""


def likely(name: str) -> str:
    """The kind that a file of this name probably is; empty when nobody can say."""
    for ends, kind in _ENDS.items():
        if any(end in name.lower() for end in ends):
            return kind
    return ""


_ENDS = {(".xml",): "mediawiki", (".jsonl", "wiki_"): "pages", (".tsv", ".nt", ".json"): "triples"}
