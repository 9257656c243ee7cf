"""A synthetic DICOM study taken in as a user's upload would be: read, loaded, measured at a reader's clicks, pictured."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from imaging.dicom import Series, load_volume, read_study
from imaging.measure import measure_sphere
from imaging.preview import save_preview
from imaging.provenance import document_series
from imaging.volume import Volume, save_volume
from sample_data.draws import load_parameters
from sample_data.lesions import LesionMeasurement, measure_lesion
from sample_data.specs import StudySpec
from sample_data.studies import LesionTruth, StudyTruth, make_study
from store import MeasurementRecord, ReferenceRegion, SeriesRecord

Entry = dict[str, Any]
INCOMING = "incoming"
MEASURED_AT = time(7, 0)
OTHER_GLAND = {"adrenal_left": "adrenal_right", "adrenal_right": "adrenal_left"}


@dataclass(frozen=True)
class TakenIn:
    """What one study adds to the store, and what was measured by region for the imaging entries of the case."""

    patient_id: str
    tracer: str
    series: tuple[SeriesRecord, ...]
    measurements: tuple[MeasurementRecord, ...]
    measured: dict[str, Entry]
    regions: tuple[ReferenceRegion, ...] = ()


@dataclass(frozen=True)
class Desk:
    """One PET at the reading desk with its truth: where a reader would click."""

    truth: StudyTruth
    series: Series
    volume: Volume

    def sphere_max(self, place: str) -> float:
        return measure_sphere(self.volume, self.truth.references[place].centre_mm, _sphere_mm(place)).max

    def sphere_mean(self, place: str) -> float:
        return measure_sphere(self.volume, self.truth.references[place].centre_mm, _sphere_mm(place)).mean


def take_in_study(spec: StudySpec, data_folder: Path) -> TakenIn:
    """Write the study as DICOM to a temporary folder, take it in, and leave volumes and previews in the data folder."""
    incoming = data_folder / INCOMING
    incoming.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{spec.name}_", dir=incoming) as folder:
        return read_in(make_study(spec, Path(folder)), data_folder)


def read_in(truth: StudyTruth, data_folder: Path) -> TakenIn:
    """The study under `truth.folder` read by the reader of uploads; raises ImagingError where an upload would.

    No identity is removed: its headers say that there is none, and its dates are those of the invented trial.
    """
    study = read_study(truth.folder)
    volumes = {series.series_uid: load_volume(series) for series in study.series}
    pet = next(series for series in study.series if series.modality == "PT")
    desk = Desk(truth, pet, volumes[pet.series_uid])
    found = {lesion.name: measure_lesion(desk.volume, lesion) for lesion in truth.lesions}
    ct = next((volumes[one.series_uid] for one in study.series if one.modality == "CT"), None)
    preview = _save_preview(desk, ct, found, data_folder)
    series = tuple(_save_series(one, volumes[one.series_uid], truth, data_folder, preview) for one in study.series)
    measurements = tuple(_measurement(desk, lesion, found) for lesion in truth.lesions)
    regions = tuple(_regions(desk))
    return TakenIn(truth.patient_id, truth.tracer, series, measurements, dict(_measured(desk, found)), regions)


def _sphere_mm(place: str) -> float:
    return float(load_parameters("findings")["spheres_mm"][place])


def _save_series(series: Series, volume: Volume, truth: StudyTruth, data_folder: Path, preview: Path) -> SeriesRecord:
    is_pet = series.modality == "PT"
    name = f"{truth.patient_id}_{truth.tracer}_{series.modality}.npz"
    path = _place(data_folder, "volumes", name)
    save_volume(volume, path)
    return SeriesRecord(
        patient_id=truth.patient_id,
        series_uid=series.series_uid,
        study_uid=series.study_uid,
        modality=series.modality,
        tracer=series.tracer,
        description=series.description,
        acquired_on=_acquired_on(series),
        uptake_minutes=series.uptake_minutes,
        suv_type=series.suv.suv_type if series.suv else None,
        volume_path=path.relative_to(data_folder).as_posix(),
        preview_path=preview.relative_to(data_folder).as_posix() if is_pet else None,
        inspection=document_series(series, volume),
    )


def _acquired_on(series: Series) -> date | None:
    return date.fromisoformat(series.study_date) if series.study_date else None


def _place(data_folder: Path, kind: str, name: str) -> Path:
    folder = data_folder / kind
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def _save_preview(desk: Desk, ct: Volume | None, found: dict[str, LesionMeasurement], data_folder: Path) -> Path:
    hottest_first = sorted(desk.truth.lesions, key=lambda lesion: -found[lesion.name].suv_max)
    path = _place(data_folder, "previews", f"{desk.truth.patient_id}_{desk.truth.tracer}.jpg")
    save_preview(path, desk.volume, ct, desk.series.tracer, [lesion.centre_mm for lesion in hottest_first])
    return path


def _measurement(desk: Desk, lesion: LesionTruth, found: dict[str, LesionMeasurement]) -> MeasurementRecord:
    measured, glands = found[lesion.name], _gland_maxima(desk, found)
    other = OTHER_GLAND.get(lesion.site)
    acquired_on = _acquired_on(desk.series)
    return MeasurementRecord(
        patient_id=desk.truth.patient_id,
        series_uid=desk.series.series_uid,
        lesion=lesion.name,
        site=lesion.site,
        at_mm=lesion.centre_mm,
        threshold=measured.threshold,
        suv_max=measured.suv_max,
        suv_mean=measured.suv_mean,
        suv_peak=measured.suv_peak,
        volume_ml=measured.volume_ml,
        total_uptake=measured.total_uptake,
        centre_mm=measured.centre_mm,
        liver_suv_mean=desk.sphere_mean("liver"),
        contralateral_suv_max=glands[other] if other else None,
        note=measured.note,
        created_at=datetime.combine(acquired_on, MEASURED_AT, UTC) if acquired_on else None,
    )


def _regions(desk: Desk) -> Iterator[ReferenceRegion]:
    """Liver, blood pool, spleen, and each adrenal without a lesion, as a reader would set them."""
    sick = {lesion.site for lesion in desk.truth.lesions}
    acquired_on = _acquired_on(desk.series)
    for organ in ("liver", "blood_pool", "spleen", *OTHER_GLAND):
        if organ in sick:
            continue
        at_mm, diameter = desk.truth.references[organ].centre_mm, _sphere_mm(organ)
        sphere = measure_sphere(desk.volume, at_mm, diameter)
        yield ReferenceRegion(
            patient_id=desk.truth.patient_id,
            series_uid=desk.series.series_uid,
            organ=organ,
            at_mm=at_mm,
            diameter_mm=diameter,
            suv_mean=sphere.mean,
            suv_sd=sphere.sd,
            suv_max=sphere.max,
            placed="by hand",
            created_at=datetime.combine(acquired_on, MEASURED_AT, UTC) if acquired_on else None,
        )


def _gland_maxima(desk: Desk, found: dict[str, LesionMeasurement]) -> dict[str, float]:
    """SUVmax of pituitary and adrenals: of the hottest lesion there, else of a sphere around the normal gland."""
    glands = {place: desk.sphere_max(place) for place in ("pituitary", *OTHER_GLAND)}
    for place in glands:
        here = [found[lesion.name].suv_max for lesion in desk.truth.lesions if lesion.site == place]
        glands[place] = max(here, default=glands[place])
    return glands


def _measured(desk: Desk, found: dict[str, LesionMeasurement]) -> Iterator[tuple[str, Entry]]:
    """By region: the hottest lesion of the region, or the normal gland where nothing lies."""
    glands = _gland_maxima(desk, found)
    lesions: dict[str, list[LesionMeasurement]] = {}
    for lesion in desk.truth.lesions:
        lesions.setdefault(lesion.site, []).append(found[lesion.name])
    for site, measurements in lesions.items():
        yield site, _in_entry(desk, max(measurements, key=lambda one: one.suv_max))
    for place, suv_max in glands.items():
        if place not in lesions:
            yield place, {"suv_max": round(suv_max, 1), **_common(desk)}
    for gland, other in OTHER_GLAND.items():
        yield f"other_{gland}", {"contralateral_suv_max": round(glands[other], 1)}


def _in_entry(desk: Desk, measured: LesionMeasurement) -> Entry:
    names = ("suv_max", "suv_mean", "suv_peak", "volume_ml")
    numbers = {name: getattr(measured, name) for name in names}
    return {name: None if value is None else round(value, 1) for name, value in numbers.items()} | _common(desk)


def _common(desk: Desk) -> Entry:
    minutes = desk.series.uptake_minutes
    return {
        "liver_suv_mean": round(desk.sphere_mean("liver"), 1),
        "blood_pool_suv_mean": round(desk.sphere_mean("blood_pool"), 1),
        "uptake_minutes": None if minutes is None else round(minutes, 1),
    }
