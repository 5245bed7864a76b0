"""The report in headless Chromium: opened from its file, filtered, read, reviewed by keyboard, and attacked."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from reported import lines, tiny_tasks, write_run

from tasks.review import verdicts

pytestmark = pytest.mark.slow

Row = dict[str, Any]
Opened = Callable[..., Page]
HOSTILE = "</script><img src=x onerror=\"window.harmed = 1\"><!-- <script> & 'Ω' \u2028"
NO_PICKER = "delete window.showSaveFilePicker"
PICKER = """window.showSaveFilePicker = async (asked) => ({createWritable: async () => ({
    write: async (text) => { window.written = [asked.suggestedName, text]; }, close: async () => {}})})"""


def report(run: Path) -> Path:
    """A process of its own: the browser's driver keeps an event loop in this one."""
    subprocess.run([sys.executable, "-m", "graph.report", str(run)], check=True, capture_output=True)
    return run / "report.html"


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    return tiny_tasks(tmp_path_factory.mktemp("tiny"), 4)


@pytest.fixture(scope="module")
def browser(tasks: list[Row]) -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("there is no Chromium here; install one, or name it in CHROMIUM")
    with sync_playwright() as driver:
        # A root user has no sandbox for it, and the page is our own.
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@pytest.fixture
def run(tmp_path: Path, tasks: list[Row]) -> Path:
    return write_run(tmp_path / "run", tasks)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """`opened(file, part, script)` opens a report; afterwards nothing was asked for, and nothing complained."""
    with browser.new_context(offline=True, accept_downloads=True) as context:
        complaints: list[str] = []
        asked: list[str] = []
        files: set[str] = set()
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))

        def open_page(file: Path, part: str = "", script: str = "") -> Page:
            files.add(file.as_uri())
            page = context.new_page()
            page.add_init_script(script or "0")
            page.goto(file.as_uri() + part)
            return page

        yield open_page
        assert complaints == []
        assert {url.partition("#")[0] for url in asked if not url.startswith(("data:", "blob:"))} <= files


def questions(page: Page) -> list[str]:
    return page.locator("#rows td.question").all_inner_texts()


def test_the_overview_draws_mix_funnel_certificates_and_cost(run: Path, opened: Opened) -> None:
    page = opened(report(run))
    titles = page.locator("h2").all_inner_texts()
    assert titles == ["Mix", "Where the candidates went", "Certificates and questions", "Cost", "By number of vertices"]
    assert page.locator("main svg").count() == page.locator("main figure").count() > 12
    assert page.get_by_role("img", name="Candidates. tried: 4, certified: 3, accepted: 2").count() == 1
    assert "4 of 2" in page.locator(".facts").inner_text()


def test_the_table_is_searched_filtered_and_sorted(run: Path, tasks: list[Row], opened: Opened) -> None:
    page = opened(report(run), "#tasks")
    expect(page.locator("#rows tr")).to_have_count(len(tasks))
    page.get_by_label("Search").fill(tasks[1]["answer"].upper())
    words = tasks[1]["answer"].lower().split()
    fitting = [t["question"] for t in tasks if all(w in f"{t['question']} {t['answer']}".lower() for w in words)]
    assert len(fitting) < len(tasks)
    assert questions(page) == fitting
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("combobox", name="Review").select_option("reject")
    expect(page.locator("#found")).to_have_text(f"0 of {len(tasks)} tasks")
    page.get_by_role("combobox", name="Review").select_option("open")
    for turn, down in enumerate((False, True)):
        page.get_by_role("button", name="Words").click()
        expect(page.locator("th[data-name=words]")).to_have_attribute("aria-sort", ("ascending", "descending")[turn])
        lengths = [len(q.split()) for q in questions(page)]
        assert lengths == sorted(lengths, reverse=down)


def test_a_task_shows_its_tree_clues_rivals_evidence_and_attacks(run: Path, tasks: list[Row], opened: Opened) -> None:
    page, task = opened(report(run), "#tasks"), tasks[0]
    page.locator("#rows a").first.click()
    expect(page.locator("h1")).to_have_text(task["question"])
    text = page.locator("article").inner_text()
    quotes = {e["quote"] for c in task["constraints"] for e in c["evidence"]}
    assert set(page.locator(".clause mark").all_inner_texts()) == quotes
    assert all(rival["label"] in text for rival in task["certificate"]["rivals"])
    assert all(c["surface"] in text for c in task["constraints"] if c["kind"] != "type")
    assert all(hop["query"] in text for hop in task["certificate"]["route"])
    boxes = page.locator("svg.tree g.clue .type").all_text_contents()
    clues = [c for c in task["constraints"] if c["kind"] != "type" and "vertex" not in c.get("target", {})]
    assert boxes == [f"{c['id']} · {c['candidates']} candidate{'s' if c['candidates'] != 1 else ''}" for c in clues]
    assert page.locator("svg.tree g.variable").count() == len(task["steps"])
    assert page.locator(".clause blockquote p").first.inner_text() != page.locator(".clause mark").first.inner_text()


