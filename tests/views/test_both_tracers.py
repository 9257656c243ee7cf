"""Both tracers on the imaging page: aligned by CT, moved by hand, kept in a file, and their lesions in pairs."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import dist
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from imaging.likeness import Likeness
from imaging.motion import RigidMotion
from imaging.problem import ImagingError
from imaging.register import Registration
from imaging.volume import Volume, save_volume
from sample_data.phantom import build_phantom
from sample_data.shapes import Grid
from sample_data.specs import load_study_specs
from store import MeasurementRecord, SeriesRecord, Store, data_folder
from tests.views.people import open_app, said
from views.alignment import Alignment, keep_registration, order_pair, read_alignment, save_alignment
from views.lesion_pairs import make_pair_table, make_pairs
from views.scan import Scan

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
TRACERS = {"1.2.3": "68Ga-Pentixafor", "1.2.4": "68Ga-DOTATATE"}
ALIKE = Likeness(0.99, 30.0, 1.4)
MOVED = RigidMotion(translation_mm=(-5.0, 2.0, -6.0))


def keep_study(store: Store, study: str, with_ct: bool = True) -> tuple[float, float, float]:
    """PET and CT of the upper abdomen of P006 as P017's; gives back where the adrenal nodule lies."""
    spec = next(one for one in load_study_specs() if one.name == f"P006_{TRACERS[study]}")
    phantom = build_phantom(spec, 2026)
    grid = Grid((60, 48, 50), (7.0, 7.0, 6.0), (-206.5, -164.5, -680.0))
    volumes = {"PT": (phantom.paint_pet(grid), "SUVbw"), "CT": (phantom.paint_ct(grid), "HU")}
    (data_folder() / "volumes").mkdir(exist_ok=True)
    for modality in ("PT", "CT")[: 2 if with_ct else 1]:
        values, unit = volumes[modality]
        place = f"volumes/{study}.{modality}.npz"
        save_volume(Volume(values, grid.origin_mm, grid.spacing_mm, AXIAL, unit), data_folder() / place)
        tracer = TRACERS[study] if modality == "PT" else None
        suv_type = "SUVbw" if modality == "PT" else None
        store.save_series(
            SeriesRecord("P017", f"{study}.{modality}", study, modality, tracer, suv_type=suv_type, volume_path=place)
        )
    return phantom.lesions[0].centre_mm


@pytest.fixture
def both(store: Store) -> Iterator[Store]:
    place = keep_study(store, "1.2.3")
    keep_study(store, "1.2.4")
    lesion = MeasurementRecord("P017", "1.2.3.PT", "1", "pituitary", at_mm=place, centre_mm=place, suv_max=17.0)
    store.save_measurement(lesion)
    yield store


def look(app: AppTest) -> AppTest:
    app.button_group(key="imaging_mode").set_value("both tracers").run()
    assert not app.exception, app.exception
    return app


def press(app: AppTest, label: str) -> None:
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception, app.exception


def wait(app: AppTest) -> None:
    """Until the search has ended; a browser draws its progress again by itself."""
    for _ in range(1800):
        if not [one for one in app.button if one.label == "Cancel"]:
            return
        time.sleep(0.1)
        app.run()
    raise AssertionError("the search does not end")


def pairs(app: AppTest) -> dict[str, str]:
    table = next(one.value for one in app.dataframe if "Read" in one.value.columns)
    return dict(table.iloc[0])


def scans(store: Store) -> tuple[Scan, Scan]:
    pets = [Scan(record) for record in store.fetch_series("P017") if record.modality == "PT"]
    return order_pair(pets[0], pets[1])


def test_the_two_days_are_aligned_and_it_is_kept(both: Store) -> None:
    app = look(open_app("imaging", "P017"))
    assert "not registered" in said(app)
    assert pairs(app)["DOTATATE"] == "—", "without an alignment the same place is not known"
    press(app, "Align by CT")
    wait(app)
    assert "Aligned by CT" in said(app)
    assert "not registered" not in said(app)
    motion = read_alignment(*scans(both)).motion
    assert motion is not None
    assert dist(motion.apply((40.0, 17.0, -534.0)), (35.0, 19.0, -540.0)) < 2.0
    again = look(open_app("imaging", "P017"))
    assert "Aligned by CT" in said(again), "another visit finds it"


