"""Outlines are traced around pixels and filled again to the same pixels, holes and islands included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

from exchange.contours import fill_outlines, trace_outlines


def plane(*rows: str) -> np.ndarray:
    return np.array([[letter == "#" for letter in row] for row in rows])


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=9)))
def test_any_pixels_come_back_the_same(drawn: np.ndarray) -> None:
    assert np.array_equal(fill_outlines(trace_outlines(drawn), drawn.shape), drawn)


def test_one_pixel_is_outlined_along_its_edges() -> None:
    (outline,) = trace_outlines(plane("....", "..#.", "...."))
    assert sorted(map(tuple, outline.tolist())) == [(1.5, 0.5), (1.5, 1.5), (2.5, 0.5), (2.5, 1.5)]


def test_a_hole_is_joined_to_its_surroundings_by_a_channel() -> None:
    ring = plane("#####", "#.###", "###.#", "#####")
    outlines = trace_outlines(ring)
    assert len(outlines) == 1
    points = [tuple(point) for point in outlines[0].tolist()]
    assert len(set(points)) < len(points)


def test_pixels_that_touch_at_a_corner_are_two_islands() -> None:
    assert len(trace_outlines(plane("#.", ".#"))) == 2


def test_an_inner_contour_of_another_program_cuts_a_hole() -> None:
    outer, inner = (
        np.array([[low, low], [high, low], [high, high], [low, high]]) for low, high in ((0.5, 6.5), (2.5, 4.5))
    )
    filled = fill_outlines([outer, inner], (8, 8))
    assert filled.sum() == 36 - 4
    assert not filled[3, 3] and filled[1, 1]


def test_what_lies_outside_the_image_is_cut_off() -> None:
    beyond = np.array([[-5.0, -5.0], [1.2, -5.0], [1.2, 9.0], [-5.0, 9.0]])
    assert fill_outlines([beyond], (3, 4)).tolist() == [[True, True, False, False]] * 3


@pytest.mark.parametrize("points", [[[1.0, 1.0]], [[1.0, 1.0], [3.0, 2.0]]])
def test_points_and_lines_enclose_nothing(points: list[list[float]]) -> None:
    assert not fill_outlines([np.array(points)], (4, 4)).any()
