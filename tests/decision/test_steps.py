"""The answer finding by finding: it starts before any test, ends at the whole case, and unknown days come last."""

import pytest

from decision.case import Case, read_case
from decision.engine import assess_case
from decision.steps import trace_case


def make_case() -> Case:
    return read_case(
        {
            "case_id": "T1",
            "age_years": 34,
            "sex": "female",
            "results": [
                {"test": "potassium", "value": 2.4, "unit": "mmol/L"},
                {"test": "acth_plasma", "value": 90, "unit": "pg/mL", "collected_at": "2026-03-09"},
                {"test": "ufc_24h", "value": 6, "unit": "xULN", "collected_at": "2026-03-01"},
            ],
            "imaging": [{"modality": "MRI", "region": "pituitary", "finding": "normal"}],
        }
    )


def test_results_come_by_day_those_without_one_last_then_images() -> None:
    names = [step.finding for step in trace_case(make_case())]
    assert names[0] == "Before any test"
    assert [name.split()[0] for name in names[1:4]] == ["UFC", "ACTH", "Potassium"]
    assert "MRI" in names[4]


@pytest.mark.parametrize("published_only", [False, True])
def test_the_last_step_is_the_whole_case(published_only: bool) -> None:
    last = trace_case(make_case(), published_only=published_only)[-1].probabilities
    whole = assess_case(make_case(), published_only=published_only)
    assert last == pytest.approx({item.subtype: item.probability for item in whole.subtypes}, abs=1e-9)


def test_every_step_sums_to_one() -> None:
    assert all(sum(step.probabilities.values()) == pytest.approx(1) for step in trace_case(make_case()))


def test_a_case_with_nothing_has_one_step() -> None:
    assert len(trace_case(read_case({"case_id": "T2"}))) == 1
