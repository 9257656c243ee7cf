"""Whether a study came without its patient already: what its headers say of it, and what in them still tells who it is."""

import warnings
from collections.abc import Iterable
from typing import Literal

import pydicom
from pydicom.datadict import dictionary_description
from pydicom.dataset import Dataset

from imaging.archive import OpenSources
from imaging.dicom import Study
from imaging.elements import read_text
from imaging.profile import load_profile

DatesWere = Literal["true", "moved", "not said"]
_REMOVED, _DATES = "PatientIdentityRemoved", "LongitudinalTemporalInformationModified"


def find_identifiers(study: Study) -> tuple[str, ...]:
    """What still tells who the patient is, by name, in any header; () when the study says and shows that nothing does.

    For a study whose owner wants to keep its identifiers: then nothing here may name a person.
    """
    telling: set[str] = set()
    for dataset in _open_headers(study):
        telling |= {dictionary_description(name) for name in load_profile().telling if _is_filled(dataset, name)}
        if (read_text(dataset, _REMOVED) or "").upper() != "YES":
            telling.add(f"{dictionary_description(_REMOVED)} is not YES")
    return tuple(sorted(telling))


def _open_headers(study: Study) -> Iterable[Dataset]:
    wanted = [_REMOVED, _DATES, *load_profile().telling]
    with OpenSources() as sources, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for source in (file for series in study.series for file in series.files):
            with sources.open(source) as stream:
                yield pydicom.dcmread(stream, stop_before_pixels=True, force=True, specific_tags=wanted)


def _is_filled(dataset: Dataset, keyword: str) -> bool:
    try:
        text = read_text(dataset, keyword) or ""
    except (UnicodeError, LookupError):
        return True
    return text.strip(" ^").upper() not in load_profile().blanks


def ask_dates(dataset: Dataset) -> DatesWere:
    """What a header says of its own dates: true, moved or removed by somebody before, or nothing (Table C.7-1)."""
    said = (read_text(dataset, _DATES) or "").upper()
    if said in ("MODIFIED", "REMOVED"):
        return "moved"
    unsaid = (read_text(dataset, _REMOVED) or "").upper() == "YES" and said != "UNMODIFIED"
    return "not said" if unsaid else "true"


def ask_all_dates(study: Study) -> DatesWere:
    """What the headers of a study say of their dates, the least sure of them."""
    return least_sure({ask_dates(dataset) for dataset in _open_headers(study)})


def least_sure(said: set[DatesWere]) -> DatesWere:
    """Of several answers the one that promises least."""
    answers: tuple[DatesWere, ...] = ("moved", "not said")
    return next((one for one in answers if one in said), "true")
