"""A study copied without its patient: DICOM PS3.15 Annex E, with every number that an SUV needs.

Dates of one patient all move by one number of days and times of day stay, so intervals, decay and uptake time are
unchanged; UIDs are replaced alike in images, structure sets and segmentations; pixels are copied byte by byte. The copy
is read back, and refused if any SUV factor changed.
"""

import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from imaging.archive import OpenSources, Source
from imaging.carrying import carry_over
from imaging.clearance import DatesWere, least_sure
from imaging.copying import Copy, Rejection, copy_object, question_copy
from imaging.descriptors import find_identities, words_of
from imaging.dicom import Progress, Series, Study, read_study
from imaging.problem import ImagingError
from imaging.profile import load_profile
from imaging.pseudonym import Pseudonym

__all__ = ["Deidentified", "copy_study", "deidentify_study"]

SHORT_SECRET = 12


@dataclass(frozen=True)
class Deidentified:
    """A de-identified copy.

    `files` in the new folder; `date_offset_days` added to every date (it undoes the shift: it stays with the secret);
    `kept` the patient's characteristics, private elements and texts that remain, to be looked at; `removed` the names of
    attributes that were removed, emptied or replaced; `warnings` sentences on what a person should look at, and
    `left_out` on what is not in the copy; `dates_were` what the headers said of their own dates.
    """

    files: tuple[Path, ...]
    date_offset_days: int
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    warnings: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    dates_were: DatesWere = "true"

    def write_document(self, person: Pseudonym, hospital_number: str | None) -> dict[str, Any]:
        """What is kept with each series of the copy: enough to tell the true day again for who has the secret."""
        return {
            "method": load_profile().method,
            "dates": "moved",
            "dates_were": self.dates_were,
            "as": person.name,
            "secret": person.secret_mark,
            "person": person.mark_person(hospital_number),
            "removed": list(self.removed),
            "kept": list(self.kept),
            "look_at": list(self.warnings),
        }


