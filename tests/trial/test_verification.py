from itertools import product
from math import log, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from trial.inconclusive import assess_inconclusive, read_three_by_two, slide_inconclusive
from trial.verification import Verified, compute_assuming, estimate_begg_greenes

POSITIVE, NEGATIVE = Verified(40, 6, 20), Verified(5, 30, 60)


def by_hand(cells: np.ndarray) -> float:
    """Sensitivity of everybody tested, from s1 r1 u1 s0 r0 u0."""
    s1, r1, u1, s0, r0, u0 = cells
    found, missed = (s1 + r1 + u1) * s1 / (s1 + r1), (s0 + r0 + u0) * s0 / (s0 + r0)
    return float(found / (found + missed))


def test_the_corrected_sensitivity_and_its_error_follow_from_the_six_cells() -> None:
    cells = np.array([40, 6, 20, 5, 30, 60], dtype=float)
    steps = np.eye(6) * 1e-4
    slope = np.array([(by_hand(cells + s) - by_hand(cells - s)) / 2e-4 for s in steps])
    error = sqrt((cells * slope**2).sum() - (cells * slope).sum() ** 2 / cells.sum())
    found = estimate_begg_greenes(POSITIVE, NEGATIVE)
    assert found.sensitivity.value == pytest.approx(by_hand(cells))
    assert found.sensitivity_se == pytest.approx(error, rel=1e-4)


def test_the_interval_is_symmetric_on_the_logit() -> None:
    found = estimate_begg_greenes(POSITIVE, NEGATIVE)
    value, low, high = (found.specificity.value or 0, found.specificity.low or 0, found.specificity.high or 0)
    odds = [log(share / (1 - share)) for share in (low, value, high)]
    assert odds[1] - odds[0] == pytest.approx(odds[2] - odds[1])
    reach = norm.ppf(0.975) * (found.specificity_se or 0) / (value * (1 - value))
    assert odds[2] - odds[1] == pytest.approx(reach)


def test_verifying_everybody_makes_the_correction_nothing() -> None:
    found = estimate_begg_greenes(Verified(40, 6, 0), Verified(5, 30, 0))
    assert found.sensitivity.value == pytest.approx(found.complete_case_sensitivity) == pytest.approx(40 / 45)
    assert found.sensitivity_bounds.low == found.sensitivity_bounds.high == 40 / 45


def test_the_bounds_are_the_extremes_over_every_truth_of_the_unverified() -> None:
    positive, negative = Verified(4, 2, 3), Verified(1, 5, 4)
    truths = [compute_assuming(positive, negative, a / 3, b / 4) for a, b in product(range(4), range(5))]
    found = estimate_begg_greenes(positive, negative)
    sensitivities = [one for one, _ in truths if one is not None]
    specificities = [other for _, other in truths if other is not None]
    assert found.sensitivity_bounds.low == pytest.approx(min(sensitivities))
    assert found.sensitivity_bounds.high == pytest.approx(max(sensitivities))
    assert found.specificity_bounds.low == pytest.approx(min(specificities))
    assert found.specificity_bounds.high == pytest.approx(max(specificities))


def test_a_result_that_nobody_verified_cannot_be_corrected_and_says_so() -> None:
    found = estimate_begg_greenes(POSITIVE, Verified(0, 0, 60))
    assert found.sensitivity.value is None and "verified" in found.sensitivity.says
    assert found.sensitivity_bounds.low == 40 / 100


def test_intention_to_diagnose_counts_every_inconclusive_read_as_wrong() -> None:
    found = assess_inconclusive(read_three_by_two([40, 5, 5], [8, 12, 50]))
    assert found.options["intention_to_diagnose"].table == (40, 20, 10, 50)
    assert found.options["excluding"].table == (40, 8, 5, 50)
    assert found.conclusive_share == 103 / 120


def test_the_slider_runs_from_all_negative_to_all_positive() -> None:
    table = read_three_by_two([40, 5, 5], [8, 12, 50])
    points, found = slide_inconclusive(table), assess_inconclusive(table)
    for point, choice in ((points[0], "as_negative"), (points[-1], "as_positive")):
        option = found.options[choice]  # type: ignore[index]
        assert point.sensitivity == option.sensitivity.estimate
        assert point.specificity == option.specificity.estimate
    assert len(points) == 11 and points[5].share_positive == 0.5
