"""What a cut-off does, put together for the screen: its span, who changes side, the published ones beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from trial.accuracy import Accuracy
from trial.cutoffs import Cutoff, load_cutoffs, question_uptake
from trial.intervals import Proportion
from trial.threshold import BestThreshold, ThresholdResult, assess_threshold, estimate_best_threshold, find_side_changes
from views.accuracy_scores import Index, Scored
from views.accuracy_words import say_proportion
from views.charts_accuracy_cut import ValuePoint
from views.charts_cut_marks import CutMark, mark_cut
from views.words import UNKNOWN, say_number

FINE, COARSE, WIDE = 0.1, 1.0, 150.0


@dataclass(frozen=True)
class Span:
    """How far a cut-off can be moved, in steps, and where it starts."""

    low: float
    high: float
    step: float
    start: float


def find_span(values: Sequence[float], published: Sequence[Cutoff]) -> Span | None:
    """From all values of the trial; starts at a published cut-off inside it, else at the middle value. None: no values."""
    if not values:
        return None
    step = FINE if max(values) - min(values) <= WIDE else COARSE
    low, high = math.floor(min(values) / step) * step, math.ceil(max(values) / step) * step
    inside = [one.threshold for one in published if low <= one.threshold <= high]
    start = inside[0] if inside else sorted(values)[len(values) // 2]
    start = min(max(round(start / step) * step, low), high)
    return Span(round(low, 1), round(max(high, low + step), 1), step, round(start, 1))


def apply_cut(scored: Scored, cut: float) -> ThresholdResult:
    """The two-by-two table of a cut-off given as it is measured; the side that is positive is the scores' own."""
    return assess_threshold(scored.scores, scored.sign * cut)


def find_changed(scored: Scored, before: float | None, cut: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who became positive and who negative since the last cut-off; nobody when there was none."""
    if before is None or before == cut:
        return (), ()
    changes = find_side_changes(scored.scores, scored.sign * before, scored.sign * cut)
    return changes.became_positive, changes.became_negative


def make_points(scored: Scored, changed: Sequence[str]) -> list[ValuePoint]:
    """Every value for the figure, those that changed side marked."""
    moved = set(changed)
    return [
        ValuePoint(score.patient_id, subtype, value, score.diseased, score.patient_id in moved)
        for score, subtype, value in zip(scored.scores, scored.subtypes, scored.values, strict=True)
    ]


def say_uptake_warning(cutoff: Cutoff, minutes: Sequence[float | None]) -> str | None:
    """Why this cut-off may not fit these scans, and in how many of them; None when it fits all."""
    if cutoff.uptake_minutes is None:
        return question_uptake(cutoff, None)
    unlike = [one for one in minutes if question_uptake(cutoff, one)]
    if not unlike:
        return None
    known = sorted(one for one in minutes if one is not None)
    span = f"{known[0]:.0f}–{known[-1]:.0f} min" if known else f"times {UNKNOWN}"
    allowed = load_cutoffs().tolerance_minutes
    return (
        f"published at {cutoff.uptake_minutes:g} min; {len(unlike)} of {len(minutes)} scans here are not within "
        f"{allowed:g} min of it ({span}): the cut-off does not apply to them"
    )


def make_cut_row(cutoff: Cutoff, here: Accuracy, warning: str | None) -> dict[str, str]:
    """A published cut-off as a line of the table: in print, here, and the warning."""
    return {
        "Cut-off": f"≥ {cutoff.threshold:g}",
        "Sensitivity in print": _say_printed(cutoff.sensitivity),
        "Specificity in print": _say_printed(cutoff.specificity),
        "Sensitivity here": say_proportion(here.sensitivity, exact=False),
        "Specificity here": say_proportion(here.specificity, exact=False),
        "Warning": warning or "",
        "Population": cutoff.population,
        "Source": f"{cutoff.source} ({cutoff.grade}{f'; {cutoff.says}' if cutoff.says else ''})",
    }


def make_marks(
    scored: Scored, cut: ThresholdResult, published: Sequence[Cutoff], index: Index, at: float
) -> list[CutMark]:
    """The cut-off in these patients and the published ones as printed, each with its own Wilson intervals."""
    own = mark_cut(f"{say_number(at)} here", cut.accuracy, f"{index.name} {say_number(at)} in these patients")
    marks = [own] if own else []
    for one in published if scored.sign > 0 else ():
        se, sp = one.sensitivity, one.specificity
        if se and sp and se.estimate is not None and sp.estimate is not None and se.wilson and sp.wilson:
            says = f"as printed: {one.population}. {one.source}"
            of_se, of_sp = ((end.low, end.high) for end in (se.wilson, sp.wilson))
            marks.append(CutMark(f"{one.threshold:g} in print", se.estimate, sp.estimate, of_se, of_sp, says, True))
    return marks


@st.cache_data(max_entries=64, show_spinner=False)
def estimate_best(truths: Sequence[int], scores: Sequence[float]) -> BestThreshold:
    """The best cut-off with its bootstrap, kept: the same patients give the same numbers."""
    return estimate_best_threshold(truths, scores)


def say_best(best: BestThreshold, sign: int) -> str:
    """The best cut-off, how it looks here, and what is left when the luck of having picked it here is taken out."""
    if best.threshold.value is None or best.apparent_sensitivity is None or best.apparent_specificity is None:
        return f"Best cut-off: {UNKNOWN} ({best.threshold.says})."
    interval = best.threshold.interval
    ends = sorted(sign * end for end in (interval.low, interval.high)) if interval else []
    spread = f" [{say_number(ends[0])}–{say_number(ends[1])}]" if ends else ""
    seen = f"sensitivity {100 * best.apparent_sensitivity:.0f} %, specificity {100 * best.apparent_specificity:.0f} %"
    if best.corrected_sensitivity is None or best.corrected_specificity is None:
        kept = f"corrected {UNKNOWN} ({best.threshold.says})"
    else:
        kept = (
            f"corrected for optimism {100 * best.corrected_sensitivity:.0f} % and "
            f"{100 * best.corrected_specificity:.0f} % (optimism of the Youden index {best.optimism:.3f})"
        )
    return (
        f"Best cut-off here {say_number(sign * best.threshold.value)}{spread}: apparent {seen}; {kept}. "
        f"{best.method}; {best.resamples} resamples, seed {best.seed}."
    )


def _say_printed(share: Proportion | None) -> str:
    return f"{UNKNOWN} (counts not known)" if share is None else say_proportion(share, exact=False)
