"""Where the lesion is: the site given each subtype, moved by what imaging and sampling show."""

from typing import Any

from decision.assessment import SiteProbability
from decision.case import Case, ImagingFinding
from decision.ectopic_sites import locate_ectopic
from decision.evidence import Knowledge
from decision.patterns import ADRENALS, find_anatomy

ALL_SITES = (
    "pituitary", "pituitary_left", "pituitary_right", "pituitary_midline", "adrenal_left", "adrenal_right",
    "adrenal_bilateral", "lung", "mediastinum", "pancreas", "thyroid", "gastrointestinal", "other", "occult", "none",
)  # fmt: skip


def locate_lesion(
    case: Case, subtypes: dict[str, float], knowledge: Knowledge, place: str = "china"
) -> tuple[SiteProbability, ...]:
    """Probability of every site, most probable first, summing to 1; `subtypes` is the posterior.

    `place` names the published shares of ectopic sites to start from; one that is not known is a ValueError.
    """
    rules = knowledge.rules["sites"]
    given = {
        "CD": _pituitary(case, rules),
        "EAS": locate_ectopic(case, rules, place),
        "CPA": _one_adrenal(case, rules["adrenal_side"]),
        "ACC": _one_adrenal(case, rules["adrenal_side"]),
        "MACS": _one_adrenal(case, rules["adrenal_side"]),
        "PBMAH": {"adrenal_bilateral": 1.0},
        "PPNAD": {"adrenal_bilateral": 1.0},
    }
    total = dict.fromkeys(ALL_SITES, 0.0)
    for subtype, probability in subtypes.items():
        for site, share in given.get(subtype, {"none": 1.0}).items():
            total[site] += probability * share
    whole = sum(total.values())
    ranked = sorted(ALL_SITES, key=lambda site: (-total[site], ALL_SITES.index(site)))
    return tuple(SiteProbability(site, total[site] / whole) for site in ranked)


def _pituitary(case: Case, rules: dict[str, Any]) -> dict[str, float]:
    rule = rules["pituitary_side"]
    lesions = [item for item in find_anatomy(case, ["pituitary"]) if item.finding != "normal" and item.side]
    mri = {str(item.side) for item in lesions}
    ipss = {
        result.side
        for result in case.results
        if result.test == "ipss_lateralisation_ratio" and (result.value or 0) >= rule["ipss_ratio_at_least"]
    } - {None}
    sides = {side for side in mri | ipss if side is not None}
    if len(sides) == 1:
        return _name_side(sides.pop(), rule["both"] if mri and ipss else rule["mri"] if mri else rule["ipss"], rule)
    large = any((item.size_mm or 0) >= rules["pituitary_discordant"]["mri_size_from_mm"] for item in lesions)
    if len(mri) == 1 and large:
        return _name_side(mri.pop(), rule["mri"], rule)
    return {"pituitary": 1.0}


def _name_side(side: str, sure: float, rule: dict[str, Any]) -> dict[str, float]:
    if side == "midline":
        return {"pituitary_midline": sure, "pituitary": 1 - sure}
    opposite = "right" if side == "left" else "left"
    rest = 1 - sure
    return {
        f"pituitary_{side}": sure,
        f"pituitary_{opposite}": rest * rule["other_side"],
        "pituitary_midline": rest * (1 - rule["other_side"]),
    }


def _one_adrenal(case: Case, rule: dict[str, Any]) -> dict[str, float]:
    items = find_anatomy(case, ADRENALS)
    hot = {item.region for item in items if item.finding in ("lesion", "mass", "nodules")}
    if not hot:
        hot = {item.region for item in _reads(case, "68Ga-Pentixafor", "positive") if item.region in ADRENALS}
    if len(hot) == 1:
        side = str(next(iter(hot)))
        other = ADRENALS[1 - ADRENALS.index(side)]
        return {
            side: rule["seen"],
            other: 1 - rule["seen"] - 0.5 * rule["bilateral"],
            "adrenal_bilateral": 0.5 * rule["bilateral"],
        }
    both = rule["bilateral_seen"] if len(hot) == 2 else rule["bilateral"]
    left = _dominant_left(items, rule["left"]) if len(hot) == 2 else rule["left"]
    return {"adrenal_left": (1 - both) * left, "adrenal_right": (1 - both) * (1 - left), "adrenal_bilateral": both}


def _dominant_left(items: tuple[ImagingFinding, ...], prior_left: float) -> float:
    size = {item.region: item.size_mm for item in items if item.size_mm is not None}
    left, right = size.get("adrenal_left"), size.get("adrenal_right")
    return left / (left + right) if left and right else prior_left


def _reads(case: Case, tracer: str, uptake: str) -> list[ImagingFinding]:
    return [item for item in case.imaging if item.tracer == tracer and item.uptake == uptake]
