"""Measurements against numbers from elsewhere: brute force over voxels, formulae of spheres, the IBSI objects' masks."""

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from imaging.dicom import load_volume, read_study
from imaging.measure import find_region, measure_region, measure_sphere
from imaging.peak import compute_peak, sphere_weights
from imaging.problem import ImagingError
from imaging.volume import Volume

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
RADIUS_MM = (3 * 1000 / (4 * np.pi)) ** (1 / 3)  # of 1 cm³
SPACINGS = [(2.0, 2.0, 2.0), (4.07, 4.07, 3.0), (4.0, 4.0, 5.0), (1.5, 3.0, 6.0), (5.5, 5.5, 3.3)]
Spacing = tuple[float, float, float]


def noise(spacing: Spacing, seed: int, size_mm: float = 60.0) -> Volume:
    shape = [round(size_mm / step) for step in spacing[::-1]]
    values = ndimage.gaussian_filter(np.random.default_rng(seed).random(shape), 1.0).astype(np.float32) + 1
    return Volume(values, (-30.0, 12.0, 400.0), spacing, AXIAL, "SUVbw")


def share_inside(offset_mm: np.ndarray, spacing: Spacing, draws: np.ndarray) -> float:
    """Share of a voxel (its middle off from a sphere's by offset_mm, x-y-z) inside 1 cm³, by throwing points."""
    points = offset_mm + (draws - 0.5) * np.asarray(spacing)
    return float(((points**2).sum(axis=1) <= RADIUS_MM**2).mean())


@pytest.mark.parametrize("spacing", SPACINGS)
def test_the_weights_of_the_peak_sphere_are_shares_of_voxels(spacing: Spacing) -> None:
    """Against thrown points: no voxel is out by more than 2.5 % of a voxel, in any shape of voxel."""
    weights = sphere_weights(spacing, 1.0)
    draws, middle = np.random.default_rng(7).random((10_000, 3)), np.asarray(weights.shape) // 2
    voxel_ml = float(np.prod(spacing)) / 1000
    for at in np.ndindex(weights.shape):
        offset = (np.asarray(at) - middle)[::-1] * np.asarray(spacing)
        assert weights[at] / voxel_ml == pytest.approx(share_inside(offset, spacing, draws), abs=0.025)


@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 2**32 - 1), spacing=st.sampled_from(SPACINGS))
def test_suv_peak_is_the_best_of_all_spheres_that_fit(seed: int, spacing: Spacing) -> None:
    """Every voxel as a centre, one after the other; a sphere that leaves region or image does not count."""
    volume = noise(spacing, seed, 36.0)
    mask = volume.values > np.quantile(volume.values, 0.15)
    weights = sphere_weights(spacing, 1.0)
    offsets = np.argwhere(weights > 0) - np.asarray(weights.shape) // 2
    best = None
    for at in np.ndindex(mask.shape):
        places = offsets + at
        if (places < 0).any() or (places >= mask.shape).any():
            continue
        if mask[tuple(places.T)].all():
            mean = float((volume.values[tuple(places.T)].astype(float) * weights[weights > 0]).sum())
            best = mean if best is None else max(best, mean)
    found = compute_peak(volume, mask)
    assert found == (None if best is None else pytest.approx(best, rel=1e-6))


@pytest.mark.parametrize("spacing", SPACINGS)
def test_the_peak_of_a_linear_ramp_is_the_value_at_the_farthest_middle_that_fits(spacing: Spacing) -> None:
    """A weighted mean over a symmetric sphere is the ramp's value at its middle, whatever the voxels."""
    volume = noise(spacing, 1)
    z, y, x = np.meshgrid(*[np.arange(n) for n in volume.values.shape], indexing="ij")
    volume.values[...] = 1 + 0.1 * x + 0.05 * y + 0.02 * z
    weights = sphere_weights(spacing, 1.0)
    reach = (np.argwhere(weights > 0) - np.asarray(weights.shape) // 2).max(axis=0)
    middle = [n - 1 - r for n, r in zip(volume.values.shape, reach, strict=True)]
    expected = 1 + 0.1 * middle[2] + 0.05 * middle[1] + 0.02 * middle[0]
    assert compute_peak(volume, np.ones(volume.values.shape, dtype=bool)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("radius", [12.0, 18.0])
def test_a_ball_in_any_voxels_has_the_volume_and_middle_of_a_ball(spacing: Spacing, radius: float) -> None:
    volume = noise(spacing, 2, 90.0)
    centre = volume.point_at(tuple((n - 1) / 2 + 0.3 for n in volume.values.shape[::-1]))
    axes = [volume.origin_mm[a] + np.arange(n) * spacing[a] for a, n in enumerate(volume.values.shape[::-1])]
    z, y, x = np.meshgrid(*axes[::-1], indexing="ij")
    far = np.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (z - centre[2]) ** 2)
    volume.values[...] = np.where(far <= radius, 8.0, 0.5)
    measured = measure_region(volume, centre)
    assert measured.volume_ml == pytest.approx(4 / 3 * np.pi * radius**3 / 1000, rel=0.12)
    assert np.linalg.norm(np.subtract(measured.centre_mm, centre)) < max(spacing) / 4
    assert measured.total_uptake == pytest.approx(8.0 * measured.volume_ml)
    assert not measured.leaked


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), spacing=st.sampled_from(SPACINGS), diameter=st.floats(8.0, 30.0))
def test_a_spheres_statistics_are_those_of_the_voxels_in_it(seed: int, spacing: Spacing, diameter: float) -> None:
    volume = noise(spacing, seed)
    centre = volume.point_at(tuple((n - 1) / 2 + 0.2 for n in volume.values.shape[::-1]))
    inside = [
        float(volume.values[at])
        for at in np.ndindex(volume.values.shape)
        if np.linalg.norm(np.subtract(volume.point_at((at[2], at[1], at[0])), centre)) <= diameter / 2
    ]
    found = measure_sphere(volume, centre, diameter)
    assert (found.mean, found.sd, found.max) == pytest.approx((np.mean(inside), np.std(inside, ddof=1), max(inside)))


