"""Out and in again: what leaves as a REDCap project comes back and changes nothing; an import is kept whole, with who and why."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from decision.vocabulary import load_vocabulary
from exchange.redcap_dictionary import read_dictionary, write_dictionary
from exchange.redcap_export import read_export
from exchange.redcap_mapping import check_mapping
from exchange.redcap_out import make_dictionary, write_records
from exchange.redcap_plan import ImportPlan, plan_import
from exchange.redcap_proposal import make_proposals
from exchange.redcap_suggest import suggest_mapping
from store import Patient, ReadRecord, ReferenceDiagnosis, Store, StoreError, open_store
from views.redcap_store import fetch_known, find_moved, save_plan

RICH: dict[str, Any] = {
    "case_id": "P060",
    "age_years": 41.5,
    "sex": "female",
    "results": [
        {"test": "cortisol_morning", "value": 46.7, "comparator": ">", "unit": "ug/dL"},
        {"test": "acth_plasma", "value": 31, "unit": "pg/mL", "collected_at": "2026-03-02T08:10", "assay": 'A "b", c'},
        {"test": "acth_plasma", "value": 33, "unit": "pg/mL", "collected_at": "2026-03-03"},
        {"test": "ipss_lateralisation_ratio", "value": 1.6, "unit": "ratio", "side": "left"},
        {"test": "hddst_2day_suppression", "outcome": "suppressed"},
    ],
    "imaging": [
        {"modality": "CT", "region": "adrenal_left", "finding": "mass", "size_mm": 28, "attenuation_hu": -4,
         "flags": ["necrosis", "invasion"]},
        {"modality": "PET", "tracer": "68Ga-Pentixafor", "region": "adrenal_left", "uptake": "positive", "suv_max": 15.25},
    ],
    "context": ["obesity", "oestrogen"],
    "signs": ["no_virilisation", "easy_bruising"],
}  # fmt: skip
WHEN = datetime(2026, 3, 9, 10, 11, 12, 345678, tzinfo=UTC)


@pytest.fixture
def rich(store: Store) -> Store:
    store.save_many(
        patients=[Patient("P060", 41.5, "female", date(2026, 1, 2), None, True, "two\nlines; “quoted”")],
        cases=[RICH],
        reads=[ReadRecord("P060", "Reader A", "68Ga-Pentixafor", "positive", "CPA", "adrenal_left", 4, WHEN)],
        references=[ReferenceDiagnosis("P060", "CPA", "adrenal_left", "surgery, histology", date(2026, 5, 1))],
    )
    return store


def plan_round_trip(store: Store, into: Store) -> ImportPlan:
    dictionary = read_dictionary(write_dictionary(make_dictionary()))
    mapping = suggest_mapping(dictionary)
    assert not list(check_mapping(mapping, dictionary))
    export = read_export(write_records(fetch_known(store)), dictionary)
    proposals, faults = make_proposals(export.rows, mapping, dictionary)
    return plan_import(export, proposals, faults, fetch_known(into))


def test_a_round_trip_changes_nothing(rich: Store) -> None:
    plan = plan_round_trip(rich, rich)
    assert not plan.faults
    assert [(one.patient_id, one.differences) for one in plan.planned] == [("P017", ()), ("P052", ()), ("P060", ())]
    assert (plan.new, plan.changed, len(plan.unchanged)) == ((), (), 3)
    before = rich.fetch_changes("P060")
    assert save_plan(rich, plan, "Data manager", "round trip") == 0
    assert rich.fetch_changes("P060") == before


def list_everything() -> list[dict[str, Any]]:
    """Cases that use every word of the vocabulary once."""
    words = load_vocabulary()
    results: list[dict[str, Any]] = []
    for test in words.tests.values():
        results += [{"test": test.code, "outcome": outcome} for outcome in test.outcomes]
        results += [{"test": test.code, "unit": unit} for unit in test.unit_names]
    results += [{"test": "potassium", "value": 3.5, "unit": "mmol/L", "comparator": mark} for mark in words.comparators]
    results += [
        {"test": "ipss_lateralisation_ratio", "side": side, "value": 1.5, "unit": "ratio"} for side in words.sides
    ]
    imaging: list[dict[str, Any]] = [{"modality": modality, "region": "chest"} for modality in words.modalities]
    imaging += [{"region": region, "finding": finding} for region in words.regions for finding in words.findings]
    imaging += [
        {"modality": "PET", "tracer": tracer, "uptake": uptake} for tracer in words.tracers for uptake in words.uptakes
    ]
    imaging += [{"modality": "CT", "region": "other", "flags": [flag]} for flag in words.flags]
    signs = list(words.signs)
    return [
        {"case_id": "P070", "results": results, "imaging": imaging, "context": list(words.contexts), "signs": signs},
        {"case_id": "P071", "signs": [f"no_{sign}" for sign in signs]},
    ]


def test_every_word_of_the_vocabulary_comes_back_as_itself(store: Store, tmp_path: Path) -> None:
    words, people = load_vocabulary(), [Patient(f"P1{place:02d}") for place in range(len(load_vocabulary().subtypes))]
    sites = list(words.sites)
    store.save_many(
        patients=people,
        cases=list_everything(),
        references=[
            ReferenceDiagnosis(person.patient_id, subtype, sites[place % len(sites)])
            for place, (person, subtype) in enumerate(zip(people, words.subtypes, strict=True))
        ],
        reads=[
            ReadRecord("P070", f"R{place}", "68Ga-DOTATATE", result, site=site, read_at=WHEN)  # type: ignore[arg-type]
            for result in ("positive", "negative", "inconclusive")
            for place, site in enumerate(sites)
        ][: 2 * len(sites)],
    )
    plan = plan_round_trip(store, store)
    assert not plan.faults
    assert [(one.patient_id, one.differences) for one in plan.changed] == []
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        save_plan(other, plan_round_trip(store, other), "Data manager", "moved here")
        assert fetch_known(other) == fetch_known(store)


def test_an_empty_store_becomes_the_same(rich: Store, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        plan = plan_round_trip(rich, other)
        assert len(plan.new) == 3
        assert save_plan(other, plan, "Data manager", "moved here") == 3
        now, before = fetch_known(other), fetch_known(rich)
        for known in (*now.values(), *before.values()):
            for name in ("context", "signs"):
                (known.case or {})[name] = sorted((known.case or {}).get(name, []))
        assert now == before
        assert {(change.who, change.why) for change in other.fetch_changes("P060")} == {("Data manager", "moved here")}


def test_a_change_in_the_store_since_the_dry_run_is_found(rich: Store) -> None:
    planned_on = fetch_known(rich)
    plan = plan_round_trip(rich, rich)
    rich.save_case({"case_id": "P052", "sex": "male", "age_years": 50})
    assert find_moved(plan, planned_on, fetch_known(rich)) == ("P052",)


def test_a_plan_is_kept_whole_or_not_at_all(rich: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        plan = plan_round_trip(rich, other)

        def refuse(*_: object, **__: object) -> None:
            raise StoreError("the disk is full")

        monkeypatch.setattr("store.store.save_references", refuse)
        with pytest.raises(StoreError):
            save_plan(other, plan, "Data manager", "moved here")
        assert not other.fetch_patients()
