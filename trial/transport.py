"""Does a published rule hold here? Its figures in print beside its figures in this cohort, with intervals.

A rule made elsewhere seldom travels with its cut: laboratories, assays and patients differ. Each card shows the printed area under
the curve and this cohort's (DeLong), what the printed cut does here, and where the best cut would lie here, which is too good to be
true in the patients it was found in and is labelled so.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from trial.accuracy import Accuracy, compute_accuracy
from trial.roc import Auc, compute_roc, estimate_auc

RULES_FILE = Path(__file__).with_name("published_rules.toml")
TARGET, OTHER = "CD", "EAS"


@dataclass(frozen=True)
class RulePatient:
    """A patient with ACTH-dependent disease and a reference diagnosis; inputs by name, None where not known."""

    patient_id: str
    reference: str
    inputs: Mapping[str, float | None]


@dataclass(frozen=True)
class TransportCard:
    """One published rule against this cohort. `here` and `at_printed_cut` are None where the cohort cannot tell; `says` why."""

    id: str
    title: str
    source: str
    grade: str
    printed_auc: float
    printed_interval: tuple[float, float] | None
    printed_n: str
    external: str
    printed_cut: float | None
    usable: int
    of: int
    here: Auc | None
    at_printed_cut: Accuracy | None
    best_cut_here: float | None
    says: str


@lru_cache(maxsize=1)
def load_published_rules() -> tuple[dict[str, Any], ...]:
    """The rules as printed, from published_rules.toml."""
    return tuple(tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))["rule"])


def compute_rule(rule: Mapping[str, Any], inputs: Mapping[str, float | None]) -> float | None:
    """The rule's number for one patient; None when an input is not known: nothing is filled in."""
    values = {name: inputs.get(name) for name in rule["inputs"]}
    known = {name: value for name, value in values.items() if value is not None}
    if len(known) < len(values):
        return None
    if rule["kind"] == "product":
        return math.prod(known.values()) / float(rule["divide_by"])
    return sum(math.log(rule["odds_ratios"][name]) * value for name, value in known.items())


def compare_rules(patients: Sequence[RulePatient]) -> tuple[TransportCard, ...]:
    """A card for every published rule, from the patients with Cushing's disease or ectopic ACTH by reference diagnosis."""
    dependent = [patient for patient in patients if patient.reference in (TARGET, OTHER)]
    return tuple(_compare_rule(rule, dependent) for rule in load_published_rules())


def _compare_rule(rule: dict[str, Any], patients: Sequence[RulePatient]) -> TransportCard:
    sign = -1.0 if rule["direction"] == "at_most" else 1.0
    scored = [(p.reference == TARGET, value) for p in patients if (value := compute_rule(rule, p.inputs)) is not None]
    labels, scores = [int(label) for label, _ in scored], [sign * value for _, value in scored]
    both = 0 < sum(labels) < len(labels)
    cut = rule.get("cut")
    return TransportCard(
        id=rule["id"],
        title=rule["title"],
        source=rule["source"],
        grade=rule["grade"],
        printed_auc=rule["published_auc"],
        printed_interval=(rule["published_low"], rule["published_high"]) if "published_low" in rule else None,
        printed_n=rule["published_n"],
        external=rule["external"],
        printed_cut=cut,
        usable=len(scored),
        of=len(patients),
        here=estimate_auc(labels, scores) if both else None,
        at_printed_cut=_apply_cut(labels, scores, sign * cut) if cut is not None and scored else None,
        best_cut_here=_find_best_cut(labels, scores, sign) if both else None,
        says=_say(rule, sum(labels), len(labels), len(patients)),
    )


def _apply_cut(labels: Sequence[int], scores: Sequence[float], cut: float) -> Accuracy:
    positive = [score >= cut for score in scores]
    pairs = list(zip(labels, positive, strict=True))
    return compute_accuracy(*(pairs.count(cell) for cell in ((1, True), (0, True), (1, False), (0, False))))


def _find_best_cut(labels: Sequence[int], scores: Sequence[float], sign: float) -> float | None:
    curve = compute_roc(labels, scores)
    if curve is None:
        return None
    points = zip(curve.sensitivity, curve.false_positive_rate, curve.thresholds, strict=True)
    finite = [(high - low, threshold) for high, low, threshold in points if math.isfinite(threshold)]
    return sign * max(finite)[1] if finite else None


def _say(rule: dict[str, Any], cases: int, usable: int, patients: int) -> str:
    if not patients:
        return "No patient with Cushing's disease or ectopic ACTH has a reference diagnosis yet."
    split = f"{cases} Cushing's disease, {usable - cases} ectopic"
    kept = f"{usable} of {patients} patients with ACTH-dependent disease have every input ({split})."
    if cases == 0 or cases == usable:
        return f"{kept} An area under the curve needs both diagnoses."
    return f"{kept} The best cut here was found in these same patients and is too good to be true."
