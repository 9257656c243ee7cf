"""The summary made from a patient's review: what the screen says stands on the page."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from decision.case import read_case
from exchange.mdt import write_mdt_summary
from store import MeasurementRecord, SeriesRecord, Store
from tests.exchange.summaries import read_pages
from tests.views.people import open_app
from views.basis import USUAL, Basis
from views.report import compute_hash, make_summary
from views.report_lines import make_results, split_sources
from views.report_pictures import make_key_slices

NOW = datetime(2026, 3, 11, 17, 5, tzinfo=UTC)


def make(store: Store, patient_id: str, basis: Basis = USUAL) -> str:
    patient = store.fetch_patient(patient_id)
    assert patient is not None
    case = read_case(store.fetch_case(patient_id))
    assessment = store.fetch_assessment(patient_id)
    [page] = read_pages(write_mdt_summary(make_summary(patient, case, assessment, basis, NOW)))
    return page


def test_the_page_says_what_the_review_says(store: Store) -> None:
    page = make(store, "P017")
    for part in (
        "P017",
        "SYNTHETIC DATA",
        "46 pg/mL · 10.1 pmol/L",
        "≤ 40 pg/mL",
        "Cushing's disease",
        "Not used",
        "UFC",
    ):
        assert part in page, part


def test_hardly_anything_known_is_no_obstacle(store: Store) -> None:
    page = make(store, "P052")
    assert "No suggestion." in page
    assert "No results are known." in page


def test_the_page_says_when_only_published_evidence_was_counted(store: Store) -> None:
    assert "published evidence only" in make(store, "P017", Basis(published_only=True))
    assert "published evidence only" not in make(store, "P017")


def test_the_button_offers_the_summary_of_this_patient(store: Store) -> None:
    app = open_app("review", patient="P017")
    [button] = [item for item in app.get("download_button") if "MDT" in item.proto.label]
    assert not button.proto.disabled


def test_a_result_without_a_value_shows_its_word_and_a_dash_for_the_limit() -> None:
    case = read_case({"case_id": "P1", "results": [{"test": "hddst_2day_suppression", "outcome": "suppressed"}]})
    [line] = make_results(case.results)
    assert (line.value, line.limit, line.date) == ("suppressed", "—", "—")


def test_the_fingerprint_follows_the_inputs(store: Store) -> None:
    case = read_case(store.fetch_case("P017"))
    assert compute_hash(case) == compute_hash(case)
    assert compute_hash(case) != compute_hash(case.model_copy(update={"age_years": 35.0}))


def test_a_citation_with_a_semicolon_stays_whole() -> None:
    from decision.evidence import load_knowledge

    citations = [source.citation for source in load_knowledge().sources.values()]
    assert any("; " in citation for citation in citations)
    assert split_sources("; ".join(citations[:40])) == tuple(citations[:40])
    assert split_sources("") == ()


@pytest.fixture
def previewed(store: Store) -> SeriesRecord:
    from store import data_folder

    (data_folder() / "mip.png").write_bytes(b"\x89PNG")
    return SeriesRecord(
        "P017", "1.2", tracer="68Ga-DOTATATE", uptake_minutes=61.2, suv_type="SUVbw", preview_path="mip.png"
    )


def test_captions_name_tracer_uptake_time_and_unit(previewed: SeriesRecord) -> None:
    [picture] = make_key_slices([], [previewed])
    assert picture.caption == "68Ga-DOTATATE · — · 61 min after injection · g/ml (SUVbw)"


def test_a_scan_without_suv_is_not_given_a_unit(previewed: SeriesRecord) -> None:
    [picture] = make_key_slices([], [replace(previewed, suv_type=None, uptake_minutes=None)])
    assert "SUV not known" in picture.caption
    assert "g/ml" not in picture.caption


def test_a_lesion_whose_scan_is_gone_gives_no_picture(store: Store) -> None:
    lesion = MeasurementRecord("P017", "9.9", "1", suv_max=4.0, at_mm=(0.0, 0.0, 0.0))
    assert make_key_slices([lesion], []) == ()
