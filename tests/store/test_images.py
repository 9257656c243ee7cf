from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from decision.case import CaseError
from store import MeasurementRecord, Patient, ReferenceRegion, SeriesRecord, Store, StoreError, UnknownPatient

PENTIXAFOR = SeriesRecord(
    patient_id="P017",
    series_uid="1.2.3",
    study_uid="1.2",
    modality="PT",
    tracer="68Ga-Pentixafor",
    description="PET WB",
    acquired_on=date(2026, 3, 4),
    uptake_minutes=61.5,
    suv_type="SUVbw",
    volume_path="volumes/1.2.3.npz",
    preview_path="previews/1.2.3.png",
    inspection={"slices": 299, "problems": [{"code": "x", "says": "µ"}], "suv_factors": None},
    deidentified={"dates": "moved", "secret": "0a1b", "removed": ["Patient's Name"], "kept": []},
)
LESION = MeasurementRecord(
    patient_id="P017",
    series_uid="1.2.3",
    lesion="1",
    site="adrenal_left",
    at_mm=(-24.5, 10.25, -801.0),
    threshold="41%",
    suv_max=15.2,
    centre_mm=(-24.0, 10.0, -800.0),
    created_at=datetime(2026, 3, 4, 10, 30, tzinfo=UTC),
    uptake="positive",
    quality=("The outline reaches the edge of the image.",),
)
LIVER = ReferenceRegion(
    patient_id="P017",
    series_uid="1.2.3",
    organ="liver",
    at_mm=(-80.0, 10.0, -900.0),
    diameter_mm=30.0,
    suv_mean=1.6,
    suv_sd=0.2,
    suv_max=2.1,
    placed="proposed",
    created_at=datetime(2026, 3, 4, 10, 25, tzinfo=UTC),
)


@pytest.fixture
def kept(opened: Store) -> Store:
    opened.save_patient(Patient("P017"))
    return opened


def test_a_series_comes_back_as_saved(kept: Store) -> None:
    kept.save_series(PENTIXAFOR)
    assert kept.fetch_series("P017") == [PENTIXAFOR]


def test_what_is_not_known_of_a_series_stays_unknown(kept: Store) -> None:
    bare = SeriesRecord("P017", "1.9")
    kept.save_series(bare)
    assert kept.fetch_series("P017") == [bare]
    assert bare.uptake_minutes is None


def test_a_series_imported_twice_is_kept_once_as_it_was_last(kept: Store) -> None:
    kept.save_series(PENTIXAFOR)
    kept.save_series(replace(PENTIXAFOR, uptake_minutes=62.0))
    assert [series.uptake_minutes for series in kept.fetch_series()] == [62.0]


def test_images_of_nobody_are_refused(opened: Store) -> None:
    with pytest.raises(UnknownPatient, match="no patient “P017”"):
        opened.save_series(PENTIXAFOR)
    with pytest.raises(UnknownPatient):
        opened.save_measurement(LESION)
    assert opened.fetch_series() == []


def test_a_measurement_comes_back_as_saved(kept: Store) -> None:
    kept.save_measurement(LESION)
    assert kept.fetch_measurements("P017") == [LESION]


def test_a_measurement_without_a_date_is_dated_now(kept: Store) -> None:
    kept.save_measurement(replace(LESION, created_at=None))
    created = kept.fetch_measurements()[0].created_at
    assert created is not None and abs((datetime.now(UTC) - created).total_seconds()) < 60


def test_measuring_a_lesion_again_replaces_it_and_the_history_keeps_the_first(kept: Store) -> None:
    kept.save_measurement(LESION, who="Reader A")
    kept.save_measurement(replace(LESION, suv_max=14.8), who="Reader B")
    assert [lesion.suv_max for lesion in kept.fetch_measurements("P017")] == [14.8]
    before = kept.fetch_changes("P017")[0].before
    assert before is not None and before["suv_max"] == 15.2


def test_the_same_lesion_on_two_tracers_is_two_measurements(kept: Store) -> None:
    kept.save_measurement(LESION)
    kept.save_measurement(replace(LESION, series_uid="4.5.6", suv_max=2.0))
    assert {lesion.series_uid for lesion in kept.fetch_measurements("P017")} == {"1.2.3", "4.5.6"}


def test_a_removed_measurement_stays_in_the_history(kept: Store) -> None:
    kept.save_measurement(LESION)
    kept.remove_measurement(LESION, who="Reader A", why="physiological bowel")
    assert kept.fetch_measurements() == []
    newest = kept.fetch_changes("P017")[0]
    assert (newest.after, newest.why) == (None, "physiological bowel")
    assert newest.before is not None and newest.before["at_mm"] == [-24.5, 10.25, -801.0]


def test_an_suv_that_is_not_a_number_is_refused(kept: Store) -> None:
    with pytest.raises(StoreError, match="suv_max is inf, not a number; leave it empty when it is not known"):
        kept.save_measurement(replace(LESION, suv_max=float("inf")))
    assert kept.fetch_measurements() == []


def test_a_word_for_the_uptake_that_nobody_knows_is_refused(kept: Store) -> None:
    with pytest.raises(StoreError, match="uptake “hot” is not known; it is one of"):
        kept.save_measurement(replace(LESION, uptake="hot"))


def test_a_reference_region_comes_back_as_saved_and_is_one_an_organ(kept: Store) -> None:
    kept.change_images(saved=[LIVER])
    assert kept.fetch_reference_regions("P017") == [LIVER]
    moved = replace(LIVER, suv_mean=1.7, placed="by hand")
    kept.change_images(saved=[moved], why="the first lay on a vessel")
    assert kept.fetch_reference_regions("P017") == [moved]
    newest = kept.fetch_changes("P017")[0]
    assert (newest.subject, newest.why) == ("reference region", "the first lay on a vessel")
    assert newest.before is not None and newest.before["suv_mean"] == 1.6


def test_a_removed_reference_region_stays_in_the_history(kept: Store) -> None:
    kept.save_many(regions=[LIVER])
    kept.change_images(removed=[LIVER], why="it was the spleen")
    assert kept.fetch_reference_regions() == []
    assert kept.fetch_changes("P017")[0].why == "it was the spleen"


def test_a_lesion_is_renamed_together_with_the_case_or_not_at_all(kept: Store) -> None:
    kept.save_measurement(LESION)
    renamed = replace(LESION, lesion="nodule")
    with pytest.raises(CaseError):
        kept.change_images(removed=[LESION], saved=[renamed], case={"case_id": "P017", "imaging": [{"region": "knee"}]})
    assert kept.fetch_measurements("P017") == [LESION]
    entry = {"modality": "PET", "tracer": "68Ga-Pentixafor", "region": "adrenal_left", "uptake": "positive"}
    kept.change_images(
        removed=[LESION],
        saved=[renamed],
        case={"case_id": "P017", "imaging": [entry]},
        who="Reader A",
        why="typing error",
    )
    assert kept.fetch_measurements("P017") == [renamed]
    assert kept.fetch_case("P017")["imaging"][0].items() >= entry.items()
    assert {(change.who, change.why) for change in kept.fetch_changes("P017")[:3]} == {("Reader A", "typing error")}
