"""A hospital's PACS over DICOMweb: find a patient's PET/CT (QIDO-RS) and fetch it (WADO-RS).

The environment names the service (exchange/pacs_service.py). Nothing else is sent than what is asked for.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset

from exchange.pacs_service import PacsError, Stop, ask_pacs, count_of, has_pacs, read_answer, text_of
from imaging.header import Header
from imaging.tracer import find_tracer

__all__ = [
    "PacsError", "PacsSeries", "PacsStudy", "Wanted", "fetch_series", "fetch_series_files", "fetch_studies", "has_pacs",
]  # fmt: skip

Progress = Callable[[int, int], None]

READ_HERE = ("PT", "CT", "SEG", "RTSTRUCT")
MOST_STUDIES = 200
# So little that an image is told of when it has come, not when a megabyte is full.
_CHUNK_BYTES = 2**15


@dataclass(frozen=True)
class PacsStudy:
    """One study as the PACS lists it; `study_date` is ISO, everything None where the PACS does not tell it."""

    study_uid: str
    patient_id: str | None
    patient_name: str | None
    study_date: str | None
    description: str | None
    modalities: tuple[str, ...]
    series: int | None
    instances: int | None


@dataclass(frozen=True)
class PacsSeries:
    """One series of a study; `tracer` is what its descriptions name, a guess until the images are here."""

    series_uid: str
    modality: str
    description: str | None
    instances: int | None
    tracer: str | None


@dataclass(frozen=True)
class Wanted:
    """What is fetched: a study of a patient (None where the PACS names none), or only these of its series."""

    study_uid: str
    patient_id: str | None = None
    series_uids: Collection[str] = ()
    modalities: Sequence[str] = field(default=READ_HERE)


def fetch_studies(
    patient_id: str | None = None,
    since: date | None = None,
    until: date | None = None,
    patient_name: str | None = None,
) -> tuple[PacsStudy, ...]:
    """Studies with a PET, newest first, at most 200; of one patient and between two days (inclusive) where given.

    Part of a name is enough. Raises PacsError.
    """
    filters = {"ModalitiesInStudy": "PT"}
    if patient_id:
        filters["PatientID"] = patient_id
    if patient_name:
        # A name in a PACS is divided by ^, typed by spaces and commas; a wildcard stands for either.
        filters["PatientName"] = "*".join(["", *re.findall(r"[^\s^,*]+", patient_name), ""])
    if since or until:
        filters["StudyDate"] = f"{since:%Y%m%d}-" if since else "-"
        filters["StudyDate"] += f"{until:%Y%m%d}" if until else ""
    with ask_pacs() as client:
        wanted = ["StudyDescription", "ModalitiesInStudy"]
        found = client.search_for_studies(search_filters=filters, fields=wanted, limit=MOST_STUDIES)
        studies = [_read_study(answer) for answer in read_answer(found)]
    with_pet = [study for study in studies if study.study_uid and "PT" in (study.modalities or ("PT",))]
    return tuple(sorted(with_pet, key=lambda study: study.study_date or "", reverse=True))


def fetch_series(study: PacsStudy) -> tuple[PacsSeries, ...]:
    """The series of a study, PET first. Raises PacsError."""
    with ask_pacs() as client:
        answers = read_answer(client.search_for_series(check_uid(study.study_uid), fields=["SeriesDescription"]))
        series = [_read_series(answer, study) for answer in answers]
    order = {modality: place for place, modality in enumerate(READ_HERE)}
    return tuple(sorted(series, key=lambda one: (order.get(one.modality, len(order)), one.description or "")))


def fetch_series_files(
    wanted: Wanted, folder: Path, progress: Progress | None = None, stop: Stop | None = None
) -> tuple[Path, ...]:
    """Fetch series of a study into a folder, one DICOM file an image, as the PACS keeps them.

    `progress` is called with (images fetched, images in all). Raises PacsError when the PACS refuses, has no such
    series, sends fewer images than it announced or images of another study or patient, and PacsStopped when `stop` is
    asked for; nothing is then left in the folder.
    """
    kept = _Kept(folder, progress, stop or Stop())
    try:
        with ask_pacs(kept.stop) as client:
            _fetch(client, wanted, kept)
    except BaseException:
        kept.remove()
        raise
    return tuple(kept.files)


@dataclass
class _Kept:
    """The images fetched so far, and who is told of each."""

    folder: Path
    progress: Progress | None
    stop: Stop
    announced: int = 0
    files: list[Path] = field(default_factory=list)

    def keep(self, image: Dataset, name: str) -> None:
        self.stop.check()
        self.files.append(self.folder / name)
        image.save_as(self.files[-1])
        if self.progress:
            self.progress(len(self.files), max(self.announced, len(self.files)))

    def remove(self) -> None:
        for file in self.files:
            file.unlink(missing_ok=True)


def check_uid(uid: str) -> str:
    """The UID, which becomes part of an address; PacsError when it is none."""
    if not re.fullmatch(r"[0-9.]{1,64}", uid):
        raise PacsError(f"{uid!r} is not a Study Instance UID: those are digits and points, 64 at most.")
    return uid


def _read_study(answer: Dataset) -> PacsStudy:
    day = text_of(answer, "StudyDate")
    return PacsStudy(
        study_uid=text_of(answer, "StudyInstanceUID") or "",
        patient_id=text_of(answer, "PatientID"),
        patient_name=(text_of(answer, "PatientName") or "").replace("^", " ").strip() or None,
        study_date=f"{day[:4]}-{day[4:6]}-{day[6:8]}" if day and len(day) == 8 else day,
        description=text_of(answer, "StudyDescription"),
        modalities=_words(answer.get("ModalitiesInStudy")),
        series=count_of(answer, "NumberOfStudyRelatedSeries"),
        instances=count_of(answer, "NumberOfStudyRelatedInstances"),
    )


def _read_series(answer: Dataset, study: PacsStudy) -> PacsSeries:
    modality, description = text_of(answer, "Modality") or "unknown", text_of(answer, "SeriesDescription")
    header = Header(modality=modality, description=description, study_description=study.description)
    return PacsSeries(
        series_uid=text_of(answer, "SeriesInstanceUID") or "",
        modality=modality,
        description=description,
        instances=count_of(answer, "NumberOfSeriesRelatedInstances"),
        tracer=find_tracer(header)[0] if modality == "PT" else None,
    )


def _words(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(word) for word in value or ())


def _fetch(client: DICOMwebClient, wanted: Wanted, kept: _Kept) -> None:
    study_uid = check_uid(wanted.study_uid)
    series = _find_series(client, wanted)
    kept.announced = sum(count or 0 for _, count in series)
    kept.folder.mkdir(parents=True, exist_ok=True)
    client.set_chunk_size(_CHUNK_BYTES)
    for number, (series_uid, announced) in enumerate(series, 1):
        fetched = 0
        for image in client.iter_series(study_uid, series_uid, media_types=(("application/dicom", "*"),)):
            _check_whose(image, wanted)
            fetched += 1
            # The name is a number of ours: nothing that a server sends becomes part of a path.
            kept.keep(image, f"{number:02d}-{fetched:05d}.dcm")
        _check_complete(fetched, announced)


def _find_series(client: DICOMwebClient, wanted: Wanted) -> list[tuple[str, int | None]]:
    """UID and announced number of images of each series that is wanted."""
    answers = read_answer(client.search_for_series(wanted.study_uid))
    chosen = [one for one in answers if _is_wanted(one, wanted)]
    if not chosen:
        there = ", ".join(sorted({text_of(one, "Modality") or "unknown" for one in answers})) or "nothing"
        kinds = ", ".join(wanted.modalities)
        raise PacsError(f"The study has no {kinds} series in the PACS (it has: {there}).")
    return [(check_uid(str(one.SeriesInstanceUID)), count_of(one, "NumberOfSeriesRelatedInstances")) for one in chosen]


def _is_wanted(answer: Dataset, wanted: Wanted) -> bool:
    if wanted.series_uids:
        return text_of(answer, "SeriesInstanceUID") in wanted.series_uids
    return text_of(answer, "Modality") in wanted.modalities


def _check_whose(image: Dataset, wanted: Wanted) -> None:
    """An image of another study or patient must not get among those that were asked for."""
    if text_of(image, "StudyInstanceUID") != wanted.study_uid:
        raise PacsError("The PACS sent an image of another study than was asked for, and nothing was kept.")
    named = text_of(image, "PatientID")
    if wanted.patient_id and named and named != wanted.patient_id:
        raise PacsError(
            "The PACS sent an image that carries another patient's identifier than the study in its list, and nothing "
            "was kept; tell its administrator."
        )


def _check_complete(fetched: int, announced: int | None) -> None:
    if fetched < (announced or 1):
        raise PacsError(
            f"The PACS sent {fetched} of {announced or 'an unknown number of'} images of a series, and nothing was kept; "
            "fetch the study again."
        )
