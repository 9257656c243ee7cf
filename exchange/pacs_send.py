"""Results given back to the PACS (STOW-RS), with what it said of every single object."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pydicom
import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from exchange.pacs_service import PacsError, ask_pacs, say_status

Progress = Callable[[int, int], None]

# DICOM PS3.4 table B.2-1 and PS3.18 table I.2-2: a whole range of codes shares its first digits.
_REASONS = {
    "0106": "an attribute has a value that it does not allow",
    "0107": "it does not know some of the attributes",
    "0110": "it failed while storing",
    "0111": "it has an object with this UID already",
    "0112": "it does not know the object",
    "0117": "it finds the object's UID not valid",
    "0119": "kind and UID of the object do not fit each other",
    "0120": "an attribute that it wants is missing",
    "0121": "an attribute that it wants has no value",
    "0122": "it does not store objects of this kind",
    "0124": "this user may not store",
    "0210": "it has had the same message before",
    "0211": "it does not know what to do with the message",
    "0213": "it has no room",
    "A7": "it has no room",
    "A9": "the object does not fit its kind",
    "B000": "it changed some of the attributes",
    "B006": "it left out some of the attributes",
    "B007": "the object does not quite fit its kind, and was stored all the same",
    "C": "it does not understand the object",
}


@dataclass(frozen=True)
class Answer:
    """What the PACS did with one object: `name` as it was sent; `says` why it was refused, or changed though stored."""

    name: str
    stored: bool
    says: str = ""


def send_to_pacs(files: Sequence[tuple[str, Path | bytes]], progress: Progress | None = None) -> tuple[Answer, ...]:
    """Store named DICOM files (paths, or their bytes) one after another; gives the answer for each.

    `progress` is called with (objects answered, objects in all). Raises PacsError when a file is not DICOM (before
    anything is sent), or the PACS cannot be reached at all; when it goes away in the middle, those answers say so.
    """
    datasets = [(name, _read_file(file, name)) for name, file in files]
    answers: list[Answer] = []
    for name, dataset in datasets:
        try:
            with ask_pacs() as client:
                answers.append(_send(client, name, dataset))
        except PacsError as error:
            if not answers:
                raise
            rest = [name for name, _ in datasets[len(answers) + 1 :]]
            lost = Answer(name, False, f"not known whether it was stored. {error}")
            return (*answers, lost, *(Answer(one, False, "not sent") for one in rest))
        if progress:
            progress(len(answers), len(datasets))
    return tuple(answers)


def _read_file(file: Path | bytes, name: str) -> Dataset:
    try:
        return pydicom.dcmread(file if isinstance(file, Path) else BytesIO(file))
    except (InvalidDicomError, OSError, EOFError) as error:
        says = "is not DICOM" if isinstance(error, InvalidDicomError) else "cannot be read"
        raise PacsError(f"{name} {says}; nothing was sent to the PACS.") from None


def _send(client: DICOMwebClient, name: str, dataset: Dataset) -> Answer:
    try:
        return _read_answer(name, dataset, client.store_instances([dataset]))
    except requests.exceptions.HTTPError as error:
        response = error.response
        # These are about the object; every other refusal (401, 404, 503 …) is of the request, and of all objects.
        if response is None or response.status_code not in (400, 409, 413, 415):
            raise
        told = _read_refusal(response)
        return _read_answer(name, dataset, told) if told else Answer(name, False, say_status(response.status_code))


def _read_refusal(response: requests.Response) -> Dataset | None:
    """The store answer inside a refusal; None where the status is all there is."""
    try:
        told = Dataset.from_json(response.json())
    except Exception:  # any body may come with a refusal: a page, a word, nothing
        return None
    return told if told.get("FailedSOPSequence") or told.get("ReferencedSOPSequence") else None


def _read_answer(name: str, dataset: Dataset, told: Dataset) -> Answer:
    uid = str(dataset.SOPInstanceUID)
    stored, failed = (_find(told, key, uid) for key in ("ReferencedSOPSequence", "FailedSOPSequence"))
    if failed is not None:
        return Answer(name, False, _say_code(failed, "FailureReason") or "it gives no reason")
    if stored is None:
        return Answer(name, False, "it does not say that it was stored; look for it there")
    return Answer(name, True, _say_code(stored, "WarningReason"))


def _find(told: Dataset, key: str, uid: str) -> Dataset | None:
    items: Sequence[Dataset] = told.get(key) or ()
    return next((one for one in items if str(one.get("ReferencedSOPInstanceUID", uid)) == uid), None)


def _say_code(item: Dataset, keyword: str) -> str:
    """A code in words with its number; empty where there is none, or it says that all is well."""
    code = item.get(keyword)
    if not code:
        return ""
    digits = f"{int(code):04X}"
    words = next((words for start, words in _REASONS.items() if digits.startswith(start)), "for a reason of its own")
    return f"{words} (DICOM {digits})"
