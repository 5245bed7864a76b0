"""A run directory is written once and for all: whatever is cut off or damaged, going on ends in the same bytes."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.journal import Commit, Journal
from tasks.runs import LEDGER, REJECTED, TASKS, Entry, Manifest

FILES = (TASKS, REJECTED, LEDGER)
MANIFEST = Manifest(
    graph_version="0", world={}, settings={"seed": 1}, count=9, lanes=2, per_diffusion=1, mix={}, rules={}
)


def commits(sizes: Sequence[tuple[int, int]]) -> list[Commit]:
    """Candidates with so many accepted and rejected rows each."""
    return [
        Commit(
            Entry(index=n, entity=f"Q{n}", made=tasks, accepted=tuple(f"{n}.{i}" for i in range(tasks))),
            [{"id": f"{n}.{i}", "question": "Wér?"} for i in range(tasks)],
            [{"reasons": ["x" * n]} for _ in range(rejected)],
        )
        for n, (tasks, rejected) in enumerate(sizes)
    ]


def write(path: Path, parts: Sequence[Commit]) -> tuple[int, str]:
    """Commits what is not there yet; how many were, and what was mended."""
    with Journal.open(path, MANIFEST) as journal:
        there = len(journal.entries)
        for part in parts[there:]:
            journal.commit([part])
        return there, journal.mended


def contents(path: Path) -> list[bytes]:
    return [(path / name).read_bytes() for name in FILES]


SIZES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=6)


@given(SIZES, st.data())
def test_cut_off_anywhere_it_goes_on_to_the_same_bytes(sizes: list[tuple[int, int]], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        write(path, commits(sizes))
        whole = contents(path)
        # As a kill leaves them: what comes later in writing cannot be there without what comes before.
        done = data.draw(st.integers(0, len(sizes)))
        later = commits(sizes)[:done]
        with tempfile.TemporaryDirectory() as other:
            write(Path(other) / "run", later)
            kept = [len(part) for part in contents(Path(other) / "run")]
        for name, full, least in zip(FILES, whole, kept, strict=True):
            (path / name).write_bytes(
                full[: data.draw(st.integers(least, len(full)))] if name != LEDGER else full[:least]
            )
        torn = whole[2][kept[2] :].partition(b"\n")[0]
        with (path / LEDGER).open("ab") as ledger:
            ledger.write(torn[: data.draw(st.integers(0, len(torn)))])
        there, mended = write(path, commits(sizes))
        assert there == done
        assert not mended
        assert contents(path) == whole


def test_a_ledger_line_with_another_number_in_it_is_damaged(tmp_path: Path) -> None:
    write(tmp_path / "run", commits([(1, 0), (0, 1)]))
    whole = contents(tmp_path / "run")
    (tmp_path / "run" / LEDGER).write_bytes(whole[2].replace(b'"entity":"Q1"', b'"entity":"P1"'))
    there, mended = write(tmp_path / "run", commits([(1, 0), (0, 1)]))
    assert there == 1
    assert "candidate 1 left in" in mended
    assert contents(tmp_path / "run") == whole


def test_a_ledger_line_with_another_key_in_it_is_damaged(tmp_path: Path) -> None:
    write(tmp_path / "run", commits([(1, 1)]))
    whole = contents(tmp_path / "run")
    (tmp_path / "run" / LEDGER).write_bytes(whole[2].replace(b'"ends":{"tasks"', b'"ends":{"tasjs"'))
    there, mended = write(tmp_path / "run", commits([(1, 1)]))
    assert there == 0
    assert "line 1 is damaged" in mended
    assert contents(tmp_path / "run") == whole


@given(SIZES, st.data())
def test_one_wrong_byte_anywhere_is_named_and_made_good(sizes: list[tuple[int, int]], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        write(path, commits(sizes))
        whole = contents(path)
        name = data.draw(st.sampled_from([n for n, part in zip(FILES, whole, strict=True) if part]))
        harmed = bytearray((path / name).read_bytes())
        at = data.draw(st.integers(0, len(harmed) - 2))
        harmed[at] ^= 1
        (path / name).write_bytes(harmed)
        _, mended = write(path, commits(sizes))
        assert "damaged" in mended
        assert contents(path) == whole
        assert (path / "damaged-1" / name).read_bytes() == bytes(harmed)


def test_a_second_writer_is_told_of_the_first(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "run", MANIFEST), pytest.raises(BlockingIOError, match="is being written by process"):
        Journal.open(tmp_path / "run", MANIFEST)
    write(tmp_path / "run", [])


def test_another_command_is_told_what_differs(tmp_path: Path) -> None:
    write(tmp_path / "run", commits([(1, 0)]))
    other = MANIFEST.model_copy(update={"settings": {"seed": 2}})
    with pytest.raises(ValueError, match="its seed is 1, not 2"):
        Journal.open(tmp_path / "run", other)
    assert write(tmp_path / "run", commits([(1, 0)])) == (1, "")


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("…")
    with pytest.raises(ValueError, match=r"holds 'thesis.tex'"):
        Journal.open(tmp_path, MANIFEST)
    assert (tmp_path / "thesis.tex").read_text() == "…"


def test_a_commit_that_does_not_fit_leaves_nothing_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tasks.journal as writer

    write(tmp_path / "run", commits([(1, 1)]))
    before = contents(tmp_path / "run")
    real, calls = writer.os.write, []

    def full(handle: int, data: memoryview) -> int:
        calls.append(handle)
        if len(calls) > 2:
            raise OSError(28, "No space left on device")
        return real(handle, data[: max(1, len(data) // 2)])

    with Journal.open(tmp_path / "run", MANIFEST) as journal:
        monkeypatch.setattr(writer.os, "write", full)
        with pytest.raises(OSError, match="No space"):
            journal.commit(commits([(1, 1), (2, 2)])[1:])
        monkeypatch.undo()
    assert contents(tmp_path / "run") == before
