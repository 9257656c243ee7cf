"""The preview of a scan and the small picture of it: made once, each beside the other."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.preview import SMALL_PX, render_preview, render_small, save_preview, small_path
from tests.imaging.phantoms import HOT_MM, hot_voxel, soft_tissue

TRACER = "68Ga-Pentixafor"


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(data)).convert("RGB")).astype(int)


def test_both_pictures_are_kept_side_by_side(tmp_path: Path) -> None:
    place = tmp_path / "P017" / "scan.jpg"
    save_preview(place, hot_voxel(), None, TRACER)
    whole, small = (Image.open(BytesIO(path.read_bytes())) for path in (place, small_path(place)))
    assert whole.width > SMALL_PX
    assert max(small.size) == SMALL_PX
    assert small_path(place).parent == place.parent


def test_the_preview_carries_its_unit_and_counts_the_lesions() -> None:
    assert "SUVbw" in render_preview(hot_voxel(), TRACER).alt
    assert "marked: 1 lesion." in render_preview(hot_voxel(), TRACER, [HOT_MM]).alt
    assert "SUV" not in render_preview(hot_voxel(unit="Bq/ml"), TRACER).alt


def test_the_small_picture_is_of_the_lesion_where_one_is_known() -> None:
    pet = hot_voxel()
    pet.values[21:24, 18:21, 34:37] = 10.0
    fused = pixels(render_small(pet, soft_tissue(pet), TRACER, HOT_MM))
    red_over_blue = fused[..., 0] - fused[..., 2]
    assert red_over_blue.max() > 60, "the focus is seen in hot metal"
    projection = pixels(render_small(pet, None, TRACER, None))
    assert np.abs(projection[..., 0] - projection[..., 2]).max() < 20, "the projection is grey"


@pytest.mark.parametrize("at_mm", [None, HOT_MM])
def test_a_picture_for_a_row_is_small(at_mm: tuple[float, float, float] | None) -> None:
    assert len(render_small(hot_voxel(), None, TRACER, at_mm)) < 5000
