"""Charts become picture files without a network."""

import altair as alt
import pandas as pd

from exchange.figures import write_png, write_svg

CHART = alt.Chart(pd.DataFrame({"x": [1, 2], "name": ["CD", "EAS"]})).mark_bar().encode(x="x:Q", y="name:N")


def test_svg_holds_the_words_of_the_chart() -> None:
    drawn = write_svg(CHART).decode()
    assert drawn.startswith("<svg")
    assert "EAS" in drawn


def test_png_grows_with_the_scale() -> None:
    small, large = write_png(CHART, 1.0), write_png(CHART, 2.0)
    assert small.startswith(b"\x89PNG")
    assert int.from_bytes(large[16:20], "big") == 2 * int.from_bytes(small[16:20], "big")


def test_a_chart_as_wide_as_its_place_gets_a_width() -> None:
    assert b"<svg" in write_svg(CHART.properties(width="container"))
