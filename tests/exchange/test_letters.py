"""Letters that the documents can draw, and the counting of those they cannot."""

import pytest

from exchange.letters import make_drawable


@pytest.mark.parametrize("text", ["µg/dL ≤ 3.5", "Görges", "Çalışkan", "Šimůnek", "肾上腺", "⁶⁸Ga ↑", "α β", "□"])
def test_what_the_fonts_hold_stays(text: str) -> None:
    assert make_drawable(text) == (text, 0)


def test_what_they_lack_becomes_a_box_and_is_counted() -> None:
    assert make_drawable("a 😀 ع") == ("a □ □", 2)


def test_lines_are_joined_and_marks_that_turn_the_text_are_dropped() -> None:
    assert make_drawable("one\n\ttwo\x00three\u202eevil\u200b") == ("one two threeevil", 0)
