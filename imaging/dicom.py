"""A study read from a folder, a zip or one file: its series in order, each with its SUV factors and its problems."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from imaging.archive import OpenSources, Rejected, Source, list_sources
from imaging.header import Header
from imaging.pixels import load_stack
from imaging.problem import ImagingError, Problem
from imaging.slices import NotReadable, Slice, read_slices
from imaging.stack import Stack, stack_slices
from imaging.suv import SuvResult, compute_suv
from imaging.tracer import find_tracer
from imaging.volume import Volume

__all__ = ["Problem", "Rejected", "Series", "Study", "StudyError", "load_volume", "read_study"]

Progress = Callable[[int, int], None]


class StudyError(ImagingError):
    """The upload as a whole cannot be used; the message says why and what to send instead."""


@dataclass(frozen=True)
class Series:
    """One volume's worth of images.

    `size` is x, y, z (columns, rows, slices) and `spacing_mm` likewise, both None where the object is no image;
    `headers` and `files` have one entry a slice from low to high along the normal. `series_uid` ends in "#2", "#3", …
    for the further time frames or geometries of a series that holds more than one volume.
    """

    series_uid: str
    study_uid: str | None
    patient_id: str | None
    modality: str
    description: str | None
    tracer: str | None
    study_date: str | None
    size: tuple[int, int, int] | None
    spacing_mm: tuple[float, float, float] | None
    units: str | None
    headers: tuple[Header, ...]
    files: tuple[Source, ...]
    suv: SuvResult | None
    reference_time: str | None
    reference_time_source: str | None
    uptake_minutes: float | None
    problems: tuple[Problem, ...]
    stack: Stack


@dataclass(frozen=True)
class Study:
    """Everything readable in one upload of one patient, and every file that was not used, with the reason."""

    series: tuple[Series, ...]
    rejected: tuple[Rejected, ...]


def read_study(path: Path, progress: Progress | None = None) -> Study:
    """Series under a path (any nesting, any file names); each header is read once.

    `progress` is called with (files read, files in all). Raises StudyError when the upload holds two patients, and
    ImagingError when the path does not exist; files that cannot be used are listed in `rejected`.
    """
    sources, rejected = list_sources(Path(path))
    slices = _read_slices(sources, rejected, progress)
    _check_one_patient(slices)
    groups: dict[str, list[Slice]] = {}
    for one in slices:
        groups.setdefault(one.header.series_uid or "", []).append(one)
    series = [one for uid, group in groups.items() for one in _read_series(uid, group)]
    series = _question_space(series)
    return Study(tuple(sorted(series, key=_order)), tuple(_from_root(one, Path(path)) for one in rejected))


def _question_space(series: list[Series]) -> list[Series]:
    """A warning on each CT or MR that does not share a frame of reference with the upload's PET."""
    spaces = {one.headers[0].frame_of_reference for one in series if one.modality == "PT"}
    says = (
        "This series and the PET have no frame of reference in common, so on a fused picture organs may not coincide."
    )
    apart = Problem("other_frame_of_reference", "warning", says)
    return [
        replace(one, problems=(*one.problems, apart))
        if spaces and one.modality in ("CT", "MR") and one.headers[0].frame_of_reference not in spaces - {None}
        else one
        for one in series
    ]


def load_volume(series: Series) -> Volume:
    """Pixels of a series as float32 (z-y-x): SUVbw where factors exist, else as stored after rescale.

    `unit` is "SUVbw", "Bq/ml", "HU" or "counts". Raises ImagingError in a sentence when no straight volume can be made.
    """
    factors = series.suv.factors if series.suv else None
    unit = "SUVbw" if factors else {"CT": "HU"}.get(series.modality, _STORED.get(series.units or "", "counts"))
    if unit != "SUVbw" and any(header.slope is None for header in series.headers):
        unit = "counts"
    return load_stack(series.stack, factors, unit)


def _from_root(rejected: Rejected, root: Path) -> Rejected:
    """File names from the folder that was given, as its owner knows them."""
    return replace(rejected, file=rejected.file.removeprefix(f"{root}/"))


_STORED = {"BQML": "Bq/ml"}
_IMAGE_ORDER = {"PT": 0, "CT": 1, "MR": 2}


