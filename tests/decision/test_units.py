"""Units: the printed factors, both systems side by side, and multiples of the upper limit."""

import pytest

from decision.case import Result
from decision.units import (
    UnitError,
    as_xuln,
    compute_si,
    convert,
    convert_back,
    format_both,
    format_number,
    format_result,
)


@pytest.mark.parametrize(
    ("test", "value", "unit", "si"),
    [
        ("acth_plasma", 46, "pg/mL", 10.1292),
        ("acth_plasma", 46, "ng/L", 10.1292),
        ("acth_plasma", 10, "pmol/L", 10),
        ("dst_1mg_cortisol", 1.8, "ug/dL", 49.662),
        ("cortisol_morning", 100, "ng/mL", 275.9),
        ("cortisol_late_night_saliva", 100, "ng/dL", 2.759),
        ("cortisol_late_night_saliva", 1, "ng/mL", 2.759),
        ("cortisone_late_night_saliva", 1, "ng/mL", 2.774),
        ("cortisone_late_night_saliva", 1, "ug/dL", 27.74),
        ("ufc_24h", 100, "ug/24h", 275.9),
        ("dst_1mg_dexamethasone", 1.8, "ng/mL", 4.5864),
        ("dst_1mg_dexamethasone", 180, "ng/dL", 4.5864),
        ("dheas", 100, "ug/dL", 2.714),
        ("dheas", 1000, "ng/mL", 2.714),
        ("androstenedione", 100, "ng/dL", 3.492),
        ("testosterone", 100, "ng/dL", 3.467),
        ("hydroxyprogesterone_17", 100, "ng/dL", 3.026),
        ("deoxycortisol_11", 100, "ng/dL", 2.886),
        ("potassium", 3.1, "mEq/L", 3.1),
        ("hddst_2day_suppression", 62, "%", 62),
        ("ipss_basal_ratio", 10.6, "ratio", 10.6),
        ("calcitonin", 3, "xULN", 3),
    ],
)
def test_a_value_becomes_the_si_value_of_the_printed_factor(test: str, value: float, unit: str, si: float) -> None:
    assert convert(test, value, unit) == pytest.approx(si, rel=1e-12)
    assert convert_back(test, si, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("spelling", ["ug/dL", "µg/dL", "μg/dL", "UG/DL", "Μg/dl", " µg / dL "])
def test_micro_is_one_letter_and_case_is_ignored(spelling: str) -> None:
    assert convert("dst_1mg_cortisol", 1, spelling) == 27.59


@pytest.mark.parametrize(
    ("test", "unit", "named"),
    [
        ("acth_plasma", "pg/dL", 'the nearest is "pg/mL" (accepted: pg/mL, ng/L, pmol/L)'),
        ("acth_plasma", "pmol/mL", '"pmol/L"'),
        ("ufc_24h", "ug/24hr", '"ug/24h"'),
        ("ufc_24h", "mcg/24h", '"ug/24h"'),
        ("dst_1mg_cortisol", "nmol", '"nmol/L"'),
        ("calcitonin", "pg/mL", "accepted: xULN"),
        ("ipss", "ratio", "reported in words"),
    ],
)
def test_an_unknown_unit_is_refused_naming_the_right_ones(test: str, unit: str, named: str) -> None:
    with pytest.raises(UnitError) as refused:
        convert(test, 1, unit)
    assert named in str(refused.value)


def test_an_unknown_test_is_refused_naming_the_nearest() -> None:
    with pytest.raises(UnitError, match='no test "acth"; the nearest is "acth_plasma"'):
        convert("acth", 1, "pg/mL")


def test_a_multiple_of_the_upper_limit_has_no_amount() -> None:
    with pytest.raises(UnitError, match="xULN has no value in nmol/24h"):
        convert("ufc_24h", 5.4, "xULN")


@pytest.mark.parametrize(
    ("test", "value", "unit", "shown"),
    [
        ("acth_plasma", 46, "pg/mL", "46 pg/mL · 10.1 pmol/L"),
        ("acth_plasma", 46, "ng/l", "46 ng/L · 10.1 pmol/L"),
        ("acth_plasma", 10.1, "pmol/L", "10.1 pmol/L · 45.9 pg/mL"),
        ("dst_1mg_cortisol", 1.8, "ug/dL", "1.8 µg/dL · 49.7 nmol/L"),
        ("dst_1mg_cortisol", 50, "nmol/L", "50 nmol/L · 1.81 µg/dL"),
        ("dheas", 0.3, "umol/L", "0.3 µmol/L · 11.1 µg/dL"),
        ("ufc_24h", 5.4, "xULN", "5.4 × ULN"),
        ("ufc_24h", 1234.5, "ug/24h", "1234.5 µg/24h · 3406 nmol/24h"),
        ("potassium", 3.1, "mmol/L", "3.1 mmol/L"),
        ("hddst_2day_suppression", 62, "%", "62 %"),
        ("ipss_basal_ratio", 10.6, "ratio", "10.6"),
        ("acth_plasma", 0, "pg/mL", "0 pg/mL · 0 pmol/L"),
    ],
)
def test_a_value_is_shown_in_both_systems(test: str, value: float, unit: str, shown: str) -> None:
    assert format_both(test, value, unit) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.027594, "0.0276"),
        (9.996, "10"),
        (99.96, "100"),
        (1288.4, "1288"),
        (-0.5, "-0.5"),
        (0, "0"),
        (0.000012, "0.000012"),
    ],
)
def test_a_converted_number_has_three_figures_and_no_exponent(value: float, shown: str) -> None:
    assert format_number(value) == shown


def test_a_result_is_shown_with_its_comparator_or_word_or_as_unknown() -> None:
    above = Result(test="cortisol_morning", value=46.7, unit="ug/dL", comparator=">")
    assert format_result(above) == "> 46.7 µg/dL · > 1288 nmol/L"
    assert format_result(Result(test="ipss", outcome="no_gradient")) == "no central gradient"
    assert format_result(Result(test="ufc_24h")) == "—"


def test_the_multiple_of_the_upper_limit_is_known_from_uln_or_from_the_unit_only() -> None:
    assert as_xuln(Result(test="acth_plasma", value=31, unit="pg/mL", uln=50)) == 0.62
    assert as_xuln(Result(test="ufc_24h", value=5.4, unit="xULN", uln=45)) == 5.4
    assert as_xuln(Result(test="ufc_24h", value=600, unit="nmol/24h")) is None
    assert as_xuln(Result(test="ufc_24h", outcome="elevated", uln=45)) is None


def test_the_si_value_is_unknown_for_words_and_multiples() -> None:
    assert compute_si(Result(test="dst_1mg_cortisol", value=10, unit="ug/dL")) == 275.9
    assert compute_si(Result(test="ufc_24h", value=5.4, unit="xULN")) is None
    assert compute_si(Result(test="ufc_24h", outcome="elevated")) is None
    assert compute_si(Result(test="calcitonin", value=3, unit="xULN")) == 3
