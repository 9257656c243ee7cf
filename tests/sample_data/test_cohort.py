"""The synthetic trial: the same every time, readable as cases, shaped like the trial and like its sources."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from scipy.stats import binomtest

from decision.case import read_case
from decision.units import UNITS, convert
from sample_data.cohort import SyntheticPatient, make_cohort, suspects_ectopic
from sample_data.draws import load_distributions, load_parameters
from sample_data.specs import load_study_specs
from sample_data.uptake import DOTATATE, PENTIXAFOR

Cohort = tuple[SyntheticPatient, ...]


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return make_cohort()


def write_bytes(cohort: Cohort) -> bytes:
    said = [[patient.case, repr(patient.reads), repr(patient.reference)] for patient in cohort]
    return json.dumps(said, ensure_ascii=False).encode()


def of_subtype(cohort: Cohort, subtype: str) -> Cohort:
    return tuple(patient for patient in cohort if patient.person.subtype == subtype)


def entries_of(patient: SyntheticPatient, tracer: str) -> list[dict[str, Any]]:
    return [entry for entry in patient.case["imaging"] if entry.get("tracer") == tracer]


def values_of(cohort: Cohort, test: str) -> Iterator[float]:
    for patient in cohort:
        yield from (entry["value"] for entry in patient.case["results"] if entry["test"] == test and "value" in entry)


def test_the_same_seed_makes_the_same_bytes_and_another_seed_does_not(cohort: Cohort) -> None:
    make_cohort.cache_clear()
    assert write_bytes(make_cohort()) == write_bytes(cohort)
    assert write_bytes(make_cohort(1)) != write_bytes(cohort)


def test_160_patients_between_10_and_80_years_with_the_mix_of_the_parameters(cohort: Cohort) -> None:
    assert [patient.patient_id for patient in cohort] == [f"P{number:03d}" for number in range(1, 161)]
    assert all(10 <= patient.person.age_years <= 80 for patient in cohort)
    mix = {name: count for name, count in load_parameters("cohort")["mix"].items() if name != "source"}
    assert Counter(patient.person.subtype for patient in cohort) == mix
    assert sum(patient.person.is_child for patient in cohort) == 5


def test_enrolment_lies_in_its_window_on_working_days_and_follows_the_pseudonyms(cohort: Cohort) -> None:
    dates = [patient.person.enrolled_on for patient in cohort if not patient.person.studies]
    assert dates[0] >= date(2025, 9, 1)
    assert dates[-1] < date(2026, 11, 1)
    assert all(earlier <= later for earlier, later in pairwise(dates))
    assert all(day.weekday() < 5 for day in dates)
    assert all(patient.person.mdt_on > patient.person.enrolled_on for patient in cohort)


def test_every_case_is_read_as_a_case_file_and_says_nothing_about_the_answer(cohort: Cohort) -> None:
    for patient in cohort:
        case = read_case(patient.case)
        assert case.case_id == patient.patient_id
        assert case.results
        assert "subtype" not in json.dumps(patient.case)


def test_pentixafor_in_everyone_and_dotatate_only_where_ectopic_acth_is_suspected_before_pet(cohort: Cohort) -> None:
    assert all(entries_of(patient, PENTIXAFOR) for patient in cohort)
    with_dotatate = [patient for patient in cohort if entries_of(patient, DOTATATE)]
    assert 30 <= len(with_dotatate) <= 70
    for patient in with_dotatate:
        known = [entry for entry in patient.case["imaging"] if entry["modality"] != "PET"]
        assert suspects_ectopic(patient.case | {"imaging": known}), patient.patient_id
    others = [patient for patient in cohort if not entries_of(patient, DOTATATE)]
    assert any(suspects_ectopic(patient.case) for patient in others), "the tracer is not available for everyone"


@pytest.mark.parametrize(
    ("acth", "mri", "results", "expected"),
    [
        (60.0, None, [{"test": "ufc_24h", "value": 4.0, "unit": "xULN"}], True),
        (60.0, 8.0, [{"test": "ufc_24h", "value": 4.0, "unit": "xULN"}], False),
        (60.0, 4.0, [{"test": "ufc_24h", "value": 4.0, "unit": "xULN"}], True),
        (60.0, 8.0, [{"test": "ufc_24h", "value": 14.0, "unit": "xULN"}], True),
        (
            60.0,
            8.0,
            [{"test": "ufc_24h", "value": 4.0, "unit": "xULN"}, {"test": "potassium", "value": 2.5, "unit": "mmol/L"}],
            True,
        ),
        (8.0, None, [{"test": "ufc_24h", "value": 4.0, "unit": "xULN"}], False),
        (60.0, None, [{"test": "ufc_24h", "value": 0.6, "unit": "xULN"}], False),
        (60.0, None, [{"test": "dst_1mg_cortisol", "value": 8.0, "unit": "ug/dL"}], True),
    ],
)
def test_ectopic_acth_is_suspected(
    acth: float, mri: float | None, results: list[dict[str, Any]], expected: bool
) -> None:
    finding = {"finding": "normal"} if mri is None else {"finding": "lesion", "size_mm": mri}
    case = {
        "results": [{"test": "acth_plasma", "value": acth, "unit": "pg/mL"}, *results],
        "imaging": [{"modality": "MRI", "region": "pituitary", **finding}],
    }
    assert suspects_ectopic(case) is expected


def test_some_reads_are_inconclusive_some_readers_disagree_and_the_latest_patients_wait(cohort: Cohort) -> None:
    reads = [read for patient in cohort for read in patient.reads]
    assert {read.reader for read in reads} == {"reader A", "reader B"}
    assert 0.05 < sum(read.result == "inconclusive" for read in reads) / len(reads) < 0.3
    pairs = [
        [read.result for read in patient.reads if read.tracer == scan.tracer]
        for patient in cohort
        for scan in patient.scans
    ]
    agreement = [pair[0] == pair[1] for pair in pairs if len(pair) == 2]
    assert 0.65 < sum(agreement) / len(agreement) < 0.95
    assert any(not patient.reads for patient in cohort[-9:])


def test_recent_patients_have_no_reference_diagnosis_yet(cohort: Cohort) -> None:
    settled = [patient for patient in cohort if patient.reference]
    assert 90 <= len(settled) <= 140
    assert all(patient.reference is None for patient in cohort[-5:])
    for patient in settled:
        assert patient.reference is not None
        assert patient.reference.subtype == patient.person.subtype
        assert patient.person.enrolled_on < patient.reference.decided_on <= date(2026, 10, 31)


def test_units_limits_and_ends_of_assays_vary(cohort: Cohort) -> None:
    results = [entry for patient in cohort for entry in patient.case["results"]]
    assert {entry["unit"] for entry in results if entry["test"] == "acth_plasma"} == {"pg/mL", "ng/L", "pmol/L"}
    assert {entry["unit"] for entry in results if entry["test"] == "ufc_24h"} == {"ug/24h", "nmol/24h", "xULN"}
    assert {entry.get("comparator") for entry in results} >= {"<", ">"}
    assert all("uln" in entry for entry in results if entry["test"] == "ufc_24h" and entry["unit"] != "xULN")
    words = {word for patient in cohort for word in patient.case["context"]}
    assert {"oestrogen", "cyp3a4_inducer"} <= words


def test_tests_are_missing_at_realistic_rates_and_children_have_fewer(cohort: Cohort) -> None:
    counts = {patient.patient_id: len(patient.case["results"]) for patient in cohort}
    children = [counts[patient.patient_id] for patient in cohort if patient.person.is_child]
    adults = [counts[patient.patient_id] for patient in cohort if not patient.person.is_child]
    assert sum(children) / len(children) < sum(adults) / len(adults)
    assert 3 <= min(counts.values()) <= max(counts.values()) <= 20


def test_low_potassium_is_as_common_as_in_the_sources(cohort: Cohort) -> None:
    """84 % of ectopic ACTH and 25.6 % of Cushing's disease (A.5 of the sources)."""
    for subtype, share in (("EAS", 0.84), ("CD", 0.256)):
        values = list(values_of(of_subtype(cohort, subtype), "potassium"))
        low = sum(value < 3.5 for value in values)
        assert binomtest(low, len(values), share).pvalue > 0.01, (subtype, low, len(values))


