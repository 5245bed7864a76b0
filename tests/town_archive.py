"""The archive of a town that never was: 30 documents of four kinds, the PDFs written when they are needed."""

import shutil
from pathlib import Path

from pdf_writer import pdf

SOURCE = Path(__file__).parent / "documents"
PEOPLE = {
    ("Bram Ketteler", "person, shipwright"): (
        "Bram Ketteler was a shipwright of Ostermole. He built the Saint Elwin, the Northern Lamp and the "
        "Blue Kestrel.",
        "Bram Ketteler taught Ada Torvald. In his will he founded the Ketteler Prize.",
    ),
    ("Lena Osk", "person, captain"): (
        "Lena Osk was a captain of Ostermole. She commanded the Northern Lamp and later the Patience.",
        "Lena Osk won the Golden Compass in 1875. She married the harbour master Oskar Lind.",
    ),
    ("Pavel Dorn", "person, architect"): (
        "Pavel Dorn was an architect. He designed the Lantern House, the Tide Mill and Saint Elwin's Chapel.",
        "Pavel Dorn was the teacher of Greta Holm. Tobias Fenn painted his portrait.",
    ),
    ("Tobias Fenn", "person, painter"): (
        "Tobias Fenn was a painter. He painted the Grey Heron three times and made the mural in the Custom House.",
        "Tobias Fenn was the husband of Ines Marrow and the teacher of Mira Castell. He received the Ketteler "
        "Prize in 1885.",
    ),
    ("Oskar Lind", "person, harbour master"): (
        "Oskar Lind was the harbour master of Ostermole and had his office in the Custom House. He had sailed the "
        "Halcyon Maid before.",
        "Oskar Lind founded the Golden Compass. He was the husband of Lena Osk.",
    ),
}


def write_archive(folder: Path) -> Path:
    """Copy the documents to `folder / "archive"` and add the PDFs; returns that folder."""
    archive = Path(shutil.copytree(SOURCE, folder / "archive"))
    for (name, keywords), paragraphs in PEOPLE.items():
        (archive / "people" / f"{name}.pdf").write_bytes(pdf(paragraphs, title=name, keywords=keywords))
    return archive
