"""Puts the synthetic trial into the data folder through the store: patients, cases, reads, images, assessments."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample_data.cohort import SyntheticPatient, make_cohort
from sample_data.crew import work_through
from sample_data.intake import INCOMING, TakenIn, take_in_study
from sample_data.ready import DATABASE, MARKER, find_ready, read_marker, write_marker
from sample_data.screening import save_log
from sample_data.specs import StudySpec, load_study_specs
from store import Patient, ReadRecord, ReferenceDiagnosis, Store, open_store

NOTE = "Synthetic patient: drawn by a program, nobody real."
WHO = "sample data"
Progress = Callable[[int, int], None]
Document = dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """What lies in the data folder now; `made` False: it was there already."""

    patients: int
    studies: int
    made: bool


class PrepareError(Exception):
    """The synthetic trial cannot be put here; the message is one sentence."""


def prepare(
    data_folder: Path,
    progress: Progress | None = None,
    *,
    force: bool = False,
    specs: Sequence[StudySpec] | None = None,
    workers: int = 2,
) -> Prepared:
    """Make the synthetic trial in `data_folder` (SQLite there, or DATABASE_URL); does nothing when it is complete.

    `progress(done, total)` is told after every step. The marker file is written last: a folder left half-made is made
    again. Raises PrepareError when a patient of the same name is no synthetic one, and leaves everything as it was.
    """
    ready = None if force else find_ready(data_folder)
    if ready is not None:
        return Prepared(ready.synthetic_patients, ready.studies, made=False)
    chosen = load_study_specs() if specs is None else tuple(specs)
    cohort = make_cohort()
    data_folder.mkdir(parents=True, exist_ok=True)
    with open_store(database_url(data_folder)) as store:
        if not force and _is_complete(data_folder, store, cohort):
            return Prepared(len(cohort), len(chosen), made=False)
        _refuse_real_patients(store, cohort)
        (data_folder / MARKER).unlink(missing_ok=True)
        steps = _Steps(progress, total=len(chosen) + 1 + len(cohort))
        taken = list(_take_in_all(chosen, data_folder, workers, steps))
        _save(store, cohort, taken)
        save_log(store, cohort)
        steps.advance()
        for patient in cohort:
            store.fetch_assessment(patient.patient_id)
            steps.advance()
    write_marker(data_folder, len(cohort), len(chosen))
    return Prepared(len(cohort), len(chosen), made=True)


def database_url(data_folder: Path) -> str:
    """Where the records go: DATABASE_URL when set, else SQLite in the data folder."""
    return os.environ.get("DATABASE_URL") or f"sqlite:///{data_folder.resolve() / DATABASE}"


@dataclass
class _Steps:
    progress: Progress | None
    total: int
    done: int = 0

    def advance(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.total)


def _is_complete(data_folder: Path, store: Store, cohort: Sequence[SyntheticPatient]) -> bool:
    """The marker is there, and so is the last patient: a database may have been taken away since."""
    return read_marker(data_folder) is not None and store.fetch_patient(cohort[-1].patient_id) is not None


def _refuse_real_patients(store: Store, cohort: Sequence[SyntheticPatient]) -> None:
    ours = {patient.patient_id for patient in cohort}
    there = {patient.patient_id: patient for patient in store.fetch_patients()}
    real = sorted(name for name in ours & set(there) if not there[name].synthetic)
    if real:
        raise PrepareError(
            f"The database holds a patient {real[0]} who is not marked synthetic; use another database "
            "(DATABASE_URL, CUSHING_DATA) for the synthetic trial. Nothing was changed."
        )


def _take_in_all(specs: Sequence[StudySpec], data_folder: Path, workers: int, steps: _Steps) -> Iterator[TakenIn]:
    """Every study, two at a time; an interruption stops them and leaves nothing of theirs behind."""
    if not specs:
        return
    shutil.rmtree(data_folder / INCOMING, ignore_errors=True)
    try:
        for taken in work_through(take_in_study, specs, data_folder, workers):
            yield taken
            steps.advance()
    finally:
        shutil.rmtree(data_folder / INCOMING, ignore_errors=True)


def _save(store: Store, cohort: Sequence[SyntheticPatient], taken: Sequence[TakenIn]) -> None:
    """Everything in one transaction."""
    store.save_many(
        patients=[_patient(patient) for patient in cohort],
        cases=[put_measured(patient.case, taken) for patient in cohort],
        series=[series for study in taken for series in study.series],
        measurements=[measurement for study in taken for measurement in study.measurements],
        regions=[region for study in taken for region in study.regions],
        reads=[read for patient in cohort for read in _reads(patient)],
        references=[reference for patient in cohort for reference in _references(patient)],
        who=WHO,
    )


def put_measured(case: Document, taken: Sequence[TakenIn]) -> Document:
    """The case with what was measured in the images in its PET entries; other regions stay as they are."""
    studies = {study.tracer: study.measured for study in taken if study.patient_id == case["case_id"]}
    entries = [_with_measured(entry, studies.get(entry.get("tracer", ""))) for entry in case["imaging"]]
    return case | {"imaging": entries}


def _with_measured(entry: Document, measured: dict[str, Document] | None) -> Document:
    if not measured or entry["region"] not in measured:
        return entry
    numbers = measured[entry["region"]] | measured.get(f"other_{entry['region']}", {})
    return entry | {name: value for name, value in numbers.items() if value is not None}


def _patient(patient: SyntheticPatient) -> Patient:
    person = patient.person
    return Patient(
        patient_id=person.patient_id,
        age_years=float(person.age_years),
        sex="female" if person.sex == "female" else "male",
        enrolled_on=person.enrolled_on,
        mdt_on=person.mdt_on,
        synthetic=True,
        note=NOTE,
    )


def _reads(patient: SyntheticPatient) -> Iterator[ReadRecord]:
    for read in patient.reads:
        yield ReadRecord(
            patient.patient_id,
            read.reader,
            read.tracer,
            read.result,
            read.subtype,
            read.site,
            read.confidence,
            read.read_at,
        )


def _references(patient: SyntheticPatient) -> Iterator[ReferenceDiagnosis]:
    settled = patient.reference
    if settled is not None:
        yield ReferenceDiagnosis(patient.patient_id, settled.subtype, settled.site, settled.basis, settled.decided_on)
