"""The smallest PDFs that hold text, written by hand."""

from collections.abc import Sequence
from textwrap import wrap


def pdf(paragraphs: Sequence[str], title: str = "", keywords: str = "") -> bytes:
    """A page a paragraph, in Latin-1, set in lines of 60 characters; without paragraphs one empty page."""
    pages = [_page(wrap(text, 60)) for text in paragraphs] or [b""]
    numbers = [4 + 2 * n for n in range(len(pages))]
    kids = " ".join(f"{n} 0 R" for n in numbers)
    info = "".join(f"/{name} ({value})" for name, value in (("Title", title), ("Keywords", keywords)) if value)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, content in zip(numbers, pages, strict=True):
        shape = "/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R{shape}/Contents {number + 1} 0 R>>".encode())
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
    return _file([*objects, f"<<{info}>>".encode("latin-1")])


def _page(lines: Sequence[str]) -> bytes:
    escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    shown = "".join(f"({line}) Tj T* " for line in escaped)
    return f"BT /F 11 Tf 14 TL 50 780 Td {shown}ET".encode("latin-1")


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    out += b"trailer<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, size - 1, start)
    return bytes(out)
