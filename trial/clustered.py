"""Several lesions in one patient: proportions and paired tests that count the patient as the unit that is sampled."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from trial.intervals import LEVEL, CountError, Estimate, compute_wilson, divide, find_normal_quantile

# Of such intervals 92 to 95 % hold the truth in 25 to 60 patients (benchmarks/coverage.py): said where the figure is.
RATIO = "ratio estimator over patients (Rao and Scott 1992); Wilson with the effective sample size, a little narrow near 0 and 100 %"
ONE_VALUE = "every lesion has the same result, so the design effect cannot be seen: the interval counts patients"
ONE_PATIENT = "one patient only: the interval counts one patient"
NOBODY = "there is no lesion to count"
NEVER_APART = "the tests never disagree"

PAIRS = {(1, 1), (1, 0), (0, 1), (0, 0)}

Counts = NDArray[np.float64]


@dataclass(frozen=True)
class ClusteredProportion:
    """`x` of `n` lesions in so many patients; `design_effect` above 1: lesions of a patient resemble one another."""

    x: int
    n: int
    patients: int
    level: float
    estimate: Estimate
    standard_error: float | None
    design_effect: float | None
    effective_n: float | None


@dataclass(frozen=True)
class ClusteredPaired:
    """Chi-squares (1 df) of two tests over lesions; McNemar ignores the clustering and is there for comparison."""

    patients: int
    pairs: int
    mcnemar: float | None
    eliasziw: float | None
    obuchowski: float | None
    durkalski: float | None
    yang: float | None
    says: str = ""


def estimate_clustered_proportion(clusters: Sequence[Sequence[int]], level: float = LEVEL) -> ClusteredProportion:
    """Share of lesions with a 1, patients as clusters; patients without a lesion do not count.

    When the variance cannot be seen (one patient; every lesion the same) the interval counts patients, the most cautious
    reading; a design effect of 0 earns no more than independent lesions would.
    """
    found = [_read_ones(cluster, index) for index, cluster in enumerate(clusters) if len(cluster)]
    sizes = np.array([len(cluster) for cluster in found], dtype=float)
    ones = np.array([sum(cluster) for cluster in found], dtype=float)
    find_normal_quantile(level)
    if not found:
        return ClusteredProportion(0, 0, 0, level, Estimate(None, None, RATIO, NOBODY), None, None, None)
    x, n, patients = int(ones.sum()), int(sizes.sum()), len(found)
    share = x / n
    error = _ratio_error(ones, sizes, share) if patients > 1 else None
    effect = None if error is None else divide(error**2, share * (1 - share) / n)
    says = ONE_PATIENT if patients == 1 else ONE_VALUE if effect is None else ""
    effective = float(patients) if effect is None else n / effect if effect > 1e-12 else None
    counted = n if effective is None else effective
    estimate = Estimate(share, compute_wilson(share * counted, counted, level), RATIO, says)
    return ClusteredProportion(x, n, patients, level, estimate, error, effect, effective)


def compare_clustered(clusters: Sequence[Sequence[Sequence[int]]]) -> ClusteredPaired:
    """Each patient a list of lesions, each lesion [test 1 right, test 2 right] as 0 or 1."""
    tables = np.array([_count_pairs(patient, index) for index, patient in enumerate(clusters) if len(patient)])
    if tables.size == 0:
        return ClusteredPaired(0, 0, None, None, None, None, None, NOBODY)
    b, c, sizes = tables[:, 1], tables[:, 2], tables.sum(axis=1)
    patients, apart = len(tables), b - c
    plain = divide(float(apart.sum()) ** 2, float((b + c).sum()))
    inflation = 1.0 if plain is None else _compute_inflation(tables)
    centred = apart - sizes * apart.sum() / sizes.sum()
    shrink = (patients - 1) / patients
    squares = float((apart**2).sum())
    return ClusteredPaired(
        patients=patients,
        pairs=int(sizes.sum()),
        mcnemar=plain,
        eliasziw=None if plain is None or inflation <= 0 else plain / inflation,
        obuchowski=_scale(shrink, divide(float(apart.sum()) ** 2, squares)),
        durkalski=divide(float((apart / sizes).sum()) ** 2, float(((apart / sizes) ** 2).sum())),
        yang=_scale(shrink, divide(float(apart.sum()) ** 2, (float((centred**2).sum()) + squares) / 2)),
        says=NEVER_APART if plain is None else "",
    )


def _compute_inflation(tables: Counts) -> float:
    """Eliasziw and Donner 1991: how much McNemar's chi-square is too large, 1 for lesions that do not resemble."""
    discordant = tables[:, 1] + tables[:, 2]
    with_any = discordant[discordant >= 1]
    mean = float(with_any.mean())
    resembling = _compute_correlation(tables)
    if len(with_any) == 1:
        return 1 + (mean - 1) * resembling
    typical = mean - float(((with_any - mean) ** 2).sum()) / (len(with_any) * (len(with_any) - 1) * mean)
    return 1 + (typical + len(with_any) * (mean - typical) - 1) * resembling


def _compute_correlation(tables: Counts) -> float:
    """The correlation of discordance within patients (Eliasziw and Donner 1991), by analysis of variance."""
    sizes = tables.sum(axis=1)
    patients, mean = len(tables), float(sizes.mean())
    if mean == 1 or patients == 1:
        return 0.0
    shares = tables.sum(axis=0) / sizes.sum()
    typical = mean - float(((sizes - mean) ** 2).sum()) / (patients * (patients - 1) * mean)
    between = float(((tables - np.outer(sizes, shares)) ** 2 / sizes[:, None]).sum()) / patients
    within = float((tables * (sizes[:, None] - tables) / sizes[:, None]).sum()) / (patients * (mean - 1))
    alike = divide(between - within, between + (typical - 1) * within) or 0.0
    return divide(alike, alike + float(shares[1] + shares[2]) * (1 - alike)) or 0.0


def _ratio_error(ones: Counts, sizes: Counts, share: float) -> float:
    patients = len(sizes)
    scatter = float(((ones - share * sizes) ** 2).sum())
    return sqrt(patients / (patients - 1) * scatter) / float(sizes.sum())


def _scale(factor: float, value: float | None) -> float | None:
    return None if value is None else factor * value


def _read_ones(cluster: Sequence[int], index: int) -> list[int]:
    if any(value not in (0, 1) for value in cluster):
        raise CountError(f"clusters[{index}]: a lesion is 1 or 0")
    return [int(value) for value in cluster]


def _count_pairs(patient: Sequence[Sequence[int]], index: int) -> list[float]:
    pairs = Counter(tuple(pair) for pair in patient)
    if not pairs.keys() <= PAIRS:
        raise CountError(f"clusters[{index}]: a lesion is [test 1 right, test 2 right], each 0 or 1")
    return [float(pairs[1, 1]), float(pairs[1, 0]), float(pairs[0, 1]), float(pairs[0, 0])]
