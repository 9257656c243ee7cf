"""Head to head when reads or reference diagnoses are missing: weighted to everybody, and bounds over every truth."""

from collections.abc import Sequence

from trial.inconclusive import Choice
from trial.paired_bounds import PairedBounds, bound_differences
from trial.paired_weights import FEWEST, WeightedComparison, WeightedDifference, weigh_comparison
from trial.participant import Participant
from trial.targets import Comparison, Target
from trial.verification import Bounds
from views.accuracy_words import say_points, say_signed
from views.charts_accuracy import ForestRow
from views.words import UNKNOWN, say_count

Missing = tuple[WeightedComparison, PairedBounds]


def assess_missing(people: Sequence[Participant], comparison: Comparison, target: Target, choice: Choice) -> Missing:
    """Both answers to what is missing, for one comparison and target."""
    asked = (comparison.test_1, comparison.test_2, target, choice)
    return weigh_comparison(people, *asked), bound_differences(people, *asked)


def add_missing_rows(rows: Sequence[ForestRow], missing: Missing) -> list[ForestRow]:
    """Below each difference of the pairs: weighted to everybody, and the bounds (thin, without a point)."""
    weighted, bounds = missing
    answers = ((weighted.sensitivity, bounds.sensitivity), (weighted.specificity, bounds.specificity))
    every: list[ForestRow] = []
    for row, (weight, bound) in zip(rows, answers, strict=True):
        difference = weight.difference
        told = say_points(difference) if difference.value is not None else f"{UNKNOWN} not told, see below"
        every += [
            row,
            ForestRow(f"{row.name}, weighted", difference.value, difference.low, difference.high, told),
            ForestRow(f"{row.name}, any truth", None, None, None, _say_bounds(bound), bound.low, bound.high),
        ]
    return every


def say_missing(missing: Missing, comparison: Comparison, names: dict[str, str]) -> tuple[str, ...]:
    """What each of the two assumes, in plain sentences, and why a weighted one is not told."""
    weighted, bounds = missing
    first, second = names[comparison.test_1], names[comparison.test_2]
    groups = f" and {weighted.groups}" if weighted.groups else ""
    says = [
        f"**Weighted**: {say_count(weighted.paired, 'pair')} stand for {weighted.read} read by {first} ({weighted.verified} with a "
        f"reference that decides). Each pair counts for those like it without {second}: same {first} result, same side of the "
        f"target{groups}. This assumes that among them, who had {second} has nothing to do with what it would show, and "
        f"that, given the {first} result, who has a reference diagnosis has nothing to do with the disease. A group in which "
        f"fewer than {FEWEST} had {second} is refused."
    ]
    says += [
        f"{name} is not told: {one.difference.says}."
        for name, one in (
            ("Weighted sensitivity", weighted.sensitivity),
            ("Weighted specificity", weighted.specificity),
        )
        if _is_refused(one)
    ]
    return (
        *says,
        f"**Any truth** assumes nothing: of {say_count(bounds.patients, 'patient')} it may apply to, {bounds.unread_1} lack "
        f"{first}, {bounds.unread_2} {second}, {bounds.unverified} a reference that decides. Whatever they would show, the "
        f"difference lies between these ends.",
    )


def _is_refused(one: WeightedDifference) -> bool:
    return one.difference.value is None


def _say_bounds(bound: Bounds) -> str:
    return (
        UNKNOWN if bound.low is None or bound.high is None else f"{say_signed(bound.low)} to {say_signed(bound.high)}"
    )
