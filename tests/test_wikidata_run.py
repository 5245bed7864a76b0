"""Wikidata through the front door: real commands in processes of their own, against a server on loopback."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from chat_server import ChatServer, Said
from live_codex import codex_mirror
from live_tiny import Both, both_worlds
from wikidata_server import Fault, Mirror, Server

from worlds.model import Fact, WorldData
from worlds.web.blocking import blocked_domains

NAMES = ("Ada Bosk", "Dov Cuvry", "Gala Furth")
"""People of the tiny world; from one of them at least a question grows."""
SETTINGS = ("wikidata", "wikipedia", "sparql", "cache", "contact", "backoff", "attempts", "timeout", "patience")


class Done(NamedTuple):
    code: int
    out: str
    err: str


def command(module: str, *arguments: str, server: Server, cache: Path, **settings: Any) -> Done:
    """A command that asks the server; its settings come from the environment."""
    asked = server.settings(cache, **settings)
    environment = os.environ | {f"TAPROOT_{name.upper()}": str(getattr(asked, name)) for name in SETTINGS}
    ended = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment, capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    return Done(ended.returncode, ended.stdout, ended.stderr)


def grow(server: Server, out: Path, *names: str, difficulty: str = "easy", **settings: Any) -> Done:
    """Runs one entity after the other until a question is accepted."""
    for name in names:
        asked = ("--world", "wikidata", "--entity", name, "--difficulty", difficulty, "--out", str(out), "--quiet")
        done = command("graph.run", *asked, server=server, cache=out.with_name("cache"), **settings)
        assert done.code in (0, 3), done.err
        if done.code == 0:
            break
    return done


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    return both_worlds(tmp_path_factory.mktemp("both"))


@pytest.fixture
def server(both: Both) -> Iterator[Server]:
    with Server(both.mirror).running() as running:
        yield running


@pytest.fixture(scope="module")
def accepted(both: Both, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record file with one record, and the folder of its frame; the server that gave it has been stopped."""
    out = tmp_path_factory.mktemp("accepted") / "tasks.jsonl"
    with Server(both.mirror).running() as running:
        assert grow(running, out, *NAMES).code == 0
        assert running.agents == {"taproot/0.1 (tests@example.org) python-httpx"}
    return out


@pytest.fixture
def copied(accepted: Path, tmp_path: Path) -> Path:
    """The same files, to be changed at will."""
    out = tmp_path / "tasks.jsonl"
    out.write_bytes(accepted.read_bytes())
    frames = tmp_path / "tasks.jsonl.frames"
    frames.mkdir()
    for frame in accepted.with_name("tasks.jsonl.frames").iterdir():
        (frames / frame.name).write_bytes(frame.read_bytes())
    return out


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def verified(path: Path, server: Server, *flags: str) -> Done:
    return command("graph.verify", str(path), *flags, server=server, cache=path.with_name("cache"), attempts=1)


def gone(both: Both) -> Server:
    """A server that has been stopped."""
    with Server(both.mirror).running() as running:
        return running


pytestmark = pytest.mark.slow


def test_an_accepted_record_is_kept_with_its_frame_and_verifies_without_the_network(both: Both, copied: Path) -> None:
    [record] = rows(copied)
    assert record["certificate"]["unique"] is True
    assert record["provenance"]["world"]["name"] == "wikidata"
    [frame] = copied.with_name("tasks.jsonl.frames").iterdir()
    assert frame.name == f"{record['id']}.json.gz"
    kept = json.loads(gzip.decompress(frame.read_bytes()))
    assert kept["pages"]
    assert kept["frames"]
    server = gone(both)
    assert verified(copied, server) == Done(0, "1 records, 0 with differences\n", "")
    assert server.asked == []


