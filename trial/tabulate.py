"""One index test over the cohort: patients and lesions counted against the reference standard, with all that follows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from trial.accuracy import Accuracy, compute_accuracy
from trial.clustered import ClusteredProportion, estimate_clustered_proportion
from trial.inconclusive import Choice, Inconclusive, ThreeByTwo, assess_inconclusive, count_inconclusive
from trial.intervals import LEVEL
from trial.participant import Lesion, Participant, ReadResult
from trial.targets import Target, judge_read, judge_reference
from trial.verification import PartialVerification, Verified, estimate_begg_greenes

Cell = tuple[str, str]


@dataclass(frozen=True)
class TestAccuracy:
    """Everything about one test and one target, per patient.

    `patients` lists the ids of each (test's result, truth) cell; truth `unverified`, `inconclusive` and `not_applicable`
    stay outside the two-by-two table. `choice`: how inconclusive reads are counted in `accuracy`.
    """

    __test__ = False

    test: str
    target: str
    choice: Choice
    n_read: int
    n_verified: int
    accuracy: Accuracy
    inconclusive: Inconclusive
    verification: PartialVerification
    patients: dict[Cell, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class LesionAccuracy:
    """One test per lesion, the patient as the unit sampled; `unverified` lesions have no reference and do not count."""

    test: str
    choice: Choice
    lesions: int
    patients: int
    unverified: int
    inconclusive: int
    sensitivity: ClusteredProportion
    specificity: ClusteredProportion
    ppv: ClusteredProportion


def assess_test(
    participants: Iterable[Participant],
    test: str,
    target: Target,
    choice: Choice = "excluding",
    level: float = LEVEL,
) -> TestAccuracy:
    """Accuracy of one test for one target in everybody eligible who was read."""
    cells = _sort_patients(participants, test, target)
    counts = {cell: len(patients) for cell, patients in cells.items()}
    table = ThreeByTwo(
        *[
            (counts["positive", truth], counts["inconclusive", truth], counts["negative", truth])
            for truth in ("present", "absent")
        ]
    )
    positive, negative = (
        Verified(counts[result, "present"], counts[result, "absent"], counts[result, "unverified"])
        for result in ("positive", "negative")
    )
    return TestAccuracy(
        test=test,
        target=target.code,
        choice=choice,
        n_read=sum(counts.values()),
        n_verified=table.total,
        accuracy=compute_accuracy(*count_inconclusive(table, choice), level),
        inconclusive=assess_inconclusive(table, level),
        verification=estimate_begg_greenes(positive, negative, level),
        patients={cell: tuple(patients) for cell, patients in cells.items()},
    )


def assess_lesions(
    participants: Sequence[Participant], test: str, choice: Choice = "excluding", level: float = LEVEL
) -> LesionAccuracy:
    """Sensitivity, specificity and positive predictive value per lesion, for lesions this test has a result of."""
    read = [[one for one in person.lesions if test in one.results] for person in participants if person.eligible]
    calls = [[(one.reference, call_lesion(one, test, choice)) for one in lesions] for lesions in read]
    return LesionAccuracy(
        test=test,
        choice=choice,
        lesions=sum(len(lesions) for lesions in read),
        patients=sum(bool(lesions) for lesions in read),
        unverified=sum(one.reference not in ("present", "absent") for lesions in read for one in lesions),
        inconclusive=sum(one.results[test] == "inconclusive" for lesions in read for one in lesions),
        sensitivity=_share(calls, "present", "positive", level),
        specificity=_share(calls, "absent", "negative", level),
        ppv=estimate_clustered_proportion(
            [[int(truth == "present") for truth, call in one if call == "positive" and _known(truth)] for one in calls],
            level,
        ),
    )


def call_lesion(lesion: Lesion, test: str, choice: Choice) -> ReadResult | None:
    """What a test counts as having said of a lesion; None when it has no result or an inconclusive one is left out."""
    return count_as(lesion.results.get(test), lesion.reference == "present", choice)


def count_as(said: ReadResult | None, present: bool, choice: Choice) -> ReadResult | None:
    """A result with an inconclusive one turned into what the choice makes of it, None when it is left out."""
    if said != "inconclusive":
        return said
    if choice == "intention_to_diagnose":
        return "negative" if present else "positive"
    if choice == "as_positive":
        return "positive"
    return "negative" if choice == "as_negative" else None


def _sort_patients(participants: Iterable[Participant], test: str, target: Target) -> dict[Cell, list[str]]:
    truths = ("present", "absent", "inconclusive", "not_applicable", "unverified")
    cells: dict[Cell, list[str]] = {(r, t): [] for r in ("positive", "inconclusive", "negative") for t in truths}
    for person in participants:
        said = judge_read(person.find_test(test), target)
        if person.eligible and said is not None:
            cells[said, judge_reference(person.reference, target) or "unverified"].append(person.patient_id)
    return cells


def _share(
    calls: Sequence[Sequence[tuple[str | None, str | None]]], truth: str, right: str, level: float
) -> ClusteredProportion:
    clusters = [[int(call == right) for known, call in one if known == truth and call is not None] for one in calls]
    return estimate_clustered_proportion(clusters, level)


def _known(truth: str | None) -> bool:
    return truth in ("present", "absent")
