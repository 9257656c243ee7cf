"""The area under the curve in words: per patient DeLong's interval, per lesion one that counts patients. No Streamlit here."""

from dataclasses import dataclass

from trial.clustered_roc import ClusteredAuc, estimate_clustered_auc
from trial.intervals import Estimate
from trial.roc import estimate_auc
from trial.uptake_pairs import UptakePair
from views.accuracy_scores import Scored
from views.accuracy_words import say_area, say_p
from views.words import UNKNOWN

CHANCE = 0.5
TURNED = "Below one half: in these patients the other side speaks for the target. The side is never turned for you."


@dataclass(frozen=True)
class Area:
    """The area with its interval, the words for the figure's note, and what has to be said beside it."""

    estimate: Estimate
    method: str
    says: tuple[str, ...]


def assess_area(scored: Scored, per_lesion: bool) -> Area:
    """`per_lesion`: a patient may have several values, and the patient is the unit sampled."""
    values = [score.value for score in scored.scores]
    plain = estimate_auc(scored.truths, values).area
    clustered = estimate_clustered_auc(scored.truths, values, scored.clusters) if per_lesion else None
    estimate = clustered.auc.area if clustered else plain
    says = [_open(estimate.says)] if estimate.value is not None and estimate.says else []
    if clustered and estimate.value is not None:
        says.append(_say_design(clustered, plain))
    if estimate.value is not None and estimate.value < CHANCE:
        says.append(TURNED)
    method = "patients as clusters, Obuchowski 95 %" if per_lesion else "DeLong 95 %"
    return Area(estimate, f"empirical, {method}", tuple(says))


def _say_design(found: ClusteredAuc, plain: Estimate) -> str:
    effect = UNKNOWN if found.design_effect is None else f"{found.design_effect:.2f}"
    lesions = found.auc.cases + found.auc.controls
    return (
        f"{lesions} places in {found.patients} patients, patients as clusters (Obuchowski 1997): design effect {effect}. "
        f"Taking every place as a patient of its own would give {say_area(plain)} (DeLong)."
    )


def _open(says: str) -> str:
    return f"{says[:1].upper()}{says[1:]}."


def say_uptake_pair(pair: UptakePair, names: dict[str, str]) -> str:
    """Both tracers' SUVmax in the same places as one sentence: areas, their difference, p and the design effect."""
    first, second = names[pair.test_1], names[pair.test_2]
    head = f"**SUVmax as a number**, in {pair.lesions} places measured on both scans with a reference"
    if pair.areas.difference.value is None:
        return f"{head}: areas {UNKNOWN} ({pair.areas.difference.says})."
    found = pair.areas
    effect = UNKNOWN if found.design_effect is None else f"{found.design_effect:.2f}"
    ends = (
        ""
        if found.difference.interval is None
        else f" [{_sign(found.difference.low)} to {_sign(found.difference.high)}]"
    )
    return (
        f"{head} ({found.a.patients} patients; {pair.without} more on one scan only): area {first} "
        f"{say_area(found.a.auc.area)}, {second} {say_area(found.b.auc.area)}; difference {_sign(found.difference.value)}{ends}, "
        f"{say_p(found.p, found.difference.says)}; patients as clusters (Obuchowski 1997), design effect {effect}."
    )


def _sign(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:+.2f}".replace("-", "−")
