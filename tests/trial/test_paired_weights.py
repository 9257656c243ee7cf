"""Weighting the pairs to everybody: by hand, patient by patient, against Begg and Greenes, and in simulation."""

from collections import Counter

import numpy as np
import pytest

from tests.trial.people import person
from trial.head_to_head import compare_tests
from trial.paired_weights import FEWEST, NOBODY, load_partly_done, weigh_comparison
from trial.participant import Participant
from trial.tabulate import assess_test
from trial.targets import load_plan

PLAN = load_plan()
TARGET = PLAN.targets["acth_dependent"]
TESTS = ("pentixafor", "dotatate")
Group = tuple[str | None, str, str | None, int]


def make(*groups: Group) -> list[Participant]:
    """So many patients of each (reference subtype, Pentixafor, DOTATATE)."""
    people = [(truth, one, other) for truth, one, other, count in groups for _ in range(count)]
    return [person(f"P{n}", truth, pentixafor=one, dotatate=other) for n, (truth, one, other) in enumerate(people)]


PARTLY = make(
    ("CD", "CD", "CD", 4), ("CD", "CD", "negative", 4), ("CD", "CD", None, 32),
    ("CD", "negative", "CD", 1), ("CD", "negative", "negative", 3), ("CD", "negative", None, 16),
    ("EAS", "EAS", "EAS", 9), ("EAS", "EAS", "negative", 1), ("EAS", "negative", "EAS", 8), ("EAS", "negative", "negative", 2),
    ("CPA", "negative", "negative", 20), ("CPA", "CD", "negative", 5),
)  # fmt: skip


def test_by_hand() -> None:
    """40 CD found and 20 missed by Pentixafor, half and a quarter of them found by DOTATATE; 10 and 10 EAS, 9 and 8 found."""
    found = weigh_comparison(PARTLY, *TESTS, TARGET)
    assert found.sensitivity.test_1 == pytest.approx(50 / 80)
    assert found.sensitivity.test_2 == pytest.approx((40 * 4 / 8 + 20 * 1 / 4 + 9 + 8) / 80)
    assert found.sensitivity.difference.value == pytest.approx(8 / 80)
    assert (found.specificity.test_1, found.specificity.test_2) == (pytest.approx(20 / 25), 1)
    assert (found.read, found.verified, found.paired, found.sensitivity.pairs) == (105, 105, 57, 32)
    complete = compare_tests(PARTLY, *TESTS, TARGET).accuracy.sensitivity.difference.value
    assert complete == pytest.approx((8 + 10 - 4 - 1 - 9 - 8) / 32)  # the ectopic patients are most of the pairs
    assert found.groups == "ectopic ACTH or not"


def test_it_is_the_sum_over_pairs_of_one_over_the_chance_to_be_one() -> None:
    people = make(
        ("CD", "CD", "CD", 7), ("CD", "CD", "negative", 3), ("CD", "CD", None, 9), ("CD", "negative", "CD", 4),
        ("CD", "negative", None, 5), ("EAS", "EAS", "EAS", 6), ("EAS", "negative", "EAS", 3), ("EAS", "negative", None, 2),
        ("CPA", "CD", "CD", 3), ("CPA", "negative", "negative", 12), ("CPA", "negative", None, 4),
        (None, "CD", "CD", 8), (None, "negative", None, 11), ("NONE", "negative", "negative", 6),
    )  # fmt: skip
    read = Counter(one.find_test("pentixafor").result for one in people)
    verified = Counter(one.find_test("pentixafor").result for one in people if one.reference.subtype)
    group = [(one.reference.subtype, one.find_test("pentixafor").result) for one in people]
    had = Counter(key for key, one in zip(group, people, strict=True) if one.find_test("dotatate").result)
    size, weighted = Counter(group), np.zeros(3)
    for key, one in zip(group, people, strict=True):
        if key[0] in ("CD", "EAS") and one.find_test("dotatate").result:
            chance = verified[key[1]] / read[key[1]] * had[key] / size[key]
            hits = [one.find_test(test).result == "positive" for test in TESTS]
            weighted += np.array([1, *hits]) / chance
    found = weigh_comparison(people, *TESTS, TARGET).sensitivity
    assert found.test_1 == pytest.approx(weighted[1] / weighted[0])
    assert found.test_2 == pytest.approx(weighted[2] / weighted[0])


def test_everybody_paired_and_verified_is_the_plain_comparison() -> None:
    people = make(("CD", "CD", "CD", 9), ("CD", "CD", "negative", 6), ("CD", "negative", "CD", 2), ("CPA", "CD", "negative", 4),
                  ("CPA", "negative", "negative", 9))  # fmt: skip
    found, plain = weigh_comparison(people, *TESTS, TARGET), compare_tests(people, *TESTS, TARGET).accuracy
    assert found.sensitivity.difference.value == pytest.approx(plain.sensitivity.difference.value)
    assert found.specificity.difference.value == pytest.approx(plain.specificity.difference.value)
    assert found.sensitivity.difference.low == pytest.approx(plain.sensitivity.difference.low, abs=0.05)
    assert found.sensitivity.difference.high == pytest.approx(plain.sensitivity.difference.high, abs=0.05)


