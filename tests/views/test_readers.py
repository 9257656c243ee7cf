"""The readers' page: agreement, disagreements until adjudicated, a blinded entry that keeps or says why not."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from store import MeasurementRecord, ReadRecord, SeriesRecord, Store
from tests.views.people import open_app, said
from trial.discordance import Opinion
from trial.participant import IndexRead, Participant, Reference
from views.opinions import list_opinions
from views.reader_values import pair_values

PENTIXAFOR = "68Ga-Pentixafor"


def fill_form(app: AppTest, reader: str, result: str | None, site: str | None = None) -> AppTest:
    next(one for one in app.text_input if one.label == "Reader").set_value(reader)
    if result:
        next(one for one in app.button_group if one.label == "Result").set_value(result)
    if site:
        next(one for one in app.selectbox if one.label == "Site").set_value(site)
    return next(one for one in app.button if one.label == "Keep the read").click().run()


def test_two_readers_who_differ_are_listed_until_somebody_adjudicates(store: Store) -> None:
    for reader, result in (("Reader X", "positive"), ("Reader Y", "negative")):
        store.save_read(ReadRecord("P017", reader, PENTIXAFOR, result))  # type: ignore[arg-type]
    text = said(open_app("readers"))
    assert "Agreement" in text
    assert "1 patient still to adjudicate" in text
    store.save_read(ReadRecord("P017", "Adjudicator", PENTIXAFOR, "positive"))
    assert "0 patients still to adjudicate" in said(open_app("readers"))


def test_a_read_is_entered_blinded_and_kept(store: Store) -> None:
    app = fill_form(open_app("readers", patient="P017"), "Reader Z", "negative")
    assert not app.exception
    kept = [read for read in store.fetch_reads("P017") if read.reader == "Reader Z"]
    assert [(read.result, read.tracer) for read in kept] == [("negative", PENTIXAFOR)]


@pytest.mark.parametrize(
    ("reader", "result", "site", "says"),
    [
        ("", "positive", None, "the reader must be given"),
        ("Reader Z", None, None, "the result must be given"),
        ("Reader Z", "negative", "lung", "a negative scan names no site"),
    ],
)
def test_an_incomplete_or_contradictory_read_is_refused(
    store: Store, reader: str, result: str | None, site: str | None, says: str
) -> None:
    before = store.fetch_reads()
    app = fill_form(open_app("readers", patient="P017"), reader, result, site)
    assert any(says in error.value for error in app.error)
    assert store.fetch_reads() == before


def test_values_are_paired_by_place_and_tracer() -> None:
    cases: dict[str, Any] = {
        "P1": {
            "imaging": [
                {"tracer": PENTIXAFOR, "region": "adrenal_left", "suv_max": 10.0},
                {"tracer": PENTIXAFOR, "region": "lung"},
            ]
        }
    }
    series = [SeriesRecord("P1", "1.2", tracer=PENTIXAFOR), SeriesRecord("P1", "1.3", tracer="68Ga-DOTATATE")]
    measured = [
        MeasurementRecord("P1", "1.2", "lesion 1", "adrenal_left", suv_max=9.0),
        MeasurementRecord("P1", "1.2", "lesion 2", "adrenal_left", suv_max=9.5),
        MeasurementRecord("P1", "1.3", "lesion 1", "adrenal_left", suv_max=3.0),
    ]
    pairs = pair_values(cases, series, measured, PENTIXAFOR)
    assert [(pair.reported, pair.measured) for pair in pairs] == [(10.0, 9.5)]


def test_opinions_come_from_what_each_source_says_alone() -> None:
    case = {
        "case_id": "P1",
        "results": [
            {"test": "acth_plasma", "value": 2, "unit": "pg/mL"},
            {"test": "ufc_24h", "value": 4, "unit": "xULN"},
        ],
        "imaging": [{"modality": "MRI", "region": "pituitary", "finding": "lesion", "size_mm": 12}],
    }
    person = Participant(
        "P1", eligible=True, reference=Reference("made", "CPA", "adrenal_left"),
        tests={"pentixafor": IndexRead(True, "negative"), "conventional": IndexRead(True, "positive", "CD", "pituitary")},
    )  # fmt: skip
    opinions = {one.source: one for one in list_opinions({"P1": case}, {"P1": person})["P1"]}
    assert set(opinions) == {"laboratory", "MRI and CT", "reference"}
    assert opinions["laboratory"].acth_class == "independent"
    assert opinions["MRI and CT"] == Opinion("MRI and CT", "CD", "pituitary")
