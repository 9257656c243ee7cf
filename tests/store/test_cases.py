import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decision.case import CaseError, read_case
from store import Patient, Store, UnknownPatient, open_store
from tests.store.drawn_cases import draw_cases

LENA: dict[str, Any] = {
    "case_id": "P017",
    "age_years": 34,
    "sex": "female",
    "results": [
        {"test": "ufc_24h", "value": 5.4, "unit": "xULN"},
        {"test": "acth_plasma", "value": 31, "unit": "pg/mL", "uln": 50, "collected_at": "2026-03-02T08:10"},
        {"test": "ufc_24h", "value": 3.1, "unit": "xULN"},
        {"test": "cortisol_morning", "value": 46.7, "comparator": ">", "unit": "ug/dL"},
    ],
    "imaging": [
        {"modality": "MRI", "region": "pituitary", "finding": "lesion", "size_mm": 5, "side": "left"},
        {"modality": "CT", "region": "adrenal_left", "finding": "mass", "flags": ["necrosis", "heterogeneous"]},
    ],
    "context": ["oestrogen", "obesity"],
    "signs": ["no_easy_bruising"],
}


def test_a_case_comes_back_in_the_shape_of_the_case_file(opened: Store) -> None:
    opened.save_case(LENA)
    assert opened.fetch_case("P017") == read_case(LENA).to_json()


def test_results_keep_their_order(opened: Store) -> None:
    opened.save_case(LENA)
    assert [entry["value"] for entry in opened.fetch_case("P017")["results"]] == [5.4, 31, 3.1, 46.7]


def test_a_case_of_a_new_patient_adds_the_patient(opened: Store) -> None:
    opened.save_case(LENA)
    assert opened.fetch_patient("P017") == Patient("P017", age_years=34, sex="female")


def test_a_case_of_a_known_patient_keeps_dates_and_note(opened: Store) -> None:
    opened.save_patient(Patient("P017", synthetic=True, note="seen twice"))
    opened.save_case(LENA)
    assert opened.fetch_patient("P017") == Patient("P017", 34, "female", synthetic=True, note="seen twice")


def test_saving_a_case_again_replaces_everything_it_says(opened: Store) -> None:
    opened.save_case(LENA)
    opened.save_case({"case_id": "P017", "results": [{"test": "potassium", "outcome": "low"}]})
    assert (
        opened.fetch_case("P017")
        == read_case({"case_id": "P017", "results": [{"test": "potassium", "outcome": "low"}]}).to_json()
    )


def test_what_a_case_replaced_stays_in_the_history(opened: Store) -> None:
    opened.save_case(LENA)
    opened.save_case({"case_id": "P017"}, who="Reader A", why="wrong patient's file")
    newest = opened.fetch_changes("P017")[0]
    assert (newest.subject, newest.before, newest.why) == ("case", read_case(LENA).to_json(), "wrong patient's file")


def test_saving_the_same_case_again_adds_nothing_to_the_history(opened: Store) -> None:
    opened.save_case(LENA)
    opened.save_case(LENA)
    assert len(opened.fetch_changes("P017")) == 1


def test_a_patient_without_results_has_an_empty_case(opened: Store) -> None:
    opened.save_patient(Patient("P018", age_years=50))
    assert opened.fetch_case("P018") == read_case({"case_id": "P018", "age_years": 50}).to_json()


def test_the_case_of_nobody_is_an_error_and_not_an_empty_case(opened: Store) -> None:
    with pytest.raises(UnknownPatient, match="no patient “P999”"):
        opened.fetch_case("P999")


@pytest.mark.parametrize(
    "wrong",
    [
        {"case_id": "P017", "results": [{"test": "potassium", "outcome": "low"}, {"test": "acth"}]},
        {"case_id": "P017", "colour": "blue"},
        {"case_id": "P0\x0017"},
        {"results": []},
    ],
)
def test_a_case_that_cannot_be_read_changes_nothing(opened: Store, wrong: dict[str, Any]) -> None:
    opened.save_case(LENA)
    with pytest.raises(CaseError):
        opened.save_case(wrong)
    assert opened.fetch_cases() == {"P017": read_case(LENA).to_json()}


def test_one_wrong_case_among_many_keeps_none(opened: Store) -> None:
    with pytest.raises(CaseError):
        opened.save_many(patients=[Patient("P001")], cases=[LENA, {"case_id": "P018", "sex": "f"}])
    assert opened.fetch_patients() == []


def test_a_database_error_half_way_keeps_nothing(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.save_case(LENA)

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("store.cases.save_change", fail)
    with pytest.raises(RuntimeError):
        opened.save_case({"case_id": "P017"})
    assert opened.fetch_case("P017") == read_case(LENA).to_json()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('shelf') / 'cushing.db'}") as opened:
        yield opened


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=draw_cases())
def test_save_then_fetch_is_the_same_for_every_case(shelf: Store, case: dict[str, Any]) -> None:
    shelf.save_case(case)
    assert shelf.fetch_case(case["case_id"]) == read_case(case).to_json()


@pytest.mark.service
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases=st.lists(draw_cases(), min_size=1, max_size=4, unique_by=lambda case: case["case_id"]))
def test_save_then_fetch_is_the_same_on_postgresql(postgresql_store: Store, cases: list[dict[str, Any]]) -> None:
    postgresql_store.save_many(cases=cases)
    fetched = postgresql_store.fetch_cases()
    assert [fetched[case["case_id"]] for case in cases] == [read_case(case).to_json() for case in cases]


def test_every_published_case_comes_back_the_same(opened: Store, shared: Path) -> None:
    lines = (shared / "cases" / "published_dev.jsonl").read_text().splitlines()
    cases = [json.loads(line)["case"] for line in lines]
    opened.save_many(cases=cases)
    assert opened.fetch_cases() == {case["case_id"]: read_case(case).to_json() for case in cases}
