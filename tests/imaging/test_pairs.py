"""Lesions of two tracers find their mates; what nobody measured or read is never called negative."""

import pytest

from imaging.motion import RigidMotion
from imaging.pairs import TracerLesion, pair_lesions
from tests.imaging.phantoms import HOT_MM, hot_voxel

SHIFT = RigidMotion(translation_mm=(20.0, 0.0, -12.0))
Point = tuple[float, float, float]


def lesion(name: str, at_mm: Point, uptake: str | None = "positive", suv: float | None = 5.0) -> TracerLesion:
    return TracerLesion(name, "adrenal_left", at_mm, suv, uptake)


def moved(at_mm: Point, off_mm: float = 0.0) -> Point:
    x, y, z = SHIFT.apply(at_mm)
    return (x, y + off_mm, z)


def test_lesions_are_paired_where_the_motion_takes_them() -> None:
    here, there = lesion("1", (0.0, 0.0, 0.0)), lesion("2", moved((0.0, 0.0, 0.0), 3.0), suv=9.0)
    (pair,) = pair_lesions([here], [there], SHIFT)
    assert (pair.a.suv_max, pair.b.suv_max, pair.code) == (5.0, 9.0, "++")
    assert pair.apart_mm == pytest.approx(3.0)
    assert len(pair_lesions([here], [there], RigidMotion())) == 2, "without the motion they are strangers"


def test_beyond_the_limit_they_are_two_lesions() -> None:
    here, there = lesion("1", (0.0, 0.0, 0.0)), lesion("2", moved((0.0, 0.0, 0.0), 15.1))
    assert [pair.code for pair in pair_lesions([here], [there], SHIFT)] == ["+?", "?+"]
    assert [pair.code for pair in pair_lesions([here], [there], SHIFT, within_mm=16.0)] == ["++"]


def test_the_nearest_are_paired_first_and_each_only_once() -> None:
    a = [lesion("low", (0.0, 0.0, 0.0)), lesion("high", (0.0, 8.0, 0.0))]
    b = [lesion("only", moved((0.0, 7.0, 0.0)))]
    pairs = {pair.name: pair.code for pair in pair_lesions(a, b, SHIFT)}
    assert pairs == {"low": "+?", "high": "++"}


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("positive", "positive", "++"),
        ("positive", "negative", "+−"),
        ("negative", "positive", "−+"),
        ("negative", "negative", "−−"),
        ("equivocal", "positive", "±+"),
        (None, "positive", "?+"),
        ("positive", None, "+?"),
    ],
)
def test_the_code_is_what_the_reader_said(first: str | None, second: str | None, code: str) -> None:
    at = (0.0, 0.0, 0.0)
    (pair,) = pair_lesions([lesion("1", at, first)], [lesion("1", moved(at), second)], SHIFT)
    assert pair.code == code


def test_where_no_lesion_was_measured_the_uptake_is_read_and_the_word_stays_unknown() -> None:
    here = lesion("1", SHIFT.invert().apply(HOT_MM))
    (pair,) = pair_lesions([here], [], SHIFT, volume_b=hot_voxel(value=10.0))
    assert (pair.b.suv_max, pair.b.measured, pair.b.uptake, pair.code) == (10.0, False, None, "+?")
    assert pair.b.at_mm == pytest.approx(HOT_MM)
    cold = lesion("2", SHIFT.invert().apply((HOT_MM[0] - 40, HOT_MM[1], HOT_MM[2])))
    (pair,) = pair_lesions([cold], [], SHIFT, volume_b=hot_voxel(value=10.0))
    assert (pair.b.suv_max, pair.code) == (1.0, "+?"), "cold is not called negative by a program"


def test_the_other_way_round_leads_back() -> None:
    (pair,) = pair_lesions([], [lesion("1", SHIFT.apply(HOT_MM))], SHIFT, volume_a=hot_voxel(value=7.0))
    assert (pair.a.suv_max, pair.code) == (7.0, "?+")
    assert pair.a.at_mm == pytest.approx(HOT_MM)


def test_outside_the_scan_or_without_suv_the_uptake_is_not_known() -> None:
    far = lesion("1", (5000.0, 0.0, 0.0))
    assert pair_lesions([far], [], SHIFT, volume_b=hot_voxel())[0].b.suv_max is None
    here = lesion("1", SHIFT.invert().apply(HOT_MM))
    assert pair_lesions([here], [], SHIFT, volume_b=hot_voxel("Bq/ml"))[0].b.suv_max is None
    assert pair_lesions([here], [], SHIFT)[0].b.suv_max is None
