"""The limits on a series' clocks: each has its words, its unit and its source, and is the one that decides."""

import tomllib
from pathlib import Path

import pytest

from imaging.injection import longest_uptake, question_uptake
from imaging.timing import load_timing

FILE = Path(__file__).parents[2] / "imaging" / "knowledge" / "timing.toml"


def test_every_limit_says_what_it_does_and_where_it_comes_from() -> None:
    blocks = tomllib.loads(FILE.read_text("utf-8"))
    assert {name for name, one in blocks.items() if one["says"] and one["unit"] and one["source"]} == set(load_timing())
    assert {one["grade"] for one in blocks.values()} <= {"verified", "recalled", "expert"}


@pytest.mark.parametrize(("minutes", "asked"), [(29.9, True), (30.0, False), (240.0, False), (240.1, True)])
def test_an_unusual_uptake_time_is_asked_about_at_the_limits_of_the_file(minutes: float, asked: bool) -> None:
    assert bool(question_uptake(minutes)) == asked


def test_a_long_lived_nuclide_may_be_given_days_before() -> None:
    assert longest_uptake(4057.7).total_seconds() == load_timing()["injection_before_reference_h"] * 3600
    assert longest_uptake(282_276.0).total_seconds() == 10 * 282_276.0
