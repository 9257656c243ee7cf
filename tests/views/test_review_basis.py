"""The trial's patients count when asked for and never otherwise: not the one assessed, not with published evidence alone."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from decision.case import read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge
from decision.living import count_trial
from exchange.mdt import write_mdt_summary
from store import ReferenceDiagnosis, Store
from tests.exchange.summaries import read_pages
from tests.views.counted_trial import COUNTED, fill_trial
from tests.views.people import open_app, said
from views import data
from views.basis import USUAL, Basis
from views.living import choose_basis, fetch_living
from views.report import make_summary


def turn(app: AppTest, key: str, on: bool = True) -> AppTest:
    app.toggle(key=key).set_value(on).run()
    assert not app.exception, app.exception
    return app


def weight_line(app: AppTest) -> str:
    return next(caption.value for caption in app.caption if "weight rests on" in caption.value)


def test_off_unless_turned_on_and_kept_for_the_session(store: Store) -> None:
    fill_trial(store)
    app = open_app("review", patient="P017")
    assert not app.toggle(key="count_trial").value
    assert "This trial is counted" not in said(app)
    assert "counted in this trial" not in weight_line(app)
    turn(app, "count_trial")
    assert f"{COUNTED} other patients" in said(app)
    assert "rest in part on the scan itself" in said(app)
    assert "counted in this trial" in weight_line(app)
    app.switch_page("pages/evidence.py").run()
    app.switch_page("pages/review.py").run()
    assert app.toggle(key="count_trial").value
    assert "This trial is counted" in said(app)


def test_the_patient_assessed_is_never_counted(store: Store) -> None:
    fill_trial(store)
    assert fetch_living().patients == COUNTED + 1
    assert fetch_living(without="P017").patients == COUNTED
    documents = store.fetch_cases()
    references = {one.patient_id: one.subtype for one in store.fetch_references()}
    cases = [read_case(document) for document in documents.values()]
    others = count_trial([case for case in cases if case.case_id != "P017"], references, load_knowledge())
    expected = assess_case(read_case(documents["P017"]), living=others.take_rows(load_knowledge()))
    assert data.fetch_assessment("P017", choose_basis("P017", False, True)) == expected
    assert expected != data.fetch_assessment("P017", USUAL)


def test_a_new_reference_diagnosis_counts_at_once(store: Store) -> None:
    fill_trial(store)
    before = choose_basis("P017", False, True).patients
    document = {**store.fetch_case("P017"), "case_id": "P052", "sex": "male", "age_years": None}
    store.save_case(document)
    store.save_reference(ReferenceDiagnosis("P052", "CD"))
    assert choose_basis("P017", False, True).patients == before + 1


def test_published_evidence_alone_leaves_the_trial_out_and_says_so(store: Store) -> None:
    fill_trial(store)
    app = turn(turn(open_app("review", patient="P017"), "count_trial"), "published_only")
    assert "this trial's patients are left out" in said(app)
    assert "counted in this trial" not in weight_line(app)
    both = data.fetch_assessment("P017", choose_basis("P017", True, True))
    assert both == data.fetch_assessment("P017", choose_basis("P017", True, False))


def test_nobody_to_count_is_said(store: Store) -> None:
    app = turn(open_app("review", patient="P017"), "count_trial")
    assert "nothing is counted" in said(app)
    assert data.fetch_assessment("P017", choose_basis("P017", False, True)) == data.fetch_assessment("P017")


def test_the_summary_for_the_board_says_that_the_trial_is_counted(store: Store) -> None:
    fill_trial(store)
    patient, basis = store.fetch_patient("P017"), choose_basis("P017", False, True)
    assert patient is not None
    case, assessment = read_case(store.fetch_case("P017")), data.fetch_assessment("P017", basis)
    now = datetime(2026, 3, 11, tzinfo=UTC)
    [page] = read_pages(write_mdt_summary(make_summary(patient, case, assessment, basis, now)))
    text = " ".join(page.split())
    assert f"{COUNTED} other patients with a reference diagnosis" in text
    assert "+trial" in text


@pytest.mark.parametrize(
    ("basis", "says"),
    [
        (USUAL, None),
        (Basis(published_only=True), None),
        (Basis(published_only=True, counting=True), "Published evidence only: this trial's patients are left out."),
    ],
)
def test_what_is_said_of_a_basis(basis: Basis, says: str | None) -> None:
    assert basis.says == says


def test_the_starting_point_is_named_kept_for_the_session_and_said_in_the_summary(store: Store) -> None:
    app = open_app("review", patient="P017")
    assert "Before any test, adult referred" in said(app)
    app.selectbox(key="setting").set_value("incidentaloma").run()
    assert not app.exception, app.exception
    assert "adrenal nodule found by chance" in said(app)
    assert "adult referred" not in said(app)
    patient, basis = store.fetch_patient("P017"), choose_basis("P017", False, False, "incidentaloma")
    assert patient is not None
    case, assessment = read_case(store.fetch_case("P017")), data.fetch_assessment("P017", basis)
    assert assessment != data.fetch_assessment("P017", USUAL)
    summary = make_summary(patient, case, assessment, basis, datetime(2026, 3, 11, tzinfo=UTC))
    assert any("adrenal nodule found by chance" in caution for caution in summary.cautions)


def test_a_child_keeps_the_childs_starting_point_and_the_page_says_so(store: Store) -> None:
    store.save_case({**store.fetch_case("P017"), "age_years": 12})
    app = open_app("review", patient="P017")
    assert "age 7 to 17" in said(app)
    app.selectbox(key="setting").set_value("incidentaloma").run()
    assert "The starting point chosen above is not for this patient" in said(app)
    assert "adrenal nodule found by chance" not in said(app)
