"""Two index tests in the patients who had both, what each adds to the others, and why the rest are missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from trial.clustered import ClusteredPaired, ClusteredProportion, compare_clustered, estimate_clustered_proportion
from trial.flow import NOT_GIVEN, Reason
from trial.inconclusive import SAYS, Choice
from trial.intervals import LEVEL
from trial.paired import PairedAccuracy, PairedDifference, PairedTable, compare_accuracy, compare_paired
from trial.participant import Lesion, Participant, ReadResult
from trial.predictive_values import (
    PredictiveScores,
    RelativePredictiveValues,
    assess_predictive_scores,
    compare_predictive_values,
)
from trial.tabulate import call_lesion, count_as
from trial.targets import Target, judge_read, judge_reference, load_plan

Pair = tuple[ReadResult, ReadResult]
UNDECIDED: dict[str | None, str] = {
    None: "no reference diagnosis",
    "inconclusive": "reference standard inconclusive",
    "not_applicable": "the target does not apply to this diagnosis",
}


@dataclass(frozen=True)
class HeadToHead:
    """Test 1 against test 2 for one target.

    `total`: eligible patients; `paired`: read by both, verified for the target and counted under `choice`; everybody else
    is in `missing`, each patient once. `discordant`: the ids read differently, by (test 1, test 2).
    """

    test_1: str
    test_2: str
    target: str
    choice: Choice
    total: int
    paired: int
    missing: tuple[Reason, ...]
    accuracy: PairedAccuracy
    predictive_values: RelativePredictiveValues
    scores: PredictiveScores
    discordant: dict[Pair, tuple[str, ...]]


@dataclass(frozen=True)
class LesionHeadToHead:
    """Two tests per lesion: the share each found of those present, and the tests that allow for several in a patient."""

    test_1: str
    test_2: str
    choice: Choice
    lesions: int
    patients: int
    found_1: ClusteredProportion
    found_2: ClusteredProportion
    difference: ClusteredPaired
    cleared_1: ClusteredProportion
    cleared_2: ClusteredProportion
    cleared_difference: ClusteredPaired


@dataclass(frozen=True)
class Localisation:
    """How often each test named the very site of the reference diagnosis, in patients read by both."""

    test_1: str
    test_2: str
    total: int
    paired: int
    missing: tuple[Reason, ...]
    right: PairedDifference


@dataclass(frozen=True)
class FoundBy:
    """Patients found by exactly these tests (empty: by none), of those whom every test was read in."""

    tests: frozenset[str]
    patients: tuple[str, ...]


@dataclass(frozen=True)
class Contribution:
    """Who has the target and was found by which combination of tests; `total` with the target, the rest in `missing`."""

    target: str
    tests: tuple[str, ...]
    total: int
    complete: int
    missing: tuple[Reason, ...]
    combinations: tuple[FoundBy, ...]


def compare_tests(
    participants: Iterable[Participant],
    test_1: str,
    test_2: str,
    target: Target,
    choice: Choice = "excluding",
    level: float = LEVEL,
) -> HeadToHead:
    """The paired comparison, never pooling those with and without the target."""
    total, gone = 0, _Gone()
    counts = {truth: dict.fromkeys(product(("positive", "negative"), repeat=2), 0) for truth in ("present", "absent")}
    discordant: dict[Pair, list[str]] = {("positive", "negative"): [], ("negative", "positive"): []}
    for person in participants:
        if not person.eligible:
            continue
        total += 1
        why, truth, pair = _pair(person, (test_1, test_2), target, choice)
        if truth is None or pair is None:
            gone.add(why, person.patient_id)
            continue
        counts[truth][pair] += 1
        if pair in discordant:
            discordant[pair].append(person.patient_id)
    diseased, healthy = (PairedTable(*counts[truth].values()) for truth in ("present", "absent"))
    return HeadToHead(
        test_1=test_1,
        test_2=test_2,
        target=target.code,
        choice=choice,
        total=total,
        paired=diseased.total + healthy.total,
        missing=gone.sort(),
        accuracy=compare_accuracy(diseased, healthy, level),
        predictive_values=compare_predictive_values(diseased, healthy, level),
        scores=assess_predictive_scores(diseased, healthy),
        discordant={pair: tuple(patients) for pair, patients in discordant.items()},
    )


def compare_lesions(
    participants: Sequence[Participant], test_1: str, test_2: str, choice: Choice = "excluding", level: float = LEVEL
) -> LesionHeadToHead:
    """Two tests in the lesions both have a result of and the reference standard decided."""
    right = {
        truth: [
            _right(person.lesions, truth, (test_1, test_2), choice) if person.eligible else []
            for person in participants
        ]
        for truth in ("present", "absent")
    }
    shares = [
        estimate_clustered_proportion([[pair[index] for pair in one] for one in right[truth]], level)
        for truth in ("present", "absent")
        for index in (0, 1)
    ]
    return LesionHeadToHead(
        test_1=test_1,
        test_2=test_2,
        choice=choice,
        lesions=shares[0].n + shares[2].n,
        patients=sum(any(both) for both in zip(right["present"], right["absent"], strict=True)),
        found_1=shares[0],
        found_2=shares[1],
        difference=compare_clustered(right["present"]),
        cleared_1=shares[2],
        cleared_2=shares[3],
        cleared_difference=compare_clustered(right["absent"]),
    )


def compare_localisation(
    participants: Iterable[Participant], test_1: str, test_2: str, level: float = LEVEL
) -> Localisation:
    """Share of patients with a known site whose site each test named; a read that names none is wrong, not missing."""
    total, gone = 0, _Gone()
    counts = dict.fromkeys(product((True, False), repeat=2), 0)
    nowhere = load_plan().no_place
    for person in participants:
        if not person.eligible:
            continue
        total += 1
        site = person.reference.site if person.reference.status == "made" else None
        why = _why_unread(person, (test_1, test_2))
        if why is None and (site is None or site in nowhere):
            why = "no site in the reference diagnosis"
        if why is not None:
            gone.add(why, person.patient_id)
            continue
        first, second = (person.find_test(test).site == site for test in (test_1, test_2))
        counts[first, second] += 1
    table = PairedTable(*counts.values())
    return Localisation(test_1, test_2, total, table.total, gone.sort(), compare_paired(table, level))


def compute_contribution(participants: Iterable[Participant], tests: Sequence[str], target: Target) -> Contribution:
    """Found by Pentixafor only, by DOTATATE only, by both …: every combination of the tests, the empty one included.

    Only patients with the target and a read of every test count; an inconclusive read found nothing.
    """
    total, gone = 0, _Gone()
    found: dict[frozenset[str], list[str]] = {
        frozenset(test for test, seen in zip(tests, chosen, strict=True) if seen): []
        for chosen in product((True, False), repeat=len(tests))
    }
    for person in participants:
        if not person.eligible or judge_reference(person.reference, target) != "present":
            continue
        total += 1
        if (why := _why_unread(person, tests)) is not None:
            gone.add(why, person.patient_id)
            continue
        seen = frozenset(test for test in tests if judge_read(person.find_test(test), target) == "positive")
        found[seen].append(person.patient_id)
    combinations = tuple(FoundBy(chosen, tuple(patients)) for chosen, patients in found.items())
    complete = sum(len(one.patients) for one in combinations)
    return Contribution(target.code, tuple(tests), total, complete, gone.sort(), combinations)


class _Gone:
    """Patients who drop out of a comparison, by reason."""

    def __init__(self) -> None:
        self._patients: dict[str, list[str]] = {}

    def add(self, reason: str, patient_id: str) -> None:
        self._patients.setdefault(reason, []).append(patient_id)

    def sort(self) -> tuple[Reason, ...]:
        """The most frequent reason first."""
        ordered = sorted(self._patients.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple(Reason(reason, tuple(patients)) for reason, patients in ordered)


def _pair(
    person: Participant, tests: tuple[str, str], target: Target, choice: Choice
) -> tuple[str, str | None, Pair | None]:
    """Why this patient is not in the comparison, or the truth and both results as counted."""
    if (why := _why_unread(person, tests)) is not None:
        return why, None, None
    truth = judge_reference(person.reference, target)
    if truth not in ("present", "absent"):
        return UNDECIDED[truth], None, None
    first, second = (count_as(judge_read(person.find_test(test), target), truth == "present", choice) for test in tests)
    if first is None or second is None:
        return f"inconclusive read: {SAYS['excluding']}", None, None
    return "", truth, (first, second)


def _why_unread(person: Participant, tests: Sequence[str]) -> str | None:
    names = {test.code: test.name for test in load_plan().tests}
    for test in tests:
        read = person.find_test(test)
        if read.result is None:
            name = names.get(test, test)
            return f"{name} not yet read" if read.done else f"no {name}: {read.missing_reason or NOT_GIVEN}"
    return None


def _right(lesions: Iterable[Lesion], truth: str, tests: tuple[str, str], choice: Choice) -> list[list[int]]:
    wanted = "positive" if truth == "present" else "negative"
    pairs = [[call_lesion(one, test, choice) for test in tests] for one in lesions if one.reference == truth]
    return [[int(call == wanted) for call in pair] for pair in pairs if None not in pair]
