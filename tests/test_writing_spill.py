"""What is kept in files while a world is built comes back in order."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcsp.names import key
from worlds.writing import spill
from worlds.writing.spill import Spool, numbered_names

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(st.dictionaries(texts, texts, max_size=20))
def test_strings_come_back_in_the_order_of_their_names(held: dict[str, str]) -> None:
    with TemporaryDirectory() as folder, Spool(Path(folder) / "spool") as spool:
        arrived = [spool.put(name, value) for name, value in held.items()]
        places = spool.sort("entity")
        assert spool.names == sorted(held)
        assert list(spool.values()) == [held[name] for name in sorted(held)]
        assert [spool.names[places[n]] for n in arrived] == list(held)


def test_a_name_that_comes_twice_is_refused(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool") as spool:
        for name in ("b", "a", "b"):
            spool.put(name, "")
        with pytest.raises(ValueError, match="page 'b' stands twice"):
            spool.sort("page")


@pytest.mark.parametrize("run", [1, 2, 3, 100])
@given(pairs=st.lists(st.tuples(texts.map(key), st.integers(0, 99)), max_size=12))
def test_names_are_sorted_however_many_runs_it_takes(run: int, pairs: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spill, "RUN", run)
        found = list(numbered_names(pairs, Path(folder)))
        assert sorted(found) == sorted(pairs)
        assert [name for name, _ in found] == sorted(name for name, _ in pairs)
        assert list(Path(folder).iterdir()) == []
