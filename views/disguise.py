"""Whose disguise an upload is taken in under, and another one once it is known whose it is. No Streamlit."""

from copy import deepcopy
from dataclasses import replace

from pydicom.dataset import Dataset

from exchange.dicom_source import Owner
from imaging.dicom import Study
from imaging.moving import move_series, shift_document
from imaging.pseudonym import Pseudonym, disguise_patient, disguise_stranger, shift_text
from store import read_secret
from views.scan import Scan
from views.scan_day import read_disguise


def choose_disguise(patient_id: str | None, study: Study) -> Pseudonym:
    """The patient's own, or while no patient is open a stranger's. Raises StoreError when there can be no secret."""
    secret = read_secret()
    return disguise_patient(patient_id, secret) if patient_id else disguise_stranger(hospital_number(study), secret)


def hospital_number(study: Study) -> str | None:
    """The patient ID of the images as they came."""
    return next((one.patient_id for one in study.series if one.patient_id), None)


def assign_scan(scan: Scan, patient_id: str) -> Scan:
    """An uploaded scan as if it had been taken in for this patient: the patient's name and dates in all its parts."""
    now = read_disguise(scan.record)
    if scan.stored or now is None or (scan.record.deidentified or {}).get("dates") != "moved":
        return scan
    person = disguise_patient(patient_id, now.secret)
    if person.name == now.name:
        return scan
    days, record = person.date_offset_days - now.date_offset_days, scan.record
    record = replace(
        record,
        patient_id=patient_id,
        acquired_on=person.shift_day(now.true_day(record.acquired_on)) if record.acquired_on else None,
        inspection=shift_document(record.inspection, days),
        deidentified={**(record.deidentified or {}), "as": person.name},
    )
    series = move_series(scan.series, days, person) if scan.series else None
    owner = _move_owner(scan.owner, now, person) if scan.owner else None
    return replace(scan, record=record, series=series, owner=owner)


def _move_owner(owner: Owner, now: Pseudonym, person: Pseudonym) -> Owner:
    module: Dataset = deepcopy(owner.module)
    module.PatientID = person.name
    if module.get("StudyDate"):
        module.StudyDate = shift_text(module.StudyDate, person.date_offset_days - now.date_offset_days)
    return Owner(person.name, module)
