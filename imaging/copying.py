"""One DICOM object to one de-identified file: what is let through, what is written on it, what a person should look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from imaging.age import keep_age
from imaging.cleaning import Cleaner
from imaging.clearance import DatesWere, ask_dates
from imaging.descriptors import find_identities
from imaging.elements import read_text
from imaging.profile import load_profile
from imaging.pseudonym import Pseudonym

# Whose words must not turn up in any text that stays, beside the names in them being removed.
_TELLING = (
    "PatientName", "PatientID", "OtherPatientIDs", "OtherPatientNames", "PatientBirthName", "PatientBirthDate",
    "AccessionNumber", "StudyID", "InstitutionName", "InstitutionAddress", "InstitutionalDepartmentName", "StationName",
    "ReferringPhysicianName", "PerformingPhysicianName", "OperatorsName", "PhysiciansOfRecord",
    "NameOfPhysiciansReadingStudy", "RequestingPhysician", "DeviceSerialNumber", "StudyDate", "SeriesDate",
    "AcquisitionDate", "ContentDate", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID",
)  # fmt: skip


class Rejection(Exception):
    """An object that is left out of the copy; the message says why."""


@dataclass(frozen=True)
class Copy:
    """What stayed and what went, by name; when the patient was born; what the header said of its own dates."""

    kept: set[str]
    removed: set[str]
    born: str | None
    dates_were: DatesWere


def copy_object(dataset: Dataset, person: Pseudonym, identities: frozenset[str], file: Path) -> Copy:
    """Clean an object in place and write it; raises Rejection for kinds that cannot be cleaned."""
    _check_kind(dataset)
    own = find_identities(text for name in _TELLING if (text := _ascii(dataset, name)))
    cleaner = Cleaner(person, identities | (own - {person.name.upper()}))
    meta, born, dates_were = _write_meta(dataset, person), _ascii(dataset, "PatientBirthDate"), ask_dates(dataset)
    if keep_age(dataset):
        cleaner.kept.add("Patient's Age: at the study, 90 stands for 90 or more")
    cleaner.clean(dataset)
    _stamp(dataset, person)
    dataset.file_meta = meta
    dataset.preamble = b"\0" * 128
    file.parent.mkdir(exist_ok=True)
    pydicom.dcmwrite(file, dataset, enforce_file_format=True)
    return Copy(cleaner.kept, cleaner.removed, born or None, dates_were)


def question_copy(dataset: Dataset) -> Iterator[str]:
    """Sentences on the pixels, which are copied as they are."""
    capture = read_text(dataset, "SOPClassUID") in load_profile().captures
    burned = (read_text(dataset, "BurnedInAnnotation") or "").upper()
    if burned == "YES":
        yield "the header says that text is burned into the picture (BurnedInAnnotation YES): look before you share it."
    elif capture:
        said = "though the header says there is none" if burned == "NO" else "and the header does not say"
        yield f"a screen picture, which may show the patient's name ({said}): look before you share it."


def _check_kind(dataset: Dataset) -> None:
    profile, kind = load_profile(), read_text(dataset, "SOPClassUID") or ""
    if kind not in profile.images | profile.captures | profile.derived:
        name = UID(kind).name if kind.startswith("1.2.840.10008.") else "an object of unknown kind"
        raise Rejection(
            f"{name}: such an object can name the patient in ways that are not cleaned here; it was left out."
        )


def _ascii(dataset: Dataset, keyword: str) -> str:
    """Words of an element as far as they are plain letters: other scripts never stay in any text."""
    try:
        text = read_text(dataset, keyword) or ""
    except (UnicodeError, LookupError):
        return ""
    return text.encode("ascii", "replace").decode()


def _write_meta(dataset: Dataset, person: Pseudonym) -> FileMetaDataset:
    """New file meta information: nothing of the old one stays but how the bytes are written."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(read_text(dataset, "SOPClassUID") or "")
    meta.MediaStorageSOPInstanceUID = UID(person.replace_uid(_instance(dataset)))
    old = getattr(dataset, "file_meta", None)
    syntax = old.get("TransferSyntaxUID") if old else None
    meta.TransferSyntaxUID = UID(syntax) if syntax else _syntax_of(dataset)
    return meta


def _instance(dataset: Dataset) -> str:
    """The object's own UID; where it has none, its place in its series stands in."""
    return read_text(dataset, "SOPInstanceUID") or "#".join(
        read_text(dataset, name) or "" for name in ("SeriesInstanceUID", "InstanceNumber", "ImagePositionPatient")
    )


def _syntax_of(dataset: Dataset) -> UID:
    implicit, little = dataset.original_encoding
    if not little:
        return ExplicitVRBigEndian
    return ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian


def _stamp(dataset: Dataset, person: Pseudonym) -> None:
    """Who it is now, and how it was made so (PS3.15 E.1.1)."""
    profile = load_profile()
    dataset.PatientName = dataset.PatientID = person.name
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = profile.method
    dataset.DeidentificationMethodCodeSequence = [_code(value, meaning) for value, meaning in profile.codes]
    dataset.LongitudinalTemporalInformationModified = "MODIFIED"


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item
