"""A cut-off under test: the two-by-two it makes, who changes side, what acting on it is worth, and how much of it is luck."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trial.accuracy import Accuracy, compute_accuracy
from trial.intervals import LEVEL, CountError, Estimate, Interval, divide
from trial.roc import read_scores

SEED = 7350707
RESAMPLES = 2000
CELLS_AT_ONCE = 4_000_000
YOUDEN = "highest Youden index; optimism by bootstrap of patients within each class (Harrell 1996)"
NO_CLASS = "a cut-off needs patients with and without the target"

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """One patient's or lesion's value of an index; `diseased` by the reference standard."""

    patient_id: str
    value: float
    diseased: bool
    uptake_minutes: float | None = None


@dataclass(frozen=True)
class ThresholdResult:
    """Everybody at or above `threshold` is positive; the four cells also as ids, in the order given."""

    threshold: float
    accuracy: Accuracy
    true_positive: tuple[str, ...]
    false_positive: tuple[str, ...]
    false_negative: tuple[str, ...]
    true_negative: tuple[str, ...]


@dataclass(frozen=True)
class SideChange:
    """Who is called differently when the cut-off moves."""

    became_positive: tuple[str, ...]
    became_negative: tuple[str, ...]


@dataclass(frozen=True)
class DecisionPoint:
    """Net benefit of acting on the test, of treating all and of treating none, at one threshold probability."""

    threshold: float
    test: float | None
    treat_all: float | None
    treat_none: float = 0.0


@dataclass(frozen=True)
class BestThreshold:
    """The cut-off with the highest Youden index: as it looks in these patients, and corrected for having been picked here.

    `threshold` has the middle 95 % (at `level`) of the cut-offs picked in the resamples.
    """

    threshold: Estimate
    apparent_sensitivity: float | None
    apparent_specificity: float | None
    corrected_sensitivity: float | None
    corrected_specificity: float | None
    optimism: float | None
    resamples: int
    seed: int
    method: str = YOUDEN


def assess_threshold(scores: Iterable[Score], threshold: float, level: float = LEVEL) -> ThresholdResult:
    """The two-by-two table of one cut-off with all its measures and the ids in each cell."""
    cells: dict[tuple[bool, bool], list[str]] = {(p, d): [] for p in (True, False) for d in (True, False)}
    for score in scores:
        cells[score.value >= threshold, score.diseased].append(score.patient_id)
    tp, fp = cells[True, True], cells[True, False]
    fn, tn = cells[False, True], cells[False, False]
    accuracy = compute_accuracy(len(tp), len(fp), len(fn), len(tn), level)
    return ThresholdResult(threshold, accuracy, tuple(tp), tuple(fp), tuple(fn), tuple(tn))


def find_side_changes(scores: Sequence[Score], before: float, after: float) -> SideChange:
    """Who becomes positive and who negative when the cut-off moves from `before` to `after`."""
    return SideChange(
        tuple(score.patient_id for score in scores if after <= score.value < before),
        tuple(score.patient_id for score in scores if before <= score.value < after),
    )


def compute_net_benefit(n: int, tp: int, fp: int, threshold: float) -> float | None:
    """TP/n - FP/n x t/(1-t) at the threshold probability t; None for nobody or for certainty (t = 1)."""
    if not 0 <= threshold <= 1 or min(n, tp, fp) < 0 or tp + fp > n:
        raise CountError(f"n {n}, tp {tp}, fp {fp}, threshold {threshold:g}: counts within n, threshold from 0 to 1")
    odds = divide(threshold, 1 - threshold)
    if n == 0 or odds is None:
        return None
    return tp / n - fp / n * odds


def compute_decision_curve(accuracy: Accuracy, thresholds: Iterable[float]) -> tuple[DecisionPoint, ...]:
    """Net benefit of a test over threshold probabilities, beside treating all and none."""
    table = accuracy.table
    return tuple(
        DecisionPoint(
            threshold,
            compute_net_benefit(table.total, table.tp, table.fp, threshold),
            compute_net_benefit(table.total, table.diseased, table.healthy, threshold),
        )
        for threshold in thresholds
    )


def estimate_best_threshold(
    labels: Sequence[int], scores: Sequence[float], resamples: int = RESAMPLES, seed: int = SEED, level: float = LEVEL
) -> BestThreshold:
    """The cut-off of highest Youden index (the lowest of ties) with its optimism-corrected accuracy.

    The same seed gives the same numbers whatever the order of the patients.
    """
    truth, (column,) = read_scores(labels, scores)
    cases, controls = np.sort(column[truth]), np.sort(column[~truth])
    if not len(cases) or not len(controls):
        nothing = Estimate(None, None, YOUDEN, NO_CLASS)
        return BestThreshold(nothing, None, None, None, None, None, resamples, seed)
    values = np.unique(column)
    ranks = np.searchsorted(values, cases), np.searchsorted(values, controls)
    rates = _rates(_count(ranks[0][None], len(values))), 1 - _rates(_count(ranks[1][None], len(values)))
    best = int(np.argmax(rates[0][0] + rates[1][0] >= (rates[0][0] + rates[1][0]).max() - 1e-12))
    picked, luck = _resample(ranks, rates, len(values), resamples, seed)
    sensitivity, specificity = float(rates[0][0, best]), float(rates[1][0, best])
    ends = np.quantile(values[picked], [0.5 - level / 2, 0.5 + level / 2], method="inverted_cdf")
    return BestThreshold(
        threshold=Estimate(float(values[best]), Interval(float(ends[0]), float(ends[1])), YOUDEN),
        apparent_sensitivity=sensitivity,
        apparent_specificity=specificity,
        corrected_sensitivity=min(max(sensitivity - luck[0], 0.0), 1.0),
        corrected_specificity=min(max(specificity - luck[1], 0.0), 1.0),
        optimism=luck[0] + luck[1],
        resamples=resamples,
        seed=seed,
    )


def _resample(
    ranks: tuple[NDArray[np.intp], NDArray[np.intp]],
    rates: tuple[Numbers, Numbers],
    values: int,
    resamples: int,
    seed: int,
) -> tuple[NDArray[np.intp], tuple[float, float]]:
    """The cut-off picked in each resample, and the mean luck in sensitivity and specificity of having picked there."""
    draw = np.random.default_rng(seed)
    rows = max(CELLS_AT_ONCE // (values + len(ranks[0]) + len(ranks[1])), 1)
    picked, luck = [], np.zeros(2)
    for start in range(0, resamples, rows):
        size = min(rows, resamples - start)
        drawn = [rank[draw.integers(0, len(rank), (size, len(rank)))] for rank in ranks]
        sensitivity = _rates(_count(drawn[0], values))
        specificity = 1 - _rates(_count(drawn[1], values))
        chosen = np.argmax(sensitivity + specificity, axis=1)
        row = np.arange(size)
        luck[0] += float((sensitivity[row, chosen] - rates[0][0, chosen]).sum())
        luck[1] += float((specificity[row, chosen] - rates[1][0, chosen]).sum())
        picked.append(chosen)
    return np.concatenate(picked), (float(luck[0] / resamples), float(luck[1] / resamples))


def _count(ranks: NDArray[np.intp], values: int) -> NDArray[np.intp]:
    """How many in each row have each value: one bincount for all rows."""
    rows = len(ranks)
    shifted = ranks + np.arange(rows)[:, None] * values
    return np.bincount(shifted.ravel(), minlength=rows * values).reshape(rows, values)


def _rates(counts: NDArray[np.intp]) -> Numbers:
    """The share at or above each value, row by row."""
    total = counts.sum(axis=1, keepdims=True)
    below = np.cumsum(counts, axis=1) - counts
    return np.asarray((total - below) / total, dtype=np.float64)
