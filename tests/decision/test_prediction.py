"""The set at 90 %, and where it cannot promise."""

import numpy as np
import pytest

from decision.assessment import Assessment
from decision.case import read_case
from decision.engine import assess_case
from decision.prediction import find_rank, find_smallest


def assess(*results: dict[str, object], **more: object) -> Assessment:
    return assess_case(read_case({"case_id": "T1", "age_years": 40, "sex": "female", "results": list(results), **more}))


ACTH = {"test": "acth_plasma", "value": 60, "unit": "pg/mL"}
UFC = {"test": "ufc_24h", "value": 5, "unit": "xULN"}


def test_the_smallest_set_stops_at_the_level() -> None:
    probabilities = np.array([[0.6, 0.3, 0.06, 0.04], [0.97, 0.01, 0.01, 0.01], [0.25, 0.25, 0.25, 0.25]])
    assert find_smallest(probabilities).sum(axis=1).tolist() == [2, 1, 4]


@pytest.mark.parametrize(("n", "rank"), [(8, 9), (9, 9), (19, 18), (99, 90)])
def test_fewer_than_nine_patients_promise_nothing_at_90_percent(n: int, rank: int) -> None:
    assert find_rank(n) == rank
    assert (find_rank(n) > n) == (n < 9)


def test_the_leader_is_always_in_the_set_and_the_set_is_ranked() -> None:
    assessment = assess(ACTH, UFC)
    order = [item.subtype for item in assessment.subtypes]
    assert assessment.prediction_set[0] == assessment.leader.subtype
    assert list(assessment.prediction_set) == [name for name in order if name in assessment.prediction_set]


def test_too_few_ectopic_cases_behind_a_finding_are_said() -> None:
    """Of ectopic disease with a DOTATATE scan of the pituitary four patients were published."""
    absent = {"modality": "PET", "tracer": "68Ga-DOTATATE", "region": "pituitary", "uptake": "negative"}
    said = [flag for flag in assess(ACTH, UFC, imaging=[absent]).flags if "Too few published cases" in flag.says]
    assert [flag.level for flag in said] == ["info"]
    assert "Ectopic ACTH syndrome" in said[0].says and "DOTATATE, pituitary" in said[0].says and said[0].source


def test_nothing_is_said_where_enough_patients_were_counted() -> None:
    assert not any("Too few published cases" in flag.says for flag in assess(ACTH, UFC).flags)
