"""Many cases at once give what one assessment gives."""

import random
from typing import Any

import numpy as np
import pytest

from decision.batch import CodedCases, assess_many, compute_posteriors, list_subtypes, sum_subtypes
from decision.case import Case, read_case
from decision.engine import assess_case
from decision.likelihood import Mode
from decision.posterior import draw_prior
from decision.simulate import draw_patients, draw_truth
from decision.states import load_table
from sample_data.cohort import make_cohort


def cases(n: int) -> list[Case]:
    """The synthetic trial's patients with entries left out at random; some are children, some pregnant."""
    cohort, chance, found = [patient.case for patient in make_cohort()], random.Random(4), []
    for number in range(n):
        case: dict[str, Any] = dict(cohort[number % len(cohort)])
        for part in ("results", "imaging", "context", "signs"):
            case[part] = [entry for entry in case.get(part, []) if chance.random() < 0.75]
        case["age_years"] = chance.choice([case.get("age_years"), 5, 14, None])
        case["context"] = [*case["context"], "pregnancy"] if number % 17 == 0 else case["context"]
        found.append(read_case(case | {"case_id": f"N{number}", "sex": "female"}))
    return found


@pytest.mark.parametrize("published_only", [False, True])
def test_a_batch_gives_the_probabilities_of_one_assessment(published_only: bool) -> None:
    some = cases(120)
    ((names, answers),) = assess_many(some, published_only=published_only)
    assert names == tuple(case.case_id for case in some)
    for case, row in zip(some, answers, strict=True):
        one = {item.subtype: item.probability for item in assess_case(case, published_only=published_only).subtypes}
        assert [one[name] for name in list_subtypes()] == pytest.approx(row, abs=1e-12)


def test_the_size_of_the_chunk_is_nothing() -> None:
    some = cases(60)
    whole = np.concatenate([answers for _, answers in assess_many(some)])
    parts = np.concatenate([answers for _, answers in assess_many(some, chunk=7)])
    assert np.abs(whole - parts).max() < 1e-15


def test_ten_thousand_coded_patients_give_the_same_in_any_order() -> None:
    generator, prior = np.random.default_rng(3), draw_prior("referred_adult")[0]
    coded = draw_patients(draw_truth(prior, 10_000, generator), prior, Mode(), generator)
    straight = compute_posteriors(coded)
    order = generator.permutation(10_000)
    mixed = compute_posteriors(CodedCases(coded.states[order], coded.priors[order], coded.mode))
    assert np.abs(mixed - straight[order]).max() < 1e-14
    assert np.abs(sum_subtypes(straight).sum(axis=1) - 1).max() < 1e-12


def test_a_patient_of_whom_nothing_is_known_keeps_the_prior() -> None:
    prior = draw_prior("referred_adult")[:1]
    blank = np.zeros((1, len(load_table(Mode()).blocks)), dtype=np.int32)
    assert np.abs(compute_posteriors(CodedCases(blank, prior, Mode())) - prior).max() < 1e-15
