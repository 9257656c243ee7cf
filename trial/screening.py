"""Who may take part: the registry's criteria as data, what follows from age and from an earlier tracer, and why somebody may not.

Unknown is never "no": a criterion without an answer leaves the decision pending and is named.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from trial.protocol import load_protocol

CRITERIA_FILE = Path(__file__).with_name("criteria.toml")
Answer = Literal["yes", "no", "not_applicable"]
Kind = Literal["inclusion", "exclusion"]


@dataclass(frozen=True)
class Criterion:
    """One criterion of the registry. `derived`: what it can be worked out from; `may_not_apply`: the sex it does not ask."""

    code: str
    kind: Kind
    title: str
    reason: str
    derived: str | None = None
    may_not_apply: str | None = None

    def is_met(self, answer: Answer | None) -> bool | None:
        """Whether somebody with this answer may take part as far as this criterion goes; None while it is not known."""
        if answer is None:
            return None
        if answer == "not_applicable":
            return True
        return (answer == "yes") == (self.kind == "inclusion")


@dataclass(frozen=True)
class Waiting:
    """How long an earlier tracer must be ago and whether it is; `free_from`: the first moment that is late enough."""

    nuclide: str
    hours_needed: float
    free_from: datetime
    is_over: bool
    says: str


@dataclass(frozen=True)
class Eligibility:
    """`decision`: eligible, not_eligible, or pending while an answer is missing; `failed` and `unknown` are codes."""

    decision: Literal["eligible", "not_eligible", "pending"]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class ReasonCount:
    """How many of everybody screened were not enrolled mainly for this reason."""

    code: str
    title: str
    people: int
    of: int


@lru_cache(maxsize=1)
def load_criteria() -> tuple[Criterion, ...]:
    """The registry's criteria in the order they are asked."""
    return tuple(Criterion(**item) for item in _load_document()["criterion"])


def list_reasons() -> dict[str, str]:
    """Coded reasons for not taking part and how they read: one a criterion, then the other reason."""
    other = _load_document()["other_reason"]
    return {criterion.code: criterion.reason for criterion in load_criteria()} | {other["code"]: other["title"]}


def list_nuclides() -> tuple[str, ...]:
    """The nuclides whose waiting time is known."""
    return tuple(item["name"] for item in _load_document()["nuclide"])


def assess_eligibility(answers: Mapping[str, Answer | None]) -> Eligibility:
    """What the answers by criterion's code amount to; ValueError for a code the registry does not have."""
    criteria = load_criteria()
    strange = set(answers) - {criterion.code for criterion in criteria}
    if strange:
        raise ValueError(f"“{sorted(strange)[0]}” is no criterion of {load_protocol().id}.")
    met = {criterion.code: criterion.is_met(answers.get(criterion.code)) for criterion in criteria}
    failed = tuple(code for code, good in met.items() if good is False)
    unknown = tuple(code for code, good in met.items() if good is None)
    if failed:
        return Eligibility("not_eligible", failed, unknown, f"Not eligible: {_join(failed, criteria)}.")
    if unknown:
        titles = "; ".join(criterion.title for criterion in criteria if criterion.code in unknown)
        return Eligibility("pending", failed, unknown, f"Not decided: still to be answered: {titles}.")
    return Eligibility("eligible", failed, unknown, "Eligible: every criterion is met.")


def answer_age(age_years: float | None) -> Answer | None:
    """Whether the age lies in the registry's range; None when it is not known."""
    protocol = load_protocol()
    if age_years is None:
        return None
    return "yes" if protocol.age_from_years <= age_years <= protocol.age_to_years else "no"


def assess_waiting(nuclide: str, given_at: datetime, scan_at: datetime) -> Waiting:
    """Whether `scan_at` is five half-lives of the earlier tracer after it; ValueError for an unknown nuclide or order."""
    document = _load_document()
    hours = next((item["hours"] for item in document["nuclide"] if item["name"] == nuclide), None)
    if hours is None:
        raise ValueError(
            f"The half-life of “{nuclide}” is not in the list: choose one of {', '.join(list_nuclides())}."
        )
    if scan_at < given_at:
        raise ValueError("The earlier tracer was given after the planned scan: check the two dates.")
    needed = document["half_lives"]["times"] * hours
    free_from = given_at + timedelta(hours=needed)
    ago = (scan_at - given_at).total_seconds() / 3600
    says = (
        f"{nuclide}: {document['half_lives']['times']} half-lives are {needed:.1f} h; the scan is {ago:.1f} h after it"
    )
    return Waiting(
        nuclide,
        needed,
        free_from,
        scan_at >= free_from,
        f"{says}, {'late' if scan_at >= free_from else 'not late'} enough.",
    )


def find_consent_type(age_years: float | None) -> str | None:
    """Whose consent is asked at this age; None while the age is not known."""
    rule = _load_document()["consent"]
    return None if age_years is None else str(rule["adult"] if age_years >= rule["adult_from"] else rule["minor"])


def list_consents() -> tuple[str, ...]:
    """The kinds of consent, the adult's first."""
    rule = _load_document()["consent"]
    return str(rule["adult"]), str(rule["minor"])


def find_age_band(age_years: float | None) -> str | None:
    """The band a screening log may keep of somebody not enrolled, who leaves no age: "40–49", "under 10", "over 80"."""
    edges = _load_document()["age_bands"]["edges"]
    if age_years is None:
        return None
    if age_years < edges[0]:
        return f"under {edges[0]}"
    if age_years > edges[-1]:
        return f"over {edges[-1]}"
    start = max(index for index, edge in enumerate(edges[:-1]) if age_years >= edge)
    last = edges[start + 1] - (0 if start + 2 == len(edges) else 1)
    return f"{edges[start]}–{last}"


def count_reasons(reasons: Sequence[str | None], screened: int) -> tuple[ReasonCount, ...]:
    """How often each main reason was given, the commonest first, of everybody screened; None is "not stated"."""
    titles = list_reasons()
    counted = Counter(reason or "not_stated" for reason in reasons)
    rows = [ReasonCount(code, titles.get(code, "not stated"), n, screened) for code, n in counted.items()]
    return tuple(sorted(rows, key=lambda row: (-row.people, row.title)))


def _join(codes: Sequence[str], criteria: Sequence[Criterion]) -> str:
    return "; ".join(criterion.reason for criterion in criteria if criterion.code in codes)


@lru_cache(maxsize=1)
def _load_document() -> dict[str, Any]:
    return tomllib.loads(CRITERIA_FILE.read_text(encoding="utf-8"))
