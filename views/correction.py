"""A scan's SUV corrected by a reader: the volume, its document, lesions and case follow, and old and new are kept. No Streamlit."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from decision.vocabulary import load_vocabulary
from imaging.corrected_document import CORRECTIONS, HEADERS, correct_document, read_entered, read_stated
from imaging.corrected_suv import compute_corrected_suv
from imaging.correction import Correction, write_correction
from imaging.dicom import Series
from imaging.kept_headers import read_headers
from imaging.orientation import turn_to_patient_axes
from imaging.problem import ImagingError
from imaging.rescaling import find_ratios, find_shared_ratio, rescale_volume
from imaging.volume import Volume, read_volume, save_volume
from store import CorrectionRecord, ImageRecord, MeasurementRecord, ReferenceRegion, SeriesRecord, Store, data_folder
from views.corrected_lesions import Step, follow_case, follow_lesion, follow_region, say_left
from views.previews import keep_preview
from views.scan import Scan
from views.words import say_count

LOG, LEFT = "log", "left"


@dataclass(frozen=True)
class Entry:
    """What the reader enters: every value in force from now on, why, and who says so."""

    correction: Correction
    reason: str
    reader: str


@dataclass(frozen=True)
class Corrected:
    """A scan in its new SUV, the line of its history, and the step that everything measured on it must take."""

    record: SeriesRecord
    line: CorrectionRecord
    step: Step


def correct_scan(scan: Scan, entry: Entry) -> Corrected:
    """The volume in the corrected SUV, in a new file beside the old one; raises ImagingError in a sentence."""
    if scan.path is None:
        raise ImagingError("The images of this scan are gone from the server; upload them again.")
    before, document = scan.record.inspection, correct_document(scan.record.inspection, entry.correction, entry.reason)
    headers = read_headers(document[HEADERS])
    ratios = find_ratios(before.get("suv_factors"), document["suv_factors"], len(headers))
    volume = rescale_volume(read_volume(scan.path), ratios, headers[0], document["suv_factors"] is not None)
    if document["suv_factors"] is not None:
        document["suv_max"] = round(float(volume.values.max()), 5)
    path = scan.path.with_name(f"{scan.path.stem.partition('-corrected-')[0]}-corrected-{secrets.token_hex(4)}.npz")
    save_volume(volume, path)
    record = replace(
        scan.record,
        volume_path=path.relative_to(data_folder()).as_posix(),
        tracer=document["tracer"],
        uptake_minutes=document["uptake_minutes"],
        suv_type=document["suv_type"],
        inspection=document,
    )
    return Corrected(record, _write_line(scan.record, document, entry), _find_step(before, document, volume, ratios))


def _find_step(before: dict[str, Any], after: dict[str, Any], volume: Volume, ratios: Sequence[float]) -> Step:
    return Step(
        turn_to_patient_axes(volume),
        find_shared_ratio(ratios),
        had_suv=before.get("suv_factors") is not None,
        has_suv=after["suv_factors"] is not None,
        says="; ".join(after[CORRECTIONS]["says"]) or "back to what the images say",
    )


def _write_line(record: SeriesRecord, document: dict[str, Any], entry: Entry) -> CorrectionRecord:
    stated = write_correction(read_stated(document))
    old = stated | write_correction(read_entered(record.inspection))
    new = stated | write_correction(entry.correction)
    changed = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    return CorrectionRecord(
        patient_id=record.patient_id,
        series_uid=record.series_uid,
        entered=write_correction(entry.correction),
        before={name: old.get(name) for name in changed},
        after={name: new.get(name) for name in changed},
        reason=entry.reason,
        reader=entry.reader,
        factor_before=_first(record.inspection.get("suv_factors")),
        factor_after=_first(document["suv_factors"]),
        corrected_at=datetime.now(UTC).replace(microsecond=0),
    )


def _first(factors: Sequence[float] | None) -> float | None:
    return factors[0] if factors else None


def correct_upload(scan: Scan, entry: Entry) -> tuple[Scan, Step]:
    """An upload that no patient has yet, corrected; the line of its history goes with it until it is attached."""
    corrected = correct_scan(scan, entry)
    record, document = corrected.record, corrected.record.inspection
    lines = [*((scan.record.inspection.get(CORRECTIONS) or {}).get(LOG) or ()), _pack(corrected.line)]
    record = replace(record, inspection=document | {CORRECTIONS: document[CORRECTIONS] | {LOG: lines}})
    series = follow_series(scan.series, record) if scan.series else None
    return replace(scan, record=record, series=series), corrected.step


def follow_series(series: Series, record: SeriesRecord) -> Series:
    """The images' series with the SUV of the record beside its headers, which stay as the scanner wrote them."""
    suv = compute_corrected_suv(series.headers, read_entered(record.inspection))
    own = tuple(one for one in series.problems if series.suv is None or one not in series.suv.problems)
    return replace(
        series,
        tracer=record.tracer,
        suv=suv,
        reference_time=suv.reference_time,
        reference_time_source=suv.reference_time_source,
        uptake_minutes=suv.uptake_minutes,
        problems=tuple(dict.fromkeys((*own, *suv.problems))),
    )


