"""The projection from all around: every picture of one size, each focus where it is, front and back mirrored."""

import numpy as np
import pytest

from imaging.frame import edge_letters
from imaging.projection import compute_projection, compute_turn, find_hottest
from tests.imaging.phantoms import HOT_MM, hot_voxel

COUNT = 12


def test_a_turn_goes_round_in_even_steps_and_one_size() -> None:
    turn = compute_turn(hot_voxel(), count=COUNT)
    assert [one.angle_deg for one in turn] == [step * 30.0 for step in range(COUNT)]
    assert len({one.values.shape for one in turn}) == 1
    assert all(one.values.shape == (one.frame.height_px, one.frame.width_px) for one in turn)


@pytest.mark.parametrize("number", range(COUNT))
def test_the_focus_lies_where_the_frame_says_from_every_side(number: int) -> None:
    one = compute_turn(hot_voxel(), count=COUNT, size_px=800)[number]
    row, column = np.unravel_index(np.argmax(one.values), one.values.shape)
    assert one.frame.pixel_at(HOT_MM) == pytest.approx((column, row), abs=2.5 / one.frame.mm_per_px)
    found = find_hottest(hot_voxel(), one.frame, *one.frame.pixel_at(HOT_MM))
    assert found == pytest.approx(HOT_MM)


def test_from_behind_it_is_what_would_have_been_computed() -> None:
    mirrored = compute_turn(hot_voxel(), count=4)[2]
    computed = compute_projection(hot_voxel(), 180.0, mm_per_px=mirrored.frame.mm_per_px)
    assert edge_letters(mirrored.frame.right) == edge_letters(computed.frame.right) == "R"
    spare = (mirrored.frame.width_px - computed.frame.width_px) // 2
    inside = mirrored.values[:, spare : spare + computed.frame.width_px]
    assert np.abs(inside - computed.values).mean() < 0.02


def test_a_fine_grid_loses_no_hot_voxel_when_it_is_turned() -> None:
    fine = hot_voxel()
    fine = type(fine)(fine.values, fine.origin_mm, (1.6, 1.6, 5.0), fine.direction, fine.unit)
    assert all(one.values.max() > 8.0 for one in compute_turn(fine, count=COUNT))
