"""Whether a study came without its patient already: what it says of itself, and what its headers show."""

from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from imaging.clearance import ask_all_dates, ask_dates, find_identifiers, least_sure
from imaging.dicom import read_study
from tests.imaging.dicom_files import pet_series, pet_slice, write_files

CLEARED = {"PatientIdentityRemoved": "YES", "PatientName": "SITE2-017", "PatientID": "SITE2-017"}


def test_a_cleared_study_tells_nobody(tmp_path: Path) -> None:
    study = read_study(
        write_files(tmp_path, pet_series(3, **CLEARED, PatientBirthDate="", InstitutionAddress="REMOVED"))
    )
    assert find_identifiers(study) == ()


@pytest.mark.parametrize(
    ("changes", "tells"),
    [
        ({"PatientIdentityRemoved": None}, "Patient Identity Removed is not YES"),
        ({"PatientIdentityRemoved": "NO"}, "Patient Identity Removed is not YES"),
        ({"PatientBirthDate": "19790614"}, "Patient's Birth Date"),
        ({"AccessionNumber": "A1"}, "Accession Number"),
        ({"ReferringPhysicianName": "House^G"}, "Referring Physician's Name"),
    ],
)
def test_one_slice_that_tells_is_enough(changes: dict[str, str | None], tells: str, tmp_path: Path) -> None:
    slices = [*pet_series(2, **CLEARED), pet_slice(6.0, **{**CLEARED, **changes})]
    assert find_identifiers(read_study(write_files(tmp_path, slices))) == (tells,)


@pytest.mark.parametrize(
    ("removed", "said", "were"),
    [
        (None, None, "true"), ("NO", None, "true"), ("YES", None, "not said"), ("YES", "UNMODIFIED", "true"),
        ("YES", "MODIFIED", "moved"), ("YES", "REMOVED", "moved"), (None, "MODIFIED", "moved"),
    ],
)  # fmt: skip
def test_what_a_header_says_of_its_dates(removed: str | None, said: str | None, were: str, tmp_path: Path) -> None:
    dataset = Dataset()
    if removed:
        dataset.PatientIdentityRemoved = removed
    if said:
        dataset.LongitudinalTemporalInformationModified = said
    assert ask_dates(dataset) == were
    slices = pet_series(2, PatientIdentityRemoved=removed, LongitudinalTemporalInformationModified=said)
    assert ask_all_dates(read_study(write_files(tmp_path, slices))) == were


def test_the_least_sure_answer_counts() -> None:
    assert least_sure({"true", "moved", "not said"}) == "moved"
    assert least_sure({"true", "not said"}) == "not said"
    assert least_sure({"true"}) == least_sure(set()) == "true"
