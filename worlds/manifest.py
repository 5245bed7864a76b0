"""What a built world says of itself: name, version, counts, relations, types, and what it was built from."""

import json
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the world at `path`.

    Raises `FileNotFoundError` when the directory holds no world, `ValueError` if it is damaged or of another format.
    """
    try:
        manifest: dict[str, Any] = json.loads((path / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            f"{path} holds no world (no {MANIFEST}); build one with python -m worlds build"
        ) from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{path / MANIFEST} is damaged ({error}); build the world again") from None
    if not isinstance(manifest, dict):
        raise ValueError(f"{path / MANIFEST} is damaged (not an object); build the world again")
    if manifest.get("format") != FORMAT:
        raise ValueError(f"{path} is a world of format {manifest.get('format')!r}, not {FORMAT}; build it again")
    return manifest
