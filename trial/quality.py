"""What is missing from the trial's records and what in them cannot be right: completeness and checks, both as data.

A field has a denominator only where it applies; what cannot be compared because a value is not known is no finding.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

QUALITY_FILE = Path(__file__).with_name("quality.toml")
Severity = Literal["error", "warning"]
Fact = float | str | date | None
Facts = Mapping[str, Fact]
ABOUT = {"patient", "scan", "place"}


@dataclass(frozen=True)
class QualityRecord:
    """One patient as the checks see them; a fact that is absent or None is not known.

    `known`: codes of the fields that are filled. `conditions`: whether something applies, None when that cannot be told.
    `facts` of the patient; one mapping each for every scan and every place measured, which the patient's facts join.
    `likeness` is the same for two records that hold the same person, of `results` laboratory results.
    """

    patient_id: str
    known: frozenset[str] = frozenset()
    conditions: Mapping[str, bool | None] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    scans: tuple[Facts, ...] = ()
    places: tuple[Facts, ...] = ()
    likeness: str | None = None
    results: int = 0


@dataclass(frozen=True)
class FieldCompleteness:
    """How many of those a field applies to have it; `missing` and `untold` (whether it applies is not known) name patients."""

    form: str
    name: str
    present: int
    expected: int
    missing: tuple[str, ...]
    untold: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """0 to 1; None where it applies to nobody."""
        return self.present / self.expected if self.expected else None


@dataclass(frozen=True)
class Finding:
    """Something in one patient's record that cannot be right, or hardly; `check` is the rule that found it."""

    patient_id: str
    check: str
    form: str
    field_name: str
    says: str
    severity: Severity


@dataclass(frozen=True)
class Check:
    """One rule: a finding where `left` stands in `relation` to `right` (a fact) or to `limit`, of each `of`."""

    code: str
    of: str
    form: str
    field_name: str
    left: str
    relation: Literal["below", "above", "differs"]
    severity: Severity
    says: str
    source: str
    grade: str
    right: str | None = None
    limit: float | None = None
    where: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.of not in ABOUT or (self.right is None) == (self.limit is None):
            raise ValueError(f"The check {self.code} needs `of` patient, scan or place, and either `right` or `limit`.")


@lru_cache(maxsize=1)
def load_checks() -> tuple[Check, ...]:
    """Every range and cross-field check, from quality.toml."""
    return tuple(Check(**item) for item in load_quality()["check"])


@lru_cache(maxsize=1)
def load_quality() -> dict[str, Any]:
    """quality.toml as it stands: fields, checks, windows."""
    return tomllib.loads(QUALITY_FILE.read_text(encoding="utf-8"))


def compute_completeness(records: Sequence[QualityRecord]) -> tuple[FieldCompleteness, ...]:
    """Every field of every form in the order of quality.toml, over the patients it applies to."""
    return tuple(_count_field(item, records) for item in load_quality()["field"])


def _count_field(item: Mapping[str, Any], records: Sequence[QualityRecord]) -> FieldCompleteness:
    needs = item.get("needs", ())
    applies = {record.patient_id: does_apply(record, needs) for record in records}
    asked = [record for record in records if applies[record.patient_id]]
    missing = tuple(record.patient_id for record in asked if item["code"] not in record.known)
    untold = tuple(name for name, does in applies.items() if does is None)
    return FieldCompleteness(item["form"], item["name"], len(asked) - len(missing), len(asked), missing, untold)


def does_apply(record: QualityRecord, needs: Sequence[str]) -> bool | None:
    """Whether every condition holds: False when one does not, None when none fails and one is not known."""
    told = [record.conditions.get(need) for need in needs]
    if False in told:
        return False
    return None if None in told else True


def check_records(records: Sequence[QualityRecord]) -> tuple[Finding, ...]:
    """Every finding, errors first, then by patient. The order of the records changes nothing."""
    found = [finding for record in records for finding in _check_record(record)]
    found += _find_duplicates(records)
    return tuple(sorted(set(found), key=lambda one: (one.severity, one.patient_id, one.check, one.says)))


def _check_record(record: QualityRecord) -> Iterator[Finding]:
    about: dict[str, Sequence[Facts]] = {"patient": ({},), "scan": record.scans, "place": record.places}
    for check in load_checks():
        for own in about[check.of]:
            facts = {**record.facts, **own}
            if does_find(check, facts):
                yield _make_finding(record.patient_id, check, facts)


def does_find(check: Check, facts: Facts) -> bool:
    """Whether the rule finds something here; never where one of its two values is not known."""
    if any(facts.get(name) != value for name, value in check.where.items()):
        return False
    left: Any = facts.get(check.left)
    right: Any = check.limit if check.right is None else facts.get(check.right)
    if left is None or right is None:
        return False
    if check.relation == "differs":
        return bool(left != right)
    return bool(left < right) if check.relation == "below" else bool(left > right)


def _make_finding(patient_id: str, check: Check, facts: Facts) -> Finding:
    right = check.limit if check.right is None else facts.get(check.right)
    told = {**facts, "left": facts.get(check.left), "right": right}
    words = defaultdict(lambda: _say(None), {name: _say(value) for name, value in told.items()})
    return Finding(
        patient_id,
        check.code,
        check.form.format_map(words),
        check.field_name,
        check.says.format_map(words),
        check.severity,
    )


def _say(value: Fact) -> str:
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    return f"{value:.4g}" if isinstance(value, float | int) else str(value or "—")


def _find_duplicates(records: Sequence[QualityRecord]) -> Iterator[Finding]:
    rule = load_quality()["duplicate"]
    alike: dict[str, list[QualityRecord]] = defaultdict(list)
    for record in records:
        if record.likeness and record.results >= rule["least_results"]:
            alike[record.likeness].append(record)
    for group in alike.values():
        for record in group if len(group) > 1 else ():
            others = ", ".join(sorted(one.patient_id for one in group if one is not record))
            says = rule["says"].format(results=record.results, others=others)
            yield Finding(record.patient_id, rule["code"], rule["form"], rule["field_name"], says, rule["severity"])
