"""One person in the trial as its statistics see them: screened, scanned, read, and what the reference standard decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

ReadResult = Literal["positive", "negative", "inconclusive"]
ReferenceStatus = Literal["made", "inconclusive", "not_done"]
LesionReference = Literal["present", "absent", "inconclusive"]


@dataclass(frozen=True)
class IndexRead:
    """One index test in one patient; `done` None: not known whether it was done. A result means that it was done.

    `suv_max` in g/ml (body weight), `uptake_minutes` from injection to scan.
    """

    done: bool | None = None
    result: ReadResult | None = None
    subtype: str | None = None
    site: str | None = None
    performed_on: date | None = None
    missing_reason: str | None = None
    suv_max: float | None = None
    uptake_minutes: float | None = None


NOT_KNOWN = IndexRead()


@dataclass(frozen=True)
class Reference:
    """The reference diagnosis; `status` None: not known. `made` needs a subtype or a site."""

    status: ReferenceStatus | None = None
    subtype: str | None = None
    site: str | None = None
    decided_on: date | None = None
    missing_reason: str | None = None


@dataclass(frozen=True)
class Lesion:
    """One lesion, or one place looked at: what the reference standard and each index test said of it."""

    lesion: str
    site: str | None = None
    reference: LesionReference | None = None
    results: Mapping[str, ReadResult] = field(default_factory=dict)
    suv_max: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Participant:
    """One person screened; `tests` by the index test's code, a test that is not there is not known to be done."""

    patient_id: str
    screened_on: date | None = None
    eligible: bool | None = None
    exclusion_reason: str | None = None
    enrolled_on: date | None = None
    reference: Reference = field(default_factory=Reference)
    tests: Mapping[str, IndexRead] = field(default_factory=dict)
    lesions: tuple[Lesion, ...] = ()

    def find_test(self, code: str) -> IndexRead:
        """The index test, empty when nothing is known of it."""
        return self.tests.get(code, NOT_KNOWN)
