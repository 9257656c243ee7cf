"""Lesions, references and the case change together: what is renamed or removed is so everywhere."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from decision.case import read_case
from decision.engine import assess_case
from store import MeasurementRecord, ReferenceRegion, SeriesRecord, Store
from views.measured_scan import change_scan, fetch_measured

SCAN = SeriesRecord("P017", "1.2.3.1", "1.2.3", "PT", "68Ga-Pentixafor", uptake_minutes=61.0)
LEFT = MeasurementRecord("P017", "1.2.3.1", "1", "adrenal_left", suv_max=15.2, suv_mean=9.0, uptake="positive")
RIGHT = MeasurementRecord("P017", "1.2.3.1", "2", "adrenal_right", suv_max=4.8, uptake="negative")
LIVER = ReferenceRegion("P017", "1.2.3.1", "liver", suv_mean=1.6, suv_max=2.2)


@pytest.fixture
def scanned(store: Store) -> Iterator[Store]:
    store.save_series(SCAN)
    change_scan(store, SCAN, saved=[LEFT])
    yield store


def entry(store: Store, region: str = "adrenal_left") -> dict[str, Any] | None:
    found = [one for one in store.fetch_case("P017")["imaging"] if one["region"] == region]
    return found[0] if found else None


def lesion(store: Store, name: str = "1") -> MeasurementRecord:
    return next(one for one in store.fetch_measurements("P017") if one.lesion == name)


def test_a_lesion_becomes_an_entry_that_the_assessment_reads(scanned: Store) -> None:
    said = entry(scanned)
    assert said is not None
    assert (said["tracer"], said["uptake"], said["suv_max"], said["uptake_minutes"]) == (
        "68Ga-Pentixafor", "positive", 15.2, 61.0,
    )  # fmt: skip
    document = scanned.fetch_case("P017")
    without = document | {"imaging": [one for one in document["imaging"] if one["region"] != "adrenal_left"]}
    reasons = {one.finding for one in assess_case(read_case(document)).reasons}
    assert reasons != {one.finding for one in assess_case(read_case(without)).reasons}
    assert scanned.fetch_assessment("P017").subtypes == assess_case(read_case(document)).subtypes


def test_a_reference_set_later_reaches_lesion_and_case(scanned: Store) -> None:
    change_scan(scanned, SCAN, saved=[LIVER])
    assert lesion(scanned).liver_suv_mean == 1.6
    assert (entry(scanned) or {})["liver_suv_mean"] == 1.6
    change_scan(scanned, SCAN, removed=[LIVER], why="it was the spleen")
    assert lesion(scanned).liver_suv_mean is None
    assert "liver_suv_mean" not in (entry(scanned) or {}), "what is taken away is not known again"


def test_each_adrenal_is_compared_with_the_other_one_and_its_lesions(scanned: Store) -> None:
    sphere = ReferenceRegion("P017", "1.2.3.1", "adrenal_right", suv_mean=2.0, suv_max=3.0)
    change_scan(scanned, SCAN, saved=[sphere])
    assert (entry(scanned) or {})["contralateral_suv_max"] == 3.0
    change_scan(scanned, SCAN, saved=[RIGHT])
    assert (entry(scanned) or {})["contralateral_suv_max"] == 4.8, "a hotter lesion of that gland counts"
    assert (entry(scanned, "adrenal_right") or {})["contralateral_suv_max"] == 15.2


def test_normal_adrenal_and_blood_reach_the_case(scanned: Store) -> None:
    for organ, field, value in (
        ("normal_adrenal", "normal_adrenal_suv_max", 4.0),
        ("blood_pool", "blood_pool_suv_mean", 2.0),
    ):
        region = ReferenceRegion("P017", "1.2.3.1", organ, suv_mean=2.0, suv_max=4.0)
        change_scan(scanned, SCAN, saved=[region])
        assert (entry(scanned) or {})[field] == value
        change_scan(scanned, SCAN, removed=[region])
        assert field not in (entry(scanned) or {})


def test_a_removed_lesion_leaves_the_case_and_is_not_called_negative(scanned: Store) -> None:
    before = scanned.fetch_assessment("P017")
    change_scan(scanned, SCAN, removed=[lesion(scanned)], why="it was the stomach")
    assert entry(scanned) is None
    assert fetch_measured(scanned, "P017", "1.2.3.1").lesions == ()
    assert scanned.fetch_assessment("P017") != before
    changes = scanned.fetch_changes("P017")[:2]
    assert {(change.subject, change.why) for change in changes} == {
        ("case", "it was the stomach"), ("measurement", "it was the stomach"),
    }  # fmt: skip


def test_when_the_hottest_is_removed_the_next_one_speaks_for_the_region(scanned: Store) -> None:
    second = replace(LEFT, lesion="3", suv_max=6.0, suv_mean=None, uptake="equivocal")
    change_scan(scanned, SCAN, saved=[second])
    assert (entry(scanned) or {})["suv_max"] == 15.2
    change_scan(scanned, SCAN, removed=[lesion(scanned)], why="measured twice")
    assert ((entry(scanned) or {})["suv_max"], (entry(scanned) or {})["uptake"]) == (6.0, "equivocal")
    assert "suv_mean" not in (entry(scanned) or {}), "the mean was the other lesion's"


def test_a_lesion_moved_to_another_region_moves_in_the_case(scanned: Store) -> None:
    change_scan(scanned, SCAN, saved=[replace(lesion(scanned), site="pancreas")], why="wrong side of the vein")
    assert entry(scanned) is None
    assert (entry(scanned, "pancreas") or {})["suv_max"] == 15.2
    assert "contralateral_suv_max" not in (entry(scanned, "pancreas") or {})


def test_a_renamed_lesion_is_one_lesion(scanned: Store) -> None:
    old = lesion(scanned)
    change_scan(scanned, SCAN, removed=[old], saved=[replace(old, lesion="nodule")], why="as in the report")
    assert [one.lesion for one in scanned.fetch_measurements("P017")] == ["nodule"]
    assert (entry(scanned) or {})["suv_max"] == 15.2


def test_what_stands_beside_the_measurement_and_in_other_regions_stays(scanned: Store) -> None:
    case = scanned.fetch_case("P017")
    for one in case["imaging"]:
        if one["region"] == "adrenal_left":
            one |= {"size_mm": 28, "flags": ["necrosis"]}
    scanned.save_case(case)
    others = [one for one in case["imaging"] if one["region"] != "adrenal_left"]
    change_scan(scanned, SCAN, saved=[replace(lesion(scanned), suv_max=14.0)])
    said = entry(scanned) or {}
    assert (said["size_mm"], said["flags"], said["suv_max"]) == (28, ["necrosis"], 14.0)
    assert [one for one in scanned.fetch_case("P017")["imaging"] if one["region"] != "adrenal_left"] == others


def test_a_lesion_without_a_word_keeps_the_word_of_the_case(scanned: Store) -> None:
    change_scan(scanned, SCAN, saved=[replace(lesion(scanned), uptake=None)])
    assert (entry(scanned) or {})["uptake"] == "positive"
