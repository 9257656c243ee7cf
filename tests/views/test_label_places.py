"""Names beside points: none covers another, a point or a line, wherever the points lie."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from views.charts_accuracy_cut import NAME_LETTER, stack_names
from views.charts_cut_marks import CutMark, chart_marks
from views.label_places import Place, place_names

SIZE = (0.2, 0.06)
shares = st.floats(0, 1, allow_nan=False)


def apart(first: Place, second: Place) -> bool:
    return abs(first.x - second.x) >= SIZE[0] - 1e-9 or abs(first.y - second.y) >= SIZE[1] - 1e-9


def covers(place: Place, x: float, y: float) -> bool:
    return abs(place.x - x) < SIZE[0] / 2 - 1e-9 and abs(place.y - y) < SIZE[1] / 2 - 1e-9


def clear_of(place: Place, start: tuple[float, float], end: tuple[float, float]) -> bool:
    return not any(covers(place, *point) for point in np.linspace(start, end, 400))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(shares, shares), min_size=1, max_size=4))
def test_no_name_covers_another_a_point_or_a_line(points: list[tuple[float, float]]) -> None:
    chance = ((0.0, 0.0), (1.0, 1.0))
    places = place_names(points, [SIZE] * len(points), [chance])
    assert all(apart(first, second) for first, second in combinations(places, 2))
    assert all(not covers(place, *point) for place in places for point in points)
    assert all(clear_of(place, *chance) for place in places)
    assert all(SIZE[0] / 2 <= place.x + 1e-9 and place.x <= 1 - SIZE[0] / 2 + 1e-9 for place in places)


def test_the_same_point_four_times_has_four_names_and_a_line_to_each() -> None:
    places = place_names([(0.0, 0.9)] * 4, [SIZE] * 4, [])
    assert len({(place.x, place.y) for place in places}) == 4
    for place, other in ((one, two) for one in places for two in places if one is not two):
        assert clear_of(other, (0.0, 0.9), (place.from_x, place.from_y)), "a line to one name crosses another"


def test_published_cut_offs_beside_one_another_keep_their_names_apart() -> None:
    marks = [
        CutMark(name, se, sp, (se - 0.1, se + 0.05), (sp - 0.2, sp), "as printed", True)
        for name, se, sp in (("11.18 in print", 0.88, 1.0), ("7.1 in print", 0.91, 0.85), ("8 in print", 0.9, 0.86))
    ]
    rows = chart_marks(marks, [(0, 0), (0, 0.83), (0.14, 0.89), (1, 1)])[-1].data.to_dict("records")
    for one, other in combinations(rows, 2):
        wide = (len(one["name"]) + len(other["name"])) / 2 * 0.0125
        assert abs(one["name_x"] - other["name_x"]) >= wide or abs(one["name_y"] - other["name_y"]) >= 0.05


def test_a_figure_without_marks_has_none() -> None:
    assert chart_marks([], []) == []


@pytest.mark.parametrize(
    ("shares_of", "levels"),
    [([0.1, 0.5, 0.9], [0, 0, 0]), ([0.3, 0.32, 0.31], [0, 2, 1]), ([0.2, 0.22, 0.9], [0, 1, 0])],
)
def test_names_over_lines_that_are_near_stand_in_rows_of_their_own(shares_of: list[float], levels: list[int]) -> None:
    names = ["7.1 in print"] * 3
    assert stack_names(names, shares_of) == levels
    assert NAME_LETTER * len(names[0]) < 0.2
