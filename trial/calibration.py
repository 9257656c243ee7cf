"""Is a probability to be believed? Brier score, log loss, slope and reliability of probabilities against what was true."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from statsmodels.stats.proportion import proportion_confint

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
STEEPEST = 10.0  # where every first choice is right no power fits best: the search ends here


@dataclass(frozen=True)
class Score:
    """A score with its 95 % interval from resampling patients."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ReliabilityBin:
    """Patients whose leading probability was alike: its mean, and how often the leader was right (95 % Wilson interval)."""

    patients: int
    said: float
    right: int
    low: float
    high: float

    @property
    def share_right(self) -> float:
        return self.right / self.patients


@dataclass(frozen=True)
class Calibration:
    """How probabilities of shape (patients × classes) agree with the truth.

    `brier`: squared error summed over classes, 0 best, 2 worst. `slope`: the power of the probabilities that fits best:
    1 well calibrated, below 1 too sure, above 1 too timid.
    """

    patients: int
    right: int
    brier: Score
    log_loss: Score
    slope: Score
    bins: tuple[ReliabilityBin, ...]


def assess_calibration(probabilities: Array, truth: Labels, *, bins: int, draws: int, seed: int) -> Calibration:
    """Calibration with intervals from `draws` resamples; `truth` indexes the columns, no row may be empty of probability."""
    if len(truth) == 0:
        raise ValueError("Calibration needs at least one patient with a reference diagnosis.")
    log = np.log(np.maximum(probabilities, 1e-12))
    rows = np.arange(len(truth))
    brier = ((probabilities - np.eye(probabilities.shape[1])[truth]) ** 2).sum(axis=1)
    picks = np.random.default_rng(seed).integers(0, len(truth), (draws, len(truth)))
    slopes = np.array([_fit_slope(log[pick], truth[pick]) for pick in picks])
    leaders = probabilities.argmax(axis=1)
    return Calibration(
        patients=len(truth),
        right=int((leaders == truth).sum()),
        brier=_score(brier, picks),
        log_loss=_score(-log[rows, truth], picks),
        slope=Score(_fit_slope(log, truth), *np.percentile(slopes, [2.5, 97.5]).tolist()),
        bins=compute_reliability(probabilities[rows, leaders], leaders == truth, bins),
    )


def compare_scores(first: Array, second: Array, truth: Labels, *, draws: int, seed: int) -> Score:
    """Brier score of `first` minus that of `second` on the same patients: below 0, the first is better."""
    hot = np.eye(first.shape[1])[truth]
    difference = ((first - hot) ** 2).sum(axis=1) - ((second - hot) ** 2).sum(axis=1)
    return _score(difference, np.random.default_rng(seed).integers(0, len(truth), (draws, len(truth))))


def compute_reliability(said: Array, right: npt.NDArray[np.bool_], bins: int) -> tuple[ReliabilityBin, ...]:
    """Groups of equal size by the leading probability; fewer groups when there are fewer patients."""
    order = np.argsort(said, kind="stable")
    groups = [group for group in np.array_split(order, bins) if len(group)]
    return tuple(_bin(said[group], right[group]) for group in groups)


def _bin(said: Array, right: npt.NDArray[np.bool_]) -> ReliabilityBin:
    low, high = proportion_confint(int(right.sum()), len(right), method="wilson")
    return ReliabilityBin(len(right), float(said.mean()), int(right.sum()), float(low), float(high))


def _score(each: Array, picks: npt.NDArray[np.int64]) -> Score:
    low, high = np.percentile(each[picks].mean(axis=1), [2.5, 97.5])
    return Score(float(each.mean()), float(low), float(high))


def _fit_slope(log: Array, truth: Labels) -> float:
    """The power b for which softmax(b × log p) is most likely, between 0 and STEEPEST."""

    def loss(power: float) -> float:
        scaled = power * log
        top = scaled.max(axis=1)
        whole = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
        return float((whole - scaled[np.arange(len(truth)), truth]).mean())

    return float(minimize_scalar(loss, bounds=(0.0, STEEPEST), method="bounded").x)
