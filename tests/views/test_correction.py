"""A scan's SUV corrected: volume, lesions, references and case follow by the ratio, the history keeps old and new."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from decision.case import CaseError
from imaging.correction import Correction
from imaging.dicom import read_study
from imaging.moving import shift_document
from imaging.problem import ImagingError
from imaging.provenance import document_series
from imaging.volume import read_volume, save_volume
from store import MeasurementRecord, ReferenceRegion, SeriesRecord, Store, data_folder
from tests.imaging.dicom_files import pet_series, write_files
from tests.imaging.phantoms import HOT_MM, hot_voxel
from tests.views.people import fill_store
from views.attach import attach_scans
from views.corrected_lesions import MARK
from views.correction import Entry, correct_stored, correct_upload, fetch_lines
from views.correction_history import make_history
from views.scan import Scan

UID = "1.2.3.1"
HALF = Entry(Correction(weight_kg=30.0), "scales on the day", "AB")
LESION = MeasurementRecord(
    "P017", UID, "1", "adrenal_left", at_mm=HOT_MM, threshold="41%", suv_max=10.0, suv_mean=8.0, suv_peak=9.0,
    volume_ml=1.5, total_uptake=12.0, liver_suv_mean=1.6, uptake="positive", quality=("The outline reaches the edge.",),
)  # fmt: skip
LIVER = ReferenceRegion("P017", UID, "liver", HOT_MM, 30.0, 1.6, 0.2, 2.2, "by hand")
CASE = {
    "case_id": "P017",
    "imaging": [
        {"modality": "PET", "tracer": "68Ga-Pentixafor", "region": "adrenal_left", "uptake": "positive", "suv_max": 10.0},
        {"modality": "PET", "tracer": "68Ga-Pentixafor", "region": "pituitary", "suv_max": 4.0, "uptake_minutes": 60.0},
        {"modality": "PET", "tracer": "68Ga-Pentixafor", "region": "lung_left", "suv_max": 3.0},
        {"modality": "PET", "tracer": "68Ga-DOTATATE", "region": "pituitary", "suv_max": 5.0, "uptake_minutes": 60.0},
        {"modality": "MRI", "region": "pituitary", "finding": "lesion", "size_mm": 7},
    ],
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    with fill_store(tmp_path / "data", monkeypatch) as opened:
        yield opened


def keep_record(folder: Path, **changes: Any) -> SeriesRecord:
    """A PET whose headers give an SUV, with a hot focus of 10 in that SUV (in Bq/ml where they give none)."""
    series = read_study(write_files(folder, pet_series(3, **changes))).series[0]
    factors = series.suv.factors if series.suv else None
    volume = hot_voxel(unit="SUVbw" if factors else "Bq/ml")
    volume.values[21:24, 18:21, 34:37] = 10.0 if factors else 25_000.0
    path = data_folder() / "volumes" / "pet.npz"
    path.parent.mkdir(exist_ok=True)
    save_volume(volume, path)
    return SeriesRecord(
        "P017", UID, "1.2.3", "PT", series.tracer, uptake_minutes=series.uptake_minutes,
        suv_type=series.suv.suv_type if series.suv else None, volume_path="volumes/pet.npz",
        inspection=json.loads(json.dumps(document_series(series, volume))),
    )  # fmt: skip


@pytest.fixture
def scan(store: Store, tmp_path: Path) -> Scan:
    record = keep_record(tmp_path / "dicom")
    store.save_many(cases=[CASE], series=[record], measurements=[LESION], regions=[LIVER])
    return Scan(record)


def stored(store: Store) -> Scan:
    return Scan(store.fetch_series("P017")[0])


def hottest(scan: Scan) -> float:
    assert scan.path
    return float(read_volume(scan.path).values.max())


def test_half_the_weight_is_half_of_every_suv_at_once(store: Store, scan: Scan) -> None:
    correct_stored(store, scan, HALF)
    after = stored(store)
    assert hottest(after) == pytest.approx(5.0)
    assert after.record.inspection["suv_factors"][0] == pytest.approx(scan.record.inspection["suv_factors"][0] / 2)
    assert "weight 30 kg entered by the reader instead of 60 kg in the header" in after.record.inspection["provenance"]
    assert not (scan.path and scan.path.exists()), "the volume in the old SUV is gone"


def test_lesions_are_recomputed_and_marked_with_what_they_were(store: Store, scan: Scan) -> None:
    correct_stored(store, scan, HALF)
    lesion = store.fetch_measurements("P017")[0]
    numbers = (lesion.suv_max, lesion.suv_mean, lesion.suv_peak, lesion.total_uptake, lesion.liver_suv_mean)
    assert numbers == (5.0, 4.0, 4.5, 6.0, 0.8)
    assert lesion.volume_ml == 1.5, "an outline at 41 % of the maximum is the same in any SUV"
    assert lesion.quality is not None and lesion.quality[0] == "The outline reaches the edge."
    assert lesion.quality[1].startswith(f"{MARK} (weight 30 kg") and "as SUVmax 10" in lesion.quality[1]
    region = store.fetch_reference_regions("P017")[0]
    assert (region.suv_mean, region.suv_sd, region.suv_max) == (0.8, 0.1, 1.1)


def test_the_case_follows_where_an_entry_is_of_this_scan_and_says_where_not(store: Store, scan: Scan) -> None:
    correct_stored(store, scan, HALF)
    found = {(one.get("tracer"), one["region"]): one for one in store.fetch_case("P017")["imaging"]}
    assert found["68Ga-Pentixafor", "adrenal_left"]["suv_max"] == 5.0
    assert found["68Ga-Pentixafor", "adrenal_left"]["uptake"] == "positive"
    assert found["68Ga-Pentixafor", "pituitary"]["suv_max"] == 2.0
    assert found["68Ga-Pentixafor", "lung_left"]["suv_max"] == 3.0
    assert found["68Ga-DOTATATE", "pituitary"]["suv_max"] == 5.0
    assert "not measured on this scan" in stored(store).record.inspection["corrections"]["left"]
    change = next(one for one in store.fetch_changes("P017") if one.subject == "case")
    assert (change.who, change.why) == ("AB", "SUV corrected: scales on the day")


def test_the_history_has_old_and_new_reason_reader_and_moment(store: Store, scan: Scan) -> None:
    correct_stored(store, scan, HALF)
    (line,) = fetch_lines(store, stored(store))
    assert (line.before, line.after) == ({"weight_kg": 60.0}, {"weight_kg": 30.0})
    assert (line.reason, line.reader) == ("scales on the day", "AB")
    assert line.corrected_at and abs((datetime.now(UTC) - line.corrected_at).total_seconds()) < 60
    row = make_history([line]).iloc[0]
    assert row["What"] == "weight 60 kg → 30 kg"
    assert row["Reason"] == "scales on the day"


def test_undoing_is_a_further_line_and_brings_everything_back(store: Store, scan: Scan) -> None:
    correct_stored(store, scan, HALF)
    correct_stored(store, stored(store), Entry(Correction(), "undone: it was his brother's weight", "CD"))
    after = stored(store)
    assert hottest(after) == pytest.approx(10.0, rel=1e-6)
    assert after.record.inspection["provenance"] == scan.record.inspection["provenance"]
    assert store.fetch_measurements("P017")[0].suv_max == pytest.approx(10.0)
    assert [one.after for one in fetch_lines(store, after)] == [{"weight_kg": 30.0}, {"weight_kg": 60.0}]
    assert store.fetch_case("P017")["imaging"][0]["suv_max"] == pytest.approx(10.0)


def test_a_fixed_threshold_is_outlined_again(store: Store, scan: Scan) -> None:
    store.save_measurement(replace(LESION, threshold="SUV:4.0", volume_ml=99.0))
    correct_stored(store, scan, HALF)
    lesion = store.fetch_measurements("P017")[0]
    assert lesion.suv_max == pytest.approx(5.0)
    assert lesion.volume_ml is not None and lesion.volume_ml < 90.0
    correct_stored(store, stored(store), Entry(Correction(weight_kg=10.0), "scales", "AB"))
    below = store.fetch_measurements("P017")[0]
    assert below.suv_max == pytest.approx(10.0 / 6), "the maximum is known, the outline at SUV 4 is not"
    assert (below.suv_mean, below.volume_ml) == (None, None)


def test_a_scan_without_weight_gets_its_suv_and_loses_it_when_undone(store: Store, tmp_path: Path) -> None:
    record = keep_record(tmp_path / "dicom", PatientWeight=None)
    store.save_many(series=[record])
    correct_stored(store, Scan(record), Entry(Correction(weight_kg=60.0), "scales", "AB"))
    after = stored(store)
    assert after.path and read_volume(after.path).unit == after.record.suv_type == "SUVbw"
    assert hottest(after) == pytest.approx(25_000.0 * after.record.inspection["suv_factors"][0], rel=1e-6)
    store.save_measurement(LESION)
    correct_stored(store, after, Entry(Correction(), "undone", "AB"))
    without = stored(store)
    assert without.path and read_volume(without.path).unit == "Bq/ml" and without.record.suv_type is None
    lesion = store.fetch_measurements("P017")[0]
    assert (lesion.suv_max, lesion.suv_mean) == (None, None)
    correct_stored(store, without, Entry(Correction(weight_kg=60.0), "scales after all", "AB"))
    assert store.fetch_measurements("P017")[0].suv_max == pytest.approx(hottest(stored(store)))


def test_another_tracer_moves_the_cases_entries_to_it(store: Store, scan: Scan) -> None:
    correct_stored(store, scan, Entry(Correction(tracer="68Ga-DOTATATE"), "the order says DOTATATE", "AB"))
    assert stored(store).record.tracer == "68Ga-DOTATATE"
    entries = store.fetch_case("P017")["imaging"]
    assert {(one["tracer"], one["suv_max"]) for one in entries if one["region"] == "adrenal_left"} == {
        ("68Ga-DOTATATE", 10.0)
    }


def test_a_half_life_changes_each_uncorrected_slice_by_its_own_factor(store: Store, tmp_path: Path) -> None:
    slices = pet_series(40, DecayCorrection="NONE", CorrectedImage=["ATTN"])
    for number, one in enumerate(slices):
        one.AcquisitionTime = f"11{number:02d}00"
    series = read_study(write_files(tmp_path / "dicom", slices)).series[0]
    record = replace(
        keep_record(tmp_path / "plain"), inspection=json.loads(json.dumps(document_series(series, hot_voxel())))
    )
    store.save_many(series=[record])
    before = read_volume(data_folder() / str(record.volume_path))
    correct_stored(store, Scan(record), Entry(Correction(half_life_s=6586.2), "it was 18F", "AB"))
    path = stored(store).path
    assert path
    ratios = (read_volume(path).values / before.values)[:, 0, 0]
    factors = np.asarray(stored(store).record.inspection["suv_factors"]) / np.asarray(record.inspection["suv_factors"])
    assert ratios == pytest.approx(factors, rel=1e-5)
    assert len(set(np.round(factors, 6))) == 40


def test_what_somebody_else_corrected_meanwhile_is_not_overwritten(store: Store, scan: Scan) -> None:
    correct_stored(store, scan, HALF)
    volumes = sorted((data_folder() / "volumes").iterdir())
    with pytest.raises(ImagingError, match="Somebody else has corrected this scan meanwhile"):
        correct_stored(store, scan, Entry(Correction(weight_kg=20.0), "scales", "CD"))
    assert len(fetch_lines(store, stored(store))) == 1
    assert sorted((data_folder() / "volumes").iterdir()) == volumes


def test_a_case_that_cannot_be_saved_leaves_everything_as_it_was(
    store: Store, scan: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise CaseError("P017", "imaging", "the database is full")

    monkeypatch.setattr(Store, "change_images", refuse)
    with pytest.raises(CaseError):
        correct_stored(store, scan, HALF)
    assert hottest(stored(store)) == 10.0
    assert [file.name for file in (data_folder() / "volumes").iterdir()] == ["pet.npz"]


def test_an_upload_takes_its_corrections_along_when_it_is_attached(store: Store, tmp_path: Path) -> None:
    record = replace(keep_record(tmp_path / "dicom"), patient_id="")
    upload, step = correct_upload(Scan(record, stored=False), HALF)
    upload, _ = correct_upload(upload, Entry(Correction(weight_kg=45.0), "scales again", "CD"))
    assert step.factor == pytest.approx(0.5)
    assert [one.reason for one in fetch_lines(store, upload)] == ["scales on the day", "scales again"]
    moved = replace(upload, record=replace(upload.record, inspection=shift_document(upload.record.inspection, 400)))
    (kept,) = attach_scans(store, (moved,), "P017")
    lines = fetch_lines(store, kept)
    assert [one.after for one in lines] == [{"weight_kg": 30.0}, {"weight_kg": 45.0}]
    assert lines[0].corrected_at and abs((datetime.now(UTC) - lines[0].corrected_at).total_seconds()) < 60
    assert hottest(kept) == pytest.approx(7.5)
    assert "log" not in kept.record.inspection["corrections"]
    correct_stored(store, kept, Entry(Correction(), "undone", "CD"))
    assert hottest(stored(store)) == pytest.approx(10.0, rel=1e-6)
