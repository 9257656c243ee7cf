"""A hormone as one laboratory reads it: smooth across the cut-offs, never surer than two laboratories agree."""

import math

import numpy as np
import pytest

from decision.evidence import load_knowledge
from decision.likelihood import Mode
from decision.reading import (
    Reading,
    find_bands,
    find_cells,
    find_span,
    list_readings,
    load_edges,
    load_mixing,
    mix_bands,
    name_range,
    weigh_bands,
)
from decision.states import load_table

ACTH = load_knowledge().blocks["acth"]
PHENOTYPES = list(load_knowledge().phenotypes)


def ratio(value: float, one: str, other: str, *, agreed: bool = False, two_site: bool = False) -> float:
    """Likelihood ratio of two phenotypes at an ACTH in pg/mL."""
    table = load_table(Mode())
    reading = Reading(*find_span(ACTH, value), agreed, two_site)
    point = table.points[table.numbers[(ACTH.id, reading, 1.0)]]
    return math.exp(point[PHENOTYPES.index(one)] - point[PHENOTYPES.index(other)])


@pytest.mark.parametrize("agreed", [False, True])
def test_every_true_value_is_read_somewhere(agreed: bool) -> None:
    mixing = load_mixing("acth", agreed)
    assert mixing.shape == (len(ACTH.bands), len(load_edges("acth")) - 1)
    assert np.allclose(mixing.sum(axis=1), 1) and (mixing >= 0).all()


@pytest.mark.parametrize("agreed", [False, True])
def test_the_chances_are_those_of_readings_drawn_one_by_one(agreed: bool) -> None:
    """True values even on the log scale inside 20–30 pg/mL, read with normal error: drawn and counted."""
    generator = np.random.default_rng(3)
    spread = (ACTH.assay.agreed if agreed else ACTH.assay.one).value
    read = np.exp(generator.uniform(np.log(20), np.log(30), 400_000) + generator.normal(0, spread, 400_000))
    counted = np.histogram(read, [0, *ACTH.cuts, np.inf])[0] / len(read)
    spans = [find_cells(ACTH, (band,)) for band in range(len(ACTH.bands))]
    expected = [load_mixing("acth", agreed)[3, low:high].sum() for low, high in spans]
    assert np.abs(counted - expected).max() < 0.004


def test_one_low_sample_is_sometimes_read_in_the_grey_zone() -> None:
    """More than samples that agree, and by about the ten points of an adrenal patient that the notes propose."""
    adrenal = np.array(ACTH.row_of("CPA").shares)
    shares = adrenal @ mix_bands(ACTH)
    assert 0.08 < adrenal[:2].sum() - shares[:2].sum() < 0.14
    assert np.allclose(mix_bands(ACTH).sum(axis=1), 1)


def test_the_grey_zone_speaks_as_little_as_the_notes_allow() -> None:
    """Adrenal against pituitary at 10–20 pg/mL: 3 to 1 in the middle, between 1 and 7 at the ends."""
    assert 2 < ratio(15, "CPA", "CD") < 4
    assert ratio(10.1, "CPA", "CD") < 7 and ratio(19.9, "CPA", "CD") > 1


@pytest.mark.parametrize(("low", "high"), [(4.99, 5.01), (9.98, 10.02), (19.96, 20.04), (29.9, 30.1), (199, 201)])
@pytest.mark.parametrize("agreed", [False, True])
def test_nothing_jumps_at_a_cut_off(low: float, high: float, agreed: bool) -> None:
    for one, other in (("CPA", "CD"), ("EAS", "CD"), ("MACS", "NFA"), ("EXO", "NNH")):
        before, after = (ratio(value, one, other, agreed=agreed) for value in (low, high))
        assert abs(math.log(before / after)) < 0.16, f"{one} against {other} between {low} and {high} pg/mL"


@pytest.mark.parametrize("agreed", [False, True])
@pytest.mark.parametrize("two_site", [False, True])
def test_more_acth_never_speaks_more_for_an_adrenal_source_against_the_pituitary(agreed: bool, two_site: bool) -> None:
    values = np.geomspace(1.5, 120, 60)
    for adrenal in ("CPA", "ACC", "PBMAH", "PPNAD"):
        log = np.log([ratio(value, adrenal, "CD", agreed=agreed, two_site=two_site) for value in values])
        assert (np.diff(log) <= 1e-9).all()


def test_a_two_site_assay_says_half_between_pituitary_and_ectopic() -> None:
    one, two = ratio(400, "EAS", "CD"), ratio(400, "EAS", "CD", two_site=True)
    assert 1 < two < one and math.log(two) == pytest.approx(math.log(one) / 2, rel=0.1)
    assert ratio(3, "CPA", "CD", two_site=True) == pytest.approx(ratio(3, "CPA", "CD"), rel=0.05)


def test_a_reading_that_may_be_anything_says_nothing() -> None:
    whole = Reading(0, len(load_edges("acth")) - 1)
    table = load_table(Mode())
    assert (table.points[table.numbers[(ACTH.id, whole, 1.0)]] == 0).all()
    assert np.allclose(weigh_bands(ACTH, [whole]), 1 / len(ACTH.bands))


def test_every_reading_has_its_state() -> None:
    table = load_table(Mode())
    assert {(ACTH.id, reading, 1.0) for reading in list_readings(ACTH)} <= set(table.numbers)


@pytest.mark.parametrize(
    ("value", "comparator", "bands"),
    [
        (5, None, (1,)), (4.999, None, (1,)), (4.9, None, (0,)), (0.2, None, (0,)), (9000, None, (7,)),
        (5, "<", (0,)), (10, "<", (0, 1)), (200, ">=", (7,)), (60, ">", (5, 6, 7)), (0.5, "<", (0,)), (5000, ">", (7,)),
    ],
)  # fmt: skip
def test_where_a_value_lies(value: float, comparator: str | None, bands: tuple[int, ...]) -> None:
    assert find_bands(ACTH, *find_span(ACTH, value, comparator)) == bands


def test_a_range_of_cells_in_words() -> None:
    cells = len(load_edges("acth")) - 1
    assert name_range(ACTH, 0, find_cells(ACTH, (0,))[1]) == "< 5 pg/mL"
    assert name_range(ACTH, *find_cells(ACTH, (2, 3))) == "10–30 pg/mL"
    assert name_range(ACTH, find_cells(ACTH, (7,))[0], cells) == "≥ 200 pg/mL"
