"""A hospital's PACS over DICOMweb: find a patient's PET/CT (QIDO-RS), fetch it (WADO-RS), give results back (STOW-RS).

The environment variable PACS_URL names the service, for example https://pacs.example.org/dicom-web; a user and password
may stand in it (https://user:password@…) and are never repeated in a message. Nothing else is sent than what is asked for.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pydicom
import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

Progress = Callable[[int, int], None]

READ_HERE = ("PT", "CT", "MR")
MOST_STUDIES = 200
_CONNECT_SECONDS, _ANSWER_SECONDS = 5.0, 60.0
_BATCH_BYTES = 64 * 2**20
_REFUSALS = {
    400: "says that it does not understand the request; check that PACS_URL ends where its DICOMweb service begins",
    401: "asks for a user and password; put them into PACS_URL (https://user:password@…)",
    403: "refuses this user or this computer; ask its administrator for the right to search, fetch and store",
    404: "knows nothing under this address; check PACS_URL, and that the study is still there",
    406: "cannot send the images in the form in which it keeps them",
    409: "refuses the files",
    413: "says that the files are too large for it",
    415: "does not accept files of this kind",
    503: "is busy; try again in a minute",
}


class PacsError(Exception):
    """The PACS is absent or refuses; the message is one sentence that says what is wrong and what would help."""


@dataclass(frozen=True)
class PacsStudy:
    """One study as the PACS lists it; `study_date` is ISO, numbers None where the PACS does not tell them."""

    study_uid: str
    patient_id: str | None
    study_date: str | None
    description: str | None
    modalities: tuple[str, ...]
    series: int | None
    instances: int | None


def has_pacs() -> bool:
    """True when PACS_URL names a service; nothing is asked of it."""
    return bool(os.environ.get("PACS_URL", "").strip())


def fetch_studies(
    patient_id: str | None = None, since: date | None = None, until: date | None = None
) -> tuple[PacsStudy, ...]:
    """Studies with a PET, newest first, at most 200; of one patient and between two days (inclusive) where given.

    Raises PacsError.
    """
    filters = {"ModalitiesInStudy": "PT"}
    if patient_id:
        filters["PatientID"] = patient_id
    if since or until:
        filters["StudyDate"] = f"{since:%Y%m%d}-" if since else "-"
        filters["StudyDate"] += f"{until:%Y%m%d}" if until else ""
    with _asking() as client:
        wanted = ["StudyDescription", "ModalitiesInStudy"]
        found = client.search_for_studies(search_filters=filters, fields=wanted, limit=MOST_STUDIES)
        studies = [_read_study(Dataset.from_json(answer)) for answer in found]
    with_pet = [study for study in studies if study.study_uid and "PT" in (study.modalities or ("PT",))]
    return tuple(sorted(with_pet, key=lambda study: study.study_date or "", reverse=True))


def fetch_series_files(
    study_uid: str, folder: Path, progress: Progress | None = None, modalities: Iterable[str] = READ_HERE
) -> tuple[Path, ...]:
    """Fetch the PET, CT and MR series of a study into a folder, one DICOM file an image, as the PACS keeps them.

    `progress` is called with (images fetched, images in all). Raises PacsError when the PACS refuses, has no such
    series, or sends fewer images than it announced; nothing is then left in the folder.
    """
    files: list[Path] = []
    try:
        with _asking() as client:
            _fetch(client, _check_uid(study_uid), frozenset(modalities), folder, files, progress)
    except BaseException:
        for file in files:
            file.unlink(missing_ok=True)
        raise
    return tuple(files)


def write_to_pacs(files: Sequence[Path | bytes], progress: Progress | None = None) -> int:
    """Store DICOM files (paths, or their bytes) in the PACS; gives how many it took.

    Raises PacsError when a file is not DICOM (before anything is sent) or the PACS does not take all of them.
    """
    datasets = [_read_file(file, number) for number, file in enumerate(files, 1)]
    stored = 0
    with _asking() as client:
        for batch in _batches(datasets):
            answer = client.store_instances(batch)
            refused = len(answer.get("FailedSOPSequence", ()))
            stored += len(batch) - refused
            if refused:
                raise PacsError(_say_refused(answer, stored, len(datasets)))
            if progress:
                progress(stored, len(datasets))
    return stored


@contextmanager
def _asking() -> Iterator[DICOMwebClient]:
    """A client for the length of one question; whatever goes wrong leaves as a PacsError."""
    url, user = _read_address()
    session = requests.Session()
    session.auth = user
    client = DICOMwebClient(url=url, session=session, permissive_uid=True, timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS))
    client.set_http_retry_params(retry=False)
    try:
        yield client
    except requests.exceptions.HTTPError as error:
        raise PacsError(_say_status(url, error)) from None
    except requests.exceptions.Timeout:
        raise PacsError(f"The PACS at {url} does not answer in time; try again, or ask its administrator.") from None
    except requests.exceptions.SSLError:
        says = "has a certificate that this computer does not trust; name its authority in REQUESTS_CA_BUNDLE"
        raise PacsError(f"The PACS at {url} {says}.") from None
    except requests.exceptions.JSONDecodeError:
        raise PacsError(_say_no_service(url)) from None
    except requests.exceptions.RequestException:
        raise PacsError(f"No PACS answers at {url}; check PACS_URL and the network.") from None
    except OSError as error:
        raise PacsError(f"The images cannot be kept on this computer ({error.strerror or 'no space'}).") from None
    except (ValueError, KeyError, TypeError, AttributeError, InvalidDicomError):
        raise PacsError(_say_no_service(url)) from None
    finally:
        session.close()


def _read_address() -> tuple[str, tuple[str, str] | None]:
    """The service's address without user and password, and these beside it."""
    text = os.environ.get("PACS_URL", "").strip().rstrip("/")
    if not text:
        raise PacsError("No PACS is set up; name its DICOMweb service in the environment variable PACS_URL.")
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PacsError("PACS_URL is not an address; it looks like https://pacs.example.org/dicom-web.")
    user = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}", user


