"""The worklist: one line a patient, from a handful of queries that read no documents."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from store.assessments import is_present, refresh_assessments
from store.engine import reading
from store.records import WorklistRow
from store.tables import AssessmentRow, ImagingFindingRow, PatientRow, ReadRow, ReferenceRow, SeriesRow

PENTIXAFOR = "68Ga-Pentixafor"
DOTATATE = "68Ga-DOTATATE"
UNKNOWN_SUMMARY: dict[str, Any] = {
    **dict.fromkeys(("leader", "probability", "low", "high", "abstain", "next_test", "next_gain_bits")),
    **dict.fromkeys(("prediction_set", "missing", "rests_on", "urgent"), ()),
    "conflicts": 0,
}


def fetch_rows(engine: Engine, assess: bool = True) -> list[WorklistRow]:
    """Every patient with the present assessment, by meeting date (no date last), then pseudonym.

    Where there is none it is made first, unless `assess` is False: then the line has none.
    """
    if assess:
        refresh_assessments(engine)
    with reading(engine) as connection:
        scanned, thumbnails = _fetch_scans(connection)
        read = _fetch_tracers_read(connection)
        return [
            _to_worklist_row(row, scanned[row.patient_id], read[row.patient_id], thumbnails.get(row.patient_id, []))
            for row in _fetch_patients(connection)
        ]


def _to_worklist_row(row: Row[Any], scanned: set[str], read: set[str], thumbnails: list[str]) -> WorklistRow:
    summary = {**UNKNOWN_SUMMARY, **(row.summary or {})}
    lists = {name: tuple(value) for name, value in summary.items() if isinstance(value, list)}
    return WorklistRow(
        patient_id=row.patient_id,
        age_years=row.age_years,
        sex=row.sex,
        enrolled_on=row.enrolled_on,
        mdt_on=row.mdt_on,
        updated_at=row.updated_at,
        synthetic=row.synthetic,
        reference=row.reference,
        has_pentixafor=PENTIXAFOR in scanned,
        has_dotatate=DOTATATE in scanned,
        needs_read=bool(scanned - read),
        thumbnail=thumbnails[0] if thumbnails else None,
        second_thumbnail=thumbnails[1] if len(thumbnails) > 1 else None,
        **{**summary, **lists},
    )


def _fetch_patients(connection: Connection) -> list[Row[Any]]:
    query = (
        select(PatientRow.__table__, AssessmentRow.summary, ReferenceRow.subtype.label("reference"))
        .outerjoin(AssessmentRow, (AssessmentRow.patient_id == PatientRow.patient_id) & is_present())
        .outerjoin(ReferenceRow, ReferenceRow.patient_id == PatientRow.patient_id)
        .order_by(PatientRow.mdt_on.asc().nulls_last(), PatientRow.patient_id)
    )
    return list(connection.execute(query))


def _fetch_scans(connection: Connection) -> tuple[dict[str, set[str]], dict[str, list[str]]]:
    """Which tracers each patient was scanned with (images or a reported PET), and one preview a tracer, Pentixafor first."""
    scanned: dict[str, set[str]] = defaultdict(set)
    previews: dict[str, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(select(SeriesRow.patient_id, SeriesRow.tracer, SeriesRow.preview_path)):
        if row.tracer is not None:
            scanned[row.patient_id].add(row.tracer)
        if row.preview_path is not None:
            previews[row.patient_id].setdefault(row.tracer or "", row.preview_path)
    reported = select(ImagingFindingRow.patient_id, ImagingFindingRow.tracer).where(ImagingFindingRow.modality == "PET")
    for pet in connection.execute(reported.where(ImagingFindingRow.tracer.is_not(None)).distinct()):
        scanned[pet.patient_id].add(pet.tracer or "")
    return scanned, {name: _order_previews(found) for name, found in previews.items()}


def _order_previews(previews: dict[str, str]) -> list[str]:
    known = [previews[tracer] for tracer in (PENTIXAFOR, DOTATATE) if tracer in previews]
    return known or list(previews.values())[:1]


def _fetch_tracers_read(connection: Connection) -> dict[str, set[str]]:
    read: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(select(ReadRow.patient_id, ReadRow.tracer).distinct()):
        read[row.patient_id].add(row.tracer)
    return read
