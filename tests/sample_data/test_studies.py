"""The list of synthetic studies covers the subtypes and tracers, and can be made all at once."""

from collections import defaultdict
from itertools import pairwise

import pydicom
import pytest

from sample_data import studies
from sample_data.scanner import load_scanners
from sample_data.specs import FOLDER, load_study_specs

REGIONS = {
    "pituitary", "adrenal_left", "adrenal_right", "lung", "lung_left", "lung_right", "mediastinum", "pancreas",
    "thyroid", "gastrointestinal", "abdomen", "chest", "other",
}  # fmt: skip


def _by_patient():
    patients = defaultdict(list)
    for spec in load_study_specs():
        patients[spec.patient_id].append(spec)
    return patients


def test_both_tracers_and_the_subtypes_are_covered():
    tracers = [spec.tracer for spec in load_study_specs()]
    assert tracers.count("68Ga-Pentixafor") >= 6
    assert tracers.count("68Ga-DOTATATE") >= 3
    told = {(spec.subtype, spec.site) for spec in load_study_specs()}
    assert {("CD", "pituitary_left"), ("CPA", "adrenal_left"), ("CPA", "adrenal_right"), ("EAS", "lung")} <= told
    assert {"PBMAH", "ACC", "NONE"} <= {subtype for subtype, _ in told}
    assert {spec.vendor for spec in load_study_specs()} == set(load_scanners())


def test_the_two_tracers_of_a_patient_are_given_on_different_days():
    for specs in _by_patient().values():
        for first, second in pairwise(specs):
            assert first.injected_at.date() != second.injected_at.date()
            assert first.tracer != second.tracer


@pytest.mark.parametrize("spec", load_study_specs(), ids=lambda spec: spec.name)
def test_a_study_is_what_a_department_would_do(spec):
    """Label of 68Ga-DOTATATE: 40 to 90 minutes; activities of the order of 2 MBq/kg."""
    assert 40 <= spec.uptake_minutes <= 90
    assert 1.4 <= spec.dose_mbq / spec.weight_kg <= 2.4
    assert {lesion.site for lesion in spec.lesions} <= REGIONS
    assert all(spec.tracer in lesion.suv for lesion in spec.lesions)


def test_the_list_says_that_its_values_are_no_clinical_claim():
    assert "SYNTHETIC VALUES, NO CLINICAL CLAIM" in (FOLDER / "studies.toml").read_text(encoding="utf-8")


def test_all_studies_are_made_and_progress_is_told(tmp_path, monkeypatch):
    two = tuple(spec for spec in load_study_specs() if spec.patient_id == "P003")
    monkeypatch.setattr(studies, "load_study_specs", lambda: two)
    told: list[tuple[int, int]] = []
    truths = studies.make_studies(tmp_path, seed=3, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert [truth.tracer for truth in truths] == [spec.tracer for spec in two]
    frames = {pydicom.dcmread(truth.folder / "PT" / "PT0001.dcm").FrameOfReferenceUID for truth in truths}
    assert len(frames) == 2, "each day has its own frame of reference"
    assert len({truth.study_uid for truth in truths}) == 2
    assert truths[0].lesions[0].site == "pituitary"
