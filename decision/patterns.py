"""What the imaging entries of a case show, as findings the knowledge has a block for."""

from collections.abc import Iterable
from dataclasses import dataclass

from decision.case import Case, ImagingFinding
from decision.evidence import load_knowledge

ADRENALS = ("adrenal_left", "adrenal_right")
ANATOMY = ("CT", "MRI")
SCANS = ("PET", "SRS")
ADRENAL_WORDS = {
    frozenset({"normal"}): "normal",
    frozenset({"one", "normal"}): "one",
    frozenset({"several", "normal"}): "one",
    frozenset({"one", "unknown"}): "at_least_one",
    frozenset({"several", "unknown"}): "at_least_one",
    frozenset({"one"}): "one_in_each",
    frozenset({"several"}): "several_in_both",
    frozenset({"one", "several"}): "nodules_in_both",
    frozenset({"enlarged", "one"}): "nodular_or_enlarged",
    frozenset({"enlarged", "several"}): "nodular_or_enlarged",
    frozenset({"enlarged"}): "both_enlarged",
    frozenset({"enlarged", "unknown"}): "both_enlarged",
}


OTHER_TRACERS = {"18F-FDG": "fdg_any", "68Ga-CRH": "crh_tracer"}


@dataclass(frozen=True)
class Pattern:
    """A finding by word or by value (mm, HU), with the words shown on the screen."""

    feature: str
    word: str | None
    value: float | None
    shown: str


def observe_patterns(case: Case) -> tuple[Pattern, ...]:
    """Every pattern the imaging of the case shows; a region that is not listed yields nothing."""
    parts = (_pituitary(case), _adrenals(case), _adrenal_mass(case), _body(case), _pet(case), _person(case))
    return tuple(pattern for part in parts for pattern in part)


def find_anatomy(case: Case, regions: Iterable[str]) -> tuple[ImagingFinding, ...]:
    """Entries of these regions that say what CT or MRI found; also those that do not name the examination."""
    wanted = set(regions)
    return tuple(item for item in case.imaging if _is_anatomy(item) and item.region in wanted)


def _is_anatomy(item: ImagingFinding) -> bool:
    """A lesion is one whoever reports it: only an entry with a tracer and no examination is a scan's."""
    named = item.modality in ANATOMY or (item.modality is None and item.tracer is None)
    return named and item.finding is not None


def _is_scan(item: ImagingFinding) -> bool:
    return item.modality in SCANS or (item.modality is None and item.tracer is not None)


def describe(item: ImagingFinding) -> str:
    """The entry in words: "CT adrenal left: lesion 28 mm, 12 HU"."""
    what = (item.finding or item.uptake or "seen").replace("_", " ")
    size = f" {item.size_mm:g} mm" if item.size_mm is not None else ""
    density = f", {item.attenuation_hu:g} HU" if item.attenuation_hu is not None else ""
    suv = f", SUVmax {item.suv_max:g}" if item.suv_max is not None else ""
    name = item.tracer or item.modality or "Imaging"
    return f"{name} {(item.region or '').replace('_', ' ')}: {what}{size}{density}{suv}"


def _pituitary(case: Case) -> list[Pattern]:
    items = [item for item in find_anatomy(case, ["pituitary"]) if item.modality != "CT"]
    if not items:
        return []
    shown = "; ".join(describe(item) for item in items)
    sizes = [item.size_mm for item in items if item.size_mm is not None and item.finding != "normal"]
    if sizes:
        return [Pattern("mri_pituitary", None, max(sizes), shown)]
    lesion = next((item.finding for item in items if item.finding != "normal"), "normal")
    return [Pattern("mri_pituitary", lesion, None, shown)]


def _gland(items: tuple[ImagingFinding, ...], region: str) -> str | None:
    findings = {item.finding for item in items if item.region == region}
    if "nodules" in findings:
        return "several"
    if findings & {"lesion", "mass"}:
        return "one"
    if "hyperplasia" in findings:
        return "enlarged"
    return "normal" if "normal" in findings else None


