"""The kept document of a scan after a correction: factors, uptake time, problems, quality and provenance anew."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from imaging.corrected_suv import compute_corrected_suv, correct_headers, read_inputs
from imaging.correction import Correction, read_correction, say_correction, write_correction
from imaging.dicom import Series
from imaging.header import Header
from imaging.kept_headers import read_headers
from imaging.problem import ImagingError, Problem, Refusal
from imaging.provenance import say_provenance
from imaging.quality import assess_quality
from imaging.stack import Stack
from imaging.suv import SuvResult

Document = dict[str, Any]
HEADERS, CORRECTIONS = "suv_headers", "corrections"
_SAME = 1e-4


def read_entered(document: Mapping[str, Any]) -> Correction:
    """What a reader has entered for this scan so far."""
    return read_correction((document.get(CORRECTIONS) or {}).get("entered") or {})


def read_stated(document: Mapping[str, Any]) -> Correction:
    """What the images say of each correctable value; all None where their headers were not kept."""
    headers = read_headers(document.get(HEADERS))
    return replace(read_inputs(headers) if headers else Correction(), tracer=_tracer_read(document))


def _tracer_read(document: Mapping[str, Any]) -> str | None:
    """The tracer before any correction; the kept headers alone do not have the words it may stand in."""
    tracer: str | None = (document.get(CORRECTIONS) or {}).get("tracer_read", document.get("tracer"))
    return tracer


def correct_document(document: Mapping[str, Any], correction: Correction, reason: str) -> Document:
    """The document with another correction in force (an empty one: none); `suv_max` follows from the volume, not from here.

    Raises ImagingError where the headers were not kept, or do not give the SUV the scan was read with.
    """
    headers = read_headers(document.get(HEADERS))
    check_headers(document, headers)
    before, after = compute_corrected_suv(headers, read_entered(document)), compute_corrected_suv(headers, correction)
    changed = dict(document) | {
        "tracer": correction.tracer or _tracer_read(document),
        "suv_type": after.suv_type,
        "suv_factors": _shorten(after.factors),
        "reference_time": after.reference_time,
        "reference_time_source": after.reference_time_source,
        "uptake_minutes": after.uptake_minutes,
        "problems": _follow_problems(document, before, after, correction),
    }
    changed[CORRECTIONS] = _write_entered(document, correction, reason, after)
    return changed | _describe(changed, headers, correction, after)


def check_headers(document: Mapping[str, Any], headers: Sequence[Header]) -> None:
    """Raises ImagingError in a sentence when a scan cannot be corrected from what was kept with it."""
    if not headers:
        raise ImagingError(
            "This scan was stored before headers were kept, so its SUV cannot be computed anew: upload the study again "
            "and correct it there."
        )
    found, kept = compute_corrected_suv(headers, read_entered(document)).factors, document.get("suv_factors")
    same = bool(found) == bool(kept) and (not found or not kept or abs(found[0] / kept[0] - 1) <= _SAME)
    if not same:
        raise ImagingError(
            "The kept headers do not give the SUV this scan was stored with (one frame of several, or another version of "
            "this program): upload the study again and correct it there."
        )


def _write_entered(document: Mapping[str, Any], correction: Correction, reason: str, after: SuvResult) -> Document:
    """Everything an export must say of a correction; the tracer the images named stays beside it."""
    return {
        "entered": write_correction(correction),
        "says": list(say_correction(read_stated(document), correction)),
        "reason": reason,
        "suv_reasons": list(after.reasons),
        "tracer_read": _tracer_read(document),
    }


def _follow_problems(
    document: Mapping[str, Any], before: SuvResult, after: SuvResult, correction: Correction
) -> list[Document]:
    """What the images' own reading found stays; what followed from weight, activity and clocks is asked anew."""
    gone = {problem.says for problem in before.problems}
    kept = [one for one in document.get("problems") or () if one["says"] not in gone]
    if correction.tracer:
        kept = [one for one in kept if not one["code"].startswith("tracer_")]
    return [*kept, *({"code": one.code, "severity": one.severity, "says": one.says} for one in after.problems)]


def _describe(document: Document, headers: Sequence[Header], correction: Correction, after: SuvResult) -> Document:
    """Quality lines and provenance of the corrected scan."""
    try:
        corrected = correct_headers(headers, correction)
    except Refusal:
        corrected = tuple(headers)
    series = as_series(document, corrected, after)
    says = "; ".join(document[CORRECTIONS]["says"])
    provenance = say_provenance(series)
    quality = [
        {"item": one.item, "level": one.level, "says": one.says} for one in assess_quality(series, entered=correction)
    ]
    return {"provenance": f"{provenance} · {says}" if says else provenance, "quality": quality}


def as_series(document: Mapping[str, Any], headers: Sequence[Header], suv: SuvResult) -> Series:
    """The series as far as its document tells it: enough to judge and describe it, without files or pixels."""
    severities: dict[str, Literal["error", "warning"]] = {"error": "error", "warning": "warning"}
    problems = tuple(
        Problem(one["code"], severities[one["severity"]], one["says"]) for one in document.get("problems") or ()
    )
    return Series(
        series_uid=str(document.get("series_uid") or ""),
        study_uid=document.get("study_uid"),
        patient_id=None,
        modality=str(document.get("modality") or "PT"),
        description=document.get("description"),
        tracer=document.get("tracer"),
        study_date=document.get("study_date"),
        size=None,
        spacing_mm=None,
        units=document.get("units"),
        headers=tuple(headers),
        files=(),
        suv=suv,
        reference_time=suv.reference_time,
        reference_time_source=suv.reference_time_source,
        uptake_minutes=suv.uptake_minutes,
        problems=problems,
        stack=Stack((), ()),
    )


def _shorten(factors: tuple[float, ...] | None) -> list[float] | None:
    if not factors:
        return None
    return [factors[0]] if len(set(factors)) == 1 else list(factors)