def _order(series: Series) -> tuple[int, str]:
    return _IMAGE_ORDER.get(series.modality, 9), series.series_uid


def _read_slices(sources: list[Source], rejected: list[Rejected], progress: Progress | None) -> list[Slice]:
    slices: list[Slice] = []
    with OpenSources() as files, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, source in enumerate(sources, 1):
            try:
                slices += read_slices(source, files)
            except NotReadable as reason:
                rejected.append(Rejected(source.name, str(reason)))
            if progress:
                progress(number, len(sources))
    return slices


def _check_one_patient(slices: Sequence[Slice]) -> None:
    """Patient IDs decide; names only where some file has no ID (a structure set without one is not a second patient)."""
    headers = [one.header for one in slices]
    ids = {header.patient_id for header in headers if header.patient_id}
    names = {header.patient_name.strip("^ ").upper() for header in headers if header.patient_name}
    by_name = len(names) if any(header.patient_id is None for header in headers) else 0
    count = max(len(ids), by_name)
    if count > 1:
        raise StudyError(
            f"The upload holds images of {count} patients and nothing was read; send one patient at a time."
        )


def _read_series(uid: str, slices: list[Slice]) -> list[Series]:
    stacks = stack_slices(slices)
    suvs = _compute_suvs(stacks)
    many = _several(stacks)
    series = [_series(uid, stack, suv) for stack, suv in zip(stacks, suvs, strict=True)]
    return [
        replace(one, series_uid=uid if number == 1 else f"{uid}#{number}", problems=one.problems + many)
        for number, one in enumerate(series, 1)
    ]


def _compute_suvs(stacks: Sequence[Stack]) -> list[SuvResult | None]:
    """One computation for all frames of a PET series, because they share one reference time; then each frame's part."""
    headers = [one.header for stack in stacks for one in stack.slices]
    if headers[0].modality != "PT":
        return [None] * len(stacks)
    whole = compute_suv(headers)
    parts: list[SuvResult | None] = []
    start = 0
    for stack in stacks:
        end = start + len(stack.slices)
        parts.append(replace(whole, factors=whole.factors[start:end] if whole.factors else None))
        start = end
    return parts


def _several(stacks: Sequence[Stack]) -> tuple[Problem, ...]:
    if len(stacks) < 2:
        return ()
    says = f"The series holds {len(stacks)} volumes (time frames, gates or geometries); each is listed by itself."
    return (Problem("several_volumes", "warning", says),)


def _series(uid: str, stack: Stack, suv: SuvResult | None) -> Series:
    header = stack.slices[0].header
    pet = header.modality == "PT"
    tracer, asked = find_tracer(header) if pet else (None, ())
    return Series(
        series_uid=uid,
        study_uid=header.study_uid,
        patient_id=header.patient_id,
        modality=header.modality or "unknown",
        description=header.description,
        tracer=tracer,
        study_date=_iso(header.study_date),
        size=_size(stack),
        spacing_mm=_spacing(stack),
        units=header.units if pet else {"CT": "HU"}.get(header.modality or ""),
        headers=tuple(one.header for one in stack.slices),
        files=tuple(one.source for one in stack.slices),
        suv=suv,
        reference_time=suv.reference_time if suv else None,
        reference_time_source=suv.reference_time_source if suv else None,
        uptake_minutes=suv.uptake_minutes if suv else None,
        problems=stack.problems + (suv.problems if suv else ()) + asked,
        stack=stack,
    )


def _size(stack: Stack) -> tuple[int, int, int] | None:
    header = stack.slices[0].header
    if header.rows is None or header.columns is None:
        return None
    return header.columns, header.rows, header.frames if header.frames > 1 else len(stack.slices)


def _spacing(stack: Stack) -> tuple[float, float, float] | None:
    spacing, between = stack.slices[0].header.pixel_spacing, stack.spacing_mm
    if not spacing or not between:
        return None
    return float(spacing[1]), float(spacing[0]), round(between, 6)


def _iso(date: str | None) -> str | None:
    plain = (date or "").replace(".", "").replace("-", "")
    return f"{plain[:4]}-{plain[4:6]}-{plain[6:8]}" if len(plain) == 8 else None
