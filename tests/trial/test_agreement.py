import numpy as np
import pytest
from scipy.stats import t as student
from sklearn.metrics import cohen_kappa_score

from trial.agreement import compare_many_readers, compare_readers, tabulate_reads
from trial.intervals import CountError
from trial.reliability import compare_values, estimate_icc

CATEGORIES = ("negative", "inconclusive", "positive")
DRAW = np.random.default_rng(5)
FIRST = [CATEGORIES[index] for index in DRAW.integers(0, 3, 60)]
SECOND = [one if DRAW.random() < 0.7 else CATEGORIES[int(DRAW.integers(0, 3))] for one in FIRST]


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa_is_scikit_learns(weights: str) -> None:
    found = compare_readers(tabulate_reads(FIRST, SECOND, CATEGORIES), weights)  # type: ignore[arg-type]
    expected = cohen_kappa_score(FIRST, SECOND, labels=CATEGORIES, weights=None if weights == "none" else weights)
    assert found.kappa.value == pytest.approx(expected)
    assert found.agreement == pytest.approx(np.mean(np.array(FIRST) == np.array(SECOND)))


def test_the_kappa_paradox_shows_in_ac1() -> None:
    """Feinstein and Cicchetti: 90 % agreement on a rare finding gives a poor kappa; AC1 stays high."""
    found = compare_readers([[0, 5], [5, 90]])
    assert found.agreement == 0.9
    assert (found.kappa.value or 0) < 0 < 0.85 < (found.ac1.value or 0)


def test_one_category_has_no_kappa_but_an_ac1() -> None:
    found = compare_readers([[20, 0], [0, 0]])
    assert found.kappa.value is None and "no denominator" in found.kappa.says
    assert found.ac1.value == 1


def test_fleiss_with_two_readers_is_scotts_pi() -> None:
    table = np.array(tabulate_reads(FIRST, SECOND, CATEGORIES))
    margin = (table.sum(axis=0) + table.sum(axis=1)) / (2 * table.sum())
    chance = (margin**2).sum()
    pi = (np.trace(table) / table.sum() - chance) / (1 - chance)
    counts = [[(one == name) + (two == name) for name in CATEGORIES] for one, two in zip(FIRST, SECOND, strict=True)]
    assert compare_many_readers(counts).kappa.value == pytest.approx(pi)


def test_the_fleiss_interval_is_close_to_the_jackknife_over_cases() -> None:
    counts = np.array([DRAW.multinomial(4, share) for share in DRAW.dirichlet([0.5, 0.5, 0.5], 80)])
    found = compare_many_readers(counts.tolist())
    left_out = [compare_many_readers(np.delete(counts, row, axis=0).tolist()).kappa.value or 0 for row in range(80)]
    jackknife = np.sqrt(79 / 80 * ((left_out - np.mean(left_out)) ** 2).sum())
    assert found.standard_error == pytest.approx(jackknife, rel=0.05)
    reach = student.ppf(0.975, 79) * (found.standard_error or 0)
    assert (found.kappa.high or 0) - (found.kappa.value or 0) == pytest.approx(reach)


def test_a_table_with_unequal_readers_is_refused() -> None:
    with pytest.raises(CountError, match="same number of reads"):
        compare_many_readers([[3, 0], [1, 1]])
    with pytest.raises(CountError, match="same order"):
        compare_readers([[1, 2, 3], [1, 2, 3]])
    with pytest.raises(CountError, match="read 'maybe'"):
        tabulate_reads(["maybe"], ["positive"], CATEGORIES)


def test_icc_ignores_a_constant_between_readers_only_where_it_should() -> None:
    """ICC(3) measures consistency, ICC(2) absolute agreement: a reader who always reads 2 more lowers only the latter."""
    values = [[1.0, 1.1], [4.0, 3.8], [7.0, 7.2], [2.0, 2.1]]
    shifted = [[one, other + 2] for one, other in values]
    before, after = estimate_icc(values), estimate_icc(shifted)
    assert after.icc3.value == pytest.approx(before.icc3.value)
    assert (after.icc2.value or 1) < (before.icc2.value or 0)


def test_the_intervals_of_all_six_are_those_of_psych() -> None:
    """R psych 2.2.9, ICC(lmer = FALSE) on the table of Shrout and Fleiss."""
    found = estimate_icc([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    limits = {
        "icc1": (-0.132932325, 0.72256006),
        "icc2": (0.018786513, 0.76108437),
        "icc3": (0.342464765, 0.94585826),
        "icc1k": (-0.884442155, 0.91241542),
        "icc2k": (0.071136815, 0.92723204),
        "icc3k": (0.675674714, 0.98589168),
    }
    for name, expected in limits.items():
        one = getattr(found, name)
        assert (one.low, one.high) == pytest.approx(expected, abs=1e-8), name


def test_the_mean_of_k_readers_follows_spearman_and_brown() -> None:
    found = estimate_icc([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    for one, mean in ((found.icc1, found.icc1k), (found.icc2, found.icc2k), (found.icc3, found.icc3k)):
        assert mean.value == pytest.approx(4 * (one.value or 0) / (1 + 3 * (one.value or 0)))


def test_every_rater_of_every_subject_is_needed() -> None:
    with pytest.raises(CountError, match="every rater"):
        estimate_icc([[1, 2], [1]])


def test_bland_altman_limits_hold_the_differences_they_promise() -> None:
    first = DRAW.normal(10, 3, 4000)
    second = first + DRAW.normal(0.5, 1, 4000)
    found = compare_values(first.tolist(), second.tolist())
    apart = first - second
    inside = np.mean((apart > (found.lower_limit.value or 0)) & (apart < (found.upper_limit.value or 0)))
    assert found.bias.value == pytest.approx(apart.mean())
    assert inside == pytest.approx(0.95, abs=0.01)
    assert found.standard_deviation == pytest.approx(apart.std(ddof=1))
    assert len(found.points) == 4000


def test_bland_altman_needs_two_lesions() -> None:
    found = compare_values([3.0], [2.0])
    assert found.bias.value == 1 and found.bias.interval is None
    assert found.upper_limit.value is None
    assert compare_values([], []).bias.value is None