def test_a_review_by_keyboard_is_saved_and_obeyed(run: Path, tasks: list[Row], opened: Opened) -> None:
    page = opened(report(run), "#tasks", NO_PICKER)
    for key in ("j", "a", "j", "r", "j", "a", "u"):
        page.keyboard.press(key)
    page.keyboard.press("k")
    page.keyboard.press("n")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("jar of rum")
    page.keyboard.press("Escape")
    with page.expect_download() as saving:
        page.keyboard.press("s")
    assert saving.value.suggested_filename == "review.jsonl"
    saving.value.save_as(run / "review.jsonl")
    found = verdicts(run / "review.jsonl")
    told = {v.id: (v.verdict, v.note) for v in found.values()}
    assert told == {tasks[0]["id"]: ("accept", ""), tasks[1]["id"]: ("reject", "jar of rum")}
    again = opened(report(run), "#tasks")
    assert again.locator("#rows .mark.reject").count() == 1
    assert f"{run.name}/review.jsonl" in page.locator("#said").inner_text()


def test_verdicts_outlive_the_page_and_a_known_review_is_kept(run: Path, tasks: list[Row], opened: Opened) -> None:
    earlier = [
        {"id": tasks[3]["id"], "verdict": "reject", "note": "old"},
        {"id": "gone", "verdict": "accept", "note": ""},
    ]
    (run / "review.jsonl").write_text(lines(earlier), "utf-8")
    page = opened(report(run), "#tasks", PICKER)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(tasks[0]["question"])
    page.get_by_role("button", name="Reject").click()
    page.reload()
    expect(page.get_by_role("button", name="Reject")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("s")
    page.wait_for_function("window.written")
    name, text = page.evaluate("window.written")
    first = {"id": tasks[0]["id"], "verdict": "reject", "note": ""}
    assert (name, [json.loads(line) for line in text.splitlines()]) == ("review.jsonl", [first, *earlier])


def test_letters_act_on_the_task_that_was_asked_for_however_fast(run: Path, tasks: list[Row], opened: Opened) -> None:
    page = opened(report(run), "#tasks", PICKER)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("article.task")).to_be_visible()
    press = (
        "for (const key of 'jajrjas') document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))"
    )
    page.evaluate(press)
    page.wait_for_function("window.written")
    told = [json.loads(line) for line in page.evaluate("window.written")[1].splitlines()]
    assert [(t["id"], t["verdict"]) for t in told] == [
        (task["id"], verdict) for task, verdict in zip(tasks[1:], ("accept", "reject", "accept"), strict=True)
    ]


def test_a_note_is_one_thing_to_undo(run: Path, opened: Opened) -> None:
    page = opened(report(run), "#tasks")
    for key in ("j", "Enter", "r", "n"):
        page.keyboard.press(key)
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("two words ")
    assert page.locator("#note").input_value() == "two words "
    for key, note, pressed in (("Escape", "two words", "true"), ("u", "", "true"), ("u", "", "false")):
        page.keyboard.press(key)
        expect(page.locator("#note")).to_have_value(note)
        expect(page.get_by_role("button", name="Reject")).to_have_attribute("aria-pressed", pressed)


def test_letters_typed_into_a_field_do_nothing_else(run: Path, opened: Opened) -> None:
    page = opened(report(run), "#tasks")
    page.keyboard.press("j")
    page.keyboard.press("/")
    page.keyboard.type("arjuns?")
    assert page.get_by_label("Search").input_value() == "arjuns?"
    assert page.locator("#rows .mark.accept, #rows .mark.reject").count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()


def test_hostile_text_is_only_ever_text(run: Path, tasks: list[Row], opened: Opened) -> None:
    bad = json.loads(json.dumps(tasks[0]))
    bad |= {"question": HOSTILE, "answer": HOSTILE, "answer_aliases": [HOSTILE], "id": HOSTILE}
    for constraint in bad["constraints"]:
        constraint |= {"surface": HOSTILE, "claim": HOSTILE}
        for evidence in constraint["evidence"]:
            evidence |= {"quote": HOSTILE, "title": HOSTILE, "url": "javascript:window.harmed = 1"}
    write_run(run.parent / HOSTILE.replace("/", ""), [bad, *tasks[1:]])
    file = report(run.parent / HOSTILE.replace("/", ""))
    for part in ("#tasks", "#rejected", "#overview"):
        page = opened(file, part)
        expect(page.locator("h1")).to_be_visible()
    page = opened(file, "#tasks")
    page.locator("#rows a").first.click()
    expect(page.locator("h1")).to_contain_text("<img src=x onerror=")
    assert page.locator("main img, main script, main a[href^=javascript]").count() == 0
    page.keyboard.press("a")
    assert page.evaluate("window.harmed") is None


def test_every_part_is_readable_at_the_width_of_a_telephone(run: Path, opened: Opened) -> None:
    page = opened(report(run))
    page.set_viewport_size({"width": 375, "height": 700})
    for part in ("#overview", "#tasks", "#rejected"):
        page.goto(page.url.partition("#")[0] + part)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("article.task")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
