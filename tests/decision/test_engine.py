"""The obvious patient of each subtype, and the frame of the answer."""

import pytest

from decision.assessment import Assessment, read_assessment
from decision.case import read_case
from decision.engine import assess_case

SITES = {
    "pituitary", "pituitary_left", "pituitary_right", "pituitary_midline", "adrenal_left", "adrenal_right",
    "adrenal_bilateral", "lung", "mediastinum", "pancreas", "thyroid", "gastrointestinal", "other", "occult", "none",
}  # fmt: skip
SUBTYPES = {"CD", "EAS", "CPA", "ACC", "PBMAH", "PPNAD", "MACS", "NNH", "EXO", "NONE"}


def value(test: str, number: float, unit: str, **more: object) -> dict[str, object]:
    return {"test": test, "value": number, "unit": unit, **more}


def ct(region: str, finding: str, **more: object) -> dict[str, object]:
    return {"modality": "CT", "region": region, "finding": finding, **more}


def mri(finding: str, **more: object) -> dict[str, object]:
    return {"modality": "MRI", "region": "pituitary", "finding": finding, **more}


def pet(tracer: str, region: str, uptake: str, **more: object) -> dict[str, object]:
    return {"modality": "PET", "tracer": tracer, "region": region, "uptake": uptake, **more}


def assess(
    results: list, imaging: list | tuple = (), age: float | None = 45, sex: str | None = "female", **more: object
) -> Assessment:  # type: ignore[type-arg]
    document = {"case_id": "T1", "age_years": age, "sex": sex, "results": results, "imaging": list(imaging), **more}
    return assess_case(read_case(document))


LOW_ACTH = value("acth_plasma", 3, "pg/mL")
OVERT = [
    value("dst_1mg_cortisol", 420, "nmol/L"),
    value("ufc_24h", 4, "xULN"),
    value("cortisol_late_night_saliva", 4, "xULN"),
]
OBVIOUS = {
    "CD": ([value("acth_plasma", 65, "pg/mL"), *OVERT, value("hddst_2day_suppression", 75, "%")], [mri("lesion", size_mm=8)], {}),
    "EAS": (
        [value("acth_plasma", 320, "pg/mL"), value("ufc_24h", 25, "xULN"), value("potassium", 2.4, "mmol/L"),
         {"test": "hddst_2day_suppression", "outcome": "not_suppressed"}],
        [mri("normal"), ct("lung_left", "lesion", size_mm=9)], {"age": 55, "sex": "male"},
    ),
    "CPA": (
        [LOW_ACTH, *OVERT, value("dheas", 0.4, "umol/L", lln=1.0)],
        [ct("adrenal_left", "lesion", size_mm=30), ct("adrenal_right", "normal")], {},
    ),
    "ACC": (
        [LOW_ACTH, *OVERT, {"test": "androstenedione", "outcome": "high"}],
        [ct("adrenal_right", "mass", size_mm=110, attenuation_hu=35, flags=["heterogeneous", "invasion"])], {},
    ),
    "PBMAH": (
        [LOW_ACTH, value("ufc_24h", 1.4, "xULN"), value("dst_1mg_cortisol", 250, "nmol/L")],
        [ct("adrenal_left", "nodules", size_mm=35), ct("adrenal_right", "nodules", size_mm=30)], {"age": 58},
    ),
    "PPNAD": (
        [LOW_ACTH, *OVERT, value("liddle_ufc_change", 120, "%")],
        [ct("adrenal_left", "normal"), ct("adrenal_right", "normal")], {"age": 19},
    ),
    "MACS": (
        [value("acth_plasma", 7, "pg/mL"), value("dst_1mg_cortisol", 80, "nmol/L"), value("ufc_24h", 0.6, "xULN"),
         value("dheas", 30, "ug/dL")],
        [ct("adrenal_left", "lesion", size_mm=28, attenuation_hu=5), ct("adrenal_right", "normal")], {"age": 63},
    ),
    "NNH": (
        [value("acth_plasma", 25, "pg/mL"), value("ufc_24h", 1.7, "xULN"), value("cortisol_late_night_serum", 120, "nmol/L"),
         value("lddst_2day_cortisol", 40, "nmol/L"), {"test": "desmopressin_acth_rise", "outcome": "negative"}],
        [mri("normal")], {"context": ["alcohol_excess", "depression"], "sex": "male"},
    ),
    "EXO": (
        [value("acth_plasma", 4, "pg/mL"), value("cortisol_morning", 40, "nmol/L"), value("dheas", 0.3, "umol/L", lln=1.0)],
        [], {},
    ),
    "NONE": (
        [value("acth_plasma", 18, "pg/mL"), value("dst_1mg_cortisol", 25, "nmol/L"), value("ufc_24h", 0.5, "xULN"),
         value("cortisol_late_night_saliva", 0.5, "xULN")],
        [], {"context": []},
    ),
}  # fmt: skip


