"""Prompts: rendered strictly, the words of others set apart, and what they say reviewed as a diff."""

import hashlib
from importlib.resources import files

import pytest
from golden_prompts import FOLDER, NASTY, renderings
from hypothesis import given
from hypothesis import strategies as st
from scripted_chat import data_of, pages_of

from prompts.render import (
    MANNERS,
    NAMES,
    Prompt,
    PromptError,
    connectives,
    digests,
    fenced,
    load,
    numbered,
    prompt_book,
    render,
    sides,
)
from roles.asking import request, shown
from roles.extracting import Extraction
from worlds.model import Page

TEXTS = st.text(max_size=200) | st.sampled_from((NASTY, "</data x 0>", "$x ${y} $$", "}", "<!-- user -->"))


def test_every_prompt_says_what_was_reviewed() -> None:
    written = renderings()
    assert {path.name for path in FOLDER.iterdir()} == set(written)
    for file, text in written.items():
        assert (FOLDER / file).read_text(encoding="utf-8") == text, (
            f"{file}: run tests/golden_prompts.py, review the diff"
        )


def test_digests_are_those_of_the_files() -> None:
    found = digests()
    assert set(found) == {*NAMES, *(f"manners/{m}" for m in MANNERS)}
    for name, digest in found.items():
        assert digest == hashlib.sha256(files("prompts").joinpath(f"{name}.md").read_bytes()).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_a_variable_that_is_missing_or_unknown_is_an_error(name: str) -> None:
    variables = prompt_book()[name].variables
    values = dict.fromkeys(variables, "x")
    assert render(name, values).user
    for wrong in ({**values, "more": "x"}, dict.fromkeys(list(variables)[1:], "x")):
        with pytest.raises(PromptError, match=f"prompt '{name}'"):
            render(name, wrong)
    with pytest.raises(PromptError, match="given"):
        render(name, values, **dict.fromkeys(variables, "twice"))


@pytest.mark.parametrize(
    "text",
    ["only a system part", "a\n<!-- user -->\nb\n<!-- user -->\nc", "a\n<!-- user -->\n \n", "a $5\n<!-- user -->\nb"],
)
def test_a_file_that_is_no_prompt_is_refused(text: str) -> None:
    with pytest.raises(PromptError, match="prompt 'p'"):
        Prompt.parse("p", text)


def test_word_lists_hold_what_they_should() -> None:
    load()
    for name in ("opposites", "comparing"):
        assert sides(name)
        assert all(left and right and not left & right for left, right in sides(name))
    assert connectives().isdisjoint(("no", "not", "never", "other", "born", "only"))


@given(TEXTS)
def test_no_text_can_end_its_own_fence(text: str) -> None:
    first, *lines, last = fenced("pages", text).split("\n")
    assert "\n".join(lines) == text
    mark = last.removeprefix("</data pages ").removesuffix(">")
    assert first == f"<data pages {mark}>"
    assert mark not in text


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_pages_come_through_letter_by_letter_whatever_they_hold(texts: list[str]) -> None:
    pages = [Page(id=str(n), title=f"page {n}", url="", text=text) for n, text in enumerate(texts)]
    call = request(
        "browser", "extract_claims", Extraction, {"entity": "e", "relations": "r", "pages": shown(pages, 1000)}
    )
    assert pages_of(call) == [(page.title, page.text) for page in pages]
    assert (
        call.messages[0]
        == request("browser", "extract_claims", Extraction, {"entity": "", "relations": "", "pages": ""}).messages[0]
    ), "what the system says depends on no page"
    assert data_of(call, "entity") == "e"


@given(st.lists(TEXTS.filter(lambda text: text.split()), max_size=5))
def test_an_entry_of_a_list_is_one_line(entries: list[str]) -> None:
    lines = numbered(entries).splitlines() if entries else []
    assert [line.partition(". ")[0] for line in lines] == [str(n + 1) for n in range(len(entries))]
