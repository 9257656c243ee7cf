from trial.cohort import CohortRecord
from trial.uptake import LesionUptake, UptakeGroup, compute_uptake

PENTIXAFOR, DOTATATE = "68Ga-Pentixafor", "68Ga-DOTATATE"
SCANNED = frozenset({PENTIXAFOR})
RECORDS = [
    CohortRecord("P1", reference="CPA", tracers=SCANNED),
    CohortRecord("P2", reference="CPA", tracers=SCANNED),
    CohortRecord("P3", reference="CPA"),
    CohortRecord("P4", tracers=SCANNED),
]
UPTAKES = [
    LesionUptake("P1", PENTIXAFOR, "1", 15.0),
    LesionUptake("P1", PENTIXAFOR, "2", 4.0),
    LesionUptake("P4", PENTIXAFOR, "1", 2.0),
    LesionUptake("P9", PENTIXAFOR, "1", 99.0),
]


def group(unit: str, subtype: str | None, tracer: str = PENTIXAFOR) -> UptakeGroup:
    groups = compute_uptake(RECORDS, UPTAKES, ["CPA"], [PENTIXAFOR, DOTATATE], unit)  # type: ignore[arg-type]
    (found,) = (one for one in groups if (one.subtype, one.tracer) == (subtype, tracer))
    return found


def test_per_patient_the_hottest_lesion_stands_for_the_patient() -> None:
    assert [value.suv_max for value in group("patient", "CPA").values] == [15.0]


def test_per_lesion_every_lesion_counts_and_the_patient_once() -> None:
    found = group("lesion", "CPA")
    assert ([value.suv_max for value in found.values], found.with_value) == ([4.0, 15.0], 1)


def test_denominators_tell_scanned_and_unmeasured_patients_apart() -> None:
    found = group("patient", "CPA")
    assert (found.patients, found.scanned, found.with_value) == (3, 2, 1)


def test_a_patient_without_a_value_is_not_a_zero() -> None:
    assert all(value.suv_max > 0 for value in group("lesion", "CPA").values)


def test_patients_without_a_reference_diagnosis_have_their_own_group() -> None:
    assert [value.patient_id for value in group("patient", None).values] == ["P4"]


def test_values_of_patients_outside_the_cohort_are_left_out() -> None:
    groups = compute_uptake(RECORDS, UPTAKES, ["CPA"], [PENTIXAFOR])
    assert "P9" not in {value.patient_id for one in groups for value in one.values}


def test_median_and_quartiles_need_values() -> None:
    lesions = group("lesion", "CPA")
    assert (lesions.lower_quartile, lesions.median, lesions.upper_quartile) == (6.75, 9.5, 12.25)
    single = group("patient", "CPA")
    assert (single.lower_quartile, single.median, single.upper_quartile) == (None, 15.0, None)
    assert group("patient", "CPA", DOTATATE).median is None
