"""ROC curves: empirical area with DeLong's variance, two curves of the same patients, and the power of a planned area.

Scores are higher when diseased; the direction is never picked from the data, so an area below 0.5 stays below 0.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr, ndtri
from scipy.stats import rankdata

from trial.intervals import LEVEL, CountError, Estimate, Interval, find_normal_quantile

DELONG = "empirical area, ties count half; DeLong 1988"
OBUCHOWSKI = "Obuchowski 1997"
NO_CLASS = "the curve needs patients with and without the target"
ONE_OF_A_CLASS = "the variance needs at least two patients with and two without the target"
NO_SPREAD = "the classes are wholly apart in these patients, so DeLong's variance is 0; the area is not known that well"

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Auc:
    """Area under the curve of `cases` diseased and `controls` healthy; its interval is symmetric, clipped to 0 … 1.

    `on_logit`: the same variance on the logit, which holds the truth as often as it says also near 1, where the symmetric
    one does not (area 0.95 of 15 and 40: 0.94 against 0.83 of 95 % intervals). None where the area is 0 or 1.
    """

    cases: int
    controls: int
    level: float
    area: Estimate
    variance: float | None
    on_logit: Interval | None = None


@dataclass(frozen=True)
class AucDifference:
    """Area a minus area b in the same patients."""

    a: Auc
    b: Auc
    difference: Estimate
    z: float | None
    p: float | None


@dataclass(frozen=True)
class RocCurve:
    """Points from (0, 0) to (1, 1): at `thresholds[i]` and above a patient is called positive; the first is above all."""

    thresholds: tuple[float, ...]
    false_positive_rate: tuple[float, ...]
    sensitivity: tuple[float, ...]


def read_scores(labels: Sequence[int], *scores: Sequence[float]) -> tuple[NDArray[np.bool_], list[Numbers]]:
    """Labels (1 diseased, 0 healthy) and score columns as arrays; raises CountError naming the first bad entry."""
    truth = np.asarray(labels, dtype=float).reshape(-1)
    columns = [np.asarray(column, dtype=float).reshape(-1) for column in scores]
    wrong = (truth != 0) & (truth != 1)
    if wrong.any():
        raise CountError(f"labels[{int(wrong.argmax())}]: a label is 1 (target present) or 0 (absent)")
    for column in columns:
        if len(column) != len(truth):
            raise CountError(f"{len(truth)} labels but {len(column)} scores: one score a patient is needed")
        if not np.isfinite(column).all():
            raise CountError(f"scores[{int(np.flatnonzero(~np.isfinite(column))[0])}]: a score is a finite number")
    return truth == 1, columns


def estimate_auc(labels: Sequence[int], scores: Sequence[float], level: float = LEVEL) -> Auc:
    """Area with DeLong's variance and normal interval; one ranking, so 10,000 patients take milliseconds."""
    truth, (column,) = read_scores(labels, scores)
    return summarise_area(truth, *place_areas([column], truth), level, 0)


def compare_auc(
    labels: Sequence[int], scores_a: Sequence[float], scores_b: Sequence[float], level: float = LEVEL
) -> AucDifference:
    """Area a minus area b in the same patients, with DeLong's covariance."""
    truth, columns = read_scores(labels, scores_a, scores_b)
    areas, covariance = place_areas(columns, truth)
    a, b = (summarise_area(truth, areas, covariance, level, index) for index in (0, 1))
    return AucDifference(a, b, *compare_areas(a, b, covariance, level, DELONG))


def compare_areas(
    a: Auc, b: Auc, covariance: Numbers | None, level: float, method: str
) -> tuple[Estimate, float | None, float | None]:
    """Area a minus area b with its interval, z and p, from the 2 x 2 covariance of the areas."""
    if a.area.value is None or b.area.value is None or covariance is None:
        value = None if a.area.value is None or b.area.value is None else a.area.value - b.area.value
        return Estimate(value, None, method, a.area.says), None, None
    difference = a.area.value - b.area.value
    spread = sqrt(max(float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]), 0.0))
    if spread < 1e-12:
        exact = Estimate(difference, Interval(difference, difference), method, NO_SPREAD)
        return exact, None, 1.0 if difference == 0 else None
    reach = find_normal_quantile(level) * spread
    interval = Interval(max(difference - reach, -1.0), min(difference + reach, 1.0))
    z = difference / spread
    return Estimate(difference, interval, method), z, float(2 * ndtr(-abs(z)))