def _pack(line: CorrectionRecord) -> dict[str, Any]:
    # The moment of a correction is today's: written so that moving the images' dates leaves it alone.
    moment = f"{line.corrected_at:%Y%m%dT%H%M%S}" if line.corrected_at else None
    return {
        name: getattr(line, name)
        for name in ("entered", "before", "after", "reason", "reader", "factor_before", "factor_after")
    } | {"corrected_at": moment}


def unpack_lines(record: SeriesRecord) -> list[CorrectionRecord]:
    """The corrections made on an upload before it had a patient, for the record of the patient it now has."""
    lines = (record.inspection.get(CORRECTIONS) or {}).get(LOG) or ()
    return [
        CorrectionRecord(
            patient_id=record.patient_id,
            series_uid=record.series_uid,
            **{name: value for name, value in line.items() if name != "corrected_at"},
            corrected_at=datetime.strptime(line["corrected_at"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC),
        )
        for line in lines
    ]


def keep_lines(record: SeriesRecord) -> tuple[SeriesRecord, list[CorrectionRecord]]:
    """An attached scan without the lines it carried, and these for the store."""
    kept = record.inspection.get(CORRECTIONS)
    if not kept:
        return record, []
    plain = {name: value for name, value in kept.items() if name != LOG}
    return replace(record, inspection=record.inspection | {CORRECTIONS: plain}), unpack_lines(record)


def correct_stored(store: Store, scan: Scan, entry: Entry) -> str:
    """A patient's scan corrected with all that follows from it, all or nothing; gives back what was done, in a sentence.

    Raises ImagingError, StoreError or CaseError with everything as it was.
    """
    _check_present(store, scan)
    corrected = correct_scan(scan, entry)
    record, step, new = corrected.record, corrected.step, data_folder() / str(corrected.record.volume_path)
    try:
        lesions, regions = _follow_measured(store, record, step)
        case, left = follow_case(store.fetch_case(record.patient_id), (scan.record, record), lesions, step)
        says = say_left(left, load_vocabulary().regions)
        record = _tell_left(record, says)
        if record.preview_path:
            record = replace(record, preview_path=keep_preview(store, record))
        saved: list[ImageRecord] = [record, corrected.line, *lesions, *regions]
        store.change_images(saved=saved, case=case, who=entry.reader, why=f"SUV corrected: {entry.reason}")
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    if scan.path and scan.path != new:
        Path(scan.path).unlink(missing_ok=True)
    return f"The SUV of {Scan(record).name} is corrected; {say_count(len(lesions), 'lesion')} recomputed, the case follows."


def _check_present(store: Store, scan: Scan) -> None:
    stored = next((one for one in store.fetch_series(scan.record.patient_id) if one.series_uid == scan.uid), None)
    if stored is None or stored.volume_path != scan.record.volume_path:
        raise ImagingError("Somebody else has corrected this scan meanwhile: load the page again and look first.")


def _follow_measured(
    store: Store, record: SeriesRecord, step: Step
) -> tuple[list[MeasurementRecord], list[ReferenceRegion]]:
    """Every lesion and reference of this scan in the SUV of now."""
    every = store.fetch_reference_regions(record.patient_id)
    regions = [follow_region(one, step) for one in every if one.series_uid == record.series_uid]
    liver = next((one for one in regions if one.organ == "liver"), None)
    lesions = store.fetch_measurements(record.patient_id)
    return [follow_lesion(one, step, liver) for one in lesions if one.series_uid == record.series_uid], regions


def _tell_left(record: SeriesRecord, says: str) -> SeriesRecord:
    kept = record.inspection[CORRECTIONS]
    return replace(record, inspection=record.inspection | {CORRECTIONS: kept | {LEFT: says}})


def fetch_lines(store: Store, scan: Scan) -> list[CorrectionRecord]:
    """The corrections of a scan in the order they were made, of an upload those it carries."""
    if not scan.stored:
        return unpack_lines(scan.record)
    lines = store.fetch_corrections(scan.record.patient_id)
    return [one for one in lines if one.series_uid == scan.uid]
