"""Who is in the synthetic trial: subtype, sex, age, site, laboratory and the dates of enrolment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from sample_data.draws import Draws, load_distributions, load_parameters
from sample_data.specs import LesionSpec, StudySpec, load_study_specs

INDEPENDENT = ("CPA", "ACC", "PBMAH", "PPNAD", "MACS")
OVERT = ("CD", "EAS", "CPA", "ACC", "PBMAH", "PPNAD")


@dataclass(frozen=True)
class Person:
    """A synthetic patient before any test. `variant` says what a patient without hypercortisolism has instead."""

    number: int
    subtype: str
    variant: str
    site: str
    sex: str
    age_years: int
    laboratory: str
    enrolled_on: date
    mdt_on: date
    studies: tuple[StudySpec, ...] = ()

    @property
    def patient_id(self) -> str:
        return f"P{self.number:03d}"

    @property
    def profile(self) -> str:
        """The row of cohort.toml this patient follows: the subtype, or the variant without hypercortisolism."""
        return self.variant or self.subtype

    @property
    def lesions(self) -> tuple[LesionSpec, ...]:
        """What lies in this patient's DICOM studies; empty for a patient without studies."""
        return self.studies[0].lesions if self.studies else ()

    def study_of(self, tracer: str) -> StudySpec | None:
        return next((study for study in self.studies if study.tracer == tracer), None)

    def lesion_suv(self, tracer: str, region: str) -> float | None:
        """The highest SUV put into a region of this patient's studies; None when nothing was."""
        suvs = [lesion.suv[tracer] for lesion in self.lesions if lesion.site == region and tracer in lesion.suv]
        return max(suvs, default=None)

    @property
    def is_child(self) -> bool:
        return self.age_years < 18


Studies = tuple[StudySpec, ...]
Card = tuple[str, str, bool]


def load_pins() -> dict[int, Studies]:
    """The patients with DICOM studies, by number: their cases must agree with what is put into the studies."""
    pins: dict[int, Studies] = {}
    for spec in load_study_specs():
        number = int(spec.patient_id.removeprefix("P"))
        pins[number] = (*pins.get(number, ()), spec)
    return pins


def make_people(seed: int) -> tuple[Person, ...]:
    """Every synthetic patient by pseudonym: in order of enrolment, except those with DICOM studies."""
    generator = np.random.default_rng([seed, 0])
    pins = load_pins()
    dates = iter(_enrolment_dates(generator, load_parameters("cohort")["target"] - len(pins)))
    people = []
    for number, label in _labels(generator, pins).items():
        studies = pins.get(number, ())
        enrolled_on = _pinned_date(studies) if studies else next(dates)
        people.append(_make_person(number, label, enrolled_on, seed, studies))
    return tuple(people)


def _pinned_date(studies: Studies) -> date:
    days = load_parameters("cohort")["enrolment"]["days_before_study"]
    return min(study.injected_at for study in studies).date() - timedelta(days=days)


def _labels(generator: np.random.Generator, pins: Mapping[int, Studies]) -> dict[int, Card]:
    """(subtype, detail, child) of each patient number: the detail is the ectopic site or the variant."""
    deck = list(_deck())
    fixed: dict[int, Card] = {}
    for number, studies in pins.items():
        fixed[number] = _matching_card(deck, studies[0])
        deck.remove(fixed[number])
    shuffled = iter([deck[index] for index in generator.permutation(len(deck))])
    target = load_parameters("cohort")["target"]
    return {number: fixed[number] if number in fixed else next(shuffled) for number in range(1, target + 1)}


def _matching_card(deck: list[Card], study: StudySpec) -> Card:
    same = [card for card in deck if card[0] == study.subtype and card[2] == (study.age_years < 18)]
    wanted = "adenoma" if study.subtype == "NONE" and study.lesions else study.site.split("_")[0]
    return next((card for card in same if card[1] == wanted), same[0])


