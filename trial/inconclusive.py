"""Inconclusive reads, counted by an explicit choice: left out, as wrong, as positive or as negative."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trial.intervals import LEVEL, Proportion, check_counts, divide, estimate_proportion

Choice = Literal["excluding", "intention_to_diagnose", "as_positive", "as_negative"]
CHOICES: tuple[Choice, ...] = ("excluding", "intention_to_diagnose", "as_positive", "as_negative")
SAYS: dict[Choice, str] = {
    "excluding": "inconclusive reads are left out",
    "intention_to_diagnose": "inconclusive reads count as wrong",
    "as_positive": "inconclusive reads count as positive",
    "as_negative": "inconclusive reads count as negative",
}


@dataclass(frozen=True)
class ThreeByTwo:
    """Positive, inconclusive and negative results among those with and without the target."""

    diseased: tuple[int, int, int]
    healthy: tuple[int, int, int]

    @property
    def total(self) -> int:
        return sum(self.diseased) + sum(self.healthy)

    @property
    def inconclusive(self) -> int:
        return self.diseased[1] + self.healthy[1]


@dataclass(frozen=True)
class CountedAs:
    """Sensitivity and specificity under one choice, with the table (tp, fp, fn, tn) it leads to."""

    choice: Choice
    says: str
    table: tuple[int, int, int, int]
    sensitivity: Proportion
    specificity: Proportion


@dataclass(frozen=True)
class Inconclusive:
    """Every choice side by side; `conclusive_share` (the yield) is the share of all reads that decided."""

    table: ThreeByTwo
    conclusive_share: float | None
    options: dict[Choice, CountedAs]


@dataclass(frozen=True)
class SliderPoint:
    """Sensitivity and specificity when this share of the inconclusive reads is counted as positive."""

    share_positive: float
    sensitivity: float | None
    specificity: float | None


def read_three_by_two(diseased: Sequence[float], healthy: Sequence[float]) -> ThreeByTwo:
    """From two lists [positive, inconclusive, negative]; raises CountError for a count that cannot be."""
    words = ("positive", "inconclusive", "negative")
    rows = [
        check_counts(row, [f"{name} {word}" for word in words])
        for name, row in (("diseased", diseased), ("healthy", healthy))
    ]
    return ThreeByTwo((rows[0][0], rows[0][1], rows[0][2]), (rows[1][0], rows[1][1], rows[1][2]))


def assess_inconclusive(table: ThreeByTwo, level: float = LEVEL) -> Inconclusive:
    """All four choices and the yield."""
    return Inconclusive(
        table=table,
        conclusive_share=divide(table.total - table.inconclusive, table.total),
        options={choice: _count_as(table, choice, level) for choice in CHOICES},
    )


def count_inconclusive(table: ThreeByTwo, choice: Choice) -> tuple[int, int, int, int]:
    """(tp, fp, fn, tn) with the inconclusive reads counted by the choice."""
    (tp, unclear, fn), (fp, doubtful, tn) = table.diseased, table.healthy
    if choice == "intention_to_diagnose":
        return tp, fp + doubtful, fn + unclear, tn
    if choice == "as_positive":
        return tp + unclear, fp + doubtful, fn, tn
    if choice == "as_negative":
        return tp, fp, fn + unclear, tn + doubtful
    return tp, fp, fn, tn


def slide_inconclusive(table: ThreeByTwo, steps: int = 11) -> tuple[SliderPoint, ...]:
    """From all inconclusive reads counted negative (first point) to all counted positive (last)."""
    (tp, unclear, _), (_, doubtful, tn) = table.diseased, table.healthy
    points = []
    for step in range(steps):
        share = step / (steps - 1)
        sensitivity = divide(tp + share * unclear, sum(table.diseased))
        specificity = divide(tn + (1 - share) * doubtful, sum(table.healthy))
        points.append(SliderPoint(share, sensitivity, specificity))
    return tuple(points)


def _count_as(table: ThreeByTwo, choice: Choice, level: float) -> CountedAs:
    tp, fp, fn, tn = cells = count_inconclusive(table, choice)
    sensitivity, specificity = estimate_proportion(tp, tp + fn, level), estimate_proportion(tn, tn + fp, level)
    return CountedAs(choice, SAYS[choice], cells, sensitivity, specificity)
