"""Uploaded or fetched files taken in: read, freed of the patient's identity, and read again. No Streamlit.

Whatever the page shows, keeps or exports is made from the copy; the files as they came are gone before it is shown.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imaging.archive import Rejected
from imaging.clearance import ask_all_dates, find_identifiers
from imaging.deidentify import copy_study
from imaging.dicom import Study, read_study
from imaging.problem import ImagingError
from views.disguise import choose_disguise, hospital_number
from views.words import say_count, say_list

Progress = Callable[[float, str], None]
_READ, _FREED = 0.2, 0.7
_MOST_NAMED = 4


@dataclass(frozen=True)
class TakenIn:
    """A study without its patient, what is kept of how that was done, and a sentence for all that could not be used."""

    study: Study
    deidentified: dict[str, Any] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def take_in(source: Path, folder: Path, patient_id: str | None, keep_identifiers: bool, progress: Progress) -> TakenIn:
    """Take in a zip, a file or a folder; the copy lies in the new folder `folder`.

    Raises ImagingError or StoreError in a sentence when nothing of it may be used.
    """
    study = read_study(source, _tell(progress, 0.0, _READ, "Reading image"))
    refused = _say_rejected(study.rejected)
    if not study.series:
        return TakenIn(study, refused=refused)
    if keep_identifiers:
        return TakenIn(study, _check_cleared(study), refused)
    person = choose_disguise(patient_id, study)
    folder.mkdir()
    freed, copy = copy_study(study, person, folder, _tell(progress, _READ, _FREED, "Removing identities, image"))
    return TakenIn(copy, freed.write_document(person, hospital_number(study)), (*refused, *freed.left_out))


def _tell(progress: Progress, start: float, end: float, what: str) -> Callable[[int, int], None]:
    """Progress in steps of one per cent: thousands of messages would take longer than the work."""
    told = [-1]

    def tell(done: int, of: int) -> None:
        if 100 * done // of > told[0]:
            told[0] = 100 * done // of
            progress(start + (end - start) * done / of, f"{what} {done} of {of}")

    return tell


def _check_cleared(study: Study) -> dict[str, Any]:
    """For images whose sender has removed the identities: nothing in them may say otherwise."""
    telling = find_identifiers(study)
    if telling:
        named = [*telling[:_MOST_NAMED], *(["more"] if len(telling) > _MOST_NAMED else [])]
        raise ImagingError(
            f"These images still tell who the patient is ({say_list(named)}), so their identifiers cannot be kept: "
            "read them again with “Remove identities” switched on."
        )
    return {"dates": "kept", "dates_were": ask_all_dates(study), "removed": [], "kept": [], "look_at": []}


def _say_rejected(rejected: Sequence[Rejected]) -> tuple[str, ...]:
    """One sentence a reason: a zip with thousands of other files is told of in one line."""
    counts = Counter(one.because for one in rejected)
    firsts = {one.because: one.file for one in reversed(rejected)}
    return tuple(f"{firsts[because]}{_say_more(count - 1)}: {because}" for because, count in counts.items())


def _say_more(count: int) -> str:
    return f" and {say_count(count, 'more file')}" if count else ""
