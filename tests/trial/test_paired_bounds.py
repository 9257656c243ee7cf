"""Bounds of the paired difference, held by trying every truth and every missing read."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings

from tests.trial.people import cohorts, person
from trial.head_to_head import compare_tests
from trial.paired_bounds import bound_differences, find_highest_mean
from trial.participant import IndexRead, Participant, Reference
from trial.targets import load_plan

TARGET = load_plan().targets["acth_dependent"]
TESTS = ("pentixafor", "dotatate")
POSITIVE, NEGATIVE = IndexRead(True, "positive", subtype="CD"), IndexRead(True, "negative")
COHORT = [
    person("P1", "CD", pentixafor="CD", dotatate="negative"),
    person("P2", "CD", pentixafor="CD", dotatate=None),
    person("P3", "EAS", pentixafor="negative", dotatate="EAS"),
    person("P4", None, pentixafor="CD", dotatate="negative"),
    person("P5", None, pentixafor="negative", dotatate=None),
    person("P6", "CPA", pentixafor="negative", dotatate="CD"),
    person("P7", "CPA", pentixafor="CD", dotatate=None),
    person("P8", "NONE", pentixafor="CD", dotatate="negative"),
]


def complete(one: Participant) -> Iterator[Participant]:
    """Everything that could still turn out of one patient; the target may also not apply."""
    truths = (
        [one.reference] if one.reference.status == "made" else [Reference("made", s) for s in ("CD", "CPA", "NONE")]
    )
    reads = [[one.find_test(test)] if one.find_test(test).result else [POSITIVE, NEGATIVE] for test in TESTS]
    for truth, first, second in product(truths, *reads):
        yield replace(one, reference=truth, tests=dict(zip(TESTS, (first, second), strict=True)))


def enumerate_differences(people: list[Participant], measure: str) -> list[float]:
    found = []
    for world in product(*[list(complete(one)) for one in people]):
        value = getattr(compare_tests(world, *TESTS, TARGET).accuracy, measure).difference.value
        if value is not None:
            found.append(value)
    return found


@pytest.mark.parametrize("measure", ["sensitivity", "specificity"])
@pytest.mark.parametrize("people", [COHORT, COHORT[:3], COHORT[3:5], COHORT[5:], COHORT[4:5]])
def test_the_bounds_are_the_extremes_over_every_truth(people: list[Participant], measure: str) -> None:
    found = getattr(bound_differences(people, *TESTS, TARGET), measure)
    every = enumerate_differences(people, measure)
    if not every:
        assert (found.low, found.high) == (None, None)
        return
    assert (found.low, found.high) == pytest.approx((min(every), max(every)))


def test_who_is_unknown_is_counted() -> None:
    found = bound_differences(COHORT, *TESTS, TARGET)
    assert (found.patients, found.unread_1, found.unread_2, found.unverified) == (7, 0, 3, 2)
    assert found.sensitivity.says.startswith("1 of 3 lack a read and 2 a reference diagnosis")


def test_nothing_missing_leaves_the_difference_itself() -> None:
    people = [person(str(n), t, pentixafor=a, dotatate=b) for n, (t, a, b) in enumerate(
        [("CD", "CD", "negative"), ("CD", "CD", "CD"), ("EAS", "negative", "EAS"), ("CD", "CD", "negative"),
         ("CPA", "negative", "negative"), ("CPA", "negative", "CD")])]  # fmt: skip
    found, paired = bound_differences(people, *TESTS, TARGET), compare_tests(people, *TESTS, TARGET).accuracy
    assert found.sensitivity.low == found.sensitivity.high == paired.sensitivity.difference.value == 0.25
    assert found.specificity.low == found.specificity.high == paired.specificity.difference.value == 0.5


def test_an_inconclusive_read_is_left_out_or_counted_by_the_choice() -> None:
    people = [*COHORT[:1], person("P9", "CD", pentixafor="inconclusive", dotatate="CD")]
    left_out = bound_differences(people, *TESTS, TARGET)
    wrong = bound_differences(people, *TESTS, TARGET, "intention_to_diagnose")
    assert (left_out.patients, left_out.sensitivity.low, left_out.sensitivity.high) == (1, 1, 1)
    assert (wrong.patients, wrong.sensitivity.low, wrong.sensitivity.high) == (2, 0, 0)


def test_the_highest_mean_takes_only_what_raises_it() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        certain, possible = rng.integers(-1, 2, rng.integers(0, 4)), rng.integers(-1, 2, rng.integers(0, 5))
        chosen = [
            np.concatenate([certain, possible[list(pick)]]).mean()
            for pick in (np.flatnonzero(mask) for mask in product((0, 1), repeat=len(possible)))
            if len(certain) + len(pick)
        ]
        found = find_highest_mean(certain.tolist(), possible.tolist())
        assert found == (pytest.approx(max(chosen)) if chosen else None)


@settings(max_examples=60, deadline=None)
@given(cohorts)
def test_the_complete_cases_alone_lie_within_any_bounds(people: list[Participant]) -> None:
    found = bound_differences(people, *TESTS, TARGET)
    for bounds in (found.sensitivity, found.specificity):
        if bounds.low is not None and bounds.high is not None:
            assert -1 <= bounds.low <= bounds.high <= 1
    if found.unread_1 == found.unread_2 == found.unverified == 0:
        value = compare_tests(people, *TESTS, TARGET).accuracy.sensitivity.difference.value
        assert found.sensitivity.low == found.sensitivity.high == pytest.approx(value)
