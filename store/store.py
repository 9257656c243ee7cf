"""The store as everyone else sees it: records in, records out, each save one transaction."""

from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from decision.assessment import Assessment
from store.assessments import assess_some, count_unassessed, fetch_all_assessments, fetch_one_assessment
from store.cases import fetch_case_document, fetch_case_documents, read_cases, save_cases
from store.engine import connect_database, reading, writing
from store.images import (
    fetch_all_corrections,
    fetch_all_measurements,
    fetch_all_series,
    fetch_regions,
    remove_measurement,
    remove_region,
    save_all_series,
    save_corrections,
    save_measurements,
    save_regions,
)
from store.migrations import upgrade_database
from store.patients import (
    fetch_all_patients,
    fetch_changes,
    fetch_names,
    fetch_one_patient,
    fetch_stamp,
    has_synthetic,
    save_patients,
)
from store.reads import fetch_all_reads, fetch_all_references, save_reads, save_references
from store.records import (
    Change,
    CorrectionRecord,
    ImageRecord,
    MeasurementRecord,
    Patient,
    ReadRecord,
    Record,
    ReferenceDiagnosis,
    ReferenceRegion,
    SeriesRecord,
    StoreError,
    WorklistRow,
    check_record,
)
from store.trial_rows import TrialRecords, save_trial_records
from store.trial_store import TrialStore
from store.worklist import fetch_rows


