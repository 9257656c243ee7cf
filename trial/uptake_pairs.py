"""SUVmax of two tracers in the same lesions: which tells lesions from empty places better, patients as the unit sampled."""

from collections.abc import Iterable
from dataclasses import dataclass

from trial.clustered_roc import ClusteredAucDifference, compare_clustered_auc
from trial.intervals import LEVEL
from trial.participant import Participant


@dataclass(frozen=True)
class UptakePair:
    """Areas of both tests' SUVmax over places with both values and a reference; `without`: places with one value only."""

    test_1: str
    test_2: str
    lesions: int
    without: int
    areas: ClusteredAucDifference


def compare_uptake(participants: Iterable[Participant], test_1: str, test_2: str, level: float = LEVEL) -> UptakePair:
    """Area of test 1's SUVmax minus test 2's, in eligible patients' places whose reference is decided."""
    decided = [
        (person.patient_id, lesion)
        for person in participants
        if person.eligible
        for lesion in person.lesions
        if lesion.reference in ("present", "absent") and {test_1, test_2} & lesion.suv_max.keys()
    ]
    both = [(owner, lesion) for owner, lesion in decided if {test_1, test_2} <= lesion.suv_max.keys()]
    labels = [int(lesion.reference == "present") for _, lesion in both]
    scores = [[lesion.suv_max[test] for _, lesion in both] for test in (test_1, test_2)]
    areas = compare_clustered_auc(labels, scores[0], scores[1], [owner for owner, _ in both], level)
    return UptakePair(test_1, test_2, len(both), len(decided) - len(both), areas)
