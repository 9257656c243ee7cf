"""Corrections of a scan's SUV: kept one behind the other, together with all that follows, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from store import CorrectionRecord, MeasurementRecord, Patient, SeriesRecord, Store, StoreError, UnknownPatient

PET = SeriesRecord("P017", "1.2.3", modality="PT", tracer="68Ga-Pentixafor", volume_path="volumes/1.npz")
LESION = MeasurementRecord("P017", "1.2.3", "1", site="adrenal_left", suv_max=12.0)
WEIGHT = CorrectionRecord(
    patient_id="P017",
    series_uid="1.2.3",
    entered={"weight_kg": 72.0, "injected_at": "2026-03-02T10:05:00"},
    before={"weight_kg": 7200.0},
    after={"weight_kg": 72.0},
    reason="scales on the day, decimal point lost",
    reader="Reader A",
    factor_before=0.04,
    factor_after=0.0004,
    corrected_at=datetime(2026, 3, 3, 8, 15, 2, tzinfo=UTC),
)


@pytest.fixture
def kept(opened: Store) -> Store:
    opened.save_patient(Patient("P017"))
    opened.save_many(series=[PET], measurements=[LESION])
    return opened


def test_a_correction_comes_back_as_saved(kept: Store) -> None:
    kept.change_images(saved=[WEIGHT])
    assert kept.fetch_corrections("P017") == [WEIGHT]
    assert kept.fetch_corrections() == [WEIGHT]
    assert kept.fetch_corrections("P018") == []


def test_undoing_is_a_further_entry_and_nothing_is_altered(kept: Store) -> None:
    undone = replace(WEIGHT, entered={}, before=WEIGHT.after, after={"weight_kg": None}, reason="undone: wrong patient")
    kept.change_images(saved=[WEIGHT])
    kept.change_images(saved=[undone, undone])
    assert kept.fetch_corrections("P017") == [WEIGHT, undone, undone]


def test_a_correction_without_a_moment_is_dated_now(kept: Store) -> None:
    kept.change_images(saved=[replace(WEIGHT, corrected_at=None)])
    at = kept.fetch_corrections()[0].corrected_at
    assert at is not None and abs((datetime.now(UTC) - at).total_seconds()) < 60


def test_scan_lesions_and_correction_change_together(kept: Store) -> None:
    corrected = replace(PET, volume_path="volumes/1-c.npz")
    kept.change_images(saved=[corrected, WEIGHT, replace(LESION, suv_max=0.12)], who="Reader A", why="weight")
    assert kept.fetch_series("P017") == [corrected]
    assert [one.suv_max for one in kept.fetch_measurements("P017")] == [0.12]
    newest = kept.fetch_changes("P017")[0]
    assert (newest.subject, newest.who, newest.why) == ("measurement", "Reader A", "weight")
    assert newest.before is not None and newest.before["suv_max"] == 12.0


def test_without_a_reason_nothing_at_all_is_kept(kept: Store) -> None:
    with pytest.raises(StoreError, match="a correction needs its reason"):
        kept.change_images(saved=[replace(PET, volume_path="x.npz"), replace(WEIGHT, reason="  ")])
    assert kept.fetch_series("P017") == [PET]
    assert kept.fetch_corrections() == []


def test_a_correction_of_nobody_is_refused_and_leaves_the_scan(kept: Store) -> None:
    with pytest.raises(UnknownPatient):
        kept.change_images(saved=[replace(PET, volume_path="x.npz"), replace(WEIGHT, patient_id="P099")])
    assert kept.fetch_series("P017") == [PET]
