"""A measured lesion is taken away as one zip: DICOM while the headers are at hand, else what can be right without."""

import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from streamlit.testing.v1 import AppTest

from exchange.regions_in import compute_region_statistics, read_regions
from imaging.clock import read_clock
from imaging.deidentify import deidentify_study
from imaging.dicom import Series, Study, load_volume, read_study
from imaging.pseudonym import Pseudonym
from imaging.volume import save_volume
from store import MeasurementRecord, SeriesRecord, Store, data_folder, read_secret
from tests.imaging.phantoms import HOT_MM, hot_voxel
from tests.views.people import correct, open_app, said

PET = "1.2.3.1"
PLAIN = {"suv.nii.gz", "outline.nii.gz", "key_image.png", "inputs.json"}
DICOM = {"segmentation.dcm", "measurements.dcm", "structures.dcm", "key_image.dcm"}


def keep(store: Store, suv_max: float = 10.0, threshold: str = "41%") -> None:
    """A stored PET of P017 with a measured lesion, without the headers it came from."""
    volume = hot_voxel()
    volume.values[21:24, 18:21, 34:37] = 10.0
    path = data_folder() / "volumes" / "pet.npz"
    path.parent.mkdir(exist_ok=True)
    save_volume(volume, path)
    place, inspection = str(path.relative_to(data_folder())), {"slices": 40, "provenance": "152 MBq · 74 kg"}
    known: dict[str, Any] = {"suv_type": "SUVbw", "tracer": "68Ga-Pentixafor", "inspection": inspection}
    store.save_series(SeriesRecord("P017", PET, "1.2.3", "PT", volume_path=place, **known))
    lesion = MeasurementRecord("P017", PET, "1", "adrenal_left", HOT_MM, threshold, suv_max)
    store.save_measurement(lesion)


def upload(app: AppTest, path: Path) -> AppTest:
    app.file_uploader[0].upload(path.name, path.read_bytes()).run()
    return press(app, f"Read {path.name}")


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception, app.exception
    return app


def labels(elements: Sequence[Any]) -> str:
    return " ".join(str(element.proto) for element in elements)


def packed(app: AppTest) -> zipfile.ZipFile:
    """The zip that the download button offers."""
    assert "Download the zip" in labels(app.get("download_button"))
    return zipfile.ZipFile(BytesIO(app.session_state["board_drafts"]["imaging_export"]["ready"][-1]))


@pytest.fixture
def uploaded(shared: Path, store: Store) -> AppTest:
    """The real PET/CT, measured at its hottest point nearby."""
    app = upload(open_app("imaging", "P052"), shared / "imaging" / "dicom" / "sts001_pet_ct.zip")
    press(app, "To the hottest point nearby")
    return press(app, "Measure at the crosshair")


def test_a_stored_lesion_leaves_without_dicom_and_the_panel_says_why(store: Store) -> None:
    keep(store)
    app = open_app("imaging", "P017")
    assert "headers of the images, which are not kept" in said(app)
    archive = packed(press(app, "Prepare the files"))
    assert set(archive.namelist()) == PLAIN
    document = json.loads(archive.read("inputs.json"))
    assert document["synthetic"] is True
    assert document["case_id"] == "P017"
    assert document["scan"]["provenance"] == "152 MBq · 74 kg"
    assert document["suv_inputs"] is None
    assert document["lesions"][0]["suv_max"] == 10.0


@pytest.fixture
def copied(uploaded: AppTest, shared: Path, tmp_path: Path) -> Series:
    """The PET as the upload holds it: without its patient's identity."""
    study = shared / "imaging" / "dicom" / "sts001_pet_ct.zip"
    deidentify_study(study, "P052", read_secret(), tmp_path / "copy")
    return next(one for one in read_study(tmp_path / "copy").series if one.modality == "PT")


def test_an_uploaded_lesion_leaves_as_dicom_that_gives_the_same_numbers(uploaded: AppTest, copied: Series) -> None:
    assert "DICOM SEG, SR, RTSTRUCT" in said(uploaded)
    archive = packed(press(uploaded, "Prepare the files"))
    assert set(archive.namelist()) == PLAIN | DICOM
    series = copied
    volume, document = load_volume(series), json.loads(archive.read("inputs.json"))
    drawn = [
        read_regions(archive.read(name), volume, series)[0].mask for name in ("segmentation.dcm", "structures.dcm")
    ]
    assert np.array_equal(*drawn)
    found = compute_region_statistics(volume, drawn[0])
    assert found.max == pytest.approx(document["lesions"][0]["suv_max"], rel=1e-6)
    assert found.volume_ml == pytest.approx(document["lesions"][0]["volume_ml"], rel=1e-6)
    report = pydicom.dcmread(BytesIO(archive.read("measurements.dcm")))
    assert report.StudyInstanceUID == series.study_uid
    assert document["suv_inputs"]["header"]["weight"] == series.headers[0].weight


