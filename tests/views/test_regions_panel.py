"""Regions drawn elsewhere are opened on the page's scan, measured, marked, and taken as lesions; what does not fit is refused."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from streamlit.testing.v1 import AppTest

from exchange.dicom_object import encode_object
from exchange.dicom_rtstruct import write_rtstruct
from exchange.dicom_seg import write_seg
from exchange.dicom_source import SourceImages, read_source_images
from exchange.lesion import Lesion
from store import Store
from tests.exchange.exports import files_around, make_small_study, make_stamp, measure_hottest, read_pet
from tests.views.people import open_app, said
from views.regions import region_markers, shown_regions
from views.viewer_state import say_point
from views.words import say_number


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> SourceImages:
    """A PET as the hospital has it."""
    study = make_small_study(tmp_path_factory.mktemp("study"), "SIEMENS")
    return read_source_images(read_pet(study.folder / "PT"))


@pytest.fixture(scope="module")
def lesion(source: SourceImages) -> Lesion:
    return measure_hottest(source.series)


@pytest.fixture(scope="module")
def drawn(source: SourceImages, lesion: Lesion) -> dict[str, bytes]:
    """The lesion drawn at the hospital, with the hospital's identifiers."""
    kinds: dict[str, Any] = {"SEG": write_seg, "RTSTRUCT": write_rtstruct}
    return {kind: encode_object(write([lesion], source, make_stamp())) for kind, write in kinds.items()}


