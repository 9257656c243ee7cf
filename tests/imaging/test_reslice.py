"""A plane of one scan cut through the motion to another."""

from dataclasses import replace

import numpy as np
import pytest

from imaging.extent import body_extent
from imaging.motion import RigidMotion
from imaging.render import View, render_slice
from imaging.reslice import cut_plane
from imaging.window import suggest_window
from tests.imaging.phantoms import HOT_MM, hot_voxel, soft_tissue


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("width_mm", [None, 60.0])
def test_a_plane_cut_without_a_motion_is_the_plane_itself(plane: str, width_mm: float | None) -> None:
    pet = hot_voxel()
    pet.values[10:25, 15:30, 20:40] += np.arange(20, dtype=np.float32)
    ct, extent, window = soft_tissue(pet), body_extent(pet), suggest_window(pet, None)
    view = View(extent, width_mm)
    cut = [cut_plane(one, RigidMotion(), extent, plane, HOT_MM, 160, width_mm) for one in (pet, ct)]
    straight = render_slice(pet, ct, plane, HOT_MM, window, "fused", (), 160, view)
    assert render_slice(cut[0], cut[1], plane, HOT_MM, window, "fused", (), 160, view).data == straight.data


def test_a_plane_cut_through_a_motion_shows_what_lies_there() -> None:
    motion = RigidMotion((10.0, -20.0, 30.0), (5.0, 6.0, 7.0), (1.0, 2.0, 3.0))
    seen_at = motion.invert().apply(HOT_MM)
    pet = hot_voxel()
    extent = body_extent(replace(pet, origin_mm=tuple(np.asarray(seen_at) - np.asarray(HOT_MM) + pet.origin_mm)))
    for plane in ("axial", "coronal", "sagittal"):
        cut = cut_plane(pet, motion, extent, plane, seen_at, 240)
        hottest = np.unravel_index(np.argmax(cut.values), cut.values.shape)
        place = cut.point_at((float(hottest[2]), float(hottest[1]), float(hottest[0])))
        assert place == pytest.approx(seen_at, abs=1.0)
        assert cut.values.max() > 6.0
        assert cut.values.min() == 0.0, "beyond the scan there is nothing"