def test_a_search_that_is_called_off_changes_nothing(both: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def search(_fixed: Volume, _moving: Volume, tell: Callable[[float], None]) -> Registration:
        begun.set()
        while True:
            tell(0.5)
            time.sleep(0.01)

    monkeypatch.setattr("views.align_job.register_rigid", search)
    app = look(open_app("imaging", "P017"))
    press(app, "Align by CT")
    assert begun.wait(10)
    assert next(one for one in app.button if one.label == "Align by CT").disabled
    press(app, "Cancel")
    wait(app)
    assert "not registered" in said(app)
    assert read_alignment(*scans(both)).registration is None
    assert not next(one for one in app.button if one.label == "Align by CT").disabled


@pytest.mark.parametrize(
    ("error", "says"),
    [(ImagingError("The CT of the moving study holds 0 ml of body."), "0 ml of body"), (MemoryError(), "MemoryError")],
)
def test_a_search_that_fails_says_why(
    both: Store, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    def search(*_: object) -> Registration:
        raise error

    monkeypatch.setattr("views.align_job.register_rigid", search)
    app = look(open_app("imaging", "P017"))
    press(app, "Align by CT")
    wait(app)
    assert says in said(app)
    assert "not registered" in said(app)


def test_aligned_the_other_tracer_is_read_at_the_place_and_never_called_negative(both: Store) -> None:
    keep_registration(*scans(both), Registration(MOVED, ALIKE, ALIKE, "Aligned by CT: well.", trusted=True))
    row = pairs(look(open_app("imaging", "P017")))
    assert row["Read"] == "+?"
    assert row["Pentixafor"] == "17"
    assert row["DOTATATE"].startswith("(") and float(row["DOTATATE"].strip("()")) > 1.0


def test_an_alignment_that_is_not_believed_is_used_only_on_the_readers_word(both: Store) -> None:
    poor = Registration(MOVED, ALIKE, replace(ALIKE, difference_hu=150.0), "Not aligned: they differ.", trusted=False)
    keep_registration(*scans(both), poor)
    app = look(open_app("imaging", "P017"))
    assert "Not aligned: they differ." in said(app) and "not registered" in said(app)
    press(app, "Use it all the same")
    assert "used on the reader's word" in said(app)
    assert read_alignment(*scans(both)).motion == MOVED


def test_the_reader_moves_a_scan_by_hand_and_back(both: Store) -> None:
    app = look(open_app("imaging", "P017"))
    next(one for one in app.number_input if one.label == "to the head, mm").set_value(4.0).run()
    assert "Moved by hand: 0, 0, 4 mm" in said(app)
    motion = read_alignment(*scans(both)).motion
    assert motion is not None
    assert motion.apply((1.0, 2.0, 3.0)) == pytest.approx((1.0, 2.0, -1.0))
    press(app, "Back to no change by hand")
    assert read_alignment(*scans(both)).motion is None


def test_the_crosshair_stays_on_the_same_place_when_the_other_scan_is_opened(both: Store) -> None:
    keep_registration(*scans(both), Registration(MOVED, ALIKE, ALIKE, "Aligned by CT: well.", trusted=True))
    app = open_app("imaging", "P017")
    assert "Crosshair L 40 · P 17 · F 534 mm" in said(app)
    app.radio[0].set_value("1.2.4.PT").run()
    assert "Crosshair L 35 · P 19 · F 540 mm" in said(app)
    app.radio[0].set_value("1.2.3.PT").run()
    assert "Crosshair L 40 · P 17 · F 534 mm" in said(app)


def test_without_a_ct_it_can_only_be_moved_by_hand(store: Store) -> None:
    for study in TRACERS:
        keep_study(store, study, with_ct=False)
    app = look(open_app("imaging", "P017"))
    assert next(one for one in app.button if one.label == "Align by CT").disabled
    assert [one for one in app.number_input if one.label == "to the head, mm"]


def test_a_damaged_file_says_what_to_do_and_hides_nothing(both: Store) -> None:
    keep_registration(*scans(both), Registration(MOVED, ALIKE, ALIKE, "Aligned.", trusted=True))
    path = next((data_folder() / "volumes").glob("alignment_*.json"))
    path.write_text(path.read_text()[:200])
    app = look(open_app("imaging", "P017"))
    assert "damaged: align them again" in said(app)
    assert "not registered" in said(app)


def test_an_alignment_is_kept_whole(both: Store) -> None:
    fixed, moving = scans(both)
    found = Registration(MOVED, ALIKE, replace(ALIKE, mutual_information=None), "Aligned.", trusted=True)
    kept = replace(keep_registration(fixed, moving, found), nudge_mm=(1.0, 2.0, 3.0), nudge_deg=(0.5, 0.0, 0.0))
    save_alignment(fixed, moving, kept)
    assert read_alignment(fixed, moving) == kept
    assert not list((data_folder() / "volumes").glob("*.part"))
    assert json.loads(next((data_folder() / "volumes").glob("*.json")).read_text())["registration"]["trusted"]


@pytest.mark.parametrize("text", ["[]", "{}", "null", '{"registration": null, "nudge_mm": [1, 2]}'])
def test_other_files_are_no_alignment(both: Store, text: str) -> None:
    fixed, moving = scans(both)
    save_alignment(fixed, moving, Alignment("1.2.3", "1.2.4"))
    next((data_folder() / "volumes").glob("alignment_*.json")).write_text(text)
    with pytest.raises(ImagingError, match="align them again"):
        read_alignment(fixed, moving)


def test_pentixafor_stays_and_the_way_back_is_the_inverse() -> None:
    first = Scan(SeriesRecord("P017", "9", "1.2.3", "PT", "68Ga-Pentixafor"))
    second = Scan(SeriesRecord("P017", "1", "1.2.4", "PT", "68Ga-DOTATATE"))
    assert order_pair(first, second) == order_pair(second, first) == (first, second)
    kept = Alignment("1.2.3", "1.2.4", Registration(MOVED, ALIKE, ALIKE, "", trusted=True))
    there, back = kept.motion_from("1.2.3"), kept.motion_from("1.2.4")
    assert there is not None and back is not None
    assert back.apply(there.apply((1.0, 2.0, 3.0))) == pytest.approx((1.0, 2.0, 3.0))


def test_the_word_of_a_region_is_said_of_its_hottest_lesion_alone(tmp_path: Path) -> None:
    pair = tuple(Scan(SeriesRecord("P017", study, study, "PT", tracer)) for study, tracer in TRACERS.items())
    lesions = [
        MeasurementRecord("P017", "1.2.3", "1", "adrenal_left", centre_mm=(0.0, 0.0, 0.0), suv_max=9.0),
        MeasurementRecord("P017", "1.2.3", "2", "adrenal_left", centre_mm=(0.0, 40.0, 0.0), suv_max=5.0),
        MeasurementRecord("P017", "1.2.4", "x", "adrenal_left", centre_mm=(1.0, 0.0, 0.0), suv_max=4.0),
    ]
    entries = [
        {"tracer": "68Ga-Pentixafor", "region": "adrenal_left", "uptake": "positive"},
        {"tracer": "68Ga-DOTATATE", "region": "adrenal_left", "uptake": "negative"},
        {"modality": "CT", "region": "adrenal_left"},
    ]
    found = make_pairs((pair[0], pair[1]), lesions, entries, RigidMotion(), (None, None))
    assert [one.code for one in found] == ["+−", "??"]
    table = make_pair_table(found, ("68Ga-Pentixafor", "68Ga-DOTATATE"))
    assert list(table["Lesion"]) == ["left adrenal (1)", "left adrenal (2)"]
    assert list(table["DOTATATE"]) == ["4", "—"]
    assert np.all(table["Apart, mm"] == ["1", "—"])