def _changed(record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The record after each of several changes, with the field that has to be named."""
    for field, change in {
        "certificate.unique": {"certificate": record["certificate"] | {"unique": False}},
        "certificate.selectivity": {"certificate": record["certificate"] | {"selectivity": 99}},
        "answer": {"answer": "Nobody"},
        "question": {"question": "Who was it?"},
        "id": {"id": "0" * 16},
    }.items():
        yield field, record | change


@pytest.mark.parametrize(("early", "kind"), [("0", "as it was"), ("9", "refined")])
def test_what_was_refined_keeps_its_frame_and_verifies_without_the_network(
    both: Both, copied: Path, early: str, kind: str
) -> None:
    tries, out = copied.with_name("t.jsonl"), copied.with_name("refined.jsonl")
    with Server(both.mirror).running() as server:
        asked = {"server": server, "cache": copied.with_name("cache")}
        assert command("graph.solve", str(copied), "--out", str(tries), "--solver", "teacher", **asked).code == 0
        done = command("graph.refine", str(copied), str(tries), "--out", str(out), "--early", early, **asked)
    assert done.code == 0, done.err
    assert kind in done.out
    assert len(rows(out)) == 1
    assert verified(out, gone(both)) == Done(0, "1 records, 0 with differences\n", "")


def test_a_record_that_was_changed_does_not_hold_over_its_frame(both: Both, copied: Path) -> None:
    [record] = rows(copied)
    server, changed = gone(both), dict(_changed(record))
    copied.write_text("".join(json.dumps(row) + "\n" for row in changed.values()), "utf-8")
    done = verified(copied, server)
    assert done.code == 1
    assert done.out.endswith(f"{len(changed)} records, {len(changed)} with differences\n")
    for field in changed.keys() - {"id"}:
        assert f"  {field}: " in done.out
    missing = copied.with_name("tasks.jsonl.frames") / f"{'0' * 16}.json.gz"
    assert f"  cannot be checked: {missing}: there are no kept answers" in done.out


def test_a_record_without_its_frame_cannot_be_checked(both: Both, copied: Path) -> None:
    elsewhere = copied.with_name("train.jsonl")
    copied.rename(elsewhere)
    done = verified(elsewhere, gone(both))
    assert done.code == 1
    assert f"  cannot be checked: {elsewhere}.frames/{rows(elsewhere)[0]['id']}.json.gz: there are no kept" in done.out
    assert verified(elsewhere, gone(both), "--frames", f"{copied}.frames").code == 0
    [frame] = copied.with_name("tasks.jsonl.frames").iterdir()
    frame.write_bytes(frame.read_bytes()[:100])
    assert (
        f"cannot be checked: {frame} is damaged" in verified(elsewhere, gone(both), "--frames", f"{copied}.frames").out
    )


def test_live_tells_nothing_has_changed_and_what_has(both: Both, copied: Path) -> None:
    [record] = rows(copied)
    with Server(both.mirror).running() as same:
        assert verified(copied, same, "--live").out.endswith("\n0 of 1 records have drifted\n")
    answer = record["root"]["entity_id"]
    label = both.mirror.entities[answer].model_copy(update={"aliases": ("Somebody",)})
    with Server(_with(both.mirror, entities={answer: label})).running() as relabelled:
        done = verified(copied, relabelled, "--live")
    assert done.code == 0
    assert f"  entity {answer}.aliases: ('Somebody',), was " in done.out
    assert done.out.endswith("\n1 of 1 records have drifted\n")


def test_live_tells_a_certificate_that_no_longer_holds(both: Both, copied: Path) -> None:
    [record] = rows(copied)
    clues = {c["id"]: c for c in record["constraints"]}
    rival = next(
        r
        for r in record["certificate"]["rivals"]
        if len(r["fails"]) == 1 and clues[r["fails"][0]]["kind"] in {"range", "relation"}
    )
    with Server(_with(both.mirror, facts=[_meeting(clues[rival["fails"][0]], rival["witness"])])).running() as moved:
        done = verified(copied, moved, "--live")
    assert done.code == 1
    assert "  the certificate no longer holds live\n" in done.out
    assert "  certificate.unique: the record says True, the live world gives False" in done.out
    assert "1 of 1 records have drifted; 1 certificates no longer hold live" in done.out


def _meeting(clue: dict[str, Any], witness: dict[str, str]) -> Fact:
    """A fact by which an entity meets a clue."""
    entity = witness[clue["vertex"]]
    if clue["kind"] == "range":
        return Fact(entity, clue["relation"], clue["low"], "time")
    far = clue["target"]["entity"]
    ends = (entity, far) if clue["direction"] == "out" else (far, entity)
    return Fact(ends[0], clue["relation"], ends[1])


def _with(mirror: Mirror, entities: dict[str, Any] | None = None, facts: list[Fact] | None = None) -> Mirror:
    """The same data with some entities and facts changed."""
    every = {**mirror.entities, **(entities or {})}
    known = [fact for own in mirror.facts.values() for fact in own]
    return Mirror(WorldData("changed", list(every.values()), [*known, *(facts or [])], []), mirror.pages)


def test_live_without_the_server_is_one_line(both: Both, copied: Path) -> None:
    done = verified(copied, gone(both), "--live")
    assert done.code == 2
    assert done.err.startswith("error: 127.0.0.1:")
    assert done.err.count("\n") == 1


def test_live_is_refused_for_a_record_of_a_world_at_hand(both: Both, copied: Path) -> None:
    [record] = rows(copied)
    record["provenance"]["settings"]["world"] = "atlas"
    copied.write_text(json.dumps(record) + "\n", "utf-8")
    done = verified(copied, gone(both), "--live")
    assert done == Done(2, "", "error: --live: line 1 was made in atlas, which does not change by itself\n")


PASSING = (
    Fault("status", 429, "0.1"),
    Fault("status", 503, "0"),
    Fault("maxlag", retry_after="0"),
    Fault("truncated"),
    Fault("timeout"),
    Fault("gone"),
    Fault("html"),
    Fault("slow", seconds=0.2),
)


class Shaky(Server):
    """Fails at every twelfth request, each time in another way."""

    def next_fault(self) -> Fault | None:
        turn, left = divmod(len(self.asked), 12)
        return super().next_fault() or (None if left else PASSING[turn % len(PASSING)])


@pytest.mark.parametrize(
    ("name", "difficulty", "most"), [("Noam Chomsky", "easy", 700), ("Bertrand Russell", "medium", 1400)]
)
def test_questions_grow_over_a_real_subset_of_wikidata_while_the_servers_fail(
    name: str, difficulty: str, most: int, tmp_path: Path
) -> None:
    out = tmp_path / "tasks.jsonl"
    with Shaky(codex_mirror()).running() as server:
        assert grow(server, out, name, difficulty=difficulty).code == 0
        assert server.busiest <= 4
        assert len(server.asked) <= most
    assert verified(out, server) == Done(0, "1 records, 0 with differences\n", "")


BAD = {
    "nobody": (["--entity", "Nobody At All"], "'Nobody At All' is not in the world wikidata; closest names: none"),
    "close": (["--entity", "Ada Bos"], "closest names: Ada Bosk"),
    "no item": (["--entity", "Q77"], "'Q77' is not in the world wikidata"),
    "sample": (["--sample", "3"], "wikidata has no list to draw roots from; name the entities"),
    "relation": (["--entity", "Ada Bosk", "--avoid", "P999999"], "wikidata has no relation 'P999999'"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line(case: str, server: Server, tmp_path: Path) -> None:
    arguments, says = BAD[case]
    done = command("graph.run", "--world", "wikidata", *arguments, server=server, cache=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert done.err.count("\n") == 1


def test_an_ambiguous_name_is_one_line_with_the_choices(both: Both, tmp_path: Path) -> None:
    twins = sorted(both.mirror.entities)[:2]
    named = {e: both.mirror.entities[e].model_copy(update={"label": "Same Name"}) for e in twins}
    with Server(_with(both.mirror, entities=named)).running() as server:
        asked = ("--world", "wikidata", "--entity", "Same Name")
        done = command("graph.run", *asked, server=server, cache=tmp_path)
    assert done.code == 2
    assert "'Same Name' is ambiguous in wikidata, give one of the ids: " in done.err
    assert all(twin in done.err for twin in twins)


FAILING = {
    "refused": (Fault("status", 403), "refuses the request (status 403)"),
    "busy for long": (Fault("status", 429, "3600"), "is busy (status 429); it asks to wait 3600 s"),
    "down": (Fault("status", 503), "does not answer (status 503, 2 attempts)"),
    "no JSON": (Fault("html"), "does not answer (a reply that is no JSON, or cut off, 2 attempts)"),
    "too slow": (Fault("slow", seconds=1.0), "does not answer (no reply within 0.5 s, 2 attempts)"),
    "gives up": (Fault("timeout"), "gave up on a query"),
}


@pytest.mark.parametrize("case", FAILING)
def breaking(server: Server, fault: Fault, after: int) -> set[str]:
    """Lets a server fail for good after so many answers; gives what it has answered, as that grows."""
    answer, answered = server.answer, set[str]()

    def failing(path: str, asked: Mapping[str, str]) -> object:
        found = answer(path, asked)
        answered.add(server.asked[-1] if path != "/sparql" else asked["query"])
        if len(answered) >= after:
            server.always = fault
        return found

    server.answer = failing  # type: ignore[method-assign]
    return answered


def growing(name: str, out: Path) -> tuple[str, ...]:
    return ("--world", "wikidata", "--entity", name, "--difficulty", "easy", "--out", str(out), "--quiet", "--resume")


@pytest.mark.parametrize("case", FAILING)
def test_a_server_that_fails_for_good_is_one_line(case: str, server: Server, tmp_path: Path) -> None:
    fault, says = FAILING[case]
    breaking(server, fault, 30)
    out = tmp_path / "tasks.jsonl"
    asked = growing("Ada Bosk", out)
    done = command("graph.run", *asked, server=server, cache=tmp_path / "cache", attempts=2, timeout=0.5)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert done.err.count("\n") == 1
    assert not out.exists()
    assert not out.with_name("tasks.jsonl.frames").exists()


def test_the_same_command_goes_on_where_the_server_failed(server: Server, accepted: Path, tmp_path: Path) -> None:
    out, [record] = tmp_path / "tasks.jsonl", rows(accepted)
    answered = breaking(server, Fault("status", 503), 120)
    asked = growing(record["answer"], out)
    done = command("graph.run", *asked, server=server, cache=tmp_path / "cache", attempts=2)
    assert done.code == 2, done.out
    before, sent = set(answered), len(server.asked)
    server.always, server.answer = None, type(server).answer.__get__(server)  # type: ignore[method-assign]
    done = command("graph.run", *asked, server=server, cache=tmp_path / "cache")
    assert done.code == 0, done.err
    assert [row["id"] for row in rows(out)] == [record["id"]]
    repeated = [query for query in server.asked[sent:] if query in before]
    assert len(repeated) <= 4, "what was answered is kept, but for what was under way"


def test_a_wrong_answer_that_denotes_somebody_kept_a_record_from_verifying(both: Both, tmp_path: Path) -> None:
    """What names denote was not kept, so that offline the answer denoted nobody."""
    out, guess = tmp_path / "tasks.jsonl", {"now": ""}
    with (
        Server(both.mirror).running() as server,
        ChatServer(lambda _: Said(json.dumps({"answer": guess["now"]}))) as chat,
    ):
        models = ("--solver-model", "openai:x", "--no-from-pages", "--base-url", chat.url)
        for name, guess["now"] in zip(NAMES, NAMES[1:] + NAMES[:1], strict=True):
            asked = ("--world", "wikidata", "--entity", name, "--difficulty", "easy", "--out", str(out), *models)
            done = command("graph.run", *asked, server=server, cache=tmp_path / "cache")
            assert done.code in (0, 3), done.err
            if done.code == 0:
                break
    [record] = rows(out)
    [other] = record["audit"]["alternatives"]
    assert other["entity"].startswith("Q")
    assert other["fails"]
    assert verified(out, server) == Done(0, "1 records, 0 with differences\n", "")


def test_a_server_that_is_not_there_is_one_line(both: Both, tmp_path: Path) -> None:
    asked = ("--world", "wikidata", "--entity", "Ada Bosk")
    done = command("graph.run", *asked, server=gone(both), cache=tmp_path, attempts=2)
    assert done.code == 2
    assert "does not answer (All connection attempts failed, 2 attempts); what was fetched is kept" in done.err
    assert done.err.count("\n") == 1


def test_without_the_extra_it_says_what_to_install() -> None:
    code = "import sys; from graph import run; sys.modules['httpx'] = None; sys.exit(run.main(sys.argv[1:]))"
    asked = [sys.executable, "-c", code, "--world", "wikidata", "--entity", "Ada Bosk"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr == "error: the world 'wikidata' needs httpx: pip install -e '.[live]'\n"


def test_pages_of_a_blocked_domain_stay_out(server: Server, tmp_path: Path) -> None:
    wikipedia = f"https://{blocked_domains()[0]}/w/api.php"
    out = tmp_path / "tasks.jsonl"
    asked = ("--world", "wikidata", "--entity", "Ada Bosk", "--difficulty", "easy", "--out", str(out))
    done = command("graph.run", *asked, server=server, cache=tmp_path / "cache", wikipedia=wikipedia)
    assert done.code == 3
    assert not out.exists()


def test_a_batch_of_named_entities_keeps_its_frames_and_merges_with_them(both: Both, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("\n".join(NAMES) + "\n", "utf-8")
    asked = ("--world", "wikidata", "--entities", str(names), "--difficulty", "easy", "--workers", "1", "--quiet")
    with Server(both.mirror).running() as server:
        for shard in (1, 2):
            part = ("--out", str(tmp_path / f"run-{shard}"), "--shard", f"{shard}/2")
            done = command("graph.batch", *asked, *part, server=server, cache=tmp_path / "cache")
            assert done.code in (0, 3), done.err
        joined = tmp_path / "run"
        shards = [str(tmp_path / f"run-{n}") for n in (1, 2)]
        merging = (*shards, "--out", str(joined), "--entities", str(names), "--quiet")
        done = command("graph.merge", *merging, server=server, cache=tmp_path / "cache")
        assert done.code in (0, 3), done.err
    tasks = rows(joined / "tasks.jsonl")
    assert tasks
    assert {frame.name for frame in (joined / "frames").iterdir()} == {f"{task['id']}.json.gz" for task in tasks}
    for path in (joined, joined / "tasks.jsonl"):
        assert verified(path, server) == Done(0, f"{len(tasks)} records, 0 with differences\n", "")
