"""What inspect and measure print: plain documents of a study, a series and a measurement."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from imaging.dicom import Series, Study, load_volume
from imaging.normalised import compute_shares
from imaging.problem import ImagingError, Problem
from imaging.stack import gaps_of
from imaging.volume import Volume

Point = tuple[float, float, float]

if TYPE_CHECKING:
    from imaging.measure import Measurement


def write_inspection(study: Study) -> dict[str, Any]:
    """The inspection of a study: every series and every rejected file."""
    rejected = [{"file": one.file, "because": one.because} for one in study.rejected]
    return {"series": [write_series(series) for series in study.series], "rejected": rejected}


def write_refusal(path: Path, refusal: ImagingError) -> dict[str, Any]:
    """An inspection of an upload that was refused as a whole."""
    return {"series": [], "rejected": [{"file": str(path), "because": str(refusal)}]}


def write_series(series: Series, volume: Volume | None = None) -> dict[str, Any]:
    """One series as the contract prints it; pixels are read for SUVmax unless `volume` is given."""
    suv = series.suv
    suv_max, unreadable = _suv_max(series, volume)
    return {
        "series_uid": series.series_uid,
        "study_uid": series.study_uid,
        "modality": series.modality,
        "description": series.description,
        "tracer": series.tracer,
        "study_date": series.study_date,
        "slices": len(series.headers),
        "size": list(series.size) if series.size else None,
        "spacing_mm": [round(n, 4) for n in series.spacing_mm] if series.spacing_mm else None,
        "units": series.units,
        "suv_type": suv.suv_type if suv else None,
        "suv_factors": _factors(suv.factors) if suv and suv.factors else None,
        "suv_other_factors": _other_factors(series) if suv and suv.factors else None,
        "reference_time": series.reference_time,
        "reference_time_source": series.reference_time_source,
        "uptake_minutes": series.uptake_minutes,
        "suv_max": suv_max,
        "problems": [
            {"code": one.code, "severity": one.severity, "says": one.says} for one in (*series.problems, *unreadable)
        ],
    }


def _factors(factors: Sequence[float]) -> list[float]:
    return [factors[0]] if len(set(factors)) == 1 else list(factors)


def _other_factors(series: Series) -> dict[str, list[float]]:
    """The factors of SUV by lean mass, ideal weight and body surface, by DICOM SUV Type, where the body is known."""
    factors = _factors(series.suv.factors) if series.suv and series.suv.factors else []
    return {kind: [one * share for one in factors] for kind, share in compute_shares(series.headers[0]).items()}


def _suv_max(series: Series, volume: Volume | None) -> tuple[float | None, tuple[Problem, ...]]:
    if series.suv is None or series.suv.factors is None:
        return None, ()
    try:
        found = volume or load_volume(series)
    except ImagingError as error:
        known = any(problem.says == str(error) for problem in series.problems)
        return None, () if known else (Problem("pixels_unreadable", "error", str(error)),)
    highest = float(np.max(found.values))
    if not np.isfinite(highest):
        says = "The pixels are not numbers after rescaling, so no SUV can be right; send the series again."
        return None, (Problem("pixels_not_numbers", "error", says),)
    return round(highest, 5), ()


def measure_series(
    study: Study, series_uid: str, at_mm: Point, threshold: str, liver_mm: Point | None
) -> "Measurement":
    """The lesion under a point of one series; ImagingError in a sentence when it cannot be right."""
    from imaging.measure import measure_region  # a study is inspected without it, and sooner

    series = _find_series(study, series_uid)
    if series.modality != "PT":
        raise ImagingError(f"The series {series_uid} is {series.modality}, not PET; uptake is measured in PET only.")
    if series.suv is None or series.suv.factors is None:
        errors = [problem.says for problem in series.problems if problem.severity == "error"]
        raise ImagingError(" ".join(errors) or "No SUV can be computed from this series.")
    measurement = measure_region(load_volume(series), at_mm, threshold, liver_mm)
    _check_gaps(series, measurement)
    return measurement


def _find_series(study: Study, series_uid: str) -> Series:
    found = next((series for series in study.series if series.series_uid == series_uid), None)
    if found:
        return found
    pets = [series.series_uid for series in study.series if series.modality == "PT"]
    there = f"the PET series here are: {', '.join(pets)}" if pets else "there is no PET series here"
    raise ImagingError(f"The series {series_uid} is not in this study; {there}.")


def _check_gaps(series: Series, measurement: "Measurement") -> None:
    """A lesion beside missing slices is half invented; it is not measured."""
    radius = (3 * measurement.volume_ml * 1000 / (4 * np.pi)) ** (1 / 3)
    for low, high in gaps_of(series.stack):
        along = float(np.dot(series.stack.normal, measurement.centre_mm))
        if low - radius <= along <= high + radius:
            raise ImagingError(
                f"Slices are missing between {low:.1f} and {high:.1f} mm, where this lesion lies; send them."
            )


def write_measurement(measurement: "Measurement") -> dict[str, Any]:
    """A measurement with the contract's keys, and the sentences that belong to them."""
    return {
        "suv_max": _short(measurement.suv_max),
        "suv_mean": _short(measurement.suv_mean),
        "suv_peak": _short(measurement.suv_peak) if measurement.suv_peak is not None else None,
        "volume_ml": _short(measurement.volume_ml),
        "total_uptake": _short(measurement.total_uptake),
        "centre_mm": [round(n, 2) for n in measurement.centre_mm],
        "threshold_suv": _short(measurement.threshold_suv),
        "leaked": measurement.leaked,
        "says": " ".join(part for part in (measurement.says, measurement.peak_says) if part),
        "max_mm": [round(n, 2) for n in measurement.max_mm],
    }


def _short(number: float) -> float:
    return float(f"{number:.7g}")
