"""What a published rule asks of a patient, taken from the case; None where it is not known. No Streamlit here."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from decision.case import Result
from decision.units import compute_si
from trial.participant import Participant
from trial.transport import RULES_FILE, RulePatient
from views.accuracy_scores import Case, find_acth, find_si

LESIONS = ("lesion", "mass")


@lru_cache(maxsize=1)
def load_rule_inputs() -> dict[str, dict[str, Any]]:
    """What the yes-or-no inputs of the rules mean, with source and grade, from published_rules.toml."""
    document: dict[str, Any] = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    return dict(document["input"])


def make_rule_patients(people: Iterable[Participant], cases: Mapping[str, Case]) -> tuple[RulePatient, ...]:
    """Everybody eligible with a reference diagnosis, with the inputs of the published rules."""
    return tuple(
        RulePatient(person.patient_id, person.reference.subtype, find_inputs(cases.get(person.patient_id, {})))
        for person in people
        if person.eligible and person.reference.status == "made" and person.reference.subtype
    )


def find_inputs(case: Case) -> dict[str, float | None]:
    """The rules' inputs by name; a yes is 1, a no is 0."""
    sex = case.get("sex")
    return {
        "acth_pmol_l": find_si(case, "acth_plasma"),
        "acth_pg_ml": find_acth(case),
        "ufc_nmol_24h": find_si(case, "ufc_24h"),
        "female": None if sex is None else float(sex == "female"),
        "hypokalaemia": _is_low_potassium(case),
        "mri_lesion": _sees_lesion(case.get("imaging", ())),
        "hddst_suppressed": _is_suppressed(case),
    }


def _is_low_potassium(case: Case) -> float | None:
    """The lowest potassium decides, as the trial records the lowest untreated value."""
    asked = load_rule_inputs()["hypokalaemia"]
    found = [item for item in case.get("results", ()) if item.get("test") == asked["test"]]
    known = [value for item in found if (value := compute_si(Result(**item))) is not None]
    if known:
        return float(min(known) < asked["below"])
    words = {item.get("outcome") for item in found} - {None}
    return float("low" in words) if words else None


def _sees_lesion(imaging: Sequence[Mapping[str, Any]]) -> float | None:
    said = {
        item.get("finding") for item in imaging if item.get("modality") == "MRI" and item.get("region") == "pituitary"
    }
    said.discard(None)
    return float(bool(said & set(LESIONS))) if said else None


def _is_suppressed(case: Case) -> float | None:
    asked = load_rule_inputs()["hddst_suppressed"]
    for test in asked["tests"]:
        for item in case.get("results", ()):
            if item.get("test") != test:
                continue
            if item.get("value") is not None and item.get("unit") == asked["unit"]:
                return float(item["value"] > asked["above"])
            if item.get("outcome") in ("suppressed", "not_suppressed"):
                return float(item["outcome"] == "suppressed")
    return None