def test_test_1_alone_is_begg_and_greenes() -> None:
    people = make(("CD", "CD", "CD", 20), ("CD", "negative", "CD", 8), ("CPA", "negative", "negative", 15),
                  ("CPA", "CD", "CD", 5), (None, "CD", None, 6), (None, "negative", None, 25))  # fmt: skip
    found = weigh_comparison(people, *TESTS, TARGET)
    corrected = assess_test(people, "pentixafor", TARGET).verification
    assert found.sensitivity.test_1 == pytest.approx(corrected.sensitivity.value)
    assert found.specificity.test_1 == pytest.approx(corrected.specificity.value)


@pytest.mark.parametrize(("had", "says"), [(0, "nobody of 7 had DOTATATE"), (FEWEST - 1, "only 2 of 9 had DOTATATE")])
def test_a_group_that_nobody_can_stand_for_is_refused_by_name(had: int, says: str) -> None:
    people = make(("CD", "CD", "CD", 9), ("CD", "negative", None, 7), ("CD", "negative", "CD", had),
                  ("CPA", "negative", "negative", 9))  # fmt: skip
    found = weigh_comparison(people, *TESTS, TARGET)
    assert found.sensitivity.difference.value is None and found.sensitivity.difference.interval is None
    assert found.sensitivity.difference.says == f"Pentixafor negative, target present, not ectopic ACTH: {says}"
    assert found.specificity.difference.value == 0


def test_a_result_whose_patients_were_not_verified_is_refused_by_name() -> None:
    people = make(("CD", "CD", "CD", 9), ("CPA", "negative", "negative", 2), (None, "negative", "CD", 12))
    found = weigh_comparison(people, *TESTS, TARGET)
    assert found.sensitivity.difference.says == "Pentixafor negative: only 2 of 14 have a reference diagnosis"


def test_nobody_is_said_and_never_zero() -> None:
    for people in ([], make(("CPA", "negative", "negative", 4))):
        found = weigh_comparison(people, *TESTS, TARGET).sensitivity
        assert (found.test_1, found.difference.value, found.difference.says) == (None, None, NOBODY)


def test_inconclusive_reads_count_by_the_choice() -> None:
    people = make(("CD", "CD", "CD", 6), ("CD", "inconclusive", "CD", 4), ("CD", "CD", "inconclusive", 2),
                  ("CPA", "negative", "negative", 5))  # fmt: skip
    excluded = weigh_comparison(people, *TESTS, TARGET).sensitivity
    wrong = weigh_comparison(people, *TESTS, TARGET, "intention_to_diagnose").sensitivity
    positive = weigh_comparison(people, *TESTS, TARGET, "as_positive").sensitivity
    assert (excluded.test_1, excluded.test_2, excluded.pairs) == (1, 1, 6)
    assert (wrong.test_1, wrong.test_2) == (pytest.approx(8 / 12), pytest.approx(10 / 12))
    assert (positive.test_1, positive.test_2) == (1, 1)


def test_the_order_of_patients_changes_nothing() -> None:
    assert weigh_comparison(PARTLY[::-1], *TESTS, TARGET) == weigh_comparison(PARTLY, *TESTS, TARGET)


def test_the_diagnoses_dotatate_is_done_for_are_of_the_plan_and_sourced() -> None:
    found = load_partly_done()["dotatate"]
    assert found.diagnoses and found.diagnoses <= set(PLAN.subtypes)
    assert found.inside and found.outside and found.source


def draw(rng: np.random.Generator) -> list[Participant]:
    """160 patients; DOTATATE mostly in ectopic ACTH and where Pentixafor found nothing, not everybody verified."""
    share = {"CD": (0.45, 0.8, 0.35, 0.45), "EAS": (0.15, 0.5, 0.85, 0.95), "CPA": (0.4, 0.15, 0.1, 0.5)}
    groups: Counter[tuple[str | None, str, str | None]] = Counter()
    for truth in rng.choice(list(share), 160, p=[one[0] for one in share.values()]):
        _, found_1, found_2, done = share[truth]
        one, other = rng.random() < found_1, rng.random() < found_2
        scanned = rng.random() < done * (0.7 if one else 1)
        known = str(truth) if rng.random() < (0.95 if one else 0.8) else None
        second = None if not scanned else "CD" if other else "negative"
        groups[known, "CD" if one else "negative", second] += 1
    return make(*((*group, count) for group, count in groups.items()))


def test_it_covers_what_the_pairs_alone_miss() -> None:
    """The truth is (0.45 · 0.8 + 0.15 · 0.5) / 0.6 less (0.45 · 0.35 + 0.15 · 0.85) / 0.6 = 0.25."""
    rng = np.random.default_rng(12)
    held = told = 0
    weighted, alone = [], []
    for _ in range(400):
        people = draw(rng)
        found = weigh_comparison(people, *TESTS, TARGET).sensitivity.difference
        if found.value is not None and found.low is not None and found.high is not None:
            told += 1
            held += found.low <= 0.25 <= found.high
            weighted.append(found.value)
            alone.append(compare_tests(people, *TESTS, TARGET).accuracy.sensitivity.difference.value or 0)
    assert told > 250
    assert 0.92 < held / told < 0.98
    assert np.mean(weighted) == pytest.approx(0.25, abs=0.02)
    assert np.mean(alone) < 0.15
