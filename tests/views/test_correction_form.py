"""The correction form: what the images say beside what is typed, the factor at once, sentences that keep the typing."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from imaging.correction import Correction
from imaging.dicom import read_study
from imaging.provenance import document_series
from imaging.volume import save_volume
from store import MeasurementRecord, SeriesRecord, Store, data_folder
from tests.imaging.dicom_files import pet_series, write_files
from tests.imaging.phantoms import HOT_MM, hot_voxel
from tests.views.people import correct, fill_correction, open_app, said
from views.correction_typed import read_entries

UID = "1.2.3.1"
STATED = Correction(weight_kg=60.0, injected_at=datetime(2026, 3, 2, 10, 0), reference_at=datetime(2026, 3, 2, 11, 0))


def keep_scan(store: Store, folder: Path, **changes: Any) -> SeriesRecord:
    series = read_study(write_files(folder, pet_series(3, **changes))).series[0]
    suv = bool(series.suv and series.suv.factors)
    volume = hot_voxel(unit="SUVbw" if suv else "Bq/ml")
    (data_folder() / "volumes").mkdir(exist_ok=True)
    save_volume(volume, data_folder() / "volumes" / "pet.npz")
    record = SeriesRecord(
        "P017", UID, "1.2.3", "PT", series.tracer, uptake_minutes=series.uptake_minutes,
        suv_type="SUVbw" if suv else None, volume_path="volumes/pet.npz",
        inspection=json.loads(json.dumps(document_series(series, volume))),
    )  # fmt: skip
    store.save_many(series=[record])
    return record


def button(app: AppTest, label: str) -> Any:
    return next(one for one in app.button if one.label == label)


def field(app: AppTest, label: str) -> Any:
    return next(one for one in app.text_input if one.label.startswith(label))


def test_a_stored_scan_is_corrected_and_the_history_shows_it(store: Store, tmp_path: Path) -> None:
    keep_scan(store, tmp_path / "dicom")
    store.save_measurement(MeasurementRecord("P017", UID, "1", "adrenal_left", HOT_MM, "41%", 10.0, 8.0))
    app = fill_correction(open_app("imaging", "P017"), "Weight", "30")
    assert "60 kg" in said(app) and "every SUV × 0.500" in said(app)
    button(app, "Correct the SUV").click().run()
    assert "weight 30 kg entered by the reader instead of 60 kg in the header" in said(app)
    assert [one.suv_max for one in store.fetch_measurements("P017")] == [5.0]
    assert any("corrected 1 ×" in one.label for one in app.expander)
    assert "1 lesion measured before the correction, recomputed with it" in said(app)
    app = fill_correction(app, "Height", "")
    history = next(one.value for one in app.dataframe if "Reason" in one.value.columns)
    assert list(history.iloc[0])[1:4] == ["AB", "weight 60 kg → 30 kg", "scales on the day"]


def test_the_last_correction_is_undone_by_a_further_entry(store: Store, tmp_path: Path) -> None:
    keep_scan(store, tmp_path / "dicom")
    app = correct(open_app("imaging", "P017"), "Weight", "30")
    app = fill_correction(app, "Height", "")
    button(app, "Undo the last").click().run()
    assert not app.exception
    assert "entered by the reader" not in said(app)
    assert [one.reason for one in store.fetch_corrections("P017")] == ["scales on the day", "undone: scales on the day"]


def test_an_impossible_weight_gets_a_sentence_and_stays_as_typed(store: Store, tmp_path: Path) -> None:
    keep_scan(store, tmp_path / "dicom")
    app = fill_correction(open_app("imaging", "P017"), "Weight", "900")
    assert "A weight of 900 kg is not possible" in said(app)
    assert field(app, "Weight").value == "900"
    assert button(app, "Correct the SUV").disabled
    assert store.fetch_corrections() == []


def test_without_a_reason_nothing_can_be_corrected(store: Store, tmp_path: Path) -> None:
    keep_scan(store, tmp_path / "dicom")
    app = fill_correction(open_app("imaging", "P017"), "Weight", "61")
    assert not button(app, "Correct the SUV").disabled
    next(one for one in app.text_input if one.placeholder == "how you know the right value").set_value(" ").run()
    assert button(app, "Correct the SUV").disabled
    assert "Still needed: the reason." in said(app)


def test_a_scan_without_weight_offers_the_form_at_once_and_gets_its_suv(store: Store, tmp_path: Path) -> None:
    keep_scan(store, tmp_path / "dicom", PatientWeight=None)
    app = open_app("imaging", "P017")
    assert "the patient's weight (0010,1030) is empty" in said(app)
    assert field(app, "Weight").value == "", "the form is open without a click"
    app = fill_correction(app, "Weight", "60")
    assert "the scan gets an SUV" in said(app)
    button(app, "Correct the SUV").click().run()
    assert store.fetch_series("P017")[0].suv_type == "SUVbw"
    assert "the patient's weight (0010,1030) is empty" not in said(app)


def test_a_scan_stored_without_headers_says_what_to_do(store: Store, tmp_path: Path) -> None:
    record = keep_scan(store, tmp_path / "dicom")
    inspection = {name: value for name, value in record.inspection.items() if name != "suv_headers"}
    store.save_series(replace(record, inspection=inspection | {"suv_factors": None}, suv_type=None))
    app = open_app("imaging", "P017")
    assert "stored before headers were kept" in said(app)


def test_what_nothing_ties_to_the_scan_is_said_until_somebody_looks(store: Store, tmp_path: Path) -> None:
    keep_scan(store, tmp_path / "dicom")
    app = correct(open_app("imaging", "P017"), "Weight", "30")
    assert "that were not measured on this scan" in said(app), "the case holds a pituitary SUV of 4.2 typed by hand"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"weight_kg": "72.5"}, Correction(weight_kg=72.5)),
        ({"weight_kg": "72.5 kg"}, Correction(weight_kg=72.5)),
        ({"injected_at": "10:05"}, Correction(injected_at=datetime(2026, 3, 2, 10, 5))),
        ({"injected_at": "2026-3-2 9:05:30"}, Correction(injected_at=datetime(2026, 3, 2, 9, 5, 30))),
        ({"weight_kg": " ", "tracer": None}, Correction()),
    ],
)
def test_what_is_typed_is_understood(typed: dict[str, str | None], found: Correction) -> None:
    read = read_entries(typed, headers(), STATED)
    assert (read.correction, read.wrong) == (found, {})


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("weight_kg", "72,5", "write a point for decimals (72.5)"),
        ("weight_kg", "> 72", "write the number alone, in kg"),
        ("weight_kg", "heavy", "is not a number"),
        ("injected_at", "10.05", "is not a time: write it like 10:05"),
        ("injected_at", "25:00", "is not a time"),
        ("injected_at", "12:30", "The injection would be after the scan's clock"),
    ],
)
def test_what_is_not_understood_is_said_at_its_field(name: str, text: str, says: str) -> None:
    assert says in read_entries({name: text}, headers(), STATED).wrong[name]


def headers() -> Any:
    from imaging.header import read_header

    return tuple(read_header(one) for one in pet_series(2))
