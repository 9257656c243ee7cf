"""The work-up of the textbooks as a decision tree: what people would use instead of the engine.

Written from the guidelines' steps (Endocrine Society 2008, Pituitary Society 2021, ESE/ENSAT 2023), asked once about the
patients and not changed by what it said of them. It reads the same case document; what is not known is passed over at each
step, and where the guidelines would ask for more the commonest cause answers.
"""

from collections.abc import Iterable
from typing import Any

SCREENS = (
    "ufc_24h",
    "cortisol_late_night_saliva",
    "cortisol_late_night_serum",
    "dst_1mg_cortisol",
    "lddst_2day_cortisol",
)
MIMICS = {
    "alcohol_excess", "depression", "obesity", "uncontrolled_diabetes", "sleep_disturbance", "pregnancy", "acute_illness"
}  # fmt: skip


def classify(document: dict[str, Any]) -> str:
    """The one subtype the tree ends at, for a case document in the shape of the contract."""
    from decision.case import read_case

    case = read_case(document)
    bands = read_bands(case)
    if is_exogenous(case, bands):
        return "EXO"
    positive, negative = judge_screens(bands)
    if negative and not positive:
        return "MACS" if adrenal_findings(case) and "dst_1mg_cortisol" in positive else "NONE"
    mild = bands.get("ufc_24h", ("", 0.0))[1] < 3
    if set(case.context) & MIMICS and mild and len(positive) < 2:
        return "NNH"
    return classify_dependent(case, bands) if is_dependent(case, bands) else classify_adrenal(case, bands, positive)


def read_bands(case: Any) -> dict[str, tuple[str, float]]:
    """By test a word and a number: multiples of the upper limit for urine and saliva, else base units; 0 when only a word is known."""
    from decision.units import as_xuln, compute_si

    found: dict[str, tuple[str, float]] = {}
    for result in case.results:
        number = as_xuln(result) if result.test in ("ufc_24h", "cortisol_late_night_saliva") else compute_si(result)
        found.setdefault(result.test, (result.outcome or "", float(number or 0.0)))
    return found


def is_high(bands: dict[str, tuple[str, float]], test: str, limit: float) -> bool | None:
    """Whether a result is raised or not suppressed; None when it is not known."""
    if test not in bands:
        return None
    word, number = bands[test]
    if number:
        return number > limit
    return {
        "elevated": True,
        "not_suppressed": True,
        "high": True,
        "normal": False,
        "suppressed": False,
        "low": False,
    }.get(word)


def is_exogenous(case: Any, bands: dict[str, tuple[str, float]]) -> bool:
    if "exogenous_glucocorticoid" in case.context or bands.get("synthetic_steroid_screen", ("", 0.0))[0] == "positive":
        return True
    word, morning = bands.get("cortisol_morning", ("", 0.0))
    low = word == "low" or 0 < morning < 138
    return low and read_acth(bands) == "low"


def judge_screens(bands: dict[str, tuple[str, float]]) -> tuple[list[str], list[str]]:
    """Screening tests that are abnormal and those that are not (Endocrine Society 2008: 50 nmol/L, the upper limit)."""
    limits = {"ufc_24h": 1.0, "cortisol_late_night_saliva": 1.0, "cortisol_late_night_serum": 207.0}
    judged = {test: is_high(bands, test, limits.get(test, 50.0)) for test in SCREENS}
    return [test for test, high in judged.items() if high], [test for test, high in judged.items() if high is False]


def read_acth(bands: dict[str, tuple[str, float]]) -> str | None:
    """ "low" below 10 pg/mL (2.2 pmol/L), "high" above 20 (4.4), "grey" between; None when not known."""
    from decision.units import convert

    if "acth_plasma" not in bands:
        return None
    word, number = bands["acth_plasma"]
    if number:
        low, high = (convert("acth_plasma", limit, "pg/mL") for limit in (10, 20))
        return "low" if number < low else "high" if number > high else "grey"
    return {"suppressed": "low", "low": "low", "normal": "high", "elevated": "high", "high": "high"}.get(word)