def _deck() -> Iterator[tuple[str, str, bool]]:
    cohort = load_parameters("cohort")
    for subtype, count in cohort["mix"].items():
        children = cohort["children"].get(subtype, 0)
        if subtype == "source":
            continue
        details = [""] * count
        if subtype == "EAS":
            details = _spread(cohort["ectopic_sites"])
        if subtype == "NONE":
            details = _spread(cohort["variants"])
        yield from ((subtype, detail, place < children) for place, detail in enumerate(details))


def _spread(counts: Mapping[str, Any]) -> list[str]:
    return [name for name, count in counts.items() if name != "source" for _ in range(count)]


def _make_person(number: int, label: Card, enrolled_on: date, seed: int, studies: Studies) -> Person:
    subtype, detail, child = label
    draws = Draws(np.random.default_rng([seed, number, 1]))
    variant = detail if subtype == "NONE" else ""
    age, sex = _draw_age(draws, variant or subtype, child), _draw_sex(draws, variant or subtype)
    laboratory = draws.choose(load_parameters("cohort")["laboratory_share"])
    site = _draw_site(draws, subtype, detail)
    if studies:
        age, sex, site = studies[0].age_years, studies[0].sex, _studied_site(studies[0])
    mdt_on = _mdt_date(number, enrolled_on)
    return Person(number, subtype, variant, site, sex, age, laboratory, enrolled_on, mdt_on, studies)


def _studied_site(study: StudySpec) -> str:
    """Where the lesion is; that of a non-functioning adenoma is no site of disease, but it is seen all the same."""
    return study.lesions[0].site if study.site == "none" and study.lesions else study.site


def _draw_age(draws: Draws, profile: str, child: bool) -> int:
    if child:
        return int(draws.between(10, 18))
    return int(draws.value(load_parameters("cohort")["follows"]["age"][profile], low=18.0, high=80.0))


def _draw_sex(draws: Draws, profile: str) -> str:
    row = load_distributions()[load_parameters("cohort")["follows"]["female"][profile]]
    share = row.parameters["a"] / (row.parameters["a"] + row.parameters["b"])
    return "female" if draws.chance(share) else "male"


def _draw_site(draws: Draws, subtype: str, detail: str) -> str:
    findings = load_parameters("findings")
    side = "left" if draws.chance(findings["ct"]["left_share"]) else "right"
    if subtype == "CD":
        return f"pituitary_{draws.choose(findings['mri']['sides'])}"
    if subtype == "EAS":
        return f"adrenal_{side}" if detail == "adrenal" else detail
    if subtype == "MACS":
        return "adrenal_bilateral" if draws.chance(findings["ct"]["bilateral_mild"]) else f"adrenal_{side}"
    if subtype in ("PBMAH", "PPNAD"):
        return "adrenal_bilateral"
    return f"adrenal_{side}" if subtype in INDEPENDENT or detail in ("adenoma", "aldosteronism") else "none"


def _enrolment_dates(generator: np.random.Generator, count: int) -> list[date]:
    """Working days with a slow start and holidays, sorted: as enrolment goes."""
    plan = load_parameters("cohort")["enrolment"]
    days = [plan["first"] + timedelta(days=day) for day in range((plan["last"] - plan["first"]).days + 1)]
    rates = np.array([_rate_on(day, plan) for day in days])
    drawn = generator.choice(len(days), size=count, p=rates / rates.sum())
    return [days[index] for index in sorted(drawn)]


def _rate_on(day: date, plan: Mapping[str, Any]) -> float:
    if day.weekday() >= 5:
        return 0.0
    part = min(1.0, (day - plan["first"]).days / plan["ramp_up_days"])
    slow = any(first <= day <= last for first, last in plan["slow"])
    return (1 + 2 * part) / 3 * (plan["slow_rate"] if slow else 1.0)


def _mdt_date(number: int, enrolled_on: date) -> date:
    plan = load_parameters("cohort")["enrolment"]
    if number > load_parameters("cohort")["target"] - plan["next_mdt_patients"]:
        next_meeting: date = plan["next_mdt"]
        return next_meeting
    earliest = enrolled_on + timedelta(days=plan["mdt_after_days"])
    return earliest + timedelta(days=(plan["mdt_weekday"] - earliest.weekday()) % 7)
