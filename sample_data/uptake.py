"""What PET shows of a synthetic patient: entries of the case file, and how far each place stands out.

Pituitary and ectopic Pentixafor uptake is invented (nothing readable is published); the adrenal follows series mostly
about aldosteronism. No conclusion about the tracers can be drawn from these numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from typing import Any

from sample_data.draws import Draws, load_distributions, load_parameters
from sample_data.findings import GLANDS, Entry, source_region
from sample_data.people import Person

PENTIXAFOR = "68Ga-Pentixafor"
DOTATATE = "68Ga-DOTATATE"
EQUIVOCAL_WIDTH = 0.17
NOTHING_THERE = -1.0


@dataclass(frozen=True)
class Scan:
    """One PET. `signals`: natural log of uptake over what a reader calls positive, by site; 0 and above is positive."""

    tracer: str
    scanned_on: date
    entries: tuple[Entry, ...]
    signals: Mapping[str, float]


@dataclass(frozen=True)
class Tray:
    """What all places of one scan share."""

    person: Person
    draws: Draws
    tracer: str
    minutes: float
    liver: float

    def entry(self, region: str, signal: float, suv: float | None, **more: Any) -> Entry:
        measured = {} if suv is None else {"suv_max": round(suv, 1), "liver_suv_mean": self.liver}
        common = {"modality": "PET", "tracer": self.tracer, "region": region, "uptake": call_uptake(signal)}
        return common | measured | {"uptake_minutes": self.minutes} | more


def call_uptake(signal: float) -> str:
    """The word of the case file for how far a place stands out."""
    if signal >= 0:
        return "positive"
    return "equivocal" if signal >= -EQUIVOCAL_WIDTH else "negative"


def make_pentixafor(person: Person, draws: Draws) -> Scan:
    tray = _lay_tray(person, PENTIXAFOR, "Pentixafor_liver:all", draws)
    pituitary, signals = _pentixafor_pituitary(tray)
    adrenals, adrenal_signals = _pentixafor_adrenals(tray)
    body, body_signals = _pentixafor_body(tray)
    return _scan(tray, (pituitary, *adrenals, *body), signals | adrenal_signals | body_signals)


def make_dotatate(person: Person, draws: Draws) -> Scan:
    """Adrenal uptake is physiologic with this tracer and not listed."""
    tray = _lay_tray(person, DOTATATE, "DOTATATE_liver:all", draws)
    rule = load_parameters("findings")["dotatate"]
    suv = draws.value("DOTATATE_pituitary:EAS" if person.subtype == "EAS" else "DOTATATE_pituitary:CD")
    if person.studies:
        suv = rule["studied_pituitary"].get(person.subtype, rule["studied_pituitary"]["other"])
    signal = log(suv / rule["pituitary_positive_suv"])
    organ = "pulmonary" if person.site == "lung" else "extrapulmonary"
    body, signals = _body(tray, rule["detected"], f"DOTATATE_{organ}:EAS", rule["infection"], 1.0)
    pituitary = _pituitary_site(person, signal)
    return _scan(tray, (tray.entry("pituitary", signal, suv), *body), {pituitary: signal} | signals)


def _lay_tray(person: Person, tracer: str, liver: str, draws: Draws) -> Tray:
    rule = load_parameters("findings")["scan"]
    minutes = float(round(draws.normal(**rule["uptake_minutes"][tracer])))
    if draws.chance(rule["late_share"]):
        minutes = float(rule["late_minutes"])
    study = person.study_of(tracer)
    if study:
        minutes = study.uptake_minutes
    return Tray(person, draws, tracer, minutes, round(draws.value(liver), 1))


def _scan(tray: Tray, entries: tuple[Entry, ...], signals: Mapping[str, float]) -> Scan:
    first, last = load_parameters("findings")["scan"]["after_days"]
    scanned_on = tray.person.enrolled_on + timedelta(days=int(tray.draws.between(first, last + 1)))
    study = tray.person.study_of(tray.tracer)
    if study:
        scanned_on = study.injected_at.date()
    return Scan(tray.tracer, scanned_on, entries, signals)


def _pituitary_site(person: Person, signal: float) -> str:
    """Where a reader puts a pituitary focus: the true side when it stands out in Cushing's disease."""
    return person.site if person.subtype == "CD" and signal >= 0 else "pituitary"


def _pentixafor_pituitary(tray: Tray) -> tuple[Entry, dict[str, float]]:
    rule = load_parameters("findings")["pentixafor"]
    group = "CD" if tray.person.subtype == "CD" else "other"
    ratio = tray.draws.value(f"Pentixafor_pituitary:{group}")
    studied = tray.person.lesion_suv(PENTIXAFOR, "pituitary")
    if studied:
        ratio = studied / rule["studied_pituitary_background"]
    blood_pool = round(tray.draws.value("Pentixafor_blood_pool:all"), 1)
    signal = log(ratio / rule["pituitary_positive_ratio"])
    site = _pituitary_site(tray.person, signal)
    side = {"side": site.removeprefix("pituitary_")} if site != "pituitary" else {}
    suv = ratio * blood_pool
    return tray.entry("pituitary", signal, suv, blood_pool_suv_mean=blood_pool, **side), {site: signal}


