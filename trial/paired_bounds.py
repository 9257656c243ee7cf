"""Two tests with reads or reference diagnoses missing: the lowest and highest difference that any truth could give.

Nothing is assumed: a missing read may be right or wrong, a patient without a reference diagnosis may have the target, be
without it, or be somebody it does not apply to.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from trial.inconclusive import Choice
from trial.participant import Participant, ReadResult
from trial.tabulate import count_as
from trial.targets import Target, judge_read, judge_reference
from trial.verification import Bounds

Reach = tuple[int, int]


@dataclass(frozen=True)
class PairedBounds:
    """Bounds of test 1 minus test 2 in everybody eligible the target applies to; who is unknown, each patient once a line.

    `unread_1`, `unread_2`: without a read of the test; `unverified`: the reference standard has not decided the target.
    """

    patients: int
    unread_1: int
    unread_2: int
    unverified: int
    sensitivity: Bounds
    specificity: Bounds


@dataclass(frozen=True)
class Knowledge:
    """What is known of one patient: the truth (None: not decided) and what each test said (None: not known)."""

    truth: str | None
    first: ReadResult | None
    second: ReadResult | None

    def reach(self, truth: str, choice: Choice) -> Reach:
        """The lowest and highest of (test 1 right) minus (test 2 right), each 0 or 1, if this is the truth."""
        wanted = "positive" if truth == "present" else "negative"
        ends = []
        for said in (self.first, self.second):
            counted = count_as(said, truth == "present", choice)
            ends.append((0, 1) if counted is None else (int(counted == wanted), int(counted == wanted)))
        return ends[0][0] - ends[1][1], ends[0][1] - ends[1][0]


def bound_differences(
    participants: Iterable[Participant], test_1: str, test_2: str, target: Target, choice: Choice = "excluding"
) -> PairedBounds:
    """Everybody eligible; with `excluding` a patient with an inconclusive read stays left out, as in the comparison."""
    people = list(_know(participants, (test_1, test_2), target, choice))
    return PairedBounds(
        patients=len(people),
        unread_1=sum(one.first is None for one in people),
        unread_2=sum(one.second is None for one in people),
        unverified=sum(one.truth is None for one in people),
        sensitivity=_bound(people, "present", choice),
        specificity=_bound(people, "absent", choice),
    )


def find_highest_mean(certain: Sequence[int], possible: Sequence[int]) -> float | None:
    """The highest mean of all `certain` values and any of the `possible` ones; None when there is no value at all."""
    total, count = sum(certain), len(certain)
    for value in sorted(possible, reverse=True):
        if count and value * count <= total:
            break
        total, count = total + value, count + 1
    return total / count if count else None


def _know(
    participants: Iterable[Participant], tests: tuple[str, str], target: Target, choice: Choice
) -> Iterator[Knowledge]:
    for person in participants:
        truth = judge_reference(person.reference, target)
        if not person.eligible or truth == "not_applicable":
            continue
        first, second = (judge_read(person.find_test(test), target) for test in tests)
        if choice == "excluding" and "inconclusive" in (first, second):
            continue
        yield Knowledge(truth if truth in ("present", "absent") else None, first, second)


def _bound(people: Sequence[Knowledge], truth: str, choice: Choice) -> Bounds:
    certain = [one.reach(truth, choice) for one in people if one.truth == truth]
    possible = [one.reach(truth, choice) for one in people if one.truth is None]
    highest = find_highest_mean([high for _, high in certain], [high for _, high in possible])
    lowest = find_highest_mean([-low for low, _ in certain], [-low for low, _ in possible])
    unread = sum(low != high for low, high in certain)
    says = f"{unread} of {len(certain)} lack a read and {len(possible)} a reference diagnosis: every truth gives a value in between"
    return Bounds(None if lowest is None else -lowest + 0.0, highest, says)
