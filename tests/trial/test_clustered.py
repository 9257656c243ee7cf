import numpy as np
import pytest
from statsmodels.genmod.cov_struct import Independence
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_estimating_equations import GEE

from trial.clustered import compare_clustered, estimate_clustered_proportion
from trial.intervals import CountError
from trial.paired import compare_mcnemar

LESIONS = [[1, 1, 0], [1], [0, 0, 1, 0], [1, 1], [1, 0], [0], [1, 1, 1]]


def test_the_standard_error_is_the_sandwich_of_gee_up_to_the_number_of_patients() -> None:
    """On the logit scale, independence working correlation; the ratio estimator has K/(K-1) more."""
    values = np.array([value for patient in LESIONS for value in patient], dtype=float)
    groups = np.repeat(np.arange(len(LESIONS)), [len(patient) for patient in LESIONS])
    fit = GEE(values, np.ones((len(values), 1)), groups, family=Binomial(), cov_struct=Independence()).fit()
    share = values.mean()
    sandwich = float(fit.bse[0]) * share * (1 - share) * np.sqrt(len(LESIONS) / (len(LESIONS) - 1))
    found = estimate_clustered_proportion(LESIONS)
    assert (found.estimate.value, found.standard_error) == (pytest.approx(share), pytest.approx(sandwich, rel=1e-6))


def test_design_effect_effective_n_and_interval_belong_together() -> None:
    found = estimate_clustered_proportion(LESIONS)
    share, error = found.estimate.value or 0, found.standard_error or 0
    assert found.design_effect == pytest.approx(error**2 / (share * (1 - share) / 16))
    assert found.effective_n == pytest.approx(16 / (found.design_effect or 0))


def test_single_lesions_have_a_design_effect_of_one_up_to_the_number_of_patients() -> None:
    found = estimate_clustered_proportion([[1], [0], [1], [1]])
    assert found.design_effect == pytest.approx(4 / 3)


def test_copies_of_a_lesion_add_nothing() -> None:
    once = estimate_clustered_proportion([[1], [0], [1], [1], [0]])
    fivefold = estimate_clustered_proportion([[1] * 5, [0] * 5, [1] * 5, [1] * 5, [0] * 5])
    assert (fivefold.estimate.low, fivefold.estimate.high) == pytest.approx((once.estimate.low, once.estimate.high))
    assert fivefold.design_effect == pytest.approx(5 * (once.design_effect or 0))


def test_patients_without_a_lesion_do_not_count() -> None:
    assert estimate_clustered_proportion([*LESIONS, [], []]) == estimate_clustered_proportion(LESIONS)


def test_a_single_patient_is_counted_as_one() -> None:
    found = estimate_clustered_proportion([[1, 1, 0, 1]])
    assert (found.estimate.value, found.standard_error, found.effective_n) == (0.75, None, 1)


def test_single_pairs_make_every_clustered_test_the_plain_one() -> None:
    pairs = [[[1, 0]]] * 9 + [[[0, 1]]] * 3 + [[[1, 1]]] * 20
    found, plain = compare_clustered(pairs), compare_mcnemar(9, 3).chi2
    assert found.mcnemar == found.eliasziw == found.durkalski == pytest.approx(plain)
    assert found.obuchowski == pytest.approx((plain or 0) * 31 / 32)


def test_ignoring_that_lesions_resemble_one_another_promises_too_much() -> None:
    pairs = [[[1, 0]] * 4] * 5 + [[[0, 1]] * 4] * 2 + [[[1, 1]] * 2] * 10
    found = compare_clustered(pairs)
    assert found.mcnemar is not None
    for value in (found.eliasziw, found.obuchowski, found.durkalski, found.yang):
        assert value is not None and value < found.mcnemar


@pytest.mark.parametrize("bad", [[[[1, 2]]], [[[1]]], [[[1, 0, 1]]]])
def test_a_lesion_that_is_no_pair_is_named(bad: list[list[list[int]]]) -> None:
    with pytest.raises(CountError, match=r"clusters\[0\]"):
        compare_clustered(bad)
