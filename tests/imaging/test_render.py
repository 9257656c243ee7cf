"""Pictures show the right place on the right side, in the right unit."""

from io import BytesIO

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from imaging.annotate import BAR_WIDTH_PX, Marker
from imaging.extent import body_extent, volume_extent
from imaging.frame import edge_letters, plane_frame
from imaging.orientation import turn_to_patient_axes
from imaging.projection import compute_projection
from imaging.render import Picture, View, render_mip, render_slice
from imaging.window import Window, load_windows, suggest_window
from tests.imaging.phantoms import HOT_MM, hot_voxel, soft_tissue

SUV = Window(0.0, 10.0, "SUVbw", "68Ga-Pentixafor")
FLIPPED = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0)
CORONAL_STACK = (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0)
PLANES = ("axial", "coronal", "sagittal")


def pixels(picture: Picture) -> npt.NDArray[np.int16]:
    return np.asarray(Image.open(BytesIO(picture.data)).convert("L"), dtype=np.int16)


def darkest(picture: Picture) -> tuple[float, float]:
    """Centre (column, row) of the hot voxel on inverted grey, away from letters, scale and colour bar."""
    inside = pixels(picture)[30:-40, 30 : picture.frame.width_px - 30]
    rows, columns = np.nonzero(inside < 90)
    return float(columns.mean()) + 30, float(rows.mean()) + 30


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("direction", [(1.0, 0, 0, 0, 1, 0, 0, 0, 1), FLIPPED, CORONAL_STACK])
def test_a_hot_voxel_lies_where_its_millimetres_say(plane: str, direction: tuple[float, ...]) -> None:
    picture = render_slice(hot_voxel(direction=direction), None, plane, HOT_MM, SUV, "PET")
    column, row = darkest(picture)
    expected = picture.frame.pixel_at(HOT_MM)
    assert (column, row) == pytest.approx(expected, abs=1.5)


@pytest.mark.parametrize("plane", PLANES)
def test_a_pixel_leads_back_to_the_same_millimetres(plane: str) -> None:
    frame = plane_frame(volume_extent(hot_voxel()), plane, HOT_MM)
    assert frame.point_at(*frame.pixel_at(HOT_MM)) == pytest.approx(HOT_MM)


def test_the_patients_left_is_on_the_right_and_the_front_is_up() -> None:
    frame = plane_frame(volume_extent(hot_voxel()), "axial", HOT_MM)
    column, row = frame.pixel_at(HOT_MM)
    further_left, further_front = frame.pixel_at((90.0, -18.0, 130.0)), frame.pixel_at((42.0, -60.0, 130.0))
    assert further_left[0] > column
    assert further_front[1] < row


def test_the_head_is_up_in_coronal_and_sagittal_pictures() -> None:
    for plane in ("coronal", "sagittal"):
        frame = plane_frame(volume_extent(hot_voxel()), plane, HOT_MM)
        assert frame.pixel_at((42.0, -18.0, 200.0))[1] < frame.pixel_at(HOT_MM)[1]


def test_the_front_is_on_the_left_of_a_sagittal_picture() -> None:
    frame = plane_frame(volume_extent(hot_voxel()), "sagittal", HOT_MM)
    assert frame.pixel_at((42.0, -60.0, 130.0))[0] < frame.pixel_at(HOT_MM)[0]


def test_edges_are_named_by_the_side_of_the_patient() -> None:
    assert edge_letters((1.0, 0.0, 0.0)) == "L"
    assert edge_letters((0.0, 1.0, 0.0)) == "P"
    assert edge_letters((0.0, 0.0, -1.0)) == "F"
    assert edge_letters((0.8, 0.6, 0.0)) == "LP"


def test_a_millimetre_is_the_same_length_across_and_along() -> None:
    frame = plane_frame(volume_extent(hot_voxel()), "coronal", HOT_MM, size_px=400)
    assert frame.width_px == pytest.approx(240 / frame.mm_per_px, abs=0.5)
    assert frame.height_px == pytest.approx(200 / frame.mm_per_px, abs=0.5)


def test_a_window_in_suv_is_refused_on_becquerels() -> None:
    with pytest.raises(ValueError, match="Bq/ml.*SUVbw"):
        render_slice(hot_voxel(unit="Bq/ml"), None, "axial", HOT_MM, SUV, "PET")
    with pytest.raises(ValueError, match="Bq/ml.*SUVbw"):
        render_mip(hot_voxel(unit="Bq/ml"), SUV)


def test_the_picture_says_its_unit_in_words_and_its_window() -> None:
    volume = hot_voxel(unit="Bq/ml", value=50_000.0)
    picture = render_slice(volume, None, "axial", HOT_MM, suggest_window(volume, "68Ga-Pentixafor"), "PET")
    assert "Bq/ml" in picture.alt
    assert "SUV" not in picture.alt


