"""The imaging page: uploads, refusals in sentences, one crosshair, measuring and attaching."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from imaging.references import Uptake
from imaging.volume import save_volume
from store import MeasurementRecord, SeriesRecord, Store, data_folder
from tests.imaging.phantoms import HOT_MM, hot_voxel, soft_tissue
from tests.views.people import correct, open_app, said
from views.lesions_panel import make_markers, make_table, next_name
from views.measure_panel import say_needs, say_ratios
from views.scan import Scan, match_ct, say_no_suv, say_stranger
from views.viewer_state import say_point

PET, CT, OTHER = "1.2.3.1", "1.2.3.2", "1.2.4.1"


def keep(store: Store, uid: str, modality: str, study: str = "1.2.3", unit: str = "SUVbw", **known: object) -> None:
    """A stored series of P017: a hot lesion of 3 × 3 × 3 voxels on PET, soft tissue on CT."""
    pet = hot_voxel(unit=unit)
    pet.values[21:24, 18:21, 34:37] = 10.0
    path = data_folder() / "volumes" / f"{uid}.npz"
    path.parent.mkdir(exist_ok=True)
    save_volume(soft_tissue(pet) if modality == "CT" else pet, path)
    suv_type = "SUVbw" if modality == "PT" and unit == "SUVbw" else None
    fields = {"suv_type": suv_type, "uptake_minutes": 60.0, **known}
    place = str(path.relative_to(data_folder()))
    store.save_series(SeriesRecord("P017", uid, study, modality, volume_path=place, **fields))  # type: ignore[arg-type]


@pytest.fixture
def scanned(store: Store) -> Iterator[Store]:
    keep(store, PET, "PT", tracer="68Ga-Pentixafor", inspection={"slices": 40, "provenance": "152 MBq · 74 kg"})
    keep(store, CT, "CT")
    yield store


def button(app: AppTest, label: str) -> object:
    return next(one for one in app.button if one.label == label)


def press(app: AppTest, label: str) -> None:
    button(app, label).click().run()  # type: ignore[attr-defined]
    assert not app.exception, app.exception


def picture(app: AppTest) -> str:
    """What the viewer's picture says it shows."""
    return " ".join(str(element.proto) for element in app.get("bidi_component"))


def test_a_patient_without_images_is_told_what_to_do(store: Store) -> None:
    assert "No images of P017 are here yet" in said(open_app("imaging", "P017"))


def test_stored_scans_open_fused_with_their_provenance(scanned: Store) -> None:
    app = open_app("imaging", "P017")
    assert "152 MBq · 74 kg" in said(app)
    assert "Axial fused PET and CT slice" in picture(app)
    assert "SUVbw" in picture(app)


def test_each_plane_and_mode_draws(scanned: Store) -> None:
    app = open_app("imaging", "P017")
    for plane, words in {"coronal": "Coronal", "sagittal": "Sagittal", "MIP": "Projection"}.items():
        app.button_group(key="imaging_plane").set_value(plane).run()
        assert not app.exception, app.exception
        assert words in picture(app)


def test_both_tracers_are_seen_at_the_same_place(scanned: Store) -> None:
    keep(scanned, OTHER, "PT", study="1.2.4", tracer="68Ga-DOTATATE")
    app = open_app("imaging", "P017")
    app.button_group(key="imaging_mode").set_value("both tracers").run()
    assert not app.exception, app.exception
    assert picture(app).count("Axial") == 2
    assert "not registered" in said(app)


def test_the_slice_slider_moves_the_crosshair(scanned: Store) -> None:
    app = open_app("imaging", "P017")
    app.slider(key="imaging_slice_axial").set_value(22).run()
    assert f"H {HOT_MM[2]:.0f} mm" in said(app)


def test_a_lesion_is_measured_at_the_crosshair_and_named_by_the_reader(scanned: Store) -> None:
    scanned.save_measurement(MeasurementRecord("P017", PET, "1", "adrenal_left", at_mm=HOT_MM, suv_max=10.0))
    app = open_app("imaging", "P017")
    press(app, "Measure at the crosshair")
    assert {one.label: one.value for one in app.metric}["SUVmax"] == "10"
    assert button(app, "Attach to patient").disabled  # type: ignore[attr-defined]
    assert "Still needed: the region, the uptake" in said(app)