def pack(source: SourceImages, *others: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, file in enumerate(files_around(source.series, measure_hottest(source.series))):
            archive.write(file, f"{number}.dcm")
        for number, data in enumerate(others):
            archive.writestr(f"regions{number}.dcm", data)
    return buffer.getvalue()


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception, app.exception
    return app


def upload(source: SourceImages, *others: bytes) -> AppTest:
    app = open_app("imaging", "P052")
    app.file_uploader[0].upload("study.zip", pack(source, *others)).run()
    return press(app, "Read study.zip")


def give_regions(app: AppTest, data: bytes, name: str = "drawn.dcm") -> AppTest:
    box = next(one for one in app.file_uploader if one.label == "A SEG or RTSTRUCT file")
    box.upload(name, data).run()
    assert not app.exception, app.exception
    return app


def table(app: AppTest) -> Any:
    return next(one.value for one in app.dataframe if "Total" in one.value.columns)


def choose(app: AppTest, kind: str, label: str, value: str) -> None:
    next(one for one in reversed(getattr(app, kind)) if one.label == label).set_value(value).run()
    assert not app.exception, app.exception


@pytest.mark.parametrize("kind", ["SEG", "RTSTRUCT"])
def test_a_file_of_the_hospital_lies_on_images_whose_uids_were_replaced(
    source: SourceImages, lesion: Lesion, drawn: dict[str, bytes], store: Store, kind: str
) -> None:
    app = give_regions(upload(source), drawn[kind])
    row, measured = table(app).iloc[0], lesion.measurement
    assert f"**{kind}** with 1 region" in said(app)
    assert row["Region"] == "Lesion 1 adrenal left"
    numbers = (measured.suv_max, measured.suv_mean, measured.suv_peak, measured.volume_ml, measured.total_uptake)
    assert [row[name] for name in ("SUVmax", "Mean", "Peak", "ml", "Total")] == [
        say_number(number) for number in numbers
    ]
    assert f"Centre {say_point(measured.centre_mm)} · hottest" in said(app)
    press(app, "Show")
    pictures = " ".join(str(element.proto) for element in app.get("bidi_component"))
    assert "marked: a" in pictures


def test_a_region_is_taken_named_and_kept_as_a_lesion(
    source: SourceImages, lesion: Lesion, drawn: dict[str, bytes], store: Store
) -> None:
    app = press(give_regions(upload(source), drawn["SEG"]), "Measure as a lesion")
    assert "inside the region “Lesion 1 adrenal left” of a file" in said(app)
    choose(app, "selectbox", "Where is it?", "adrenal_left")
    choose(app, "button_group", "Uptake, as you read it", "positive")
    press(app, "Attach to patient")
    (kept,) = store.fetch_measurements("P052")
    assert (kept.site, kept.threshold) == ("adrenal_left", "drawn")
    assert kept.suv_max == pytest.approx(lesion.measurement.suv_max, rel=1e-6)
    assert kept.volume_ml == pytest.approx(lesion.measurement.volume_ml)
    assert kept.centre_mm == pytest.approx(lesion.measurement.centre_mm, abs=1e-3)
    assert store.fetch_case("P052")["imaging"][0]["region"] == "adrenal_left"
    press(app, "Prepare the files")
    packed = zipfile.ZipFile(BytesIO(app.session_state["board_drafts"]["imaging_export"]["ready"][-1]))
    structures = pydicom.dcmread(BytesIO(packed.read("structures.dcm")))
    segmented = pydicom.dcmread(BytesIO(packed.read("segmentation.dcm"))).pixel_array
    assert np.count_nonzero(segmented) == np.count_nonzero(lesion.mask)
    assert "drawn in a file" in str(structures.StructureSetROISequence[0].ROIGenerationDescription)


def test_a_stored_scan_knows_its_space_and_refuses_another(
    source: SourceImages, drawn: dict[str, bytes], store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    app = press(give_regions(upload(source), drawn["SEG"]), "Measure as a lesion")
    choose(app, "selectbox", "Where is it?", "other")
    choose(app, "button_group", "Uptake, as you read it", "positive")
    press(app, "Attach to patient")
    later = open_app("imaging", "P052")
    assert table(give_regions(later, drawn["RTSTRUCT"])).iloc[0]["Region"] == "Lesion 1 adrenal left"
    assert "Nothing says" not in said(later)
    stranger = read_pet(make_small_study(tmp_path_factory.mktemp("other"), "GE", "P003").folder / "PT")
    data = encode_object(write_seg([measure_hottest(stranger)], read_source_images(stranger), make_stamp()))
    give_regions(later, data, "stranger.dcm")
    assert "stranger.dcm: The regions were drawn in another frame of reference than this scan" in said(later)
    press(later, "Prepare the files")
    assert not later.exception


def test_a_drawn_lesion_is_exported_only_while_its_outline_is_at_hand(
    source: SourceImages, drawn: dict[str, bytes], store: Store
) -> None:
    app = press(give_regions(upload(source), drawn["SEG"]), "Measure as a lesion")
    choose(app, "selectbox", "Where is it?", "other")
    choose(app, "button_group", "Uptake, as you read it", "positive")
    press(app, "Attach to patient")
    later = press(open_app("imaging", "P052"), "Prepare the files")
    assert "drawn in a file, and the outline is not kept" in said(later)
    give_regions(later, drawn["SEG"])
    press(later, "Prepare the files")
    assert "outline is not kept" not in said(later)


def test_regions_that_lay_beside_the_images_are_offered(
    source: SourceImages, drawn: dict[str, bytes], store: Store
) -> None:
    app = upload(source, drawn["SEG"], drawn["RTSTRUCT"])
    box = next(one for one in app.selectbox if one.label == "In the upload")
    assert list(box.options) == ["RTSTRUCT 1 of the upload", "SEG 2 of the upload"]
    box.select_index(1).run()
    assert not app.exception, app.exception
    assert table(app).iloc[0]["Region"] == "Lesion 1 adrenal left"


def test_what_is_no_region_file_is_refused_and_the_scan_stays(source: SourceImages, store: Store) -> None:
    app = give_regions(upload(source), b"Dear colleague" * 50, "letter.txt")
    assert "letter.txt: The file is not DICOM" in said(app)
    assert "Measure at the crosshair" in [one.label for one in app.button]


def test_an_image_given_as_regions_is_named_as_what_it_is(source: SourceImages, store: Store) -> None:
    app = give_regions(upload(source), Path(source.series.files[0].path).read_bytes(), "image.dcm")
    assert "modality PT; regions are read from DICOM SEG and RTSTRUCT files" in said(app)


def test_without_an_open_file_nothing_is_marked() -> None:
    assert shown_regions("1.2.3") == () and region_markers("1.2.3") == ()
