"""How sure the trial can get: sample size, expected width of the intervals at the target, patients still needed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Literal

from trial.intervals import LEVEL, CountError, Interval, compute_wilson, find_normal_quantile

BUDERER = "Buderer 1996"
TOGETHER = "without the target"
Measure = Literal["sensitivity", "specificity"]


@dataclass(frozen=True)
class SampleSize:
    """Patients to enrol so that each estimate has this half width; None when nobody of that class is expected."""

    total_for_sensitivity: int | None
    total_for_specificity: int | None
    method: str = BUDERER


@dataclass(frozen=True)
class ConformalRank:
    """Which smallest score is the threshold of a prediction set; not `possible` with too few cases of the class."""

    rank: int
    possible: bool


@dataclass(frozen=True)
class ExpectedPrecision:
    """One class at the target enrolment: how many are expected at today's mix and how wide the interval will be.

    `counts_for`: sensitivity in a class that has the target; specificity in all without it, who are one group (`TOGETHER`).
    A class of that group alone has no interval and no need of its own: None. `more_needed`: patients still missing for the
    width asked for, given those there now; `enrol_needed`: how many to enrol for that at today's mix, None while there is nobody.
    """

    group: str
    now: int
    expected: float
    interval: Interval | None
    needed: int | None
    more_needed: int | None
    enrol_needed: int | None
    says: str
    counts_for: Measure = "sensitivity"


def compute_sample_size(
    sensitivity: float, specificity: float, half_width: float, prevalence: float, level: float = LEVEL
) -> SampleSize:
    """Buderer's totals, rounded up. Raises CountError for a share outside 0 … 1 or a half width of 0."""
    shares = {"sensitivity": sensitivity, "specificity": specificity, "prevalence": prevalence}
    for name, value in shares.items():
        if not 0 <= value <= 1:
            raise CountError(f"{name} {value:g}: a share lies from 0 to 1")
    if not 0 < half_width < 1:
        raise CountError(f"half_width {half_width:g}: a half width lies between 0 and 1")
    reach = find_normal_quantile(level) / half_width
    return SampleSize(
        _divide_up(reach**2 * sensitivity * (1 - sensitivity), prevalence),
        _divide_up(reach**2 * specificity * (1 - specificity), 1 - prevalence),
    )


def compute_conformal_rank(n: int, alpha: float) -> ConformalRank:
    """ceil((n + 1)(1 - alpha)) in exact arithmetic; possible only when it is at most n."""
    if n < 0 or not 0 < alpha < 1:
        raise CountError(f"n {n}, alpha {alpha:g}: n is 0 or more, alpha between 0 and 1")
    rank = ceil((n + 1) * (1 - Fraction(str(alpha))))
    return ConformalRank(rank, rank <= n)


def estimate_precision(
    counts: Mapping[str, int],
    target: int,
    share: float,
    half_width: float,
    level: float = LEVEL,
    without: Collection[str] = (),
) -> tuple[ExpectedPrecision, ...]:
    """For each class of today's `counts`: the Wilson interval at `target` patients if the estimate is `share`.

    `half_width` is half the width the reader asks for; the numbers needed are for that width and the same `share`. Classes
    `without` the target have no share found: they come last, then one line for all of them, which is what specificity rests on.
    """
    known = sum(counts.values())
    needed = find_needed(share, half_width, level)
    asked = (known, target, share, needed, level)
    lines = [_expect(group, now, *asked) for group, now in counts.items() if group not in without]
    apart = {group: now for group, now in counts.items() if group in without}
    lines += [_count_with(group, now, known, target) for group, now in apart.items()]
    if apart:
        lines.append(replace(_expect(TOGETHER, sum(apart.values()), *asked), counts_for="specificity"))
    return tuple(lines)


def find_needed(share: float, half_width: float, level: float = LEVEL) -> int:
    """The fewest patients whose Wilson interval around `share` is at most twice `half_width` wide."""
    if not 0 <= share <= 1 or not 0 < half_width < 1:
        raise CountError(f"share {share:g}, half_width {half_width:g}: both are shares, half_width above 0")
    low, high = 1, 2
    while compute_wilson(share * high, high, level).width > 2 * half_width:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        if compute_wilson(share * middle, middle, level).width > 2 * half_width:
            low = middle + 1
        else:
            high = middle
    return low


def _expect(
    group: str, now: int, known: int, target: int, share: float, needed: int, level: float
) -> ExpectedPrecision:
    mix = now / known if known else 0.0
    expected = mix * target
    more = max(needed - now, 0)
    if not now:
        says = "nobody of this class yet, so today's mix cannot say how many will come"
        return ExpectedPrecision(group, 0, 0.0, None, needed, more, 0 if not more else None, says)
    interval = compute_wilson(share * expected, expected, level)
    says = f"{now} of {known} today, so {expected:.0f} expected at {target}"
    return ExpectedPrecision(group, now, expected, interval, needed, more, ceil(round(more / mix, 9)), says)


def _count_with(group: str, now: int, known: int, target: int) -> ExpectedPrecision:
    """A class without the target: a number, and no share of its own that could be right or wrong."""
    expected = now / known * target if known else 0.0
    says = "without the target: counts for the specificity, together with the others without it"
    return ExpectedPrecision(group, now, expected, None, None, None, None, says, "specificity")


def _divide_up(needed: float, share: float) -> int | None:
    return ceil(round(needed / share, 9)) if share > 0 else None
