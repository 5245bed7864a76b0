"""The notebooks run from top to bottom, and are kept with their outputs."""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from chat_server import ChatServer
from minds import Scripted
from played import played_by

from prompts.render import NAMES
from worlds.opening import open_world

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST = 400_000
"""Bytes of a notebook with its pictures, so that it opens at once."""
NEEDED = ("ipykernel", "matplotlib", "nbclient", "nbformat")

PROMPTS = ROOT / "notebooks" / "03_prompts.ipynb"
SOLVING = "solve_question"
"""The one prompt that is a conversation, and of the other graph."""
MACHINE = re.compile(r"0x[0-9a-f]{6}|/home/|/root/|/tmp/|\d{4}-\d\d-\d\dT\d\d:")
"""What another machine, or another day, would print otherwise."""

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
runs = pytest.mark.skipif(not all(map(find_spec, NEEDED)), reason=f"running a notebook needs {', '.join(NEEDED)}")


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@each
def test_outputs_are_kept_small_and_without_errors(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.encode()) < MOST
    assert str(ROOT) not in text
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    kinds = [output["output_type"] for cell in cells for output in cell["outputs"]]
    assert kinds
    assert "error" not in kinds
    told = [output for cell in cells for output in cell["outputs"] if output["output_type"] == "stream"]
    assert {output["name"] for output in told} == {"stdout"}, "a warning would stand on stderr"
    assert not MACHINE.search("".join("".join(output["text"]) for output in told))


@pytest.mark.slow
@runs
@each
def test_it_runs_without_an_error_and_without_a_key(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    said = executed(path)
    assert "unique: True" in said
    if path == PROMPTS:
        assert "not asked: neither OPENAI_API_KEY nor OPENAI_BASE_URL is set" in said
        assert said == printed(path), "what is kept is what it prints"


@pytest.mark.slow
@runs
def test_the_edited_prompt_is_sent_where_a_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(played_by(Scripted(open_world("atlas")))) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        said = executed(PROMPTS)
    assert "by openai:gpt-4.1-mini; calls: 1" in said
    (asked,) = server.seen
    assert "Two short sentences are better than a long one." in asked.said[0]


def test_a_reply_of_every_prompt_is_kept_and_taken() -> None:
    replied = {*NAMES} - {SOLVING}
    assert {path.stem for path in (ROOT / "notebooks" / "replies").iterdir()} == replied
    said = printed(PROMPTS)
    assert said.count("the reply\n  accepted") == len(replied)
    assert all(f"show({name!r}" in PROMPTS.read_text("utf-8").replace('\\"', "'") for name in replied)


def executed(path: Path) -> str:
    """What a notebook prints when it is run from top to bottom; raises when a cell does."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    return _said(notebook.cells)


def printed(path: Path) -> str:
    """The same as kept in the file."""
    return _said(json.loads(path.read_text("utf-8"))["cells"])


def _said(cells: list[Any]) -> str:
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    return "".join("".join(output["text"]) for output in outputs if output["output_type"] == "stream")
