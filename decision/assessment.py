"""What an assessment says: frozen results that carry their reasons, in the shape of the assessment file."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class SubtypeProbability:
    """One class with its probability and the 95 % interval that comes from the uncertainty of the evidence itself."""

    subtype: str
    probability: float
    low: float
    high: float


@dataclass(frozen=True)
class SiteProbability:
    site: str
    probability: float


@dataclass(frozen=True)
class Reason:
    """One finding and what it weighs: decibans for `for_` and against `against`, never negative.

    `grade` is that of the weaker row it rests on; weight 0 with grade "none" means no published evidence.
    """

    finding: str
    for_: str
    against: str
    weight_db: float
    says: str
    source: str
    grade: str
    block: str


@dataclass(frozen=True)
class Voided:
    test: str
    because: str
    source: str


@dataclass(frozen=True)
class NextTest:
    test: str
    expected_gain_bits: float
    could_change_to: str
    burden: str


@dataclass(frozen=True)
class Flag:
    level: str
    says: str
    source: str


@dataclass(frozen=True)
class Pathway:
    step: str
    done: tuple[str, ...]
    next: str


@dataclass(frozen=True)
class Prior:
    """What was believed before any test, by the name of its setting."""

    setting: str
    says: str
    source: str
    grade: str


@dataclass(frozen=True)
class Assessment:
    """The whole answer for one case; `to_json()` is the contract's assessment file."""

    case_id: str
    knowledge_version: str
    subtypes: tuple[SubtypeProbability, ...]
    groups: dict[str, float]
    prediction_set: tuple[str, ...]
    abstain: str | None
    sites: tuple[SiteProbability, ...]
    reasons: tuple[Reason, ...]
    voided: tuple[Voided, ...]
    missing: tuple[str, ...]
    conflicts: tuple[str, ...]
    next_tests: tuple[NextTest, ...]
    flags: tuple[Flag, ...]
    pathway: Pathway
    weight_by_grade: dict[str, float]
    questions: tuple[str, ...]
    prior: Prior

    @property
    def leader(self) -> SubtypeProbability:
        return self.subtypes[0]

    def to_json(self) -> dict[str, Any]:
        document = asdict(self)
        for reason in document["reasons"]:
            reason["for"] = reason.pop("for_")
        return document


def read_assessment(document: dict[str, Any]) -> Assessment:
    """The assessment back from its JSON document (as `to_json` wrote it)."""
    reasons = tuple(
        Reason(**{("for_" if key == "for" else key): value for key, value in reason.items()})
        for reason in document["reasons"]
    )
    pathway = document["pathway"]
    return Assessment(
        case_id=document["case_id"],
        knowledge_version=document["knowledge_version"],
        subtypes=tuple(SubtypeProbability(**item) for item in document["subtypes"]),
        groups=dict(document["groups"]),
        prediction_set=tuple(document["prediction_set"]),
        abstain=document["abstain"],
        sites=tuple(SiteProbability(**item) for item in document["sites"]),
        reasons=reasons,
        voided=tuple(Voided(**item) for item in document["voided"]),
        missing=tuple(document["missing"]),
        conflicts=tuple(document["conflicts"]),
        next_tests=tuple(NextTest(**item) for item in document["next_tests"]),
        flags=tuple(Flag(**item) for item in document["flags"]),
        pathway=Pathway(step=pathway["step"], done=tuple(pathway["done"]), next=pathway["next"]),
        weight_by_grade=dict(document["weight_by_grade"]),
        questions=tuple(document["questions"]),
        prior=Prior(**document["prior"]),
    )