def test_the_colour_bar_of_becquerels_differs_from_that_of_suv() -> None:
    becquerels, suv = hot_voxel(unit="Bq/ml"), hot_voxel()
    ours = render_slice(suv, None, "axial", HOT_MM, SUV, "PET")
    theirs = render_slice(becquerels, None, "axial", HOT_MM, Window(0, 10, "Bq/ml", ""), "PET")
    heading = (slice(0, 25), slice(ours.frame.width_px, None))
    assert np.abs(pixels(ours)[heading] - pixels(theirs)[heading]).max() > 100
    assert np.array_equal(pixels(ours)[30:, :400], pixels(theirs)[30:, :400])


def test_a_lesion_is_circled_in_the_planes_that_cut_it_only() -> None:
    marker = Marker("1", HOT_MM, radius_mm=8.0)
    here = render_slice(hot_voxel(), None, "axial", HOT_MM, SUV, "PET", [marker])
    away = render_slice(hot_voxel(), None, "axial", (42.0, -18.0, 160.0), SUV, "PET", [marker])
    assert "marked: 1" in here.alt
    assert "marked" not in away.alt


def test_fusion_shows_uptake_in_colour_and_the_rest_in_the_grey_of_ct() -> None:
    pet = hot_voxel()
    picture = render_slice(pet, soft_tissue(pet), "axial", HOT_MM, SUV, "fused")
    colours = np.asarray(Image.open(BytesIO(picture.data)), dtype=int)
    column, row = (round(c) for c in picture.frame.pixel_at(HOT_MM))
    hot, quiet = colours[row, column], colours[row, column - 80]
    assert hot[0] > hot[2] + 20 or hot.min() > 180
    assert quiet[0] - quiet[2] < 70


def test_a_fusion_without_ct_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="needs a PET and a CT series"):
        render_slice(hot_voxel(), None, "axial", HOT_MM, SUV, "fused")


def test_a_slice_beyond_the_scan_is_empty() -> None:
    picture = render_slice(hot_voxel(), None, "axial", (42.0, -18.0, 900.0), SUV, "PET")
    assert pixels(picture)[60:-60, 60 : picture.frame.width_px - 60].min() > 245


def test_a_close_up_is_as_wide_as_asked() -> None:
    view = View(extent=volume_extent(hot_voxel()), width_mm=60.0)
    picture = render_slice(hot_voxel(), None, "axial", HOT_MM, SUV, "PET", view=view)
    assert picture.frame.width_px * picture.frame.mm_per_px == pytest.approx(60.0, abs=0.5)
    assert picture.width_px == picture.frame.width_px + BAR_WIDTH_PX


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, 180.0, 255.0])
def test_a_projection_keeps_the_hottest_value_in_its_place(angle: float) -> None:
    projection = compute_projection(hot_voxel(), angle, size_px=800)
    row, column = np.unravel_index(np.argmax(projection.values), projection.values.shape)
    assert projection.values.max() == pytest.approx(10.0, rel=0.1)
    place = projection.frame.point_at(float(column), float(row))
    expected = projection.frame.pixel_at(HOT_MM)
    assert projection.frame.pixel_at(place) == pytest.approx(expected, abs=2.5 / projection.frame.mm_per_px)


def test_from_the_patients_left_the_front_is_on_the_left() -> None:
    frame = compute_projection(hot_voxel(), 90.0).frame
    assert edge_letters(frame.right) == "P"
    assert edge_letters(compute_projection(hot_voxel(), 0.0).frame.right) == "L"


def test_an_oblique_volume_is_turned_and_keeps_its_hot_voxel() -> None:
    angle = np.deg2rad(20)
    c, s = float(np.cos(angle)), float(np.sin(angle))
    turned = turn_to_patient_axes(hot_voxel(direction=(c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0)))
    k, j, i = np.unravel_index(np.argmax(turned.values), turned.values.shape)
    assert turned.point_at((float(i), float(j), float(k))) == pytest.approx(HOT_MM, abs=3.0)


def test_the_body_fills_the_picture_but_its_length_stays() -> None:
    volume = hot_voxel()
    volume.values[:, :15, :] = 0.0
    volume.values[:, :, :20] = 0.0
    body, all_of_it = body_extent(volume, margin_mm=5.0), volume_extent(volume)
    assert body.low_mm[0] > all_of_it.low_mm[0] + 40
    assert body.low_mm[1] > all_of_it.low_mm[1] + 20
    assert (body.low_mm[2], body.high_mm[2]) == (all_of_it.low_mm[2], all_of_it.high_mm[2])


def test_each_tracer_opens_with_its_own_window_and_becquerels_with_theirs() -> None:
    tops = {w.label: w.high for w in load_windows()["pet"]}
    assert suggest_window(hot_voxel(), "68Ga-DOTATATE").high == tops["68Ga-DOTATATE"]
    assert suggest_window(hot_voxel(), "11C-Methionine").high == tops["other"]
    assert suggest_window(hot_voxel(unit="Bq/ml", value=40_000.0), "68Ga-Pentixafor").unit == "Bq/ml"
