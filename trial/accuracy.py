"""How good one test is: sensitivity, specificity, predictive values, likelihood ratios, from its four counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

from trial.intervals import (
    LEVEL,
    Estimate,
    Interval,
    Proportion,
    check_counts,
    divide,
    estimate_proportion,
    find_normal_quantile,
)

HALDANE = 0.5
LOG_METHOD = "log method (Simel 1991)"
LOGIT_METHOD = "log method (Woolf 1955)"
CORRECTED = "a cell is 0: 0.5 added to all four (Haldane)"
CORRECTED_LIMIT = (
    "a cell is 0: the estimate is exact, the other end of the interval has 0.5 added to all four (Haldane)"
)


@dataclass(frozen=True)
class TwoByTwo:
    """Test against reference standard: true and false positives and negatives."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def diseased(self) -> int:
        return self.tp + self.fn

    @property
    def healthy(self) -> int:
        return self.fp + self.tn

    @property
    def total(self) -> int:
        return self.diseased + self.healthy


@dataclass(frozen=True)
class Accuracy:
    """Everything one two-by-two table tells about a test; None where there is no denominator, `says` tells why."""

    table: TwoByTwo
    level: float
    sensitivity: Proportion
    specificity: Proportion
    ppv: Proportion
    npv: Proportion
    lr_positive: Estimate
    lr_negative: Estimate
    diagnostic_odds_ratio: Estimate
    youden: float | None
    number_needed_to_diagnose: float | None
    accuracy: Proportion

    @property
    def proportions(self) -> Mapping[str, Proportion]:
        return {name: getattr(self, name) for name in ("sensitivity", "specificity", "ppv", "npv")}

    @property
    def ratios(self) -> Mapping[str, Estimate]:
        return {name: getattr(self, name) for name in ("lr_positive", "lr_negative", "diagnostic_odds_ratio")}


def compute_accuracy(tp: int, fp: int, fn: int, tn: int, level: float = LEVEL) -> Accuracy:
    """All measures of one table. Raises CountError for a count that cannot be."""
    table = TwoByTwo(*check_counts((tp, fp, fn, tn), ("tp", "fp", "fn", "tn")))
    sensitivity = estimate_proportion(table.tp, table.diseased, level)
    specificity = estimate_proportion(table.tn, table.healthy, level)
    youden = compute_youden(table)
    return Accuracy(
        table=table,
        level=level,
        sensitivity=sensitivity,
        specificity=specificity,
        ppv=estimate_proportion(table.tp, table.tp + table.fp, level),
        npv=estimate_proportion(table.tn, table.tn + table.fn, level),
        lr_positive=estimate_likelihood_ratio((table.tp, table.diseased), (table.fp, table.healthy), level),
        lr_negative=estimate_likelihood_ratio((table.fn, table.diseased), (table.tn, table.healthy), level),
        diagnostic_odds_ratio=estimate_odds_ratio(table, level),
        youden=youden,
        number_needed_to_diagnose=None if youden is None else divide(1, youden),
        accuracy=estimate_proportion(table.tp + table.tn, table.total, level),
    )


def estimate_likelihood_ratio(diseased: tuple[int, int], healthy: tuple[int, int], level: float = LEVEL) -> Estimate:
    """LR+ from (TP, diseased) and (FP, healthy), LR- from (FN, diseased) and (TN, healthy): share over share."""
    (top, n_top), (bottom, n_bottom) = diseased, healthy
    if n_top == 0 or n_bottom == 0:
        return Estimate(None, None, LOG_METHOD, "nobody with the target" if n_top == 0 else "nobody without the target")
    if bottom and top:
        return _likelihood_ratio((top, n_top, bottom, n_bottom), level)
    padded = _likelihood_ratio((top + HALDANE, n_top + 2 * HALDANE, bottom + HALDANE, n_bottom + 2 * HALDANE), level)
    return _settle_zero(padded, top == 0 and bottom > 0)


def estimate_odds_ratio(table: TwoByTwo, level: float = LEVEL) -> Estimate:
    """Diagnostic odds ratio TP·TN / (FP·FN) with its log interval."""
    if not table.diseased or not table.healthy:
        says = "nobody with the target" if not table.diseased else "nobody without the target"
        return Estimate(None, None, LOGIT_METHOD, says)
    cells = (table.tp, table.fp, table.fn, table.tn)
    if all(cells):
        return _odds_ratio(cells, level)
    padded = _odds_ratio(tuple(cell + HALDANE for cell in cells), level)
    return _settle_zero(padded, table.tp * table.tn == 0 and table.fp * table.fn > 0)


def compute_post_test(pre_test: float, likelihood_ratio: float) -> float | None:
    """Probability after a result of this likelihood ratio (Fagan 1975); None for certainty against a ratio of 0."""
    weighted = pre_test * likelihood_ratio
    return divide(weighted, weighted + 1 - pre_test)


def compute_youden(table: TwoByTwo) -> float | None:
    """Sensitivity + specificity - 1, in whole numbers so that a useless test is exactly 0."""
    return divide(table.tp * table.tn - table.fn * table.fp, table.diseased * table.healthy)


def _likelihood_ratio(cells: tuple[float, float, float, float], level: float) -> Estimate:
    top, n_top, bottom, n_bottom = cells
    share, other = top / n_top, bottom / n_bottom
    spread = sqrt((1 - share) / top + (1 - other) / bottom)
    return _log_estimate(share / other, spread, level, LOG_METHOD)


def _odds_ratio(cells: tuple[float, ...], level: float) -> Estimate:
    tp, fp, fn, tn = cells
    return _log_estimate(tp * tn / (fp * fn), sqrt(sum(1 / cell for cell in cells)), level, LOGIT_METHOD)


def _log_estimate(value: float, spread: float, level: float, method: str) -> Estimate:
    reach = find_normal_quantile(level) * spread
    return Estimate(value, Interval(exp(log(value) - reach), exp(log(value) + reach)), method)


def _settle_zero(padded: Estimate, is_zero: bool) -> Estimate:
    """A ratio that is exactly 0 stays 0, with the corrected upper end; one without a denominator is the corrected one."""
    if is_zero and padded.interval:
        return Estimate(0.0, Interval(0.0, padded.interval.high), padded.method, CORRECTED_LIMIT)
    return Estimate(padded.value, padded.interval, padded.method, CORRECTED)