def test_attaching_saves_the_measurement_and_the_case_entry(scanned: Store) -> None:
    scanned.save_measurement(MeasurementRecord("P017", PET, "1", "pituitary", at_mm=HOT_MM, suv_max=3.0))
    app = open_app("imaging", "P017")
    press(app, "Set here")
    press(app, "Measure at the crosshair")
    next(one for one in app.selectbox if one.label == "Where is it?").set_value("adrenal_left").run()
    [one for one in app.button_group if one.label == "Uptake, as you read it"][-1].set_value("positive").run()
    press(app, "Attach to patient")
    entries = scanned.fetch_case("P017")["imaging"]
    entry = next(one for one in entries if one["region"] == "adrenal_left")
    assert (entry["tracer"], entry["uptake"], entry["suv_max"]) == ("68Ga-Pentixafor", "positive", 10.0)
    assert 1.0 < entry["liver_suv_mean"] < 10.0, "the sphere set as liver holds the lesion and its surroundings"
    assert "contralateral_suv_max" not in entry, "what was not set is not known"
    assert len(entries) == 3, "what was known before stays"
    assert {one.lesion for one in scanned.fetch_measurements("P017")} == {"1", "2"}


def test_without_suv_the_picture_stays_in_becquerels_and_says_why(store: Store) -> None:
    problem = {"code": "no_weight", "severity": "error", "says": "No SUV: the patient's weight is empty."}
    inspection = {"slices": 40, "units": "BQML", "problems": [problem]}
    keep(store, PET, "PT", unit="Bq/ml", tracer="68Ga-DOTATATE", inspection=inspection)
    app = open_app("imaging", "P017")
    assert "the patient's weight is empty" in said(app)
    assert "Bq/ml" in picture(app)
    assert "SUV" not in picture(app)
    assert not [one for one in app.button if one.label == "Measure at the crosshair"]


def test_an_fdg_scan_is_called_a_stranger(shared: Path, store: Store) -> None:
    app = upload(open_app("imaging", "P052"), shared / "imaging" / "dicom" / "sts001_pet_ct.zip")
    assert "18F-FDG is not a tracer of this trial" in said(app)
    assert "injected 10:35" in said(app)
    assert "not attached" in str(app.radio[0].options)


def test_a_gallium_object_that_is_no_trial_tracer_is_not_taken_for_one(shared: Path, store: Store) -> None:
    app = upload(open_app("imaging", "P052"), shared / "imaging" / "dicom" / "ibsi_dro_5_0.zip")
    assert "is not a tracer of this trial" in said(app)


def test_uploaded_files_are_removed_with_the_upload(shared: Path, store: Store) -> None:
    app = upload(open_app("imaging", "P052"), shared / "imaging" / "dicom" / "ibsi_dro_5_0.zip")
    uploads = data_folder() / "uploads"
    assert list(uploads.rglob("*.npz"))
    assert not list(uploads.rglob("*.zip")), "the files themselves go once they are read"
    press(app, "Close the upload and remove its files")
    assert not [path for path in uploads.rglob("*") if path.is_file()]


def test_an_upload_is_attached_with_its_images_and_a_preview(shared: Path, store: Store) -> None:
    app = upload(open_app("imaging", "P052"), shared / "imaging" / "dicom" / "sts001_pet_ct.zip")
    press(app, "To the hottest point nearby")
    press(app, "Measure at the crosshair")
    next(one for one in app.selectbox if one.label == "Where is it?").set_value("other").run()
    next(one for one in app.button_group if one.label == "Uptake, as you read it").set_value("positive").run()
    press(app, "Attach to patient")
    kept = {one.modality: one for one in store.fetch_series("P052")}
    assert set(kept) == {"PT", "CT"}
    assert all((data_folder() / str(one.volume_path)).is_file() for one in kept.values())
    assert (data_folder() / str(kept["PT"].preview_path)).is_file()
    assert store.fetch_case("P052")["imaging"][0]["tracer"] == "18F-FDG"
    assert "not attached" not in str(app.radio[0].options)


def test_what_is_no_image_is_refused_in_a_sentence(store: Store, tmp_path: Path) -> None:
    text = tmp_path / "letter.txt"
    text.write_text("Dear colleague")
    app = upload(open_app("imaging", "P052"), text)
    assert "letter.txt" in said(app)
    assert str(data_folder()) not in said(app), "no path of the server on a screen"


def upload(app: AppTest, path: Path) -> AppTest:
    app.file_uploader[0].upload(path.name, path.read_bytes()).run()
    press(app, f"Read {path.name}")
    return app


def scan(uid: str = PET, modality: str = "PT", **known: object) -> Scan:
    return Scan(SeriesRecord("P017", uid, "1.2.3", modality, **known))  # type: ignore[arg-type]


def test_only_the_two_tracers_are_no_strangers() -> None:
    assert say_stranger(scan(tracer="68Ga-Pentixafor")) is None
    assert "Ga68-PSMA is not a tracer of this trial" in str(say_stranger(scan(tracer="Ga68-PSMA")))
    assert "not known" in str(say_stranger(scan()))
    assert say_stranger(scan(modality="CT")) is None


def test_a_missing_suv_always_has_a_reason() -> None:
    assert say_no_suv(scan(suv_type="SUVbw")) is None
    assert "No SUV" in str(say_no_suv(scan()))