def deidentify_study(
    path: Path, pseudonym: str, secret: str, folder: Path, progress: Progress | None = None
) -> Deidentified:
    """Copy a folder, zip or file of one patient to a new `folder`, as <modality>-<series>/<image>.dcm.

    `progress` is called with (files written, files in all). Raises ImagingError in a sentence, with nothing written,
    when the pseudonym or folder cannot be used, nothing can be read, two patients are in it, or an SUV would change.
    """
    person = Pseudonym(pseudonym, secret)
    _check_folder(folder)
    study = read_study(Path(path))
    if not study.series:
        because = study.rejected[0].because if len(study.rejected) == 1 else "no file in it is a DICOM object"
        raise ImagingError(f"Nothing could be read from {path}: {because}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".deidentified-", dir=folder.parent))
    try:
        result, _ = copy_study(study, person, work, progress)
        _move(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    files = tuple(folder / file.relative_to(work) for file in result.files)
    says = (*result.left_out, *result.warnings, *_say_rejected(study), *_say_secret(study, person))
    return replace(result, files=files, warnings=says)


def _check_folder(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ImagingError(f"{folder} is there already and not empty; give a new folder for the copy.")


def _move(work: Path, folder: Path) -> None:
    work.chmod(0o755)
    if folder.exists():
        folder.rmdir()
    work.rename(folder)


def copy_study(
    study: Study, person: Pseudonym, folder: Path, progress: Progress | None = None
) -> tuple[Deidentified, Study]:
    """Copy a study that was read into an empty folder, and read the copy back: what was done, and the study without its
    patient. Raises ImagingError when nothing can be copied, two patients are in it, or an SUV would change.
    """
    result = _copy_objects(study, person, folder, progress)
    copied = read_study(folder)
    _check_suv(study, copied, person)
    return result, carry_over(study, copied, person, _known_names(study, person))


@dataclass
class _Report:
    """What the objects of a study have told so far."""

    files: list[Path] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    births: set[str] = field(default_factory=set)
    dates_were: set[DatesWere] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    look_at: Counter[str] = field(default_factory=Counter)

    def add(self, file: Path, copy: Copy) -> None:
        self.files.append(file)
        self.kept |= copy.kept
        self.removed |= copy.removed
        self.births |= {copy.born} if copy.born else set()
        self.dates_were.add(copy.dates_were)
        if len(self.births) > 1:
            raise ImagingError(
                "The images are under one patient ID but give two dates of birth: they may be of two patients, and "
                "nothing was read; send one patient at a time."
            )


def _copy_objects(study: Study, person: Pseudonym, folder: Path, progress: Progress | None) -> Deidentified:
    total = len({file for one in study.series for file in one.files})
    identities = _known_names(study, person)
    report = _Report()
    for done, (dataset, place) in enumerate(_open_all(study), 1):
        report.look_at.update(question_copy(dataset))
        try:
            report.add(folder / place, copy_object(dataset, person, identities, folder / place))
        except Rejection as left_out:
            report.left_out[str(left_out)] += 1
        if progress:
            progress(done, total)
    if not report.files:
        raise ImagingError(f"Nothing was written: {next(iter(report.left_out))}")
    return Deidentified(
        tuple(report.files),
        person.date_offset_days,
        tuple(sorted(report.kept)),
        tuple(sorted(report.removed)),
        (*_say_notes(report.look_at), *_say_names(study)),
        _say_notes(report.left_out),
        least_sure(report.dates_were),
    )


def _known_names(study: Study, person: Pseudonym) -> frozenset[str]:
    """Names and numbers of the patient anywhere in the upload; the pseudonym itself gives nobody away."""
    headers = [header for one in study.series for header in one.headers]
    texts = {text for header in headers for text in (header.patient_id, header.patient_name) if text}
    return find_identities(texts) - {person.name.upper()}


def _open_all(study: Study) -> Iterator[tuple[Dataset, Path]]:
    """Each object, once, with the place of its copy: names of files and folders may hold a patient's name, so none stays.

    The frames of a multi-frame object are slices of one file, and may be of several series here.
    """
    places: dict[str, Path] = {}
    counts: Counter[Path] = Counter()
    opened: set[Source] = set()
    with OpenSources() as sources, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for series in study.series:
            uid = series.series_uid.partition("#")[0]
            kind = "".join(letter for letter in series.modality if letter.isalnum()) or "OTHER"
            home = places.setdefault(uid, Path(f"{kind}-{len(places) + 1:02d}"))
            for source in dict.fromkeys(series.files):
                if source in opened:
                    continue
                opened.add(source)
                counts[home] += 1
                yield _read(sources, source), home / f"{counts[home]:05d}.dcm"


def _read(sources: OpenSources, source: Source) -> Dataset:
    with sources.open(source) as stream:
        try:
            return pydicom.dcmread(stream, force=True)
        except Exception as error:  # a header that could be walked may still hold what the full parser cannot read
            raise ImagingError(f"{source.name} is damaged ({type(error).__name__}); send it again.") from None


def _say_notes(notes: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{count} file{'s' if count > 1 else ''}: {says}" for says, count in sorted(notes.items()))


def _say_names(study: Study) -> Iterator[str]:
    """A hospital may spell one patient's name in two ways; that no word is the same is odd."""
    names = {header.patient_name for one in study.series for header in one.headers if header.patient_name}
    words = [set(words_of(name)) for name in names]
    if any(one.isdisjoint(other) for one in words for other in words if one and other):
        yield "The images are under one patient ID but give two names: make sure that they are of one patient."


def _say_rejected(study: Study) -> tuple[str, ...]:
    return tuple(f"{one.file} was left out: {one.because}" for one in study.rejected)


def _say_secret(study: Study, person: Pseudonym) -> Iterator[str]:
    if len(person.secret) < SHORT_SECRET:
        yield f"The secret is short and could be guessed; one of {SHORT_SECRET} characters or more protects the dates."
    if any(person.name in (header.patient_id, header.patient_name) for one in study.series for header in one.headers):
        yield f"The images were already named {person.name}; who knows them by it still does."


def _check_suv(before: Study, after: Study, person: Pseudonym) -> None:
    """The copy gives the same SUV for the same series; else it must not exist."""
    old = Counter((person.replace_uid(one.series_uid.partition("#")[0]), _suv(one)) for one in _pets(before))
    new = Counter((one.series_uid.partition("#")[0], _suv(one)) for one in _pets(after))
    if old != new:
        raise ImagingError(
            "Without its identities this study would not give the same SUV, so nothing was kept; "
            "its dates and times contradict each other: python -m imaging inspect says where."
        )


def _pets(study: Study) -> Sequence[Series]:
    return [one for one in study.series if one.modality == "PT"]


def _suv(series: Series) -> tuple[tuple[float, ...] | None, float | None, int]:
    return (series.suv.factors if series.suv else None), series.uptake_minutes, len(series.files)
