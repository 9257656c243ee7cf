"""Every subtype and tracer has a colour of its own."""

from decision.vocabulary import load_vocabulary
from exchange.palette import OTHER, SUBTYPE_COLOURS, TRACER_COLOURS, subtype_colour, tracer_colour


def test_every_subtype_and_tracer_of_the_vocabulary_has_its_own_colour() -> None:
    assert set(SUBTYPE_COLOURS) == set(load_vocabulary().subtypes)
    colours = [*SUBTYPE_COLOURS.values(), *TRACER_COLOURS.values()]
    assert len(set(colours)) == len(colours)
    assert all(tracer_colour(code) != OTHER for code in load_vocabulary().tracers)


def test_what_has_no_colour_is_grey() -> None:
    assert subtype_colour("other") == OTHER
    assert tracer_colour(None) == OTHER
