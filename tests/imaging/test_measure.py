"""Lesions of known size and uptake, measured; what cannot be measured says why."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from imaging.measure import find_region, measure_region, measure_sphere
from imaging.peak import sphere_weights
from imaging.problem import ImagingError
from imaging.ratios import (
    compute_lar,
    compute_lateralisation_index,
    compute_lcr,
    compute_lesion_to_blood,
    compute_llr,
)
from imaging.volume import Volume, read_volume, resample_volume, save_volume

CENTRE = (0.0, 0.0, 0.0)
Ball = tuple[tuple[float, float, float], float, float]


def scene(*balls: Ball, background: float = 0.5, spacing: tuple[float, float, float] = (2.0, 2.0, 2.0)) -> Volume:
    """Balls (centre mm, radius mm, SUV) in a box of 120 mm about the origin."""
    counts = [round(120 / step) + 1 for step in spacing]
    origin = tuple(-(n - 1) * step / 2 for n, step in zip(counts, spacing, strict=True))
    axes = [start + np.arange(n) * step for start, n, step in zip(origin, counts, spacing, strict=True)]
    z, y, x = np.meshgrid(*axes[::-1], indexing="ij")
    values = np.full(z.shape, background, dtype=np.float32)
    for centre, radius, suv in balls:
        values[(x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (z - centre[2]) ** 2 <= radius**2] = suv
    return Volume(values, (origin[0], origin[1], origin[2]), spacing, (1, 0, 0, 0, 1, 0, 0, 0, 1), "SUVbw")


def test_a_uniform_ball_has_its_volume_and_uptake() -> None:
    measured = measure_region(scene((CENTRE, 15, 8.0)), (4, -3, 2))
    assert measured.volume_ml == pytest.approx(4 / 3 * np.pi * 1.5**3, rel=0.02)
    assert (measured.suv_max, measured.suv_mean, measured.suv_peak) == pytest.approx((8, 8, 8))
    assert measured.total_uptake == pytest.approx(8 * measured.volume_ml)
    assert measured.centre_mm == pytest.approx(CENTRE, abs=0.01)
    assert measured.threshold_suv == pytest.approx(0.41 * 8)
    assert (measured.leaked, measured.says, measured.peak_says) == (False, "", "")


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), share=st.integers(20, 90))
@example(seed=1828138, share=84)
def test_the_outline_is_the_connected_part_that_an_independent_labelling_finds(seed: int, share: int) -> None:
    values = ndimage.gaussian_filter(np.random.default_rng(seed).random((20, 24, 22)), 1.5).astype(np.float32)
    volume = Volume(values, (0, 0, 0), (4, 4, 3), (1, 0, 0, 0, 1, 0, 0, 0, 1), "SUVbw")
    region = find_region(volume, (44, 48, 30), f"{share}%")
    labels = ndimage.label(values.astype(np.float64) >= region.threshold)[0]
    assert np.array_equal(region.mask, labels == labels[region.peak[::-1]])


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_suv_peak_lies_between_mean_and_maximum_of_where_it_fits(seed: int) -> None:
    values = np.random.default_rng(seed).random((12, 12, 12)).astype(np.float32) + 1
    volume = Volume(values, (0, 0, 0), (4, 4, 3), (1, 0, 0, 0, 1, 0, 0, 0, 1), "SUVbw")
    weights = sphere_weights(volume.spacing_mm, 1.0)
    expected = ndimage.correlate(values.astype(float), weights)[3:-3, 2:-2, 2:-2]
    found = measure_region(volume, (20, 20, 15), "SUV:0.5").suv_peak
    assert found is not None
    assert expected.max() <= found + 1e-12 <= values.max() + 1e-12


def test_the_hottest_voxel_is_never_lost() -> None:
    volume = scene((CENTRE, 10, 5.0))
    volume.values[30, 30, 30] = 89.8588
    measured = measure_region(volume, CENTRE, "SUV:4.0")
    assert measured.suv_max == pytest.approx(89.8588)
    assert measured.volume_ml > 4


def test_a_lesion_too_small_for_a_sphere_has_no_peak_and_says_so() -> None:
    measured = measure_region(scene((CENTRE, 5, 8.0)), CENTRE)
    assert measured.suv_peak is None
    assert "1 cm³" in measured.peak_says


def test_suv_peak_is_the_weighted_mean_of_the_hottest_sphere() -> None:
    volume = scene((CENTRE, 20, 4.0), ((8, 0, 0), 6.2035, 10.0), spacing=(1.0, 1.0, 1.0))
    measured = measure_region(volume, (8, 0, 0), "SUV:2")
    assert measured.suv_peak == pytest.approx(10, rel=0.05)
    assert measured.suv_peak < measured.suv_max


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (4.07, 4.07, 3.0), (4.6875, 4.6875, 3.27), (2.0, 3.0, 5.0)])
def test_sphere_weights_add_up_to_one_cubic_centimetre(spacing: tuple[float, float, float]) -> None:
    weights = sphere_weights(spacing, 1.0)
    middle = tuple(size // 2 for size in weights.shape)
    assert weights.sum() == pytest.approx(1)
    assert np.array_equal(weights, weights[::-1, ::-1, ::-1])
    assert np.prod(spacing) / 1000 / weights[middle] == pytest.approx(1.0, rel=0.03)


def test_a_fixed_and_a_liver_threshold() -> None:
    volume = scene((CENTRE, 12, 8.0), ((-35, 0, 0), 18, 2.0))
    assert measure_region(volume, CENTRE, "SUV:4.0").threshold_suv == 4.0
    by_liver = measure_region(volume, CENTRE, "liver", liver_mm=(-35, 0, 0))
    assert by_liver.threshold_suv == pytest.approx(1.5 * 2.0)
    assert by_liver.leaked is False


def test_an_outline_that_swallows_the_liver_says_so() -> None:
    volume = scene((CENTRE, 12, 8.0), ((-30, 0, 0), 20, 6.0))
    region = find_region(volume, CENTRE, "SUV:3", liver_mm=(-30, 0, 0))
    assert any("liver" in leak for leak in region.leaks)


@pytest.mark.parametrize(
    ("volume", "at", "word"),
    [
        (scene((CENTRE, 6, 8.0), ((20, 0, 0), 15, 6.0)), CENTRE, "jumps"),
        (scene((CENTRE, 6, 8.0), ((20, 0, 0), 15, 30.0)), CENTRE, "hotter"),
        (scene(((55, 0, 0), 12, 8.0)), (55, 0, 0), "edge"),
    ],
)
def test_leaks_are_detected(volume: Volume, at: tuple[float, float, float], word: str) -> None:
    measured = measure_region(volume, at, "SUV:3.5")
    assert measured.leaked
    assert word in measured.says


def test_a_click_beside_the_hottest_voxel_finds_the_lesion() -> None:
    volume = scene((CENTRE, 12, 6.0))
    volume.values[34, 30, 30] = 6.5
    assert measure_region(volume, (3, -5, 0)).suv_max == 6.5


@pytest.mark.parametrize(
    ("at", "threshold", "liver", "says"),
    [
        ((500, 0, 0), "41%", None, "outside the image"),
        (CENTRE, "SUV:20", None, "below the threshold"),
        (CENTRE, "liver", None, "right lobe"),
        (CENTRE, "liver", (58, 0, 0), "sticks out"),
        (CENTRE, "half", None, "not known"),
        (CENTRE, "0%", None, "not known"),
        (CENTRE, "SUV:0", None, "not known"),
    ],
)
def test_what_cannot_be_measured_says_why(at, threshold, liver, says) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ImagingError, match=says):
        measure_region(scene((CENTRE, 12, 8.0)), at, threshold, liver)


def test_activity_is_not_measured_as_suv() -> None:
    with pytest.raises(ImagingError, match="Bq/ml, not SUV"):
        measure_region(replace(scene((CENTRE, 12, 8.0)), unit="Bq/ml"), CENTRE)


def test_an_empty_image_has_no_lesion() -> None:
    with pytest.raises(ImagingError, match="no lesion"):
        measure_region(scene(background=0.0), CENTRE)


def test_sphere_statistics() -> None:
    liver = measure_sphere(scene((CENTRE, 30, 2.0)), CENTRE, 30)
    assert (liver.mean, liver.sd, liver.max) == (2.0, 0.0, 2.0)
    with pytest.raises(ImagingError, match="fewer than two"):
        measure_sphere(scene(), CENTRE, 1)


@settings(deadline=None, max_examples=25)
@given(scale=st.floats(0.1, 20))
def test_the_outline_at_a_share_does_not_depend_on_the_scale(scale: float) -> None:
    volume = scene((CENTRE, 12, 8.0), ((6, 0, 0), 5, 9.0))
    scaled = replace(volume, values=(volume.values * np.float32(scale)))
    first, second = measure_region(volume, CENTRE), measure_region(scaled, CENTRE)
    assert second.volume_ml == first.volume_ml
    assert second.suv_mean == pytest.approx(first.suv_mean * scale, rel=1e-4)


def test_ratios_are_unknown_without_a_denominator() -> None:
    assert compute_lar(15.2, 4.0) == pytest.approx(3.8)
    assert compute_lcr(15.2, 4.8) == pytest.approx(15.2 / 4.8)
    assert compute_llr(15.2, 1.6) == pytest.approx(9.5)
    assert compute_lesion_to_blood(4.0, 2.0) == 2
    assert (
        compute_lateralisation_index(4.8, 15.2) == compute_lateralisation_index(15.2, 4.8) == pytest.approx(15.2 / 4.8)
    )
    assert compute_lar(15.2, None) is None
    assert compute_llr(15.2, 0) is None
    assert compute_lateralisation_index(None, 3.0) is None


def test_a_stored_volume_comes_back_the_same(tmp_path) -> None:  # type: ignore[no-untyped-def]
    volume = scene((CENTRE, 12, 8.0), spacing=(4.0, 5.0, 6.0))
    save_volume(volume, tmp_path / "pet.npz")
    again = read_volume(tmp_path / "pet.npz")
    assert np.array_equal(again.values, volume.values)
    assert replace(again, values=volume.values) == volume
    (tmp_path / "pet.npz").write_bytes(b"broken")
    with pytest.raises(ImagingError, match="missing or damaged"):
        read_volume(tmp_path / "pet.npz")


def test_resampling_keeps_places_and_fills_the_outside() -> None:
    fine, coarse = scene((CENTRE, 20, 8.0)), scene(spacing=(4.0, 4.0, 4.0))
    moved = resample_volume(fine, coarse, default=-1024)
    assert moved.values.shape == coarse.values.shape
    assert moved.values[15, 15, 15] == 8.0
    far = resample_volume(replace(fine, origin_mm=(0.0, 0.0, 0.0)), coarse, default=-1024)
    assert far.values[0, 0, 0] == -1024
