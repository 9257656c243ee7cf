"""Where the lesion is: the site given each subtype, moved by what imaging and sampling show."""

from typing import Any

from decision.assessment import SiteProbability
from decision.case import Case, ImagingFinding, Result
from decision.evidence import Knowledge
from decision.patterns import ADRENALS, find_anatomy
from decision.units import as_xuln

ALL_SITES = (
    "pituitary", "pituitary_left", "pituitary_right", "pituitary_midline", "adrenal_left", "adrenal_right",
    "adrenal_bilateral", "lung", "mediastinum", "pancreas", "thyroid", "gastrointestinal", "other", "occult", "none",
)  # fmt: skip


def locate_lesion(case: Case, subtypes: dict[str, float], knowledge: Knowledge) -> tuple[SiteProbability, ...]:
    """Probability of every site, most probable first, summing to 1; `subtypes` is the posterior."""
    rules = knowledge.rules["sites"]
    given = {
        "CD": _pituitary(case, rules),
        "EAS": _ectopic(case, rules),
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
    mri = {item.side for item in find_anatomy(case, ["pituitary"]) if item.finding != "normal"} - {None}
    ipss = {
        result.side
        for result in case.results
        if result.test == "ipss_lateralisation_ratio" and (result.value or 0) >= rule["ipss_ratio_at_least"]
    } - {None}
    sides = {side for side in mri | ipss if side is not None}
    if len(sides) != 1:
        return {"pituitary": 1.0}
    side = sides.pop()
    sure = rule["both"] if mri and ipss else rule["mri"] if mri else rule["ipss"]
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


def _ectopic(case: Case, rules: dict[str, Any]) -> dict[str, float]:
    weights = dict(rules["ectopic"]["share"])
    seen, regions = rules["seen"], rules["regions"]
    anatomy = [item for item in find_anatomy(case, regions)]
    for item in anatomy:
        kind = "ct_normal" if item.finding == "normal" else "ct_mass" if item.finding == "mass" else "ct_lesion"
        _move(weights, regions[str(item.region)], seen[kind])
    for uptake in ("positive", "negative"):
        for item in _reads(case, "68Ga-DOTATATE", uptake):
            if item.region in regions:
                _move(weights, regions[str(item.region)], seen[f"dotatate_{uptake}"])
    for site, ratio in _marked(case, rules["markers"]):
        weights[site] *= ratio
    young = rules["ectopic_young"]
    if case.age_years is not None and case.age_years < young["age_below"]:
        for site in young["sites"]:
            weights[site] *= young["ratio"]
    total = sum(weights.values())
    return {site: weight / total for site, weight in weights.items()}


def _marked(case: Case, markers: dict[str, Any]) -> list[tuple[str, float]]:
    """Sites a raised tumour marker points to, with its ratio; one that needs a lesion points only where CT or MRI shows one."""
    seen = {item.region for item in find_anatomy(case, ADRENALS) if item.finding in ("lesion", "mass")}
    return [
        (site, marker["ratio"])
        for test, marker in markers["raised"].items()
        if any(result.test == test and _is_raised(result, markers["above"]) for result in case.results)
        for site in marker["sites"]
        if not marker.get("needs_lesion") or site in seen
    ]


def _is_raised(result: Result, above: float) -> bool:
    multiple = as_xuln(result)
    return result.outcome == "elevated" or (
        multiple is not None and multiple > above and result.comparator not in ("<", "<=")
    )


def _move(weights: dict[str, float], sites: list[str], shares: dict[str, float]) -> None:
    """A finding at these sites: seen in `there` of sources lying there, in `elsewhere` of people whose source lies elsewhere."""
    for site in weights:
        weights[site] *= shares["there"] if site in sites else shares["elsewhere"]


def _reads(case: Case, tracer: str, uptake: str) -> list[ImagingFinding]:
    return [item for item in case.imaging if item.tracer == tracer and item.uptake == uptake]
