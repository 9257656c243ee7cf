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
YOUDEN = "highest Youden index; corrected by the .632+ bootstrap within each class (Efron and Tibshirani 1997)"
TOO_FEW = "one patient of a class: nobody is left out of a resample, so the luck cannot be told"
NO_CLASS = "a cut-off needs patients with and without the target"

Numbers = NDArray[np.float64]
Ranks = NDArray[np.intp]


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
    """The cut-off of highest Youden index (the lowest of ties) with its accuracy corrected for having been picked here.

    The same seed gives the same numbers whatever the order of the patients.
    """
    truth, (column,) = read_scores(labels, scores)
    cases, controls = np.sort(column[truth]), np.sort(column[~truth])
    if not len(cases) or not len(controls):
        return BestThreshold(Estimate(None, None, YOUDEN, NO_CLASS), None, None, None, None, None, resamples, seed)
    values = np.unique(column)
    below = tuple(np.searchsorted(group, values) for group in (cases, controls))
    best = int(np.argmax((len(cases) - below[0]) * len(controls) + below[1] * len(cases)))
    picked, left_out = _resample((len(cases), len(controls)), below, resamples, seed)
    apparent = int(len(cases) - below[0][best]) / len(cases), int(below[1][best]) / len(controls)
    corrected = _correct(apparent, left_out)
    ends = np.quantile(values[picked], [0.5 - level / 2, 0.5 + level / 2], method="inverted_cdf")
    says = "" if corrected else TOO_FEW
    return BestThreshold(
        threshold=Estimate(float(values[best]), Interval(float(ends[0]), float(ends[1])), YOUDEN, says),
        apparent_sensitivity=apparent[0],
        apparent_specificity=apparent[1],
        corrected_sensitivity=corrected[0] if corrected else None,
        corrected_specificity=corrected[1] if corrected else None,
        optimism=sum(apparent) - sum(corrected) if corrected else None,
        resamples=resamples,
        seed=seed,
    )


def _correct(apparent: tuple[float, float], left_out: tuple[float, float] | None) -> tuple[float, float] | None:
    """Efron and Tibshirani's .632+: the more of the Youden index was luck, the more the patients left out decide."""
    if left_out is None:
        return None
    index, honest = sum(apparent) - 1, sum(left_out) - 1
    luck = 0.0 if index <= 0 else min(max((index - honest) / index, 0.0), 1.0)
    weight = 0.632 / (1 - 0.368 * luck)
    return tuple((1 - weight) * a + weight * b for a, b in zip(apparent, left_out, strict=True))  # type: ignore[return-value]


def _resample(
    sizes: tuple[int, int], below: tuple[Ranks, ...], resamples: int, seed: int
) -> tuple[Ranks, tuple[float, float] | None]:
    """The cut-off picked in each resample, and the mean sensitivity and specificity in the patients it left out.

    Both classes are sorted by score, so patients at or above a cut-off are those after `below` of them.
    """
    draw = np.random.default_rng(seed)
    rows = max(CELLS_AT_ONCE // (len(below[0]) + sum(sizes)), 1)
    picked, right, used = [], np.zeros(2), 0
    for start in range(0, resamples, rows):
        many = min(rows, resamples - start)
        drawn = [_count_drawn(draw.integers(0, size, (many, size))) for size in sizes]
        cases, controls = (_sum_first(counts) for counts in drawn)
        score = (sizes[0] - cases[:, below[0]]) * sizes[1] + controls[:, below[1]] * sizes[0]
        chosen = np.argmax(score, axis=1)
        picked.append(chosen)
        out = [_share_below(counts == 0, positions[chosen]) for counts, positions in zip(drawn, below, strict=True)]
        usable = ~np.isnan(out[0]) & ~np.isnan(out[1])
        right += [float((1 - out[0][usable]).sum()), float(out[1][usable].sum())]
        used += int(usable.sum())
    return np.concatenate(picked), (float(right[0] / used), float(right[1] / used)) if used else None


def _count_drawn(drawn: Ranks) -> Ranks:
    """How often each patient (column) was drawn in each resample (row): one bincount for all rows."""
    rows, size = drawn.shape
    return np.bincount((drawn + np.arange(rows)[:, None] * size).ravel(), minlength=rows * size).reshape(rows, size)


def _sum_first(counts: Ranks) -> Ranks:
    """Column k: the sum of the first k columns."""
    return np.concatenate([np.zeros((len(counts), 1), dtype=counts.dtype), np.cumsum(counts, axis=1)], axis=1)


def _share_below(chosen: NDArray[np.bool_], positions: Ranks) -> Numbers:
    """The share of the chosen patients of each row before its position; not a number where nobody was chosen."""
    total = chosen.sum(axis=1)
    first = (chosen & (np.arange(chosen.shape[1]) < positions[:, None])).sum(axis=1)
    return np.asarray(np.divide(first, total, out=np.full(len(total), np.nan), where=total > 0), dtype=np.float64)