def compute_roc(labels: Sequence[int], scores: Sequence[float]) -> RocCurve | None:
    """Every point of the empirical curve, None when a class is missing."""
    truth, (column,) = read_scores(labels, scores)
    cases, controls = int(truth.sum()), int((~truth).sum())
    if not cases or not controls:
        return None
    order = np.argsort(-column, kind="stable")
    last = np.append(np.flatnonzero(np.diff(column[order])), len(column) - 1)
    hits, alarms = np.cumsum(truth[order])[last], np.cumsum(~truth[order])[last]
    return RocCurve(
        thresholds=(float(np.nextafter(column.max(), np.inf)), *column[order][last].tolist()),
        false_positive_rate=(0.0, *(alarms / controls).tolist()),
        sensitivity=(0.0, *(hits / cases).tolist()),
    )


def compute_auc_power(auc: float, cases: int, controls: int, alpha: float = 0.05) -> float | None:
    """Power to tell an area from 0.5, two-sided (Obuchowski 1997 by the binormal variance; what pROC computes)."""
    if not cases or not controls:
        return None
    if not 0.5 <= auc < 1 or not 0 < alpha < 1:
        raise CountError(f"auc {auc:g}, alpha {alpha:g}: auc lies from 0.5 to below 1, alpha between 0 and 1")
    a = float(ndtri(auc)) * 1.414
    ratio = controls / cases
    spread = 0.0099 * exp(-(a**2) / 2) * ((5 * a**2 + 8) + (a**2 + 8) / ratio)
    null = 0.0792 * (1 + 1 / ratio)
    reach = (sqrt(cases) * (auc - 0.5) - float(ndtri(1 - alpha / 2)) * sqrt(null)) / sqrt(spread)
    return float(ndtr(reach))


def find_placements(columns: list[Numbers], truth: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """The share of controls below each case and of cases above each control, ties half: shapes (columns, cases), (columns, controls).

    From ranks: each patient's among all less the one in its class. Both classes must be there.
    """
    cases, controls = int(truth.sum()), int((~truth).sum())
    ranks = [rankdata(column) for column in columns]
    of_cases = np.array(
        [(rank[truth] - rankdata(column[truth])) / controls for rank, column in zip(ranks, columns, strict=True)]
    )
    of_controls = np.array(
        [1 - (rank[~truth] - rankdata(column[~truth])) / cases for rank, column in zip(ranks, columns, strict=True)]
    )
    return of_cases, of_controls


def summarise_area(
    truth: NDArray[np.bool_],
    areas: list[float] | None,
    covariance: Numbers | None,
    level: float,
    index: int,
    words: tuple[str, str] = (DELONG, ONE_OF_A_CLASS),
) -> Auc:
    """The area of one column; `words`: the method, and why there is no variance when `covariance` is None."""
    cases, controls = int(truth.sum()), int((~truth).sum())
    reach = find_normal_quantile(level)
    method, no_variance = words
    if areas is None:
        return Auc(cases, controls, level, Estimate(None, None, method, NO_CLASS), None)
    if covariance is None:
        return Auc(cases, controls, level, Estimate(areas[index], None, method, no_variance), None)
    area, variance = areas[index], max(float(covariance[index, index]), 0.0)
    away = reach * sqrt(variance)
    estimate = Estimate(
        area, Interval(max(area - away, 0.0), min(area + away, 1.0)), method, NO_SPREAD if variance == 0 else ""
    )
    return Auc(cases, controls, level, estimate, variance, _reach_on_logit(area, away) if variance else None)


def _reach_on_logit(area: float, away: float) -> Interval | None:
    if not 0 < area < 1:
        return None
    middle, step = log(area / (1 - area)), away / (area * (1 - area))
    return Interval(float(expit(middle - step)), float(expit(middle + step)))


def place_areas(columns: list[Numbers], truth: NDArray[np.bool_]) -> tuple[list[float] | None, Numbers | None]:
    """Areas and DeLong's covariance of them, from the placements."""
    cases, controls = int(truth.sum()), int((~truth).sum())
    if not cases or not controls:
        return None, None
    of_cases, of_controls = find_placements(columns, truth)
    areas = of_cases.mean(axis=1).tolist()
    if min(cases, controls) < 2:
        return areas, None
    return areas, _covariance(of_cases) / cases + _covariance(of_controls) / controls


def _covariance(rows: Numbers) -> Numbers:
    centred = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(centred @ centred.T / (rows.shape[1] - 1), dtype=np.float64)
