"""The area under the curve in words: per patient DeLong's interval, per lesion one that counts patients. No Streamlit here."""

from dataclasses import dataclass, replace

from trial.clustered_roc import ClusteredAuc, estimate_clustered_auc
from trial.intervals import Estimate
from trial.roc import Auc, estimate_auc
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
    plain = estimate_auc(scored.truths, values)
    clustered = estimate_clustered_auc(scored.truths, values, scored.clusters) if per_lesion else None
    estimate = take_logit(clustered.auc if clustered else plain)
    says = [_open(estimate.says)] if estimate.value is not None and estimate.says else []
    if clustered and estimate.value is not None:
        says.append(_say_design(clustered, take_logit(plain)))
    if estimate.value is not None and estimate.value < CHANCE:
        says.append(TURNED)
    method = "patients as clusters, Obuchowski 95 % on the logit" if per_lesion else "DeLong 95 % on the logit"
    return Area(estimate, f"empirical, {method}", tuple(says))


def take_logit(auc: Auc) -> Estimate:
    """The area with its interval on the logit, which covers near 1 too; where there is none, as it is."""
    return replace(auc.area, interval=auc.on_logit) if auc.on_logit else auc.area


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
    areas = [say_area(take_logit(one.auc)) for one in (found.a, found.b)]
    return (
        f"{head} ({found.a.patients} patients; {pair.without} more on one scan only): area {first} {areas[0]}, {second} "
        f"{areas[1]}; difference {_sign(found.difference.value)}{ends}, {say_p(found.p, found.difference.says)}; patients as "
        f"clusters (Obuchowski 1997), design effect {effect}."
    )


def _sign(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:+.2f}".replace("-", "−")
