"""`.env.example` names every variable that is read, says what each is for, and can be loaded by a shell."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from roles.chat.openai_server import KEY as OPENAI_KEY
from worlds.web.settings import PREFIX, WebSettings, from_environment
from worlds.web.tavily_api import KEY as TAVILY_KEY
from worlds.web.tavily_api import TavilySettings
from worlds.wikidata.settings import WikidataSettings

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / ".env.example"
KINDS: tuple[type[WebSettings], ...] = (WebSettings, WikidataSettings, TavilySettings)
_LINE = re.compile(r"#([A-Z_]+)=(\S*)")
_READ = re.compile(r"""environ(?:\.get\(|\[)\s*["']([A-Z_]+)["']""")


def variables() -> dict[str, str]:
    """The variables of the file with their values."""
    return {match[1]: match[2] for line in EXAMPLE.read_text("utf-8").splitlines() if (match := _LINE.fullmatch(line))}


def test_every_setting_of_a_live_world_is_named_and_nothing_else() -> None:
    settings = {f"{PREFIX}{name.upper()}" for kind in KINDS for name in kind.model_fields}
    assert {name for name in variables() if name.startswith(PREFIX)} == settings


def test_every_variable_that_code_reads_is_named() -> None:
    packages = [p.parent for p in ROOT.glob("*/__init__.py") if p.parent.name != "tests"]
    sources = [path.read_text("utf-8") for package in packages for path in package.rglob("*.py")]
    read = {name for text in sources for name in _READ.findall(text)}
    assert {OPENAI_KEY, TAVILY_KEY, *read} <= variables().keys()
    assert "OPENAI_BASE_URL" in read, "this finds what is read"


@pytest.mark.parametrize("kind", KINDS)
def test_the_values_are_the_defaults(kind: type[WebSettings]) -> None:
    given = {name: value for name, value in variables().items() if value}
    found, standard = from_environment(kind, given), kind()
    assert {name for name in kind.model_fields if getattr(found, name) != getattr(standard, name)} == {
        "contact",
        "cache",
    }


def test_each_variable_has_a_line_that_says_what_it_is_for() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for before, line in pairwise(lines):
        assert not _LINE.fullmatch(line) or re.fullmatch(r"# \S.*[.:]", before), line


def test_a_shell_loads_it_and_git_ignores_the_copy(tmp_path: Path) -> None:
    wanted = {name: value or "x" for name, value in variables().items()}
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in wanted.items()))
    shell = subprocess.run(
        ["sh", "-c", "set -a; . ./.env; set +a; env"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert {f"{name}={value}" for name, value in wanted.items()} <= set(shell.stdout.splitlines())
    assert "set -a; . ./.env; set +a" in EXAMPLE.read_text("utf-8")
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
