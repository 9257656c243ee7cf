from dataclasses import replace
from datetime import date

import pytest

from store import Patient, ReadRecord, ReferenceDiagnosis, SeriesRecord, Store, WorklistRow
from tests.store.conftest import StandIn

PENTIXAFOR = SeriesRecord("P017", "1.2", modality="PT", tracer="68Ga-Pentixafor", preview_path="previews/p.png")
DOTATATE = SeriesRecord("P017", "1.3", modality="PT", tracer="68Ga-DOTATATE", preview_path="previews/d.png")
CT = SeriesRecord("P017", "1.1", modality="CT", preview_path="previews/a-ct.png")


@pytest.fixture
def kept(opened: Store, stand_in: StandIn) -> Store:
    opened.save_case({"case_id": "P017", "age_years": 34, "results": [{"test": "potassium", "outcome": "low"}]})
    return opened


def only_row(opened: Store) -> WorklistRow:
    (row,) = opened.fetch_worklist()
    return row


def test_a_line_says_the_leading_subtype_with_its_interval_and_what_it_rests_on(kept: Store) -> None:
    row = only_row(kept)
    assert (row.leader, row.probability, row.low, row.high) == ("CD", 0.9, 0.8, 0.95)
    assert (row.prediction_set, row.abstain) == (("CD",), None)
    assert row.rests_on == ("MRI lesion 7 mm", "ACTH 31 pg/mL", "Potassium 4.1 mmol/L")
    assert (row.next_test, row.next_gain_bits) == ("ipss_stimulated_ratio", 0.42)
    assert (row.conflicts, row.missing, row.urgent) == (1, ("ipss_stimulated_ratio",), ("Replace potassium first",))


def test_a_line_shows_what_is_not_known_as_unknown(kept: Store) -> None:
    row = only_row(kept)
    assert (row.sex, row.reference, row.mdt_on, row.thumbnail) == (None, None, None, None)
    assert (row.has_pentixafor, row.has_dotatate, row.needs_read) == (False, False, False)


def test_the_thumbnail_is_the_pentixafor_image_where_there_is_one(kept: Store) -> None:
    kept.save_series(CT)
    assert only_row(kept).thumbnail == "previews/a-ct.png"
    kept.save_series(DOTATATE)
    assert (only_row(kept).thumbnail, only_row(kept).second_thumbnail) == ("previews/d.png", None)
    kept.save_series(PENTIXAFOR)
    assert (only_row(kept).thumbnail, only_row(kept).second_thumbnail) == ("previews/p.png", "previews/d.png")


def test_a_patient_needs_a_read_until_every_tracer_is_read(kept: Store) -> None:
    kept.save_many(series=[CT, PENTIXAFOR, DOTATATE])
    read = ReadRecord("P017", "Reader A", "68Ga-Pentixafor", "positive")
    kept.save_read(read)
    assert only_row(kept).needs_read
    kept.save_read(replace(read, tracer="68Ga-DOTATATE"))
    assert not only_row(kept).needs_read


def test_a_pet_that_is_only_reported_counts_as_done(kept: Store) -> None:
    finding = {"modality": "PET", "tracer": "68Ga-DOTATATE", "region": "lung", "uptake": "negative"}
    kept.save_case({"case_id": "P017", "imaging": [finding]})
    row = only_row(kept)
    assert (row.has_pentixafor, row.has_dotatate, row.needs_read) == (False, True, True)


def test_the_reference_diagnosis_stands_on_the_line(kept: Store) -> None:
    kept.save_reference(ReferenceDiagnosis("P017", "EAS"))
    assert only_row(kept).reference == "EAS"


def test_the_next_meeting_comes_first_and_no_meeting_last(opened: Store, stand_in: StandIn) -> None:
    opened.save_many(
        patients=[
            Patient("P001"),
            Patient("P002", mdt_on=date(2026, 4, 1)),
            Patient("P003", mdt_on=date(2026, 3, 1)),
        ]
    )
    assert [row.patient_id for row in opened.fetch_worklist()] == ["P003", "P002", "P001"]


def test_a_change_moves_the_time_of_update(kept: Store) -> None:
    before = only_row(kept).updated_at
    kept.save_read(ReadRecord("P017", "Reader A", "68Ga-Pentixafor", "negative"))
    assert only_row(kept).updated_at > before


def test_an_empty_trial_has_an_empty_worklist(opened: Store, stand_in: StandIn) -> None:
    assert opened.fetch_worklist() == []
