"""What the store takes and gives back: frozen records in which anything unknown is `None`."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal, get_args

from decision.vocabulary import load_vocabulary

Sex = Literal["female", "male"]
ReadResult = Literal["positive", "negative", "inconclusive"]
Millimetres = tuple[float, float, float]


class StoreError(Exception):
    """Something cannot be kept or found; the message is one sentence for the person in front of the screen."""


class UnknownPatient(StoreError):
    """Nobody with this pseudonym is in the store."""

    def __init__(self, patient_id: str) -> None:
        self.patient_id = patient_id
        super().__init__(f"There is no patient “{patient_id}” here: check the pseudonym, or add the patient first.")


@dataclass(frozen=True)
class Patient:
    """One participant under a pseudonym. `mdt_on` is the date of the meeting that will discuss the patient."""

    patient_id: str
    age_years: float | None = None
    sex: Sex | None = None
    enrolled_on: date | None = None
    mdt_on: date | None = None
    synthetic: bool = False
    note: str | None = None


@dataclass(frozen=True)
class SeriesRecord:
    """One imported image series; paths are relative to the data folder, `inspection` is what `imaging inspect` said.

    `deidentified` says how its identities were removed; then `acquired_on` and every date of `inspection` are moved by the
    patient's offset, which follows from the secret of the data folder. None: they were not, and the dates are the images'.
    """

    patient_id: str
    series_uid: str
    study_uid: str | None = None
    modality: str | None = None
    tracer: str | None = None
    description: str | None = None
    acquired_on: date | None = None
    uptake_minutes: float | None = None
    suv_type: str | None = None
    volume_path: str | None = None
    preview_path: str | None = None
    inspection: dict[str, Any] = field(default_factory=dict)
    deidentified: dict[str, Any] | None = None


@dataclass(frozen=True)
class MeasurementRecord:
    """One lesion measured on one series; positions in millimetres, DICOM patient axes (LPS).

    `uptake` is the reader's word for this lesion (positive, equivocal, negative); `quality` holds the sentences about
    scan and outline that a reader of its numbers must know.
    """

    patient_id: str
    series_uid: str
    lesion: str
    site: str | None = None
    at_mm: Millimetres | None = None
    threshold: str | None = None
    suv_max: float | None = None
    suv_mean: float | None = None
    suv_peak: float | None = None
    volume_ml: float | None = None
    total_uptake: float | None = None
    centre_mm: Millimetres | None = None
    liver_suv_mean: float | None = None
    contralateral_suv_max: float | None = None
    note: str | None = None
    created_at: datetime | None = None
    uptake: str | None = None
    quality: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ReferenceRegion:
    """A sphere in a normal organ of one series, in SUVbw; `at_mm` is its centre (LPS). A series has one of each organ.

    `placed` says who put it there: "by hand", or "proposed" by the program and confirmed by the reader.
    """

    patient_id: str
    series_uid: str
    organ: str
    at_mm: Millimetres | None = None
    diameter_mm: float | None = None
    suv_mean: float | None = None
    suv_sd: float | None = None
    suv_max: float | None = None
    placed: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True)
class CorrectionRecord:
    """One correction of what a scan's SUV is computed from; none is ever altered, undoing is a further one.

    `entered` holds every value in force after it (its unit in the name; times on the scanner's clock, as ISO text);
    `before` and `after` what it changed, None where a value was not known. Factors are the first slice's, None: no SUV.
    """

    patient_id: str
    series_uid: str
    entered: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    reader: str | None = None
    factor_before: float | None = None
    factor_after: float | None = None
    corrected_at: datetime | None = None


@dataclass(frozen=True)
class ReadRecord:
    """One reader's answer on one tracer. A read is never altered: a second look is a second read."""

    patient_id: str
    reader: str
    tracer: str
    result: ReadResult
    subtype: str | None = None
    site: str | None = None
    confidence: int | None = None
    read_at: datetime | None = None


@dataclass(frozen=True)
class ReferenceDiagnosis:
    """What the patient turned out to have, and on what basis (surgery and histology, follow-up …)."""

    patient_id: str
    subtype: str
    site: str | None = None
    basis: str | None = None
    decided_on: date | None = None


@dataclass(frozen=True)
class WorklistRow:
    """One line of the worklist. `rests_on` holds the strongest reasons for the leading subtype, in short.

    `second_thumbnail`: the preview of the other tracer, where the patient has both.
    """

    patient_id: str
    age_years: float | None
    sex: Sex | None
    leader: str | None
    probability: float | None
    low: float | None
    high: float | None
    prediction_set: tuple[str, ...]
    abstain: str | None
    missing: tuple[str, ...]
    next_test: str | None
    next_gain_bits: float | None
    rests_on: tuple[str, ...]
    has_pentixafor: bool
    has_dotatate: bool
    reference: str | None
    needs_read: bool
    conflicts: int
    urgent: tuple[str, ...]
    mdt_on: date | None
    enrolled_on: date | None
    updated_at: datetime
    thumbnail: str | None
    synthetic: bool
    second_thumbnail: str | None = None


@dataclass(frozen=True)
class Change:
    """One line of the history: what stood before, what stands after, who changed it and why (where they said so)."""

    patient_id: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    who: str | None
    why: str | None
    at: datetime


ImageRecord = SeriesRecord | MeasurementRecord | ReferenceRegion | CorrectionRecord
Record = Patient | ImageRecord | ReadRecord | ReferenceDiagnosis


def check_record(record: Record) -> None:
    """Raise `StoreError` naming the field when a record holds something no database or reader could make sense of."""
    for part in fields(record):
        _check_value(record.patient_id, part.name, getattr(record, part.name))
    if not record.patient_id.strip():
        raise StoreError("patient_id is empty: give the patient a pseudonym such as P017.")
    if isinstance(record, Patient):
        _check_word(record.patient_id, "sex", record.sex, get_args(Sex))
    if isinstance(record, MeasurementRecord):
        _check_word(record.patient_id, "uptake", record.uptake, load_vocabulary().uptakes)
    if isinstance(record, CorrectionRecord) and not record.reason.strip():
        raise StoreError(f"{record.patient_id}: a correction needs its reason: say how you know the right value.")
    if isinstance(record, ReadRecord | ReferenceDiagnosis):
        _check_word(record.patient_id, "subtype", record.subtype, load_vocabulary().subtypes)
        _check_word(record.patient_id, "site", record.site, load_vocabulary().sites)
    if isinstance(record, ReadRecord):
        _check_word(record.patient_id, "result", record.result, get_args(ReadResult))
        _check_confidence(record)


def check_text(patient_id: str, name: str, text: str) -> None:
    """Raise `StoreError` when a text cannot be stored in every database (NUL characters, half of a surrogate pair)."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise StoreError(f"{patient_id!r}: {name} holds a character that is no text; type it again.")


def _check_value(patient_id: str, name: str, value: object) -> None:
    if isinstance(value, str):
        check_text(patient_id, name, value)
    for number in value if isinstance(value, tuple) else (value,):
        if isinstance(number, float) and not math.isfinite(number):
            raise StoreError(f"{patient_id}: {name} is {number}, not a number; leave it empty when it is not known.")


def _check_word(patient_id: str, name: str, value: str | None, words: Iterable[str]) -> None:
    if value is not None and value not in words:
        raise StoreError(f"{patient_id}: {name} “{value}” is not known; it is one of {', '.join(words)}.")


def _check_confidence(read: ReadRecord) -> None:
    if read.confidence is not None and read.confidence not in range(1, 6):
        raise StoreError(f"{read.patient_id}: confidence {read.confidence} is outside 1 (a guess) to 5 (certain).")
