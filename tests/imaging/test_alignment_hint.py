"""PET and CT of one study: a known shift of the outlines is found, a cropped picture tells nothing."""

import numpy as np
import pytest

from imaging.alignment_hint import Offset, assess_alignment, measure_offset
from imaging.volume import Volume

SPACING = (4.0, 4.0, 6.0)
SHAPE = (24, 80, 100)
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def body(inside: float, outside: float, unit: str, shift: tuple[int, int] = (0, 0), half: int = 32) -> Volume:
    """An elliptical trunk, its middle moved by voxels to the left and to the back."""
    y, x = np.mgrid[: SHAPE[1], : SHAPE[2]]
    trunk = ((x - 50 - shift[0]) / half) ** 2 + ((y - 40 - shift[1]) / 22) ** 2 < 1
    values = np.where(trunk, inside, outside).astype(np.float32)
    return Volume(np.repeat(values[None], SHAPE[0], axis=0).copy(), (-200.0, -160.0, 0.0), SPACING, IDENTITY, unit)


CT = body(40.0, -1000.0, "HU")


@pytest.mark.parametrize("shift", [(0, 0), (5, 0), (0, -4), (-3, 3)])
def test_a_shift_of_the_pet_is_found_to_two_millimetres(shift: tuple[int, int]) -> None:
    offset = measure_offset(body(1.0, 0.02, "SUVbw", shift), CT)
    assert offset is not None
    assert (offset.left_mm, offset.back_mm) == pytest.approx((4.0 * shift[0], 4.0 * shift[1]), abs=2.0)


def test_hot_organs_do_not_move_the_outline() -> None:
    pet = body(1.0, 0.02, "SUVbw")
    pet.values[:, 30:36, 65:72] = 60.0
    offset = measure_offset(pet, CT)
    assert offset is not None and offset.length_mm < 2.0


def test_an_outline_cut_off_by_the_picture_tells_nothing() -> None:
    assert measure_offset(body(1.0, 0.02, "SUVbw", half=70), body(40.0, -1000.0, "HU", half=70)) is None
    assert measure_offset(body(0.0, 0.0, "SUVbw"), CT) is None


@pytest.mark.parametrize(
    ("offset", "level", "says"),
    [
        (None, "unknown", "is not known"),
        (Offset(1.0, -2.0, 20), "ok", "2 mm apart"),
        (Offset(-14.0, 6.0, 20), "check", "lies 14 mm to the right of and 6 mm behind the CT's"),
    ],
)
def test_the_line_says_how_far_and_that_breathing_is_not_seen(offset: Offset | None, level: str, says: str) -> None:
    line = assess_alignment(offset)
    assert line.level == level
    assert says in line.says
    assert level == "check" or "Breathing is not seen" in line.says