@pytest.mark.parametrize("subtype", OBVIOUS)
def test_the_obvious_patient_of_each_subtype_is_recognised(subtype: str) -> None:
    results, imaging, more = OBVIOUS[subtype]
    assessment = assess(results, imaging, **more)
    assert assessment.leader.subtype == subtype
    assert assessment.leader.probability > 0.5


@pytest.mark.parametrize("subtype", OBVIOUS)
def test_the_answer_has_the_shape_of_the_contract(subtype: str) -> None:
    results, imaging, more = OBVIOUS[subtype]
    document = assess(results, imaging, **more).to_json()
    assert {item["subtype"] for item in document["subtypes"]} == SUBTYPES
    assert sum(item["probability"] for item in document["subtypes"]) == pytest.approx(1, abs=1e-9)
    assert {item["site"] for item in document["sites"]} == SITES
    assert sum(item["probability"] for item in document["sites"]) == pytest.approx(1, abs=1e-9)
    probabilities = [item["probability"] for item in document["subtypes"]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 <= item["low"] <= item["probability"] <= item["high"] <= 1 for item in document["subtypes"])
    assert all(
        {"finding", "for", "against", "weight_db", "says", "source"} <= set(item) for item in document["reasons"]
    )
    assert set(document["pathway"]) == {"step", "done", "next"}


def test_an_assessment_survives_being_written_and_read() -> None:
    results, imaging, more = OBVIOUS["EAS"]
    assessment = assess(results, imaging, **more)
    assert read_assessment(assessment.to_json()) == assessment


def test_knowing_nothing_leaves_the_prior_and_says_so() -> None:
    assessment = assess([], age=None, sex=None)
    assert assessment.reasons == ()
    assert assessment.abstain is not None and "Too little is known" in assessment.abstain
    assert assessment.leader.probability == pytest.approx(0.40, abs=0.01)


def test_published_only_uses_no_expert_value() -> None:
    results, imaging, more = OBVIOUS["ACC"]
    document = {"case_id": "T1", "results": results, "imaging": imaging}
    assessment = assess_case(read_case(document), published_only=True)
    weighed = [reason for reason in assessment.reasons if reason.weight_db > 0]
    assert weighed and all(reason.grade in ("verified", "surrogate") for reason in weighed)
    assert assessment.weight_by_grade["expert"] == 0


def test_a_child_gets_other_priors_and_wider_intervals() -> None:
    results = [value("acth_plasma", 40, "pg/mL"), value("ufc_24h", 3, "xULN")]
    adult, child = assess(results, age=30), assess(results, age=13)
    width = {a.case_id + str(i): a.leader.high - a.leader.low for i, a in enumerate((adult, child))}
    assert width["T11"] > width["T10"]
    assert any("Below 18" in flag.says for flag in child.flags)


ADRENAL_MASS = (
    ct("adrenal_left", "mass", size_mm=45, attenuation_hu=35),
    ct("adrenal_right", "normal"),
    mri("normal"),
)
RAISED = {"test": "plasma_metanephrines", "outcome": "elevated"}


def test_high_acth_an_adrenal_mass_and_raised_metanephrines_are_a_phaeochromocytoma_making_acth() -> None:
    found = assess([value("acth_plasma", 180, "pg/mL"), *OVERT, RAISED], ADRENAL_MASS)
    assert found.subtypes[0].subtype == "EAS"
    assert found.sites[0].site == "adrenal_left"


def test_raised_metanephrines_do_not_make_an_adrenal_mass_with_suppressed_acth_ectopic() -> None:
    found = assess([LOW_ACTH, *OVERT, RAISED], ADRENAL_MASS)
    assert found.subtypes[0].subtype in ("CPA", "ACC")


def test_normal_metanephrines_leave_ectopic_acth_from_elsewhere_as_likely() -> None:
    def ectopic(*more: dict[str, object]) -> float:
        found = assess([value("acth_plasma", 180, "pg/mL"), *OVERT, *more], [ct("lung", "mass")])
        return next(item.probability for item in found.subtypes if item.subtype == "EAS")

    assert ectopic({"test": "plasma_metanephrines", "outcome": "normal"}) == pytest.approx(ectopic(), abs=0.01)


def test_raised_dheas_and_raised_androstenedione_are_one_story() -> None:
    """Low DHEAS tells of ACTH; raised, it tells what the other androgens tell, and counts with the strongest of them."""
    mass = [ct("adrenal_left", "mass", size_mm=45)]
    dheas, androstenedione = ({"test": name, "outcome": "high"} for name in ("dheas", "androstenedione"))

    def odds(*results: dict[str, object]) -> float:
        found = {item.subtype: item.probability for item in assess([LOW_ACTH, *OVERT, *results], mass).subtypes}
        return found["ACC"] / found["CPA"]

    alone = odds(dheas), odds(androstenedione)
    assert max(alone) <= odds(dheas, androstenedione) < 1.5 * max(alone)
    assert min(alone) > 5 * odds()