def test_acth_separates_adrenal_disease_as_in_the_sources(cohort: Cohort) -> None:
    """74 % of overt adrenal disease lies below 10 pg/mL, 87 % of Cushing's disease above 30."""

    def levels(*subtypes: str) -> list[float]:
        found = []
        for patient in cohort:
            for entry in patient.case["results"]:
                if patient.person.subtype in subtypes and entry["test"] == "acth_plasma":
                    found.append(
                        convert("acth_plasma", entry["value"], entry["unit"]) / convert("acth_plasma", 1, "pg/mL")
                    )
        return found

    adrenal, pituitary = levels("CPA", "ACC", "PBMAH", "PPNAD"), levels("CD")
    assert binomtest(sum(value < 10 for value in adrenal), len(adrenal), 0.74).pvalue > 0.01
    assert binomtest(sum(value > 30 for value in pituitary), len(pituitary), 0.87).pvalue > 0.01


def test_a_row_means_the_same_whatever_its_unit(cohort: Cohort) -> None:
    """Morning cortisol rows are in nmol/L or µg/dL: healthy referrals lie near 393 nmol/L, hypercortisolism near 570."""

    def median(*subtypes: str) -> float:
        found = [
            convert("cortisol_morning", entry["value"], entry["unit"])
            for patient in cohort
            for entry in patient.case["results"]
            if patient.person.subtype in subtypes and entry["test"] == "cortisol_morning"
        ]
        return sorted(found)[len(found) // 2]

    assert 250 < median("NNH") < 550
    assert 400 < median("ACC", "PBMAH", "PPNAD") < 900
    above = [
        patient.person.subtype
        for patient in cohort
        for entry in patient.case["results"]
        if entry["test"] == "cortisol_morning" and entry.get("comparator") == ">"
    ]
    assert set(above) <= {"EAS", "CD"}


def test_every_test_follows_rows_in_a_unit_it_accepts() -> None:
    for test, rule in load_parameters("cohort")["tests"].items():
        keys = [key for key in rule.values() if isinstance(key, str)]
        assert keys
        assert all(load_distributions()[key].unit in UNITS[test] for key in keys), test


def test_every_figure_names_where_it_comes_from() -> None:
    rows = load_distributions().values()
    assert all(row.source and row.tag in "VCPRI" for row in rows)
    assert all((row.tag == "I") == (row.source == "invented") for row in rows)
    for name in ("cohort", "findings"):
        tables = {key: table for key, table in load_parameters(name).items() if isinstance(table, dict)}
        unnamed = [key for key, table in tables.items() if "source" not in table and key not in SOURCED_BY_ROWS]
        assert not unnamed


SOURCED_BY_ROWS = {"follows", "tests", "laboratories", "responses"}


def test_patients_with_images_are_those_of_the_studies(cohort: Cohort) -> None:
    by_id = {patient.patient_id: patient for patient in cohort}
    for study in load_study_specs():
        patient = by_id[study.patient_id]
        person = patient.person
        assert (person.subtype, person.sex, person.age_years) == (study.subtype, study.sex, study.age_years)
        assert entries_of(patient, study.tracer)
        assert person.enrolled_on <= study.injected_at.date()
        assert {scan.tracer for scan in patient.scans} == {own.tracer for own in person.studies}
        for lesion in study.lesions:
            assert any(entry["region"] == lesion.site for entry in patient.case["imaging"]), lesion.name