def _pentixafor_adrenals(tray: Tray) -> tuple[list[Entry], dict[str, float]]:
    rule = load_parameters("findings")["pentixafor"]
    suvs = _gland_suvs(tray, rule)
    normal = exp(load_distributions()["Pentixafor_adrenal:normal"].parameters["mu"])
    both = tray.person.site == "adrenal_bilateral" or tray.person.subtype in ("CD", "EAS")
    entries, signals = [], {}
    for gland, other in (GLANDS, GLANDS[::-1]):
        compared = normal if both else suvs[other]
        signals[gland] = log(suvs[gland] / compared / rule["positive_ratio"])
        if tray.person.studies and tray.person.lesion_suv(PENTIXAFOR, gland) is None:
            signals[gland] = NOTHING_THERE
        entries.append(tray.entry(gland, signals[gland], suvs[gland], contralateral_suv_max=round(suvs[other], 1)))
    return entries, signals


def _gland_suvs(tray: Tray, rule: Mapping[str, Any]) -> dict[str, float]:
    """SUVmax of each gland: driven by ACTH together, diseased on its side, or normal."""
    person, draws = tray.person, tray.draws
    suvs = dict.fromkeys(GLANDS, draws.value("Pentixafor_adrenal:normal"))
    if person.subtype in ("CD", "EAS"):
        suvs = dict.fromkeys(GLANDS, draws.value("Pentixafor_adrenal:hyperplasia"))
    for gland in GLANDS:
        suvs[gland] *= exp(draws.normal(0.0, 0.08, -0.3, 0.3))
        studied = person.lesion_suv(PENTIXAFOR, gland)
        if studied:
            suvs[gland] = studied
            continue
        if person.site not in (gland, "adrenal_bilateral") or person.subtype == "EAS":
            continue
        if person.profile == "adenoma":
            suvs[gland] *= exp(draws.normal(0.0, rule["lesion_spread"], -0.6, 1.0))
        else:
            suvs[gland] = draws.value(f"Pentixafor_adrenal:{rule['glands'][person.profile]}")
            suvs[gland] *= rule["mild_share"] if person.subtype == "MACS" else 1.0
    return suvs


def _pentixafor_body(tray: Tray) -> tuple[list[Entry], dict[str, float]]:
    rule = load_parameters("findings")["pentixafor"]
    called = rule["lung_called_positive"]
    return _body(tray, rule["ectopic_positive"], "Pentixafor_ectopic:source", rule["lung_inflammation"], called)


def _body(
    tray: Tray, found: Mapping[str, float], row: str, inflamed: float, called: float
) -> tuple[list[Entry], dict[str, float]]:
    """Chest and abdomen: the ectopic source when the tracer shows it, a lung focus that is none, otherwise negative."""
    person, draws = tray.person, tray.draws
    if person.studies:
        return _studied_body(tray)
    shown = person.subtype == "EAS" and draws.chance(found.get(person.site.split("_")[0], 0.0))
    signals, entries = {}, []
    if shown:
        signals[person.site] = draws.between(0.1, 1.0)
        entries.append(tray.entry(source_region(person), signals[person.site], draws.value(row)))
    elif draws.chance(inflamed):
        signal = draws.between(0.02, 0.4) if draws.chance(called) else draws.between(-0.16, -0.02)
        signals["lung"] = signal
        region = draws.choose({"lung_left": 0.5, "lung_right": 0.5})
        entries.append(tray.entry(region, signal, draws.value("Pentixafor_lung_focus:inflammation")))
    return entries + _negative_regions(tray, entries), signals


def _studied_body(tray: Tray) -> tuple[list[Entry], dict[str, float]]:
    """What lies outside pituitary and adrenals in the patient's DICOM studies, against the blood pool."""
    rule = load_parameters("findings")["pentixafor"]
    signals, entries = {}, []
    for region in ("lung_left", "lung_right", "mediastinum", "pancreas"):
        suv = tray.person.lesion_suv(tray.tracer, region)
        if suv is not None:
            signal = log(suv / rule["studied_blood_pool"] / rule["positive_ratio"])
            signals[region.split("_")[0]] = signal
            entries.append(tray.entry(region, signal, suv))
    return entries + _negative_regions(tray, entries), signals


def _negative_regions(tray: Tray, entries: list[Entry]) -> list[Entry]:
    seen = {entry["region"] for entry in entries}
    chest = [] if seen & {"lung_left", "lung_right", "mediastinum"} else ["chest"]
    abdomen = [] if "pancreas" in seen else ["abdomen"]
    return [tray.entry(region, NOTHING_THERE, None) for region in chest + abdomen]
