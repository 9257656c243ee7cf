"""A measured lesion goes to the patient: its images, its numbers, and an entry in the case, all or with a reason why not."""

from dataclasses import dataclass, replace
from typing import Any

from exchange.case_entry import Background, write_imaging_entry
from imaging.descriptors import clean_description
from imaging.extent import Point
from imaging.measure import Measurement
from store import MeasurementRecord, SeriesRecord, Store
from views.measure_panel import Reference
from views.scan import Scan
from views.uploads import keep_preview, keep_scan


@dataclass(frozen=True)
class Finding:
    """What the reader says of a measured lesion: its number, region and uptake, and on what it was measured."""

    lesion: str
    region: str
    uptake: str
    at_mm: Point
    threshold: str
    measurement: Measurement
    references: dict[str, Reference]
    note: str | None = None


def attach_scans(store: Store, scans: tuple[Scan, ...], patient_id: str) -> tuple[Scan, ...]:
    """Keep uploaded scans as the patient's; gives them back as stored. Raises StoreError or ImagingError."""
    return tuple(scan if scan.stored else _attach_scan(store, scan, patient_id) for scan in scans)


def _attach_scan(store: Store, scan: Scan, patient_id: str) -> Scan:
    place = keep_scan(scan, patient_id)
    preview = keep_preview(scan, patient_id, place) if scan.is_pet else None
    record = replace(_forget_names(scan), patient_id=patient_id, volume_path=place, preview_path=preview)
    store.save_series(record)
    return Scan(record)


def _forget_names(scan: Scan) -> SeriesRecord:
    """The record with its description cleaned: typed at the scanner, it may name a person, and it is kept for good."""
    headers = scan.series.headers if scan.series else ()
    description = clean_description(scan.record.description, headers)
    return replace(
        scan.record, description=description, inspection=scan.record.inspection | {"description": description}
    )


def attach_finding(store: Store, record: SeriesRecord, finding: Finding) -> str:
    """Save the measurement and put the finding in the case; gives back what was done, in a sentence.

    A region has one entry a tracer in the case: the hottest lesion's, whose fields go over what stood there. Raises
    StoreError or CaseError, with nothing changed in the case.
    """
    store.save_measurement(_measurement(record, finding))
    hotter = _hotter_lesion(store, record, finding)
    if hotter is not None:
        return f"Lesion {finding.lesion} is saved; the case keeps lesion {hotter}, the hotter one of this region."
    case = store.fetch_case(record.patient_id)
    entry = _entry(record, finding)
    entries = list(case.get("imaging") or [])
    place = next((n for n, one in enumerate(entries) if _same_region(one, entry)), len(entries))
    entries[place : place + 1] = [({} if place == len(entries) else entries[place]) | entry]
    store.save_case(case | {"imaging": entries}, why=f"measured on the images ({record.tracer or 'PET'})")
    return f"Lesion {finding.lesion} is saved and stands in the case of {record.patient_id}."


def _hotter_lesion(store: Store, record: SeriesRecord, finding: Finding) -> str | None:
    """Another lesion of the same region and series with a higher SUVmax, None when this one is the hottest."""
    for other in store.fetch_measurements(record.patient_id):
        same = (other.series_uid, other.site) == (record.series_uid, finding.region)
        if same and other.lesion != finding.lesion and (other.suv_max or 0.0) > finding.measurement.suv_max:
            return other.lesion
    return None


def _same_region(one: dict[str, Any], entry: dict[str, Any]) -> bool:
    return all(one.get(name) == entry.get(name) for name in ("modality", "tracer", "region"))


def _entry(record: SeriesRecord, finding: Finding) -> dict[str, Any]:
    mean = {name: one.mean for name, one in finding.references.items()}
    top = {name: one.max for name, one in finding.references.items()}
    return write_imaging_entry(
        finding.measurement,
        tracer=record.tracer,
        region=finding.region,
        uptake=finding.uptake,
        uptake_minutes=record.uptake_minutes,
        background=Background(
            mean.get("liver"), top.get("contralateral"), top.get("normal_adrenal"), mean.get("blood_pool")
        ),
    )


def _measurement(record: SeriesRecord, finding: Finding) -> MeasurementRecord:
    measured, liver = finding.measurement, finding.references.get("liver")
    other = finding.references.get("contralateral")
    return MeasurementRecord(
        patient_id=record.patient_id,
        series_uid=record.series_uid,
        lesion=finding.lesion,
        site=finding.region,
        at_mm=finding.at_mm,
        threshold=finding.threshold,
        suv_max=measured.suv_max,
        suv_mean=measured.suv_mean,
        suv_peak=measured.suv_peak,
        volume_ml=measured.volume_ml,
        total_uptake=measured.total_uptake,
        centre_mm=measured.centre_mm,
        liver_suv_mean=liver.mean if liver else None,
        contralateral_suv_max=other.max if other else None,
        note=finding.note or measured.says or None,
    )
