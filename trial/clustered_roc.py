"""ROC with several lesions in a patient: the same area, its variance with the patient as the unit that is sampled.

Obuchowski 1997, Biometrics 53:567: DeLong's placements summed within patients, and the cross product of a patient's lesions
with and without the target. With one lesion in every patient it is DeLong's variance.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trial.intervals import LEVEL, CountError, Estimate
from trial.roc import (
    Auc,
    Numbers,
    compare_areas,
    find_placements,
    place_areas,
    read_scores,
    summarise_area,
)

CLUSTERED = "empirical area, ties count half; variance with patients as clusters, Obuchowski 1997"
TOO_FEW_PATIENTS = "the variance needs lesions with the target in at least two patients, and lesions without it in two"
WORDS = (CLUSTERED, TOO_FEW_PATIENTS)
SMALLEST = 1e-15  # a variance below is the computer's rounding

Patients = NDArray[np.intp]


@dataclass(frozen=True)
class ClusteredAuc:
    """Area over lesions in so many `patients`; `design_effect`: its variance over DeLong's, None where that is 0 or unknown."""

    auc: Auc
    patients: int
    design_effect: float | None


@dataclass(frozen=True)
class ClusteredAucDifference:
    """Area a minus area b in the same lesions; `design_effect` of the difference's variance."""

    a: ClusteredAuc
    b: ClusteredAuc
    difference: Estimate
    z: float | None
    p: float | None
    design_effect: float | None


def estimate_clustered_auc(
    labels: Sequence[int], scores: Sequence[float], clusters: Sequence[Hashable], level: float = LEVEL
) -> ClusteredAuc:
    """`labels` 1 present, 0 absent; `clusters`: the patient of each lesion, one entry a lesion."""
    truth, columns = read_scores(labels, scores)
    owners = _read_clusters(clusters, len(truth))
    areas, covariance = _place(columns, truth, owners)
    plain = place_areas(columns, truth)[1]
    return _describe(summarise_area(truth, areas, covariance, level, 0, WORDS), plain, 0, owners)


def compare_clustered_auc(
    labels: Sequence[int],
    scores_a: Sequence[float],
    scores_b: Sequence[float],
    clusters: Sequence[Hashable],
    level: float = LEVEL,
) -> ClusteredAucDifference:
    """Two scores of the same lesions, area a minus area b."""
    truth, columns = read_scores(labels, scores_a, scores_b)
    owners = _read_clusters(clusters, len(truth))
    areas, covariance = _place(columns, truth, owners)
    plain = place_areas(columns, truth)[1]
    a, b = (
        _describe(summarise_area(truth, areas, covariance, level, index, WORDS), plain, index, owners)
        for index in (0, 1)
    )
    compared = compare_areas(a.auc, b.auc, covariance, level, CLUSTERED)
    effect = _relate(_spread(covariance), _spread(plain)) if covariance is not None else None
    return ClusteredAucDifference(a, b, *compared, effect)


def _place(
    columns: list[Numbers], truth: NDArray[np.bool_], owners: Patients
) -> tuple[list[float] | None, Numbers | None]:
    """Areas and their covariance, from the placements of each patient's lesions less what they would be on average."""
    if not truth.any() or truth.all():
        return None, None
    of_cases, of_controls = find_placements(columns, truth)
    areas = of_cases.mean(axis=1, keepdims=True)
    patients, with_case, with_control = (len(np.unique(owners[one])) for one in (truth | True, truth, ~truth))
    if min(with_case, with_control) < 2:
        return areas[:, 0].tolist(), None
    cases = _sum_by_patient(of_cases - areas, owners[truth], patients) / truth.sum()
    controls = _sum_by_patient(of_controls - areas, owners[~truth], patients) / (~truth).sum()
    crossed = cases @ controls.T
    covariance = _unbias(with_case) * (cases @ cases.T) + _unbias(with_control) * (controls @ controls.T)
    return areas[:, 0].tolist(), np.asarray(covariance + _unbias(patients) * (crossed + crossed.T), dtype=np.float64)


def _sum_by_patient(values: Numbers, owners: Patients, patients: int) -> Numbers:
    return np.array([np.bincount(owners, weights=row, minlength=patients) for row in values])


def _unbias(count: int) -> float:
    return count / (count - 1)


def _describe(found: Auc, plain: Numbers | None, index: int, owners: Patients) -> ClusteredAuc:
    known = found.variance is not None and plain is not None
    below = float(plain[index, index]) if plain is not None else 0.0
    return ClusteredAuc(found, len(np.unique(owners)), _relate(found.variance or 0.0, below) if known else None)


def _spread(covariance: Numbers | None) -> float:
    """The variance of the difference of the two areas."""
    return 0.0 if covariance is None else float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])


def _relate(clustered: float, plain: float) -> float | None:
    """A variance over the one that takes every lesion as a patient of its own; None when that one is 0."""
    return clustered / plain if plain > SMALLEST else None


def _read_clusters(clusters: Sequence[Hashable], lesions: int) -> Patients:
    if len(clusters) != lesions:
        raise CountError(f"{lesions} labels but {len(clusters)} clusters: the patient of every lesion is needed")
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) for one in clusters], dtype=np.intp)
