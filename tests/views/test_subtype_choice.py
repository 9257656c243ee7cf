"""One choice of reference diagnoses for all of the trial's pages: a click makes it, the address keeps it, every figure follows."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from store import Store
from tests.views.accuracy_people import trial_store
from tests.views.people import PROJECT, said
from trial.readers import compare_reader_pairs
from views import subtype_choice
from views.charts_readers import chart_table
from views.names import subtype_abbreviation
from views.participants import make_reader_reads
from views.readers import find_patients
from views.subtype_choice import find_line, find_other_line, keep_chosen, read_selection, say_only, toggle_subtypes

__all__ = ["trial_store"]
PAGES = ("progress", "cohort", "accuracy", "model", "readers")


def open_page(page: str, **address: str) -> AppTest:
    """A page of the trial as somebody with this address sees it."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.switch_page(f"pages/{page}.py")
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the session holds, in place of a browser's."""
    held: dict[str, Any] = {}
    monkeypatch.setattr(subtype_choice.state, "widget_value", lambda key, default=None: held.get(key, default))
    monkeypatch.setattr(subtype_choice.state, "set_widget", held.__setitem__)
    return held


@pytest.mark.parametrize(
    ("before", "picked", "after"),
    [
        ([], ["EAS"], ["EAS"]),
        (["CD"], ["EAS"], ["CD", "EAS"]),
        (["CD", "EAS"], ["EAS"], ["CD"]),
        (["CD"], ["CD", "EAS"], ["CD", "EAS"]),
        (["CD", "EAS"], ["CD", "EAS"], []),
        ([], [None], ["none yet"]),
        (["CD"], [], ["CD"]),
        ([], ["CD", "CD"], ["CD"]),
        ([], ["none named", "EAS"], ["EAS"]),
        (["CD"], ["none named"], ["CD"]),
    ],
)
def test_a_click_chooses_and_a_second_one_releases(
    kept: dict[str, Any], before: list[str], picked: list[str | None], after: list[str]
) -> None:
    kept[subtype_choice.CHOICE] = before
    toggle_subtypes(picked)
    assert kept[subtype_choice.CHOICE] == after


@pytest.mark.parametrize(
    ("event", "chosen"),
    [
        (None, ()),
        ({"selection": {"subtype": []}}, ()),
        ({"selection": {"subtype": [{"code": "EAS"}, {"code": "none yet"}]}}, ("EAS", None)),
        ({"selection": {"subtype": [{"code": "EAS", "other": "CD"}]}}, ("EAS", "CD")),
    ],
)
def test_the_selection_of_a_figure_is_read(event: Any, chosen: tuple[str | None, ...]) -> None:
    assert read_selection(event) == chosen


def test_the_reference_of_a_line_chooses_and_its_other_cells_open_the_patient(kept: dict[str, Any]) -> None:
    reference, other = ({"selection": {"cells": [(1, name)]}} for name in ("Reference", "ID"))
    assert (find_line(reference), find_other_line(reference)) == (1, None)
    assert (find_line(other), find_other_line(other)) == (None, 1)
    kept["table"] = reference
    subtype_choice.follow_line("table", ["CD", "CPA"])()
    assert kept[subtype_choice.CHOICE] == ["CPA"]


def test_everybody_is_shown_when_nothing_is_chosen() -> None:
    assert keep_chosen("CD", ()) and keep_chosen(None, ()) and say_only(()) is None
    assert keep_chosen(None, (None,)) and not keep_chosen("CD", (None,))
    assert say_only(("CPA", None)) == "only Adenoma, No reference yet"


@pytest.mark.parametrize("page", PAGES)
def test_every_page_follows_the_address_and_one_click_brings_everybody_back(trial_store: Store, page: str) -> None:
    app = open_page(page, diagnosis="Adenoma")
    assert "only Adenoma" in said(app)
    (release,) = [button for button in app.button if button.label == "Everybody"]
    release.click().run()
    assert not app.exception and "only Adenoma" not in said(app)
    assert "everybody" in said(app)


def test_progress_counts_the_chosen_patients_alone(trial_store: Store) -> None:
    app = open_page("progress", diagnosis="Adenoma")
    assert {one.label: one.value for one in app.metric}["Reference diagnosis"] == "3 of 8"
    assert [frame.value["Subtype"].tolist() for frame in app.dataframe if "Subtype" in frame.value] == [["Adenoma"]]
    flow = str(app.get("vega_lite_chart")[-1].proto)
    assert "n = 3 screened" in flow and "only" in flow


def test_the_cohort_lists_the_chosen_patients_and_colours_their_enrolment(trial_store: Store) -> None:
    app = open_page("cohort", diagnosis="Adenoma")
    assert app.dataframe[0].value["ID"].tolist() == ["P001", "P002", "P003"]
    assert "Coloured: 3 of them Adenoma" in said(app)


def test_the_cohorts_figures_count_the_chosen_and_say_that_enrolment_does_not(trial_store: Store) -> None:
    everybody, chosen = open_page("cohort"), open_page("cohort", diagnosis="Adenoma")
    figures, some = ({metric.label: metric.value for metric in app.metric} for app in (everybody, chosen))
    assert some["Enrolled"] == figures["Enrolled"]
    have, of = map(int, some["Reference diagnosis"].split(" of "))
    assert have == of < int(figures["Reference diagnosis"].split(" of ")[0])
    assert "Enrolment is everybody's." in said(chosen) and "everybody's" not in said(everybody)


def test_readers_are_compared_on_the_chosen_patients(trial_store: Store) -> None:
    assert find_patients(("CPA",)) == {"P001", "P002", "P003"}
    assert find_patients((None,)) == {"P007"}
    app = open_page("readers", diagnosis="Adenoma")
    assert app.dataframe[0].value["Patients"].tolist() == [3]


def test_a_cell_of_two_subtypes_gives_both_and_one_of_results_none(trial_store: Store) -> None:
    reads = make_reader_reads(trial_store.fetch_reads())
    (pair,) = compare_reader_pairs(reads, "pentixafor", "subtype", "none")
    drawn = chart_table(pair, subtype_abbreviation).to_dict()
    assert drawn["params"][0]["select"]["fields"] == ["code", "other"]
    assert "params" not in chart_table(pair).to_dict()
