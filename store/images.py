"""Image series and what was measured on them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, and_, delete
from sqlalchemy.sql.elements import ColumnElement

from store.records import MeasurementRecord, SeriesRecord
from store.rows import fetch_records, read_now, replace_rows, save_change, to_columns, to_document, touch_patient
from store.tables import MeasurementRow, SeriesRow

MEASUREMENT_KEYS = ("patient_id", "series_uid", "lesion")


def save_all_series(connection: Connection, series: Sequence[SeriesRecord]) -> None:
    """Add each series, or put it in the place of the one with the same UID of that patient."""
    for patient_id in {record.patient_id for record in series}:
        touch_patient(connection, patient_id)
    rows = [to_columns(record) for record in series]
    replace_rows(connection, SeriesRow, rows, ["patient_id", "series_uid"])


def fetch_all_series(connection: Connection, patient_id: str | None) -> list[SeriesRecord]:
    """The series by date of acquisition; unknown dates come first."""
    where = None if patient_id is None else SeriesRow.patient_id == patient_id
    order = (SeriesRow.patient_id, SeriesRow.acquired_on.asc().nulls_first(), SeriesRow.series_uid)
    return fetch_records(connection, SeriesRecord, SeriesRow, where, *order)


def save_measurements(connection: Connection, measurements: Sequence[MeasurementRecord], who: str | None) -> None:
    """Add each measurement, or replace the one of the same lesion and series; the old one goes to the history."""
    for patient_id in {record.patient_id for record in measurements}:
        touch_patient(connection, patient_id)
    dated = [replace(record, created_at=record.created_at or read_now()) for record in measurements]
    for record in dated:
        old = fetch_records(connection, MeasurementRecord, MeasurementRow, _same_lesion(record))
        before = to_document(old[0]) if old else None
        save_change(connection, record.patient_id, "measurement", before, to_document(record), who)
    replace_rows(connection, MeasurementRow, [to_columns(record) for record in dated], MEASUREMENT_KEYS)


def fetch_all_measurements(connection: Connection, patient_id: str | None) -> list[MeasurementRecord]:
    """The measurements of a patient (of all when None), oldest first."""
    where = None if patient_id is None else MeasurementRow.patient_id == patient_id
    order = (MeasurementRow.patient_id, MeasurementRow.created_at, MeasurementRow.series_uid, MeasurementRow.lesion)
    return fetch_records(connection, MeasurementRecord, MeasurementRow, where, *order)


def remove_measurement(connection: Connection, record: MeasurementRecord, who: str | None, why: str | None) -> None:
    """Take a measurement away; it stays in the history."""
    touch_patient(connection, record.patient_id)
    if connection.execute(delete(MeasurementRow).where(_same_lesion(record))).rowcount:
        save_change(connection, record.patient_id, "measurement", to_document(record), None, who, why)


def _same_lesion(record: MeasurementRecord) -> ColumnElement[bool]:
    return and_(*(getattr(MeasurementRow, key) == getattr(record, key) for key in MEASUREMENT_KEYS))
