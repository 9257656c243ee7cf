"""The review: evidence and suggestion in their places, also when the engine abstains; everything with its source."""

import pandas as pd
import pytest

from decision.case import ImagingFinding, Result
from store import MeasurementRecord, SeriesRecord, Store
from tests.views.people import open_app, said
from views.findings_table import make_findings_table, make_lesions_table, say_finding
from views.quotes import find_quotes, say_quote
from views.results_table import make_results_table, say_arrow, say_limit


def test_the_header_tells_who_and_how_much_is_known(store: Store) -> None:
    text = said(open_app("review", patient="P017"))
    assert "34 y · F · MDT" in text.replace("\\", "")
    assert "Known\\: " in text


def test_both_boxes_keep_their_place_when_the_engine_abstains(store: Store) -> None:
    known, unknown = open_app("review", patient="P017"), open_app("review", patient="P052")
    for app in (known, unknown):
        heads = [element.value for element in app.subheader]
        assert heads[:2] == ["What speaks", "What it suggests"]
        assert "90 % set" in said(app)
    assert "No suggestion" in said(unknown)
    assert "No suggestion" not in said(known)


def test_findings_come_with_source_and_grade(store: Store) -> None:
    app = open_app("review", patient="P017")
    found = store.fetch_assessment("P017")
    sources = [caption.value.replace("\\", "") for caption in app.caption]
    for reason in found.reasons:
        assert any(reason.source in source for source in sources), reason.finding


def test_findings_quote_what_the_source_says_of_both_classes(store: Store) -> None:
    lesion = next(reason for reason in store.fetch_assessment("P017").reasons if reason.block == "mri_pituitary")
    quotes = dict(find_quotes(lesion))
    assert set(quotes) == {lesion.for_, lesion.against}
    captions = "\n".join(caption.value for caption in open_app("review", patient="P017").caption)
    assert all(say_quote(code, entry) in captions for code, entry in quotes.items())


def test_a_voided_test_says_why(store: Store) -> None:
    found = store.fetch_assessment("P017").voided
    text = said(open_app("review", patient="P017")).replace("\\", "")
    assert found, "oestrogen voids the 1 mg test"
    assert all(item.because in text for item in found)


def test_low_potassium_stands_on_top(store: Store) -> None:
    app = open_app("review", patient="P017")
    texts = [element.value for element in app.markdown]
    flag = next(place for place, text in enumerate(texts) if "otassium" in text and ":material/" in text)
    assert flag < next(place for place, text in enumerate(texts) if "90 % set" in text)


def test_published_evidence_alone_is_a_switch(store: Store) -> None:
    app = open_app("review", patient="P017")
    assert "expert value" in said(app)
    app.toggle(key="published_only").set_value(True).run()
    assert not app.exception
    weights = next(caption.value for caption in app.caption if "weight rests on" in caption.value)
    assert "expert" not in weights


def test_results_show_both_units_and_the_limit_beside(store: Store) -> None:
    table: pd.DataFrame = next(t.value for t in open_app("review", patient="P017").dataframe if "Result" in t.value)
    acth = table[table["Test"] == "ACTH"].iloc[0]
    assert list(acth[["", "Result", "Limit", "× ULN", "Date"]]) == [
        "↑", "46 pg/mL · 10.1 pmol/L", "≤ 40 pg/mL", "1.15", "2 Mar 2026",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "arrow"),
    [
        ({"value": 60.0, "uln": 50.0}, "↑"),
        ({"value": 50.0, "uln": 50.0}, ""),
        ({"value": 60.0}, ""),
        ({"value": 5.0, "lln": 7.2}, "↓"),
        ({"value": 5.0, "lln": 7.2, "comparator": "<"}, "↓"),
        ({"value": 60.0, "uln": 50.0, "comparator": "<"}, ""),
        ({"value": 5.0, "lln": 7.2, "comparator": ">"}, ""),
        ({"outcome": "elevated"}, ""),
    ],
)
def test_arrows_only_against_a_stated_limit(changes: dict[str, object], arrow: str) -> None:
    assert say_arrow(Result.model_validate({"test": "acth_plasma", "unit": "pg/mL"} | changes)) == arrow


def test_multiples_of_the_upper_limit_carry_their_own_limit() -> None:
    assert say_arrow(Result(test="ufc_24h", value=5.4, unit="xULN")) == "↑"
    assert say_arrow(Result(test="ufc_24h", value=0.9, unit="xULN")) == ""


def test_limits_are_written_in_the_unit_of_the_value() -> None:
    assert say_limit(Result(test="acth_plasma", value=9, unit="pmol/L", uln=14, lln=1.6)) == "1.6–14 pmol/L"
    assert say_limit(Result(test="acth_plasma", outcome="normal")) == "—"


def test_repeated_tests_show_the_latest_first() -> None:
    days = ("2026-01-05", "2026-03-01")
    results = [Result(test="potassium", value=3, unit="mmol/L", collected_at=day) for day in days]
    assert list(make_results_table(results)["Date"]) == ["1 Mar 2026", "5 Jan 2026"]


def test_a_region_has_one_line_with_every_examination() -> None:
    findings = [
        ImagingFinding(modality="CT", region="adrenal_left", finding="lesion", size_mm=28, attenuation_hu=12),
        ImagingFinding(modality="PET", tracer="68Ga-Pentixafor", region="adrenal_left", uptake="positive", suv_max=15.2,
                       liver_suv_mean=1.6),
    ]  # fmt: skip
    table = make_findings_table(findings)
    assert list(table.iloc[0]) == ["left adrenal", "CT lesion, 28 mm, 12 HU", "positive, SUVmax 15.2, 9.5 × liver", "—"]


def test_findings_of_other_examinations_name_them() -> None:
    fdg = ImagingFinding(modality="PET", tracer="18F-FDG", region="lung_left", uptake="negative")
    assert say_finding(fdg) == "18F-FDG, negative"
    assert "Other" in make_findings_table([fdg])
    assert say_finding(ImagingFinding(modality="MRI", region="pituitary", finding="lesion")) == "MRI lesion"


def test_measured_lesions_name_tracer_and_ratios() -> None:
    series = [SeriesRecord("P017", "1.2.3", tracer="68Ga-DOTATATE", modality="PT")]
    lesion = MeasurementRecord("P017", "1.2.3", "1", "lung", suv_max=6.0, liver_suv_mean=2.0)
    line = make_lesions_table([lesion], series).iloc[0]
    assert list(line) == ["1", "lung", "DOTATATE", "6", "3", "—", "—"]


def test_a_lesion_without_its_scan_says_so(store: Store) -> None:
    store.save_series(SeriesRecord("P017", "1.2.3", tracer="68Ga-DOTATATE", modality="PT"))
    store.save_measurement(MeasurementRecord("P017", "1.2.3", "1", "lung", suv_max=6.0))
    assert "no slice to show" in said(open_app("review", patient="P017"))