def _adrenals(case: Case) -> list[Pattern]:
    items = find_anatomy(case, ADRENALS)
    glands = frozenset(_gland(items, region) or "unknown" for region in ADRENALS)
    word = ADRENAL_WORDS.get(glands)
    return [Pattern("adrenal_pattern", word, None, f"Pattern: {'; '.join(map(describe, items))}")] if word else []


def _adrenal_mass(case: Case) -> list[Pattern]:
    items = [item for item in find_anatomy(case, ADRENALS) if item.finding in ("lesion", "mass", "nodules")]
    found: list[Pattern] = []
    sized = [item for item in items if item.size_mm is not None]
    if sized:
        largest = max(sized, key=lambda item: item.size_mm or 0)
        found.append(Pattern("adrenal_size", None, largest.size_mm, f"Size: {describe(largest)}"))
    dense = [item for item in items if item.attenuation_hu is not None and item.modality != "MRI"]
    if dense:
        highest = max(dense, key=lambda item: item.attenuation_hu or 0)
        found.append(Pattern("adrenal_hu", None, highest.attenuation_hu, f"Attenuation: {describe(highest)}"))
    for feature, flags in (
        ("adrenal_suspicious", {"heterogeneous", "necrosis", "calcification"}),
        ("adrenal_malignant", {"invasion", "metastases"}),
    ):
        seen = [item for item in items if flags & set(item.flags)]
        if seen:
            words = ", ".join(sorted(flags & set(seen[0].flags)))
            found.append(Pattern(feature, "seen", None, f"{words.capitalize()}: {describe(seen[0])}"))
    return found


def _body(case: Case) -> list[Pattern]:
    regions = ("lung", "lung_left", "lung_right", "mediastinum", "pancreas", "thyroid", "gastrointestinal", "abdomen")
    items = find_anatomy(case, (*regions, "chest", "other"))
    lesions = [item for item in items if item.finding != "normal"]
    if lesions:
        worst = "mass" if any(item.finding == "mass" for item in lesions) else "lesion"
        return [Pattern("body_ct", worst, None, "; ".join(describe(item) for item in lesions))]
    covered = {item.region for item in items}
    whole = {"chest", "abdomen"} <= covered or {"lung", "mediastinum", "abdomen"} <= covered
    return [Pattern("body_ct", "normal", None, "; ".join(describe(item) for item in items))] if whole else []


def _pet(case: Case) -> list[Pattern]:
    reads = [
        item for item in case.imaging if _is_scan(item) and item.region and item.uptake in ("negative", "positive")
    ]
    unsure = [item for item in case.imaging if _is_scan(item) and item.uptake == "equivocal"]
    tracers = {"68Ga-Pentixafor": _pentixafor, "68Ga-DOTATATE": _dotatate}
    found: list[Pattern] = []
    for tracer in sorted({read_tracer(item) for item in reads}):
        items = [item for item in reads if read_tracer(item) == tracer]
        if tracer in tracers:
            found += tracers[tracer](items)
        else:
            feature = OTHER_TRACERS.get(tracer, "other_tracer")
            found.append(Pattern(feature, "seen", None, "; ".join(describe(item) for item in items)))
    return _mark_warm(found, unsure) + _compare_tracers(found)


def read_tracer(item: ImagingFinding) -> str:
    """The tracer whose evidence a scan is read with: those of the somatostatin receptor as DOTATATE; "SRS" without a tracer."""
    name = (item.tracer or item.modality or "").casefold()
    if any(word in name for word in load_knowledge().rules["pet_patterns"]["somatostatin"]):
        return "68Ga-DOTATATE"
    return item.tracer or item.modality or ""


def _mark_warm(found: list[Pattern], unsure: list[ImagingFinding]) -> list[Pattern]:
    """An adrenal that Pentixafor shows neither clearly nor clearly not is warm: the other gland's "negative" says nothing then."""
    warm = [item for item in unsure if item.tracer == "68Ga-Pentixafor" and item.region in ADRENALS]
    shown = any(pattern.feature == "pentixafor_adrenal_bilateral" or _is_positive(pattern) for pattern in found)
    if not warm or shown:
        return found
    kept = [pattern for pattern in found if pattern.feature != "pentixafor_adrenal_focal"]
    return [*kept, Pattern("pentixafor_adrenal_warm", "seen", None, "; ".join(map(describe, warm)))]


