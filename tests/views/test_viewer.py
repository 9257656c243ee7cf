"""The viewer's parts: pictures and numbers stay at one point, what may not coincide is said before it is fused."""

import pytest
from streamlit.testing.v1 import AppTest

from imaging.volume import save_volume
from store import MeasurementRecord, SeriesRecord, Store, data_folder
from tests.imaging.phantoms import HOT_MM, hot_voxel, soft_tissue
from tests.views.people import open_app, said
from views.lesion_picture import render_lesion
from views.scan import Scan
from views.viewer import Shown
from views.volumes import open_volume

PET, CT, OTHER = "1.2.3.1", "1.2.3.2", "1.2.4.1"
APART = "The CT and the PET have no frame of reference in common."


def keep(store: Store, uid: str, modality: str, study: str = "1.2.3", **known: object) -> SeriesRecord:
    pet = hot_voxel()
    path = data_folder() / "volumes" / f"{uid}.npz"
    path.parent.mkdir(exist_ok=True)
    save_volume(soft_tissue(pet) if modality == "CT" else pet, path)
    fields = {"suv_type": "SUVbw" if modality == "PT" else None, "uptake_minutes": 60.0, **known}
    place = str(path.relative_to(data_folder()))
    record = SeriesRecord("P017", uid, study, modality, volume_path=place, **fields)  # type: ignore[arg-type]
    store.save_series(record)
    return record


@pytest.fixture
def pet(store: Store) -> SeriesRecord:
    return keep(store, PET, "PT", tracer="68Ga-Pentixafor")


@pytest.fixture
def apart(store: Store) -> SeriesRecord:
    """A CT of the same study that lies in another space."""
    problem = {"code": "other_frame_of_reference", "severity": "warning", "says": APART}
    return keep(store, CT, "CT", inspection={"slices": 40, "problems": [problem]})


def pictures(app: AppTest) -> str:
    return " ".join(str(element.proto) for element in app.get("bidi_component"))


def test_scans_of_different_spaces_are_fused_only_after_saying_so(store: Store, pet: object, apart: object) -> None:
    app = open_app("imaging", "P017")
    assert "Axial PET slice" in pictures(app)
    assert APART not in said(app)
    app.button_group(key="imaging_mode").set_value("fused").run()
    assert "fused PET and CT" in pictures(app)
    assert APART in said(app)


def test_scans_of_one_space_open_fused_and_unquestioned(store: Store, pet: object) -> None:
    keep(store, CT, "CT")
    app = open_app("imaging", "P017")
    assert "fused PET and CT" in pictures(app)
    assert not app.warning


def test_a_lesion_is_not_fused_with_a_ct_of_another_space(store: Store, pet: SeriesRecord, apart: SeriesRecord) -> None:
    lesion = MeasurementRecord("P017", PET, "1", at_mm=HOT_MM)
    drawn = render_lesion(lesion, [pet, apart])
    assert "Axial PET slice" in drawn.alt  # type: ignore[union-attr]


def test_the_numbers_follow_when_the_crosshair_is_moved_beside_the_pictures(store: Store, pet: object) -> None:
    app = open_app("imaging", "P017")
    next(one for one in app.number_input if one.label == "H").set_value(HOT_MM[2])
    next(one for one in app.button if one.label == "Go there").click().run()
    assert not app.exception
    assert said(app).count(f"H {HOT_MM[2]:.0f} mm") == 2, "the caption of the picture and the position beside it"
    assert f"z = {HOT_MM[2]:.0f} mm" in pictures(app)


def test_both_tracers_turn_side_by_side(store: Store, pet: object) -> None:
    keep(store, OTHER, "PT", study="1.2.4", tracer="68Ga-DOTATATE")
    app = open_app("imaging", "P017")
    app.button_group(key="imaging_plane").set_value("MIP").run()
    assert pictures(app).count("seen from 350 degrees") == 1
    app.button_group(key="imaging_mip_mode").set_value("both tracers").run()
    assert not app.exception
    assert pictures(app).count("seen from 350 degrees") == 2


def test_what_may_not_coincide_is_offered_last(store: Store, pet: SeriesRecord) -> None:
    opened = open_volume(Scan(pet))
    assert Shown(opened, opened, None).modes[0] == "fused"
    assert Shown(opened, opened, None, doubt=APART).modes[0] == "PET"