def test_a_region_at_the_border_of_the_image_is_measured_without_what_is_not_there_and_says_so() -> None:
    volume = noise((4.0, 4.0, 4.0), 3)
    volume.values[...] = 0.5
    volume.values[:3, 5:10, 5:10] = 8.0
    measured = measure_region(volume, volume.point_at((7, 7, 0)))
    assert measured.volume_ml == pytest.approx(3 * 25 * 0.064)
    assert measured.leaked and "edge of the image" in measured.says
    assert measured.suv_peak is None, "no sphere fits without voxels that are not there"


@pytest.mark.parametrize("index", [(-0.6, 5, 5), (5, 99.0, 5), (5, 5, 14.6)])
def test_a_point_outside_says_where_the_image_is(index: Spacing) -> None:
    volume = noise((4.0, 4.0, 4.0), 4)
    with pytest.raises(ImagingError, match="outside the image, which spans x -30 to 26, y 12 to 68, z 400 to 456 mm"):
        measure_region(volume, volume.point_at(index))


def test_a_point_that_is_no_number_is_refused() -> None:
    for wrong in ((float("nan"), 0.0, 0.0), (0.0, float("inf"), 0.0)):
        with pytest.raises(ImagingError, match="not three numbers"):
            measure_region(noise((4.0, 4.0, 4.0), 4), wrong)
        with pytest.raises(ImagingError, match="not three numbers"):
            measure_sphere(noise((4.0, 4.0, 4.0), 4), wrong, 20)


@pytest.mark.parametrize(
    ("organ_suv", "gap_mm", "threshold", "word"),
    [
        (30.0, 0.0, "41%", "hotter"),
        (30.0, 4.0, "SUV:3", "hotter|jumps"),
        (6.0, 4.0, "SUV:3", "jumps"),
        (60.0, 4.0, "SUV:2.5", "hotter"),
    ],
    ids=["kidney touches", "kidney near", "spleen near", "bladder near"],
)
def test_an_outline_that_runs_into_a_hot_organ_is_called_a_leak(
    organ_suv: float, gap_mm: float, threshold: str, word: str
) -> None:
    """A lesion of 12 mm beside an organ of 60 mm, blurred as a scanner does (7 mm FWHM)."""
    volume = noise((3.0, 3.0, 3.0), 5, 150.0)
    z, y, x = (np.arange(n) * 3.0 for n in volume.values.shape)
    grid = np.meshgrid(z, y, x, indexing="ij")
    far = [np.sqrt((grid[0] - 75) ** 2 + (grid[1] - 75) ** 2 + (grid[2] - c) ** 2) for c in (35, 35 + 6 + gap_mm + 30)]
    sharp = np.where(far[1] <= 30, organ_suv, np.where(far[0] <= 6, 14.0, 0.7))
    volume.values[...] = ndimage.gaussian_filter(sharp, 7.0 / 2.355 / 3.0)
    measured = measure_region(volume, volume.point_at((35 / 3, 25, 25)), threshold)
    assert measured.leaked, measured
    assert re.search(word, measured.says)


OBJECTS = ("0_0", "1_0", "2_0", "2_1", "2_4", "3_1", "3_2", "4_0", "5_0")
HOT_MM = (632.0, 512.0, 40.0)


def read_mask(archive: Path, folder: Path) -> np.ndarray:
    """The object's own mask (z-y-x)."""
    with zipfile.ZipFile(archive) as opened:
        name = next(one for one in opened.namelist() if one.endswith(".nii.gz"))
        (folder / "mask.nii.gz").write_bytes(opened.read(name))
    return sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "mask.nii.gz"))) > 0


@pytest.mark.parametrize("name", OBJECTS)
def test_every_ibsi_object_is_outlined_and_measured_exactly(name: str, shared: Path, tmp_path: Path) -> None:
    """Inside the object's mask lie 0.2, 1 and 4; the outline at 41 % of 4 is every voxel of 4 around the point."""
    archive = shared / "imaging" / "dicom" / f"ibsi_dro_{name}.zip"
    volume = load_volume(next(one for one in read_study(archive).series if one.modality == "PT"))
    body = read_mask(archive, tmp_path)
    levels = np.abs(volume.values[body][:, None] - np.array([0.2, 1.0, 4.0]))
    assert (levels.min(axis=1) < 0.01).all() and (levels < 0.01).any(axis=0).all()
    labels = ndimage.label(body & (np.abs(volume.values - 4.0) < 0.01))[0]
    x, y, z = (round(i) for i in volume.index_at(HOT_MM))
    hot = (labels == labels[z, y, x]) & (labels > 0)
    assert np.array_equal(find_region(volume, HOT_MM).mask, hot)
    measured = measure_region(volume, HOT_MM)
    assert (measured.suv_max, measured.suv_mean, measured.suv_peak) == pytest.approx((4.0, 4.0, 4.0), rel=2e-3)
    assert measured.volume_ml == pytest.approx(hot.sum() * np.prod(volume.spacing_mm) / 1000)
