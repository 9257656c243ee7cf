"""The accuracy page: counts that can be done by hand, everything from the address, nothing that breaks when nothing is known."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from store import ReferenceDiagnosis, Store, open_store
from tests.views.accuracy_people import trial_store
from tests.views.people import PROJECT, said
from views.accuracy import PARTS
from views.accuracy_people import read_cell

__all__ = ["trial_store"]
CPA = {"accuracy_target": "Adenoma against the rest"}


def open_accuracy(**address: str) -> AppTest:
    """The page as somebody with this address sees it."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=180)
    app.switch_page("pages/accuracy.py")
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def figures(app: AppTest) -> str:
    """Everything the figures hold and say below themselves."""
    return "\n".join(str(one.proto) for one in app.get("vega_lite_chart"))


def labels(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_the_counts_are_those_done_by_hand(trial_store: Store) -> None:
    text = figures(open_accuracy(**CPA))
    # Verified and conclusive: P001, P002 true positive; P003 false negative; P004 true negative; P005 false positive.
    assert "2/3" in text and "1/2" in text
    assert "n = 6 with a reference of 7 read" in text
    assert "Synthetic data" in text
    assert "inconclusive reads are left out" in text


@pytest.mark.parametrize(
    ("choice", "specificity"), [("as wrong", "1/3"), ("as positive", "1/3"), ("as negative", "2/3")]
)
def test_the_inconclusive_read_counts_as_the_address_says(trial_store: Store, choice: str, specificity: str) -> None:
    rows = figures(open_accuracy(**CPA, accuracy_inconclusive=choice))
    assert f"{specificity} " in rows


def test_one_reader_alone_counts_when_the_address_names_one(trial_store: Store) -> None:
    assert "Reader A" in figures(open_accuracy(**CPA, accuracy_reads="Reader A"))


def test_a_cell_lists_its_patients_by_address(trial_store: Store) -> None:
    app = open_accuracy(**CPA)
    box = next(one for one in app.selectbox if one.label == "Patients of a cell")
    box.set_value("positive-absent").run()
    assert app.dataframe[0].value["ID"].tolist() == ["P005"]
    assert app.dataframe[0].value["Named"].tolist() == ["Adenoma"]
    assert app.dataframe[0].value["Data"].tolist() == ["synthetic"]


def test_a_subtype_chosen_leaves_only_its_patients_in_every_figure(trial_store: Store) -> None:
    app = open_accuracy(**CPA, diagnosis="Adenoma")
    assert "only Adenoma" in figures(app)
    assert "nobody to count" in figures(app), "nobody without the target is left: specificity is a dash with its reason"
    cut = open_accuracy(**CPA, diagnosis="Adenoma", accuracy_part="Cut-off")
    assert "needs patients with and without the target" in said(cut)


def test_every_part_opens_per_patient_and_per_lesion(trial_store: Store) -> None:
    for part in PARTS:
        for unit in ("Per patient", "Per lesion"):
            app = open_accuracy(accuracy_part=part, accuracy_unit=unit, **CPA)
            assert "None" not in said(app) and "nan" not in said(app)


def test_the_cut_off_of_the_address_makes_the_table(trial_store: Store) -> None:
    app = open_accuracy(**CPA, accuracy_part="Cut-off", accuracy_cut_suv_max_pentixafor="8.0")
    assert labels(app)["Sensitivity"] == "67 %"
    assert labels(app)["Specificity"] == "75 %"
    assert "seed 7350707" in said(app)
    assert "published at 10 min; 7 of 7 scans here" in "\n".join(one.value for one in app.warning)


def test_moving_the_slider_compares_with_the_cut_off_before(trial_store: Store) -> None:
    app = open_accuracy(**CPA, accuracy_part="Cut-off", accuracy_cut_suv_max_pentixafor="13.0")
    next(one for one in app.slider if one.label.startswith("Cut-off")).set_value(8.0).run()
    assert not app.exception, app.exception
    assert "**Positive now, negative at 13** (2 patients)" in said(app)
    assert app.number_input[0].value == 13.0


def test_a_low_acth_speaks_for_an_adenoma(trial_store: Store) -> None:
    app = open_accuracy(**CPA, accuracy_part="Cut-off", accuracy_index="ACTH", accuracy_cut_acth="20")
    assert "at or below is positive" in said(app)
    assert labels(app) == {"Sensitivity": "100 %", "Specificity": "100 %"}
    assert "No published cut-off" in said(app)


def test_an_index_nobody_has_is_a_dash_with_its_sentence(trial_store: Store) -> None:
    app = open_accuracy(accuracy_part="Cut-off", accuracy_index="LAR")
    assert "LAR —: no patient has it" in said(app)
    assert "no number to cut" in said(open_accuracy(accuracy_part="Cut-off", accuracy_test="MRI and CT"))


def test_head_to_head_says_who_is_paired_and_why_the_rest_are_missing(trial_store: Store) -> None:
    text = said(open_accuracy(**CPA, accuracy_part="Head to head"))
    assert "5 paired of 8 patients" in text
    assert "Pentixafor not yet read: 1" in text and "no reference diagnosis: 1" in text
    assert "inconclusive read" in text
    assert "weighted generalised score" in text
    dotatate = open_accuracy(**CPA, accuracy_part="Head to head", accuracy_against="Pentixafor against DOTATATE")
    assert "0 paired of 8 patients" in said(dotatate)
    assert "DOTATATE is done when applicable" in said(dotatate)


def test_the_inconclusive_slider_moves_the_result(trial_store: Store) -> None:
    shown = [labels(open_accuracy(**CPA, accuracy_part="Inconclusive", accuracy_share=share)) for share in ("0", "100")]
    assert shown[0] == {"Sensitivity at 0 %": "67 %", "Specificity at 0 %": "67 %"}
    assert shown[1] == {"Sensitivity at 100 %": "67 %", "Specificity at 100 %": "33 %"}


def test_what_is_saved_later_is_counted_at_once(trial_store: Store) -> None:
    app = open_accuracy(**CPA)
    assert "n = 6 with a reference" in figures(app)
    trial_store.save_reference(ReferenceDiagnosis("P007", "CPA", "adrenal_left"))
    app.run()
    assert "n = 7 with a reference" in figures(app)


def test_an_empty_trial_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSHING_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    open_store().close()
    assert "No patients yet" in said(open_accuracy())


def test_a_trial_without_reads_or_references_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSHING_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with open_store() as store:
        store.save_case({"case_id": "P001"})
        for part in PARTS:
            open_accuracy(accuracy_part=part)
            open_accuracy(accuracy_part=part, accuracy_unit="Per lesion")


@pytest.mark.parametrize(
    ("event", "code"),
    [(None, None), ({"selection": {"cell": []}}, None), ({"selection": {"cell": [{"code": "tp"}]}}, "tp")],
)
def test_the_click_on_a_cell_is_read(event: Any, code: str | None) -> None:
    assert read_cell(event) == code
