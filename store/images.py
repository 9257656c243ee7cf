"""Image series and what was measured on them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, and_, delete
from sqlalchemy.sql.elements import ColumnElement

from store.records import CorrectionRecord, MeasurementRecord, ReferenceRegion, SeriesRecord
from store.rows import (
    add_rows,
    fetch_records,
    read_now,
    replace_rows,
    save_change,
    to_columns,
    to_document,
    touch_patient,
)
from store.tables import CorrectionRow, MeasurementRow, ReferenceRegionRow, SeriesRow

MEASUREMENT_KEYS = ("patient_id", "series_uid", "lesion")
REGION_KEYS = ("patient_id", "series_uid", "organ")


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


def save_measurements(
    connection: Connection, measurements: Sequence[MeasurementRecord], who: str | None, why: str | None = None
) -> None:
    """Add each measurement, or replace the one of the same lesion and series; the old one goes to the history."""
    for patient_id in {record.patient_id for record in measurements}:
        touch_patient(connection, patient_id)
    dated = [replace(record, created_at=record.created_at or read_now()) for record in measurements]
    for record in dated:
        old = fetch_records(connection, MeasurementRecord, MeasurementRow, _same_lesion(record))
        before = to_document(old[0]) if old else None
        save_change(connection, record.patient_id, "measurement", before, to_document(record), who, why)
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


def save_regions(
    connection: Connection, regions: Sequence[ReferenceRegion], who: str | None, why: str | None = None
) -> None:
    """Add each reference region, or replace the one of the same organ and series; the old one goes to the history."""
    for patient_id in {region.patient_id for region in regions}:
        touch_patient(connection, patient_id)
    dated = [replace(region, created_at=region.created_at or read_now()) for region in regions]
    for region in dated:
        old = fetch_records(connection, ReferenceRegion, ReferenceRegionRow, _same_organ(region))
        before = to_document(old[0]) if old else None
        save_change(connection, region.patient_id, "reference region", before, to_document(region), who, why)
    replace_rows(connection, ReferenceRegionRow, [to_columns(region) for region in dated], REGION_KEYS)


def fetch_regions(connection: Connection, patient_id: str | None) -> list[ReferenceRegion]:
    """The reference regions of a patient (of all when None), by series and organ."""
    where = None if patient_id is None else ReferenceRegionRow.patient_id == patient_id
    order = (ReferenceRegionRow.patient_id, ReferenceRegionRow.series_uid, ReferenceRegionRow.organ)
    return fetch_records(connection, ReferenceRegion, ReferenceRegionRow, where, *order)


def remove_region(connection: Connection, region: ReferenceRegion, who: str | None, why: str | None) -> None:
    """Take a reference region away; it stays in the history."""
    touch_patient(connection, region.patient_id)
    if connection.execute(delete(ReferenceRegionRow).where(_same_organ(region))).rowcount:
        save_change(connection, region.patient_id, "reference region", to_document(region), None, who, why)


def save_corrections(connection: Connection, corrections: Sequence[CorrectionRecord]) -> None:
    """Add each correction behind the earlier ones."""
    for patient_id in {correction.patient_id for correction in corrections}:
        touch_patient(connection, patient_id)
    dated = [replace(one, corrected_at=one.corrected_at or read_now()) for one in corrections]
    add_rows(connection, CorrectionRow, [to_columns(one) for one in dated])


def fetch_all_corrections(connection: Connection, patient_id: str | None) -> list[CorrectionRecord]:
    """The corrections of a patient's scans (of all when None), in the order they were made."""
    where = None if patient_id is None else CorrectionRow.patient_id == patient_id
    return fetch_records(connection, CorrectionRecord, CorrectionRow, where, CorrectionRow.correction_id)


def _same_lesion(record: MeasurementRecord) -> ColumnElement[bool]:
    return and_(*(getattr(MeasurementRow, key) == getattr(record, key) for key in MEASUREMENT_KEYS))


def _same_organ(region: ReferenceRegion) -> ColumnElement[bool]:
    return and_(*(getattr(ReferenceRegionRow, key) == getattr(region, key) for key in REGION_KEYS))
