"""Making one candidate: a fault in a run is kept and ends that run; what no run can mend ends the batch."""

from dataclasses import replace
from pathlib import Path

import pytest
from opened import always
from tiny_world import build_tiny_world

from graph.batching.candidate import Maker
from graph.batching.lanes import Assignment
from graph.context import Context
from graph.openers import default_deps
from hcsp.source import CandidateSource
from roles.planner import Action, View


class Broken:
    """A Planner that raises whatever it was given."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def act(self, view: View, source: CandidateSource) -> Action:
        """Raises."""
        raise self._error


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    world: Path = build_tiny_world(tmp_path_factory.mktemp("world"))
    return Assignment(7, "Gala Grohl", Context(world=str(world), difficulty="easy"))


async def test_a_fault_is_kept_with_its_traceback(assignment: Assignment) -> None:
    deps = replace(default_deps(), planner=always(Broken(RuntimeError("out of ideas"))))
    outcome = await Maker(deps).make(assignment)
    assert outcome.tasks == []
    assert outcome.refused == ["fault RuntimeError"]
    (row,) = outcome.rejected
    assert row["candidate"] == {"index": 7, "number": 0}
    assert row["reasons"] == ["out of ideas"]
    assert "Traceback" in row["fault"]


async def test_what_no_run_can_mend_is_raised(assignment: Assignment) -> None:
    deps = replace(default_deps(), planner=always(Broken(OSError("the disk is gone"))))
    with pytest.raises(OSError, match="the disk is gone"):
        await Maker(deps).make(assignment)


async def test_a_candidate_tells_what_it_cost(assignment: Assignment) -> None:
    outcome = await Maker(default_deps()).make(assignment)
    assert len(outcome.tasks) == len(outcome.traits) == 1
    assert outcome.tasks[0]["provenance"]["candidate"] == {"index": 7, "number": 0}
    assert outcome.cost["pages"] > 1
    assert outcome.cost["drafts"] == 1 + len(outcome.rejected)