def test_ct_is_taken_from_the_same_study_only(scanned: Store) -> None:
    scans = [Scan(record) for record in scanned.fetch_series("P017")]
    pet = next(one for one in scans if one.is_pet)
    assert match_ct(pet, scans).uid == CT  # type: ignore[union-attr]
    stranger = Scan(SeriesRecord("P017", OTHER, "1.2.4", "PT"))
    assert match_ct(stranger, scans) is None


def test_the_lesion_table_writes_unknown_as_a_dash() -> None:
    lesions = [MeasurementRecord("P017", PET, "1", "adrenal_left", suv_max=15.2, liver_suv_mean=1.6)]
    row = make_table(lesions, [scan(tracer="68Ga-Pentixafor")]).iloc[0]
    assert (row["Lesion"], row["SUVmax"], row["÷ liver"], row["÷ other"]) == ("left adrenal", "15.2", "9.5", "—")
    assert row["Tracer"] == "Pentixafor"


def test_markers_belong_to_the_open_scan_and_grow_with_the_lesion() -> None:
    small = MeasurementRecord("P017", PET, "1", at_mm=HOT_MM, volume_ml=0.5)
    large = MeasurementRecord("P017", PET, "2", at_mm=HOT_MM, volume_ml=30.0)
    elsewhere = MeasurementRecord("P017", OTHER, "3", at_mm=HOT_MM)
    markers = make_markers([small, large, elsewhere], scan())
    assert [one.label for one in markers] == ["1", "2"]
    assert markers[1].radius_mm > markers[0].radius_mm


def test_ratios_are_told_only_for_the_references_that_were_set() -> None:
    organs = {"liver": Uptake(1.5, 2.0)}
    told = say_ratios(12.0, "adrenal_left", "68Ga-Pentixafor", organs)
    assert told == "÷ liver 8 · ÷ other adrenal — · ÷ normal adrenal — · ÷ blood — · lateralisation index —"
    lacks = say_needs(12.0, "adrenal_left", "68Ga-Pentixafor", organs)
    assert lacks == (
        "Not compared yet with the right adrenal, the normal adrenal tissue, the blood pool and "
        "the left and the right adrenal."
    )


def test_the_krenning_score_is_told_with_what_it_lacks_for_its_tracer_alone() -> None:
    organs = {"liver": Uptake(6.0, 9.0), "blood_pool": Uptake(1.0, 1.5)}
    assert say_ratios(12.0, "pancreas", "68Ga-DOTATATE", organs) == "÷ liver 2 · ÷ blood 12 · Krenning 3 or 4"
    assert say_needs(12.0, "pancreas", "68Ga-DOTATATE", organs) == "Set the spleen to tell 3 from 4."
    assert "Krenning" not in say_ratios(12.0, "pancreas", "68Ga-Pentixafor", organs)
    assert say_needs(12.0, "pancreas", "68Ga-Pentixafor", organs) == ""


def test_the_next_lesion_takes_the_first_free_number() -> None:
    assert next_name([]) == "1"
    assert next_name(["1", "3"]) == "2"


def test_a_point_is_said_with_its_sides() -> None:
    assert say_point((12.0, -4.0, 130.0)) == "L 12 · A 4 · H 130 mm"
    assert say_point((-12.4, 4.0, -8.0)) == "R 12 · P 4 · F 8 mm"


def test_a_corrected_weight_changes_the_suv_in_proportion_and_is_kept_as_entered(shared: Path, store: Store) -> None:
    app = upload(open_app("imaging", "P052"), shared / "imaging" / "dicom" / "ibsi_dro_5_0.zip")
    assert "70 kg" in said(app)
    correct(app, "Weight", "140")
    assert "weight 140 kg entered by the reader instead of 70 kg in the header" in said(app)
    assert "factor 0.000703" in said(app)


def test_an_upload_made_before_choosing_a_patient_can_be_attached_afterwards(shared: Path, store: Store) -> None:
    app = upload(open_app("imaging"), shared / "imaging" / "dicom" / "ibsi_dro_0_0.zip")
    press(app, "Measure at the crosshair")
    assert "Choose a patient" in said(app)
    next(one for one in app.selectbox if one.label == "Patient").set_value("P052").run()
    assert "not attached" in str(app.radio[0].options)


def test_files_of_any_name_are_read_together(shared: Path, store: Store) -> None:
    app = open_app("imaging", "P052")
    with zipfile.ZipFile(shared / "imaging" / "dicom" / "ibsi_dro_0_0.zip") as archive:
        images = [archive.read(name) for name in archive.namelist() if not name.endswith("/")]
    for one in images:
        app.file_uploader[0].upload("image", one)
    app.run()
    press(app, f"Read {len(images)} files")
    assert "20 slices" in str(app.radio[0].proto)
