"""One image series as the imaging page holds it, stored or just uploaded, with what can be said about it. No Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from decision.vocabulary import load_vocabulary
from exchange.dicom_source import Owner
from imaging.dicom import Series
from imaging.provenance import document_series
from imaging.quality import Level, QualityLine
from imaging.volume import Volume
from store import SeriesRecord, data_folder
from views.scan_day import parse_day, say_day
from views.words import UNKNOWN

TRIAL_TRACERS = ("68Ga-Pentixafor", "68Ga-DOTATATE")


@dataclass(frozen=True)
class Scan:
    """A series with its volume on disk. `series` is there while the upload's headers are; `stored` once attached.

    `owner` is the patient and study as an uploaded PET's header names them, for the DICOM objects made from it.
    """

    record: SeriesRecord
    stored: bool = True
    series: Series | None = field(default=None, compare=False)
    owner: Owner | None = field(default=None, compare=False)

    @property
    def uid(self) -> str:
        return self.record.series_uid

    @property
    def is_pet(self) -> bool:
        return self.record.modality in ("PT", "PET")

    @property
    def path(self) -> Path | None:
        """The stored volume, None when there is none."""
        if self.record.volume_path is None:
            return None
        path = data_folder() / self.record.volume_path
        return path if path.is_file() else None

    @property
    def name(self) -> str:
        what = self.record.tracer or ("tracer not known" if self.is_pet else self.record.description)
        return f"{'PET' if self.is_pet else self.record.modality} {what or ''}".strip()


def make_scan(series: Series, volume: Volume, volume_path: str, patient_id: str) -> Scan:
    """A scan of one uploaded series, whose volume lies at `volume_path` (relative to the data folder)."""
    record = SeriesRecord(
        patient_id=patient_id,
        series_uid=series.series_uid,
        study_uid=series.study_uid,
        modality=series.modality,
        tracer=series.tracer,
        description=series.description,
        acquired_on=parse_day(series.study_date),
        uptake_minutes=series.uptake_minutes,
        suv_type=series.suv.suv_type if series.suv else None,
        volume_path=volume_path,
        inspection=document_series(series, volume),
    )
    return Scan(record, stored=False, series=series)


def quality_lines(scan: Scan) -> tuple[QualityLine, ...]:
    """The quality lines as assessed at import; where a stored scan has none, its problems take their place."""
    known = scan.record.inspection.get("quality") or ()
    lines = tuple(QualityLine(item=q["item"], level=q["level"], says=q["says"]) for q in known)
    return lines or tuple(_as_line(problem) for problem in scan.record.inspection.get("problems") or ())


def _as_line(problem: dict[str, Any]) -> QualityLine:
    level: Level = "problem" if problem.get("severity") == "error" else "check"
    return QualityLine(item=str(problem.get("code", "")).replace("_", " "), level=level, says=problem.get("says", ""))


def say_stranger(scan: Scan) -> str | None:
    """The sentence for a PET whose tracer is not one of the trial's, None when it is."""
    if not scan.is_pet or scan.record.tracer in TRIAL_TRACERS:
        return None
    both = " or ".join(TRIAL_TRACERS)
    if scan.record.tracer is None:
        return f"The tracer is not known. Until someone says which it was, this scan counts as neither {both}."
    return f"{scan.record.tracer} is not a tracer of this trial ({both}): look and measure, but it is not read as one."


def say_no_suv(scan: Scan) -> str | None:
    """Why a PET has no SUV, from its errors; None when it has."""
    if not scan.is_pet or scan.record.suv_type:
        return None
    errors = [p["says"] for p in scan.record.inspection.get("problems") or () if p.get("severity") == "error"]
    return " ".join(errors) or "No SUV: the reason was not kept with this scan; import it again to see it."


def match_ct(pet: Scan, scans: Sequence[Scan]) -> Scan | None:
    """The CT of the same study, the one with most slices; None when there is none with a volume."""
    same = [s for s in scans if s.record.modality == "CT" and s.record.study_uid == pet.record.study_uid and s.path]
    return max(same, key=lambda s: s.record.inspection.get("slices") or 0, default=None)


def say_apart(ct: Scan | None) -> str:
    """Why a CT laid under the PET may be at another place, empty when nothing speaks for that."""
    problems = ct.record.inspection.get("problems") or () if ct else ()
    return next((one["says"] for one in problems if one.get("code") == "other_frame_of_reference"), "")


def match_other_tracer(pet: Scan, scans: Sequence[Scan]) -> Scan | None:
    """Another PET of the same patient with another tracer, a trial tracer first; None when there is none."""
    others = [s for s in scans if s.is_pet and s.uid != pet.uid and s.record.tracer != pet.record.tracer and s.path]
    return min(others, key=lambda s: s.record.tracer not in TRIAL_TRACERS, default=None)


def say_scan(scan: Scan) -> str:
    """One line under a scan's name: day, minutes after injection, slices."""
    minutes = "" if not scan.is_pet else f" · {_say_minutes(scan.record.uptake_minutes)} after injection"
    slices = scan.record.inspection.get("slices")
    return f"{say_day(scan.record)}{minutes} · {slices or UNKNOWN} slices"


def _say_minutes(minutes: float | None) -> str:
    return UNKNOWN if minutes is None else f"{minutes:.0f} min"


def name_tracer(scan: Scan, tracer: str) -> Scan:
    """The scan with the tracer a reader has named; the inspection says that it was not the header's."""
    inspection = scan.record.inspection | {"tracer": tracer, "tracer_named_by": "reader"}
    return replace(scan, record=replace(scan.record, tracer=tracer, inspection=inspection))


def known_tracers() -> tuple[str, ...]:
    return tuple(load_vocabulary().tracers)