def _check_uid(study_uid: str) -> str:
    if not re.fullmatch(r"[0-9.]{1,64}", study_uid):
        raise PacsError(f"{study_uid!r} is not a Study Instance UID: those are digits and points, 64 at most.")
    return study_uid


def _say_status(url: str, error: requests.exceptions.HTTPError) -> str:
    status = error.response.status_code if error.response is not None else 0
    return f"The PACS at {url} {_REFUSALS.get(status, 'could not do it; ask its administrator')} (HTTP {status})."


def _say_no_service(url: str) -> str:
    return f"What answers at {url} is not a DICOMweb service; check that PACS_URL ends where the service begins."


def _read_study(answer: Dataset) -> PacsStudy:
    day = _text(answer, "StudyDate")
    return PacsStudy(
        study_uid=_text(answer, "StudyInstanceUID") or "",
        patient_id=_text(answer, "PatientID"),
        study_date=f"{day[:4]}-{day[4:6]}-{day[6:8]}" if day and len(day) == 8 else day,
        description=_text(answer, "StudyDescription"),
        modalities=_words(answer.get("ModalitiesInStudy")),
        series=_count(answer, "NumberOfStudyRelatedSeries"),
        instances=_count(answer, "NumberOfStudyRelatedInstances"),
    )


def _text(answer: Dataset, keyword: str) -> str | None:
    return str(answer.get(keyword) or "").strip() or None


def _words(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(word) for word in value or ())


def _count(answer: Dataset, keyword: str) -> int | None:
    text = _text(answer, keyword)
    return int(text) if text and text.isdigit() else None


def _fetch(
    client: DICOMwebClient,
    study_uid: str,
    modalities: frozenset[str],
    folder: Path,
    files: list[Path],
    progress: Progress | None,
) -> None:
    wanted = _find_series(client, study_uid, modalities)
    announced = sum(count or 0 for _, count in wanted)
    folder.mkdir(parents=True, exist_ok=True)
    for number, (series_uid, count) in enumerate(wanted, 1):
        before = len(files)
        images = client.iter_series(study_uid, series_uid, media_types=(("application/dicom", "*"),))
        for image in images:
            # The name is a number of ours: nothing that a server sends becomes part of a path.
            files.append(folder / f"{number:02d}-{len(files) - before + 1:05d}.dcm")
            image.save_as(files[-1])
            if progress:
                progress(len(files), max(announced, len(files)))
        _check_complete(len(files) - before, count)


def _find_series(client: DICOMwebClient, study_uid: str, modalities: frozenset[str]) -> list[tuple[str, int | None]]:
    """UID and announced number of images of each series that is wanted."""
    answers = [Dataset.from_json(one) for one in client.search_for_series(study_uid)]
    wanted = [one for one in answers if _text(one, "Modality") in modalities]
    if not wanted:
        there = ", ".join(sorted({_text(one, "Modality") or "unknown" for one in answers})) or "nothing"
        raise PacsError(f"The study has no {', '.join(sorted(modalities))} series in the PACS (it has: {there}).")
    return [(_check_uid(str(one.SeriesInstanceUID)), _count(one, "NumberOfSeriesRelatedInstances")) for one in wanted]


def _check_complete(fetched: int, announced: int | None) -> None:
    if fetched < (announced or 1):
        raise PacsError(
            f"The PACS sent {fetched} of {announced or 'an unknown number of'} images of a series, and nothing was kept; "
            "fetch the study again."
        )


def _read_file(file: Path | bytes, number: int) -> Dataset:
    name = file.name if isinstance(file, Path) else f"File {number}"
    try:
        return pydicom.dcmread(file if isinstance(file, Path) else BytesIO(file))
    except (InvalidDicomError, OSError, EOFError) as error:
        says = "is not DICOM" if isinstance(error, InvalidDicomError) else "cannot be read"
        raise PacsError(f"{name} {says}; nothing was sent to the PACS.") from None


def _batches(datasets: Sequence[Dataset]) -> Iterator[list[Dataset]]:
    """As many data sets together as make one message of a size that servers accept."""
    batch: list[Dataset] = []
    size = 0
    for dataset in datasets:
        batch.append(dataset)
        size += len(dataset.get("PixelData", b""))
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _say_refused(answer: Dataset, stored: int, files: int) -> str:
    reasons = sorted({f"{item.get('FailureReason', 0):04X}" for item in answer.FailedSOPSequence})
    return f"The PACS took {stored} of {files} files and refused the others (DICOM status {', '.join(reasons)})."
