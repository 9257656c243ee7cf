"""Every subtype and tracer has a colour of its own."""

import pytest

from decision.vocabulary import load_vocabulary
from exchange.palette import INK, OTHER, SUBTYPE_COLOURS, TRACER_COLOURS, subtype_colour, tint, tracer_colour


def test_every_subtype_and_tracer_of_the_vocabulary_has_its_own_colour() -> None:
    assert set(SUBTYPE_COLOURS) == set(load_vocabulary().subtypes)
    colours = [*SUBTYPE_COLOURS.values(), *TRACER_COLOURS.values()]
    assert len(set(colours)) == len(colours)
    assert all(tracer_colour(code) != OTHER for code in load_vocabulary().tracers)


def test_what_has_no_colour_is_grey() -> None:
    assert subtype_colour("other") == OTHER
    assert tracer_colour(None) == OTHER


def _contrast(ground: str, text: str) -> float:
    def light(colour: str) -> float:
        parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(ground), light(text)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("colour", "share"),
    [*((colour, 0.34) for colour in (*SUBTYPE_COLOURS.values(), OTHER)), (subtype_colour("CD"), 0.45), (OTHER, 0.45)],
)
def test_ink_is_read_on_every_tint(colour: str, share: float) -> None:
    """WCAG's contrast for normal text: 4.5 to 1."""
    assert _contrast(tint(colour, share), INK) >= 4.5


def test_no_share_is_white_and_the_whole_is_the_colour() -> None:
    assert (tint("#0072B2", 0.0), tint("#0072B2", 1.0)) == ("#FFFFFF", "#0072B2")
