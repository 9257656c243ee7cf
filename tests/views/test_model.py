"""The learned model's page: refused with too few, judged beside the engine, unseen patients, plain JSON out and in."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from decision.case import Case, read_case
from decision.engine import assess_case
from store import Patient, ReferenceDiagnosis, Store
from tests.trial.test_learned import draw_patients
from tests.views.people import open_app, said
from trial.calibration import ReliabilityBin, Score
from trial.learned import Judged, LearnedModel, judge_model, learn_model
from views.charts_model import ENGINE, LEARNED, chart_confusion, chart_reliability, count_choices
from views.learners import ask_engine, make_learners, measure_uptake
from views.model_data import Learned, compare_patient, fetch_learned, keep_classes
from views.model_file import read_file, write_file
from views.model_words import make_coefficients_table, say_difference, say_score, say_slope
from views.names import subtype_name

ADRENAL, PITUITARY = "Pentixafor, hotter adrenal over the other", "Pentixafor, pituitary over liver"


def make_case(name: str = "T1", minutes: float | None = 60.0, **changes: object) -> Case:
    pet = {"modality": "PET", "tracer": "68Ga-Pentixafor", "uptake_minutes": minutes, "uptake": "positive"}
    entries = [
        {**pet, "region": "adrenal_left", "suv_max": 12.0},
        {**pet, "region": "adrenal_right", "suv_max": 3.0},
        {**pet, "region": "pituitary", "suv_max": 4.0, "liver_suv_mean": 2.0},
    ]
    results = [{"test": "acth_plasma", "value": 60, "unit": "pg/mL"}, {"test": "ufc_24h", "value": 3, "unit": "xULN"}]
    return read_case({"case_id": name, "imaging": entries, "results": results, **changes})


def fill_cohort(store: Store) -> None:
    """Twelve with a hot pituitary and twelve with a hot adrenal; P017 is one of the first."""
    names = [f"L{number:02d}" for number in range(24)]
    documents = []
    for number, name in enumerate(names):
        case = make_case(name).to_json()
        low_acth = {"test": "acth_plasma", "value": 3 + number % 3, "unit": "pg/mL"}
        case["results"] = [low_acth if number % 2 else case["results"][0], case["results"][1]]
        case["imaging"][0]["suv_max"] = 3.0 + (9.0 if number % 2 else number % 5 / 10)
        documents.append(case)
    store.save_many(
        patients=[Patient(name, 40, "female", synthetic=True) for name in names],
        cases=documents,
        references=[ReferenceDiagnosis(name, "CPA" if i % 2 else "CD") for i, name in enumerate(names)],
    )


def judged_model() -> tuple[LearnedModel, Judged]:
    patients = draw_patients({"CD": 40, "CPA": 20}, told_by_uptake=True)
    model = learn_model(patients)
    judged = judge_model(patients)
    assert isinstance(model, LearnedModel)
    assert isinstance(judged, Judged)
    return model, judged


def test_uptake_is_measured_as_doublings() -> None:
    measures = measure_uptake(make_case())
    assert measures[ADRENAL] == pytest.approx(2)
    assert measures[PITUITARY] == pytest.approx(1)
    assert measures["DOTATATE, pituitary over liver"] is None


@pytest.mark.parametrize("minutes", [10.0, 240.0, None])
def test_uptake_outside_its_window_or_of_unknown_time_is_not_known(minutes: float | None) -> None:
    assert set(measure_uptake(make_case(minutes=minutes)).values()) == {None}


def test_learners_are_those_with_a_reference_and_carry_the_engine_as_it_stands() -> None:
    [learner] = make_learners([make_case("T1"), make_case("T2")], {"T1": "CD"})
    assert (learner.patient_id, learner.reference) == ("T1", "CD")
    expected = {item.subtype: item.probability for item in assess_case(make_case()).subtypes}
    assert learner.engine == pytest.approx(expected)
    assert ask_engine([]) == []


def test_too_few_are_refused_in_a_sentence_with_the_counts(store: Store) -> None:
    store.save_reference(ReferenceDiagnosis("P017", "CD"))
    app = open_app("model")
    assert "No model is learned" in said(app)
    assert f"{subtype_name('CD')} 1" in said(app).replace("\\", "")
    assert not app.table


def test_the_page_shows_both_beside_each_other_and_says_what_it_is_not(store: Store) -> None:
    fill_cohort(store)
    app = open_app("model", patient="L00")
    assert "never instead of it" in said(app)
    assert "Brier score of the learned model minus the engine" in said(app)
    scores, beside = (table.value for table in app.table)
    assert list(scores[""]) == [ENGINE, LEARNED]
    assert set(beside["Subtype"]) == {subtype_name("CD"), subtype_name("CPA")}
    assert "has not seen this patient" in said(app)


def test_the_chosen_reference_diagnoses_alone_are_judged_by_the_same_model(store: Store) -> None:
    fill_cohort(store)
    found = fetch_learned()
    assert isinstance(found, Learned)
    kept = keep_classes(found, ("CPA",))
    assert kept is not None and kept.model == found.model
    assert len(kept.judged.truth) == kept.engine.patients == 12
    assert {kept.judged.classes[place] for place in kept.judged.truth} == {"CPA"}
    assert keep_classes(found, ("EAS",)) is None
    assert keep_classes(found, ()) is found


def test_a_cell_of_the_models_first_choices_gives_its_reference_diagnosis() -> None:
    _, judged = judged_model()
    drawn = chart_confusion(count_choices(judged, LEARNED), subtype_name).to_dict()
    assert drawn["params"][0]["select"]["fields"] == ["code"]
    assert {row["code"] for row in next(iter(drawn["datasets"].values()))} == {"CD", "CPA"}


def test_a_patient_of_the_cohort_is_judged_by_the_model_that_left_them_out(store: Store) -> None:
    fill_cohort(store)
    found = fetch_learned()
    assert isinstance(found, Learned)
    case = read_case(store.fetch_case("L03"))
    beside = compare_patient(case, found.model, found.judged)
    row = found.judged.learned[found.judged.patient_ids.index("L03")]
    assert list(beside.learned.values()) == pytest.approx(list(row))
    assert beside.unseen
    anew = compare_patient(case, found.model, None)
    assert anew.learned != beside.learned
    assert not anew.unseen
    assert sum(beside.engine.values()) == pytest.approx(1)


def test_the_answer_of_the_engine_is_the_same_with_and_without_a_model(store: Store) -> None:
    before = store.fetch_assessment("P017")
    fill_cohort(store)
    fetch_learned()
    assert store.fetch_assessment("P017") == before


def test_saved_and_read_back_it_is_the_same_model_and_synthetic_data_says_so() -> None:
    model, _ = judged_model()
    content = write_file(model, "2026.1", "Synthetic data")
    assert json.loads(content)["data"] == "Synthetic data"
    again, edition = read_file(content)
    assert edition == "2026.1"
    np.testing.assert_array_equal(again.coefficients, model.coefficients)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (None, "not JSON"),
        ([], "holds no object"),
        ({"format": "another"}, "not a learned model"),
        ({"fill": None}, "missing or of another kind"),
        ({"fill": []}, "do not fit"),
        ({"scale": "wide"}, "could not"),
        ({"counts": 3}, "missing or of another kind"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(change: object, says: str) -> None:
    document = json.loads(write_file(judged_model()[0], "2026.1", None))
    whole = document | change if isinstance(change, dict) else change
    content = b"\xff{" if change is None else json.dumps(whole).encode()
    with pytest.raises(ValueError, match=says):
        read_file(content)


def test_an_upload_that_is_no_model_is_told_so_on_the_page(store: Store) -> None:
    app = open_app("model")
    app.file_uploader(key="model_file").set_value([("x.json", io.BytesIO(b"{}").getvalue(), "application/json")]).run()
    assert not app.exception
    assert "not a learned model" in said(app)


def test_which_is_nearer_the_truth_is_said_only_where_the_interval_says_so() -> None:
    assert "learned model is nearer" in say_difference(Score(-0.1, -0.2, -0.01))
    assert "engine is nearer" in say_difference(Score(0.1, 0.01, 0.2))
    assert "cannot tell" in say_difference(Score(-0.1, -0.2, 0.01))
    assert say_score(Score(0.1, -0.01, 0.2)) == "0.100 [−0.010 to 0.200]"


def test_a_slope_without_an_upper_end_is_not_a_number() -> None:
    assert say_slope(Score(10.0, 9.9, 10.0)) == "— no upper end"
    assert say_slope(Score(0.93, 0.67, 10.0)) == "0.93 [0.67 to no upper end]"
    assert say_slope(Score(0.9, 0.7, 1.1)) == "0.90 [0.70 to 1.10]"


def test_every_patient_is_in_the_table_of_choices_once() -> None:
    _, judged = judged_model()
    for who in (ENGINE, LEARNED):
        counts = count_choices(judged, who)
        assert counts["patients"].sum() == 60
        assert counts.groupby("reference")["patients"].sum().to_dict() == {"CD": 40, "CPA": 20}
        spec = chart_confusion(counts, subtype_name).to_dict()
        assert len(next(iter(spec["datasets"].values()))) == 4


def test_the_reliability_figure_has_both_and_the_line() -> None:
    bins = (ReliabilityBin(10, 0.6, 7, 0.4, 0.9), ReliabilityBin(10, 0.9, 9, 0.6, 0.98))
    spec = chart_reliability({ENGINE: bins, LEARNED: bins[:1]}).to_dict()
    points = next(rows for rows in spec["datasets"].values() if "who" in rows[0])
    assert [(row["who"], row["right"]) for row in points] == [(ENGINE, 0.7), (ENGINE, 0.9), (LEARNED, 0.7)]


def test_coefficients_name_every_input_in_words() -> None:
    table: pd.DataFrame = make_coefficients_table(judged_model()[0])
    assert list(table["Input"])[:2] == [f"Engine's log-odds of {subtype_name(code)}" for code in ("CD", "CPA")]
    assert table["Input"].iloc[-1] == "Intercept"
