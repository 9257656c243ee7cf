"""The report of a cohort as JSON: what is missing head to head is in it, and nothing in it is infinite or not a number."""

import json

import pytest

from tests.trial.test_paired_bounds import COHORT
from tests.trial.test_paired_weights import PARTLY
from trial.participant import Participant
from trial.report import write_accuracy_report


@pytest.mark.parametrize("people", [[], COHORT, PARTLY])
def test_every_comparison_says_what_the_missing_could_do(people: list[Participant]) -> None:
    report = write_accuracy_report(people)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    for pair in report["paired"]:
        assert pair["missing"].keys() == pair["per_patient"].keys()


def test_the_weighted_difference_and_its_bounds_are_those_of_the_page() -> None:
    pair = next(one for one in write_accuracy_report(PARTLY)["paired"] if one["test_2"] == "dotatate")
    found = pair["missing"]["acth_dependent"]
    assert found["weighted"]["sensitivity"]["difference"]["value"] == pytest.approx(0.1)
    assert (found["bounds"]["sensitivity"]["low"], found["bounds"]["sensitivity"]["high"]) == (-0.25, 0.35)
    refused = next(one for one in write_accuracy_report(COHORT)["paired"] if one["test_2"] == "dotatate")["missing"][
        "acth_dependent"
    ]["weighted"]["sensitivity"]["difference"]
    assert refused["value"] is None and refused["interval"] is None and refused["says"]
