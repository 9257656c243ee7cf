"""NIfTI for the viewer: the same place, the same values, small enough to send."""

from io import BytesIO

import nibabel
import numpy as np
import pytest
from nibabel.fileholders import FileHolder

from imaging import nifti
from imaging.nifti import affine_ras, write_fusion, write_nifti
from imaging.volume import Volume
from imaging.window import Window
from tests.imaging.phantoms import HOT_MM, hot_voxel, soft_tissue

SUV = Window(0.0, 8.0, "SUVbw", "68Ga-Pentixafor")
TISSUE = Window(-160.0, 240.0, "HU", "soft tissue")


def read(data: bytes) -> nibabel.Nifti1Image:
    import gzip

    return nibabel.Nifti1Image.from_file_map({"image": FileHolder(fileobj=BytesIO(gzip.decompress(data)))})


@pytest.mark.parametrize("direction", [(1.0, 0, 0, 0, 1, 0, 0, 0, 1), (0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1)])
def test_the_hot_voxel_keeps_its_place_with_left_and_back_turned_round(direction: tuple[float, ...]) -> None:
    image = read(write_nifti(hot_voxel(direction=direction), SUV))
    index = np.unravel_index(np.argmax(image.get_fdata()), image.shape)
    right_anterior_superior = (image.affine @ [*index, 1])[:3]
    assert right_anterior_superior == pytest.approx((-HOT_MM[0], -HOT_MM[1], HOT_MM[2]), abs=1e-3)


def test_values_survive_the_whole_numbers_they_are_sent_as() -> None:
    volume = hot_voxel(value=25.4)
    image = read(write_nifti(volume, SUV))
    assert image.get_fdata().transpose(2, 1, 0) == pytest.approx(volume.values, abs=25.4 / 30_000)
    assert image.header.get_data_dtype() == np.int16


def test_the_viewer_opens_with_the_window_of_the_picture() -> None:
    header = read(write_nifti(hot_voxel(), SUV)).header
    assert (float(header["cal_min"]), float(header["cal_max"])) == (0.0, 8.0)


def test_a_window_in_another_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="Bq/ml"):
        write_nifti(hot_voxel(unit="Bq/ml"), SUV)


def test_ct_travels_on_the_grid_of_the_pet() -> None:
    pet = hot_voxel()
    fine = Volume(np.full((80, 100, 120), 40.0, np.float32), pet.origin_mm, (2.0, 1.5, 2.5), pet.direction, "HU")
    first, second = write_fusion(pet, fine, SUV, TISSUE)
    assert second is not None
    assert read(second).shape == read(first).shape
    assert float(read(second).get_fdata()[10, 10, 10]) == 40.0


def test_a_pair_too_large_is_halved_and_keeps_its_hottest_value(monkeypatch: pytest.MonkeyPatch) -> None:
    pet = hot_voxel()
    noise = np.random.default_rng(1).normal(1.0, 0.2, pet.values.shape).astype(np.float32)
    pet = Volume(np.maximum(noise, pet.values), pet.origin_mm, pet.spacing_mm, pet.direction, pet.unit)
    monkeypatch.setattr(nifti, "LIMIT_BYTES", 60_000)
    first, second = write_fusion(pet, soft_tissue(pet), SUV, TISSUE)
    assert second is not None
    assert len(first) + len(second) < 60_000
    assert read(first).get_fdata().max() == pytest.approx(10.0, rel=1e-3)


def test_the_origin_of_the_affine_is_the_first_voxel() -> None:
    volume = hot_voxel()
    x, y, z = volume.origin_mm
    assert tuple(affine_ras(volume)[:3, 3]) == pytest.approx((-x, -y, z))
