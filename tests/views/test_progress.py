"""The progress page: figures with denominators, a flow that adds up or says who breaks it, every box on the picture once."""

from datetime import date

from store import ScreenedPerson, Store
from tests.views.people import open_app, said
from trial.cohort import CohortRecord, compute_enrolment
from trial.flow import compute_flow
from trial.participant import IndexRead, Participant, Reference
from trial.schedule import foresee_enrolment, load_schedule
from trial.targets import load_plan
from views.charts_accrual import chart_accrual
from views.charts_flow import chart_flow, say_reasons
from views.progress import make_rates_table

TARGET = load_plan().targets["cushing"]
PEOPLE = (
    Participant("S1", eligible=False, exclusion_reason="consent refused"),
    Participant(
        "P1", eligible=True, tests={"pentixafor": IndexRead(True, "positive")}, reference=Reference("made", "CD")
    ),
    Participant("P2", eligible=True, tests={"pentixafor": IndexRead(True, "negative")}),
)


def test_every_box_is_drawn_once_with_its_count() -> None:
    flow = compute_flow(PEOPLE, "pentixafor", TARGET)
    tables = chart_flow(flow).to_dict()["datasets"].values()
    boxes = next(rows for rows in tables if rows and "code" in rows[0])
    assert {box["code"]: box["count"] for box in boxes} == {box.code: box.count for box in flow.boxes}
    assert len({(box["x"], box["y"]) for box in boxes}) == len(flow.boxes)
    assert say_reasons(flow.find("excluded")) == "consent refused: 1"


def test_no_line_of_the_flow_runs_through_a_box() -> None:
    tables = list(chart_flow(compute_flow(PEOPLE, "pentixafor", TARGET)).to_dict()["datasets"].values())
    boxes = next(rows for rows in tables if rows and "code" in rows[0])
    lines = next(rows for rows in tables if rows and "x2" in rows[0] and "code" not in rows[0])
    for line in lines:
        x, y = (line["x"] + line["x2"]) / 2, (line["y"] + line["y2"]) / 2
        assert not any(box["left"] < x < box["right"] and box["top"] < y < box["bottom"] for box in boxes), line


def test_the_page_counts_who_was_screened_and_says_that_the_flow_adds_up(store: Store) -> None:
    store.trial.save_screened([ScreenedPerson("S001", decision="not_enrolled", reason="consent")])
    app = open_app("progress")
    assert not app.exception
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Screened"] == str(len(store.fetch_patients()) + 1)
    assert "The totals reconcile" in said(app)
    assert any("published numbers agree" in box.label for box in app.expander)


def test_a_box_lists_its_patients_and_why_they_left(store: Store) -> None:
    store.trial.save_screened([ScreenedPerson("S001", decision="not_enrolled", reason="consent")])
    app = open_app("progress")
    box = next(item for item in app.selectbox if item.label == "Patients of a box")
    box.select(next(option for option in box.options if option.startswith("Excluded"))).run()
    assert not app.exception
    assert "Why: consent refused: 1" in said(app)


def test_no_enrolment_date_is_said(store: Store) -> None:
    enrolment = compute_enrolment([CohortRecord("P1")])
    outlook = foresee_enrolment(enrolment, load_schedule(), date(2026, 1, 1))
    assert all("not estimable" in str(says) for says in make_rates_table((), outlook)["Says"])
    assert chart_accrual(enrolment, (), outlook.projections).to_dict()["layer"]
