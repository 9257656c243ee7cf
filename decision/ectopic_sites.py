"""Where an ectopic source lies: the published shares of a place, moved by CT, DOTATATE, markers and age."""

from collections.abc import Iterable
from typing import Any

from decision.case import Case, ImagingFinding, Result
from decision.patterns import ADRENALS, find_anatomy, read_tracer
from decision.units import as_xuln

ANATOMY_ORDER = (
    "ct_mass",
    "lung_nodule",
    "ct_lesion",
    "ct_normal",
)  # where two speak of one site the earlier is believed
DOTATATE_ORDER = ("positive", "negative")
DISCRETE = ("lesion", "mass", "nodules")


def locate_ectopic(case: Case, rules: dict[str, Any], place: str) -> dict[str, float]:
    """Share of each site among ectopic sources, summing to 1; `place` names the table of shares to start from."""
    weights = dict(_find_shares(rules["ectopic"], place))
    moves = (_weigh_anatomy(case, rules), _weigh_dotatate(case, rules), _weigh_markers(case, rules["markers"]))
    for ratios in (*moves, _weigh_age(case, rules["ectopic_young"])):
        for site, ratio in ratios.items():
            weights[site] *= ratio
    total = sum(weights.values())
    return {site: weight / total for site, weight in weights.items()}


def _find_shares(tables: dict[str, Any], place: str) -> dict[str, float]:
    if place not in tables:
        raise ValueError(f'no shares of ectopic sites are known for "{place}"; known places are {", ".join(tables)}')
    shares: dict[str, float] = tables[place]["share"]
    return shares


def _weigh_anatomy(case: Case, rules: dict[str, Any]) -> dict[str, float]:
    """Ratio of each site from what CT or MRI found; a rule for size, or for the whole CT, replaces the general one."""
    items = find_anatomy(case, rules["regions"])
    whole = rules["whole_ct_normal"]
    ratios: dict[str, float] = {}
    if _is_whole_ct_normal(case, items, whole):
        items = tuple(item for item in items if not (item.modality == "CT" and item.region in whole["regions"]))
        ratios = dict.fromkeys(whole["sites"], whole["ratio"])
    said = [(item, _name_anatomy(item, rules["lung_nodule"])) for item in items]
    for site, kind in _hear_each_site(said, rules, ANATOMY_ORDER).items():
        ratio = rules["lung_nodule"]["ratio"] if kind == "lung_nodule" else _divide(rules["seen"][kind])
        ratios[site] = ratios.get(site, 1.0) * ratio
    return ratios


def _divide(shares: dict[str, float]) -> float:
    """Seen in `there` of sources lying there, in `elsewhere` of people whose source lies elsewhere."""
    return shares["there"] / shares["elsewhere"]


def _name_anatomy(item: ImagingFinding, nodule: dict[str, Any]) -> str:
    if item.finding == "normal":
        return "ct_normal"
    small = item.size_mm is not None and nodule["size_from_mm"] <= item.size_mm <= nodule["size_to_mm"]
    if item.modality == "CT" and item.region in nodule["regions"] and item.finding in DISCRETE and small:
        return "lung_nodule"
    return "ct_mass" if item.finding == "mass" else "ct_lesion"


def _is_whole_ct_normal(case: Case, items: Iterable[ImagingFinding], whole: dict[str, Any]) -> bool:
    """Whether CT is normal in chest and abdomen. Enlarged adrenals are ACTH's work; a discrete nodule there is not normal."""
    normal = {item.region for item in items if item.modality == "CT" and item.finding == "normal"}
    seen = any(item.finding != "normal" and item.modality != "MRI" for item in items)
    adrenal = any(item.finding in DISCRETE and item.modality != "MRI" for item in find_anatomy(case, ADRENALS))
    return any(set(regions) <= normal for regions in whole["covered"]) and not seen and not adrenal


def _weigh_dotatate(case: Case, rules: dict[str, Any]) -> dict[str, float]:
    """Ratio of each site that was read: how often a source lying there is seen (or missed), against one lying elsewhere."""
    said = [
        (item, item.uptake)
        for item in case.imaging
        if read_tracer(item) == "68Ga-DOTATATE" and item.region in rules["regions"] and item.uptake in DOTATATE_ORDER
    ]
    tables = rules["dotatate"]
    seen = {site: tables[kind]["seen"] for kind in ("lung", "outside_lung") for site in tables[kind]["sites"]}
    away = tables["elsewhere"]["seen"]
    return {
        site: seen[site] / away if uptake == "positive" else (1 - seen[site]) / (1 - away)
        for site, uptake in _hear_each_site(said, rules, DOTATATE_ORDER).items()
    }


def _hear_each_site(
    said: list[tuple[ImagingFinding, str]], rules: dict[str, Any], order: tuple[str, ...]
) -> dict[str, str]:
    """One word a site, however many entries speak of it: published shares count patients, not entries.

    The entry that names the site most closely is believed, among equals the word that stands first in `order`.
    """
    heard: dict[str, tuple[int, int]] = {}
    for item, word in said:
        sites = rules["regions"][str(item.region)]
        if word in ("ct_normal", "negative"):
            sites = rules["clears"].get(str(item.region), sites)
        rank = (len(sites), order.index(word))
        for site in sites:
            heard[site] = min(heard.get(site, rank), rank)
    return {site: order[position] for site, (_, position) in heard.items()}


def _weigh_markers(case: Case, markers: dict[str, Any]) -> dict[str, float]:
    """Sites a raised tumour marker points to, with its ratio; one that needs a lesion points only where CT or MRI shows one."""
    seen = {item.region for item in find_anatomy(case, ADRENALS) if item.finding in ("lesion", "mass")}
    return {
        site: marker["ratio"]
        for test, marker in markers["raised"].items()
        if any(result.test == test and _is_raised(result, markers["above"]) for result in case.results)
        for site in marker["sites"]
        if not marker.get("needs_lesion") or site in seen
    }


def _is_raised(result: Result, above: float) -> bool:
    multiple = as_xuln(result)
    return result.outcome == "elevated" or (
        multiple is not None and multiple > above and result.comparator not in ("<", "<=")
    )


def _weigh_age(case: Case, young: dict[str, Any]) -> dict[str, float]:
    if case.age_years is None or case.age_years >= young["age_below"]:
        return {}
    return dict.fromkeys(young["sites"], young["ratio"])