def _is_positive(pattern: Pattern) -> bool:
    return pattern.feature == "pentixafor_adrenal_focal" and pattern.word == "positive"


def _compare_tracers(found: list[Pattern]) -> list[Pattern]:
    """A focus that DOTATATE shows and Pentixafor does not."""
    focus = next((item for item in found if item.feature == "dotatate_extra" and item.word == "positive"), None)
    other = next((item for item in found if item.feature == "pentixafor_negative_body"), None)
    return [Pattern("dotatate_only", "seen", None, f"{focus.shown}; {other.shown}")] if focus and other else []


def _pentixafor(items: list[ImagingFinding]) -> list[Pattern]:
    glands = {item.region: item for item in items if item.region in ADRENALS}
    positive = [item for item in glands.values() if item.uptake == "positive"]
    found: list[Pattern] = []
    if len(positive) == 2:
        found.append(Pattern("pentixafor_adrenal_bilateral", "seen", None, "; ".join(map(describe, positive))))
        found += _dominant_adrenal(positive)
    elif glands:
        word = "positive" if positive else "negative"
        chosen = positive or list(glands.values())
        found.append(Pattern("pentixafor_adrenal_focal", word, None, "; ".join(map(describe, chosen))))
    found += _very_high_adrenal(positive)
    for item in items:
        if item.region == "pituitary":
            found.append(Pattern("pentixafor_pituitary", item.uptake, None, describe(item)))
    return found + _outside(items, "pentixafor_extra", "pentixafor_negative_body")


def _dominant_adrenal(positive: list[ImagingFinding]) -> list[Pattern]:
    """The higher of two positive adrenals, when it is so by as much as counts for aldosterone."""
    values = sorted((item.suv_max, describe(item)) for item in positive if item.suv_max)
    if len(values) < 2 or values[1][0] < load_knowledge().rules["pet_patterns"]["dominant_ratio"] * values[0][0]:
        return []
    return [Pattern("pentixafor_dominant_side", "seen", None, f"{values[1][1]} against {values[0][0]:g}")]


def _very_high_adrenal(positive: list[ImagingFinding]) -> list[Pattern]:
    limit = load_knowledge().rules["pet_patterns"]["very_high_suv_max"]
    hot = [item for item in positive if item.suv_max is not None and item.suv_max > limit]
    return [Pattern("pentixafor_adrenal_very_high", "seen", None, "; ".join(map(describe, hot)))] if hot else []


def _dotatate(items: list[ImagingFinding]) -> list[Pattern]:
    found = [
        Pattern("dotatate_pituitary", item.uptake, None, describe(item)) for item in items if item.region == "pituitary"
    ]
    adrenal = [item for item in items if item.region in ADRENALS]
    if adrenal:
        word = "positive" if any(item.uptake == "positive" for item in adrenal) else "negative"
        found.append(Pattern("dotatate_adrenal", word, None, "; ".join(map(describe, adrenal))))
        hot = [item for item in adrenal if item.uptake == "positive"]
        if len(hot) == 1 and len(adrenal) == 2:
            found.append(Pattern("dotatate_adrenal_one", "seen", None, describe(hot[0])))
    outside = [item for item in items if item.region not in (*ADRENALS, "pituitary")]
    if outside:
        foci = [item for item in outside if item.uptake == "positive"]
        word = "positive" if foci else "negative"
        found.append(Pattern("dotatate_extra", word, None, "; ".join(map(describe, foci or outside))))
    return found


def _outside(items: list[ImagingFinding], positive: str, negative: str) -> list[Pattern]:
    outside = [item for item in items if item.region not in (*ADRENALS, "pituitary")]
    if not outside:
        return []
    hot = [item for item in outside if item.uptake == "positive"]
    return [Pattern(positive if hot else negative, "seen", None, "; ".join(map(describe, hot or outside)))]


def _person(case: Case) -> list[Pattern]:
    found = [Pattern("sex", case.sex, None, f"Sex: {case.sex}")] if case.sex else []
    if case.age_years is not None and case.age_years >= 18:
        found.append(Pattern("age", None, case.age_years, f"Age: {case.age_years:g} years"))
    return found
