"""What is kept of an upload for good: its images and numbers, and no name typed at the scanner."""

import json
from datetime import date
from pathlib import Path

import pytest

from imaging.dicom import load_volume, read_study
from imaging.volume import save_volume
from store import Patient, Store, data_folder
from tests.imaging.dicom_files import ct_slice, write_files
from views.attach import attach_scans
from views.scan import make_scan


@pytest.mark.parametrize(
    ("typed", "kept"), [("CT low dose for PET", "CT low dose for PET"), ("CT Doe 4711", "CT"), ("for Jane", None)]
)
def test_a_name_in_a_description_is_not_kept_with_the_patient(
    store: Store, tmp_path: Path, typed: str, kept: str | None
) -> None:
    store.save_patient(Patient("P917", 46, "female", date(2026, 3, 1), None, True, None))
    slices = [ct_slice(3.0 * n, PatientName="Doe^Jane", SeriesDescription=typed) for n in range(3)]
    series = read_study(write_files(tmp_path / "in", slices)).series[0]
    volume = load_volume(series)
    save_volume(volume, data_folder() / "uploaded.npz")
    attach_scans(store, (make_scan(series, volume, "uploaded.npz", ""),), "P917")
    (record,) = store.fetch_series("P917")
    assert (record.description, record.inspection["description"]) == (kept, kept)
    assert not {"doe", "jane", "4711"} & set(json.dumps(record.inspection).lower().replace('"', " ").split())