def test_what_leaves_is_dated_and_named_like_the_images_and_tells_nobody(
    uploaded: AppTest, copied: Series, shared: Path
) -> None:
    archive = packed(press(uploaded, "Prepare the files"))
    moved = Pseudonym("P052", read_secret()).date_offset_days
    today = date.today() + timedelta(days=moved)
    told = _identities(read_study(shared / "imaging" / "dicom" / "sts001_pet_ct.zip"))
    for name in DICOM:
        data = archive.read(name)
        found = pydicom.dcmread(BytesIO(data))
        assert (str(found.PatientName), found.PatientID, found.get("PatientBirthDate", "")) == ("P052", "P052", "")
        assert (found.PatientIdentityRemoved, found.LongitudinalTemporalInformationModified) == ("YES", "MODIFIED")
        assert found.StudyDate == copied.headers[0].study_date
        made = read_clock(found.get("ContentDate") or found.StructureSetDate, "00")
        assert abs((made or datetime.min).date() - today) <= timedelta(1)
        assert found.StudyInstanceUID == copied.study_uid
        assert [one for one in told if one.encode() in data] == [], name
    document = archive.read("inputs.json")
    assert [one for one in told if one.encode() in document] == []
    assert json.loads(document)["scan"]["study_date"] == copied.study_date
    assert json.loads(document)["written_at"][:4] == str(today.year)
    assert {one.date_time[0] for one in archive.infolist()} == {today.year}


def _identities(study: Study) -> set[str]:
    """Names, UIDs and dates of a study as it came, as they would stand in a file."""
    headers = [one.header for series in study.series for one in series.stack.slices]
    names = (
        "patient_id",
        "patient_name",
        "sop_instance",
        "study_uid",
        "series_uid",
        "frame_of_reference",
        "study_date",
    )
    told = {text for header in headers for name in names if (text := getattr(header, name))}
    return told | {series.study_date for series in study.series if series.study_date} | {f"{date.today():%Y%m%d}"}


def test_after_attaching_the_headers_are_still_at_hand_in_this_session(uploaded: AppTest) -> None:
    next(one for one in uploaded.selectbox if one.label == "Where is it?").set_value("other").run()
    next(one for one in uploaded.button_group if one.label == "Uptake, as you read it").set_value("positive").run()
    press(uploaded, "Attach to patient")
    archive = packed(press(uploaded, "Prepare the files"))
    assert set(archive.namelist()) == PLAIN | DICOM
    segment = pydicom.dcmread(BytesIO(archive.read("segmentation.dcm"))).SegmentSequence[0]
    assert segment.SegmentLabel == "Lesion 1 other"


def test_closing_the_upload_forgets_its_headers(uploaded: AppTest) -> None:
    assert uploaded.session_state["board_drafts"]["imaging_export"]["sources"]
    press(uploaded, "Close the upload and remove its files")
    assert not uploaded.session_state["board_drafts"].get("imaging_export", {}).get("sources")


def test_a_corrected_scan_leaves_with_what_the_reader_entered(uploaded: AppTest) -> None:
    before = uploaded_factor(uploaded)
    correct(uploaded, "Weight", "142")
    press(uploaded, "Measure at the crosshair")
    document = json.loads(packed(press(uploaded, "Prepare the files")).read("inputs.json"))
    assert document["scan"]["corrections"]["entered"] == {"weight_kg": 142.0}
    assert document["scan"]["corrections"]["reason"] == "scales on the day"
    stated = document["suv_inputs"]["header"]["weight"]
    assert stated != 142.0, "the header is shown as the scanner wrote it"
    assert document["suv_inputs"]["factors"] / before == pytest.approx(142.0 / stated)
    assert f"weight 142 kg entered by the reader instead of {stated:g} kg" in document["lesions"][0]["corrected"]
    assert "AB" not in json.dumps(document["scan"]["corrections"]), "an export names no person"


def uploaded_factor(app: AppTest) -> float:
    press(app, "Measure at the crosshair")
    document = json.loads(packed(press(app, "Prepare the files")).read("inputs.json"))
    return float(document["suv_inputs"]["factors"])


def test_a_lesion_that_no_longer_gives_its_suv_is_not_exported(store: Store) -> None:
    keep(store, suv_max=7.5)
    app = press(open_app("imaging", "P017"), "Prepare the files")
    assert "measured with SUVmax 7.50, and the scan now gives 10.00" in said(app)
    assert not app.get("download_button")


def test_an_outline_that_rests_on_the_liver_needs_it_again(store: Store) -> None:
    keep(store, threshold="liver")
    app = press(open_app("imaging", "P017"), "Prepare the files")
    assert "rests on the liver, whose place is not kept" in said(app)


def test_without_a_measured_lesion_there_is_nothing_to_export(store: Store) -> None:
    keep(store)
    store.save_measurement(MeasurementRecord("P017", PET, "1", "adrenal_left"))
    assert "Prepare the files" not in [one.label for one in open_app("imaging", "P017").button]
