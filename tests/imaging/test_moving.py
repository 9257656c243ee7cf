"""A series that was read for nobody yet becomes a patient's: as if it had been taken in for that patient at once."""

from dataclasses import fields, replace
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from imaging.deidentify import copy_study
from imaging.dicom import Series, read_study
from imaging.moving import move_series, shift_document, shift_words
from imaging.pseudonym import Pseudonym
from tests.imaging.dicom_files import pet_series, write_files
from tests.imaging.enhanced_files import enhanced_pet
from tests.imaging.telling_files import telling_study

NOBODY, PATIENT = (Pseudonym(name, "known to this trial alone") for name in ("N001", "P917"))
STUDIES = {
    "ge": lambda: telling_study("GE"),
    "siemens": lambda: telling_study("SIEMENS", AcquisitionDateTime="20260302110000"),
    "refused": lambda: pet_series(3, PatientWeight=None),
    "enhanced": lambda: [enhanced_pet(agents=[{}, {"RadiopharmaceuticalStartDateTime": "20260301100000"}])],
}


def taken_in(folder: Path, person: Pseudonym) -> list[Series]:
    (folder / person.name).mkdir()
    return list(copy_study(read_study(folder / "in"), person, folder / person.name)[1].series)


def without_place(series: Series) -> Series:
    """Without the names of the files it was read from, which are those of two copies."""
    slices = tuple(replace(one, source=None) for one in series.stack.slices)  # type: ignore[arg-type]
    return replace(series, files=(), stack=replace(series.stack, slices=slices))


@pytest.mark.parametrize("kind", STUDIES)
def test_a_moved_series_is_the_one_that_would_have_been_taken_in(kind: str, tmp_path: Path) -> None:
    slices: list[Dataset] = STUDIES[kind]()
    write_files(tmp_path / "in", slices)
    days = PATIENT.date_offset_days - NOBODY.date_offset_days
    assert days != 0
    moved = [move_series(one, days, PATIENT) for one in taken_in(tmp_path, NOBODY)]
    wanted = taken_in(tmp_path, PATIENT)
    for one, other in zip(moved, wanted, strict=True):
        assert different(without_place(one), without_place(other)) == []


def different(one: Series, other: Series) -> list[str]:
    return [part.name for part in fields(Series) if getattr(one, part.name) != getattr(other, part.name)]


def test_dates_in_words_and_documents_move_and_nothing_else() -> None:
    assert (
        shift_words("scan 2026-03-02T11:00, 152 MBq, 1.2.840.2026", 1) == "scan 2026-03-03T11:00, 152 MBq, 1.2.840.2026"
    )
    assert shift_words("2026-13-02", 1) == "a date"
    document = {"on": "2026-02-28", "list": ["2026-03-01", 5, None], "uid": "2.25.20260302", "pair": ("2025-12-31",)}
    moved = {"on": "2026-03-01", "list": ["2026-03-02", 5, None], "uid": "2.25.20260302", "pair": ("2026-01-01",)}
    assert shift_document(document, 1) == moved