class Store:
    """One database. Methods may be called from several threads; every save is kept whole or not at all.

    `save_` raises `StoreError` (a record no one could keep, an unknown patient) or `CaseError` (an unreadable case).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.trial = TrialStore(engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    def save_patient(self, patient: Patient, *, who: str | None = None, why: str | None = None) -> None:
        """Add the patient, or replace age, sex, dates and note; case, images and reads stay."""
        check_record(patient)
        with writing(self._engine) as connection:
            save_patients(connection, [patient], who, why)

    def fetch_patient(self, patient_id: str) -> Patient | None:
        with reading(self._engine) as connection:
            return fetch_one_patient(connection, patient_id)

    def fetch_patients(self) -> list[Patient]:
        with reading(self._engine) as connection:
            return fetch_all_patients(connection)

    def fetch_names(self) -> list[str]:
        """Every pseudonym, sorted."""
        with reading(self._engine) as connection:
            return fetch_names(connection)

    def has_synthetic(self) -> bool:
        """Whether any patient never existed."""
        with reading(self._engine) as connection:
            return has_synthetic(connection)

    def fetch_stamp(self) -> str:
        """Another text after any patient or line of the screening log changed: what was computed before is out of date."""
        with reading(self._engine) as connection:
            return fetch_stamp(connection)

    def fetch_changes(self, patient_id: str) -> list[Change]:
        """What was changed about the patient, newest first, with what stood there before."""
        with reading(self._engine) as connection:
            return fetch_changes(connection, patient_id)

    def save_case(self, case: dict[str, Any], *, who: str | None = None, why: str | None = None) -> None:
        """Put the case file in the place of all that was known of the patient (age and sex too); adds a new patient."""
        read = read_cases([case])
        with writing(self._engine) as connection:
            save_cases(connection, read, who, why)

    def fetch_case(self, patient_id: str) -> dict[str, Any]:
        """The case in the shape of the case file. Raises `UnknownPatient`."""
        with reading(self._engine) as connection:
            return fetch_case_document(connection, patient_id)

    def fetch_cases(self) -> dict[str, dict[str, Any]]:
        with reading(self._engine) as connection:
            return fetch_case_documents(connection)

    def save_series(self, series: SeriesRecord) -> None:
        check_record(series)
        with writing(self._engine) as connection:
            save_all_series(connection, [series])

    def fetch_series(self, patient_id: str | None = None) -> list[SeriesRecord]:
        with reading(self._engine) as connection:
            return fetch_all_series(connection, patient_id)

    def save_measurement(self, measurement: MeasurementRecord, *, who: str | None = None) -> None:
        """Keep the measurement; one of the same lesion on the same series is replaced (and kept in the history)."""
        check_record(measurement)
        with writing(self._engine) as connection:
            save_measurements(connection, [measurement], who)

    def fetch_measurements(self, patient_id: str | None = None) -> list[MeasurementRecord]:
        with reading(self._engine) as connection:
            return fetch_all_measurements(connection, patient_id)

    def remove_measurement(
        self, measurement: MeasurementRecord, *, who: str | None = None, why: str | None = None
    ) -> None:
        """Take the measurement away; the history keeps it."""
        with writing(self._engine) as connection:
            remove_measurement(connection, measurement, who, why)

    def change_images(
        self,
        *,
        removed: Sequence[MeasurementRecord | ReferenceRegion] = (),
        saved: Sequence[ImageRecord] = (),
        case: dict[str, Any] | None = None,
        who: str | None = None,
        why: str | None = None,
    ) -> None:
        """Lesions and regions out, images, lesions, regions and corrections in, and the case that follows: all or nothing."""
        read = [] if case is None else read_cases([case])
        for record in saved:
            check_record(record)
        with writing(self._engine) as connection:
            for gone in removed:
                if isinstance(gone, MeasurementRecord):
                    remove_measurement(connection, gone, who, why)
                else:
                    remove_region(connection, gone, who, why)
            save_all_series(connection, [one for one in saved if isinstance(one, SeriesRecord)])
            save_corrections(connection, [one for one in saved if isinstance(one, CorrectionRecord)])
            save_measurements(connection, [one for one in saved if isinstance(one, MeasurementRecord)], who, why)
            save_regions(connection, [one for one in saved if isinstance(one, ReferenceRegion)], who, why)
            save_cases(connection, read, who, why)

    def fetch_reference_regions(self, patient_id: str | None = None) -> list[ReferenceRegion]:
        """Spheres in normal organs, in SUVbw: liver, blood pool, adrenals, each of one series."""
        with reading(self._engine) as connection:
            return fetch_regions(connection, patient_id)

    def fetch_corrections(self, patient_id: str | None = None) -> list[CorrectionRecord]:
        """What readers corrected of the scans' SUV, in the order they did."""
        with reading(self._engine) as connection:
            return fetch_all_corrections(connection, patient_id)

    def save_read(self, read: ReadRecord) -> None:
        """Keep a read beside the earlier ones; nothing alters a read."""
        check_record(read)
        with writing(self._engine) as connection:
            save_reads(connection, [read])

    def fetch_reads(self, patient_id: str | None = None) -> list[ReadRecord]:
        with reading(self._engine) as connection:
            return fetch_all_reads(connection, patient_id)

    def save_reference(self, reference: ReferenceDiagnosis, *, who: str | None = None, why: str | None = None) -> None:
        check_record(reference)
        with writing(self._engine) as connection:
            save_references(connection, [reference], who, why)

    def fetch_references(self) -> list[ReferenceDiagnosis]:
        with reading(self._engine) as connection:
            return fetch_all_references(connection)

    def save_many(
        self,
        *,
        patients: Sequence[Patient] = (),
        cases: Sequence[dict[str, Any]] = (),
        series: Sequence[SeriesRecord] = (),
        measurements: Sequence[MeasurementRecord] = (),
        regions: Sequence[ReferenceRegion] = (),
        reads: Sequence[ReadRecord] = (),
        references: Sequence[ReferenceDiagnosis] = (),
        trial: TrialRecords | None = None,
        who: str | None = None,
        why: str | None = None,
    ) -> None:
        """Save many of everything in one transaction, in this order: a mistake in any keeps none."""
        read = read_cases(cases)
        records: Sequence[Record] = (*patients, *series, *measurements, *regions, *reads, *references)
        for record in records:
            check_record(record)
        with writing(self._engine) as connection:
            save_patients(connection, patients, who, why)
            save_cases(connection, read, who, why)
            save_all_series(connection, series)
            save_measurements(connection, measurements, who, why)
            save_regions(connection, regions, who, why)
            save_reads(connection, reads)
            save_references(connection, references, who, why)
            save_trial_records(connection, trial or TrialRecords(), (who, why))

    def fetch_assessment(self, patient_id: str) -> Assessment:
        """The assessment of the present case by the present knowledge; made anew when either changed."""
        return fetch_one_assessment(self._engine, patient_id)

    def fetch_assessments(self) -> dict[str, Assessment]:
        return fetch_all_assessments(self._engine)

    def count_unassessed(self) -> int:
        """How many patients have no assessment of their present case by the present knowledge."""
        return count_unassessed(self._engine)

    def assess_some(self, at_most: int) -> int:
        """Assess so many of those without an assessment and keep it; how many were there to do before."""
        return assess_some(self._engine, at_most)

    def fetch_worklist(self, *, assess: bool = True) -> list[WorklistRow]:
        """One line a patient. Without `assess`, who has no present assessment has a line that suggests nothing."""
        return fetch_rows(self._engine, assess)


def open_store(url: str | None = None) -> Store:
    """The store at `url` (else DATABASE_URL, else SQLite in the data folder), with its tables brought up to date."""
    engine = connect_database(url)
    try:
        upgrade_database(engine)
    except OperationalError as error:
        place = engine.url.render_as_string(hide_password=True)
        engine.dispose()
        raise StoreError(f"The database at {place} cannot be opened: {error.orig}") from error
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)