def is_dependent(case: Any, bands: dict[str, tuple[str, float]]) -> bool:
    acth = read_acth(bands)
    if acth in ("low", "high"):
        return acth == "high"
    if any(bands.get(test, ("", 0.0))[0] == "positive" for test in ("crh_acth_rise", "desmopressin_acth_rise")):
        return True
    if bands.get("dheas", ("", 0.0))[0] == "low":
        return False
    pituitary = any(item.region == "pituitary" and item.finding not in (None, "normal") for item in case.imaging)
    return pituitary or not adrenal_findings(case)


def adrenal_findings(case: Any) -> list[Any]:
    return [
        item
        for item in case.imaging
        if (item.region or "").startswith("adrenal") and item.finding not in (None, "normal")
    ]


def classify_adrenal(case: Any, bands: dict[str, tuple[str, float]], positive: Iterable[str]) -> str:
    found = adrenal_findings(case)
    if not found:
        looked = any((item.region or "").startswith("adrenal") for item in case.imaging)
        return "PPNAD" if looked or (case.age_years or 99) < 20 else "CPA"
    if is_malignant(found, bands):
        return "ACC"
    if len({item.region for item in found}) > 1:
        return "PBMAH"
    return "MACS" if is_high(bands, "ufc_24h", 1.0) is False and "dst_1mg_cortisol" in positive else "CPA"


def is_malignant(found: list[Any], bands: dict[str, tuple[str, float]]) -> bool:
    """ESE/ENSAT 2023: above 4 cm with above 20 HU, heterogeneous or making androgens; above 6 cm; spread."""
    size = max((item.size_mm or 0 for item in found), default=0)
    flags = {flag for item in found for flag in item.flags}
    dense = max((item.attenuation_hu or 0 for item in found), default=0) > 20
    androgens = any(bands.get(test, ("", 0.0))[0] == "high" for test in ("dheas", "androstenedione", "testosterone"))
    suspicious = dense or androgens or bool(flags & {"heterogeneous", "necrosis"})
    return bool(flags & {"metastases", "invasion"}) or size > 60 or (size > 40 and suspicious)


def classify_dependent(case: Any, bands: dict[str, tuple[str, float]]) -> str:
    """Pituitary Society 2021: 10 mm and more is the source, below 6 mm sampling, between them the dynamic tests."""
    sampled = [
        judge_gradient(bands, test, limit)
        for test, limit in (("ipss", 0), ("ipss_stimulated_ratio", 3), ("ipss_basal_ratio", 2))
    ]
    known = [answer for answer in sampled if answer is not None]
    if known:
        return "CD" if any(known) else "EAS"
    lesion = [item for item in case.imaging if item.region == "pituitary" and item.finding not in (None, "normal")]
    if lesion and max(item.size_mm or 0 for item in lesion) >= 6:
        return "CD"
    dynamic = [bands[test] for test in bands if test.startswith(("crh", "desmopressin", "hddst"))]
    for word, number in dynamic:
        if word in ("positive", "suppressed") or number > 50:
            return "CD"
    elsewhere = any(item.region in ("chest", "lung_left", "lung_right", "mediastinum", "pancreas", "thyroid")
                    and (item.finding not in (None, "normal") or item.uptake == "positive") for item in case.imaging)  # fmt: skip
    low_potassium = bands.get("potassium", ("", 9.0))[0] == "low" or 0 < bands.get("potassium", ("", 9.0))[1] < 3.0
    return "EAS" if elsewhere or low_potassium or (dynamic and not lesion) else "CD"


def judge_gradient(bands: dict[str, tuple[str, float]], test: str, limit: float) -> bool | None:
    if test not in bands:
        return None
    word, number = bands[test]
    return number >= limit if number else {"gradient": True, "no_gradient": False}.get(word)
