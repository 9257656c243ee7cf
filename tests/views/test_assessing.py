"""Many patients without an assessment: the worklist is there at once, and they are assessed beside it."""

import time
from pathlib import Path

import pytest

from store import Store
from tests.views.people import fill_store, open_app, said
from views import data
from views.assess_job import AssessJob


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Two patients nobody has assessed, in a program that assesses none before it shows the worklist."""
    monkeypatch.setattr(data, "AT_ONCE", 0)
    return fill_store(tmp_path, monkeypatch)


def wait_for(job: AssessJob) -> None:
    end = time.monotonic() + 60
    while job.running and time.monotonic() < end:
        time.sleep(0.02)
    assert not job.running


def test_the_job_assesses_everybody_and_counts(waiting: Store) -> None:
    job = AssessJob(waiting)
    job.start(2)
    wait_for(job)
    assert (job.of, job.left, job.error, job.stopped) == (2, 0, None, False)
    assert waiting.count_unassessed() == 0


def test_a_job_that_was_stopped_goes_on_when_asked(waiting: Store) -> None:
    job = AssessJob(waiting)
    job.stop()
    assert job.stopped
    job.start(2)
    wait_for(job)
    assert not job.stopped
    assert waiting.count_unassessed() == 0


def test_a_job_that_fails_says_so_and_does_not_begin_by_itself(waiting: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(at_most: int) -> int:
        raise RuntimeError

    monkeypatch.setattr(waiting, "assess_some", fail)
    job = AssessJob(waiting)
    job.start(2)
    wait_for(job)
    assert job.error is not None
    assert "those done are kept" in job.error
    assert job.stopped


def test_the_worklist_shows_everybody_and_says_who_waits(waiting: Store) -> None:
    data.assess_job().stop()
    app = open_app()
    assert "2 patients not assessed yet" in said(app)
    assert list(app.dataframe[0].value["ID"]) == ["P017"]  # of the next meeting
    assert set(app.dataframe[0].value["Suggestion"]) == {"—"}
    next(one for one in app.button if one.label == "Assess them").click().run()
    wait_for(data.assess_job())
    app.run()
    assert "not assessed yet" not in said(app)
    assert "—" not in set(app.dataframe[0].value["Suggestion"])
