"""Makes PET/CT studies of synthetic patients as DICOM folders, and says what was put into them.

SYNTHETIC VALUES, NO CLINICAL CLAIM: where lesions lie and how much tracer they take up is invented (studies.toml).
"""

import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from sample_data.dicom_writer import uid_of, write_ct, write_pet
from sample_data.phantom import Phantom, build_phantom
from sample_data.scanner import Scanner, load_scanners, scan_ct, scan_pet
from sample_data.specs import LesionSpec, OrganChange, Point, StudySpec, load_study_specs

__all__ = [
    "LesionSpec",
    "LesionTruth",
    "OrganChange",
    "ReferenceTruth",
    "StudySpec",
    "StudyTruth",
    "load_study_specs",
    "make_studies",
    "make_study",
]

SEED = 2026


@dataclass(frozen=True)
class LesionTruth:
    """What was put in: centre (mm, LPS, the study's own frame of reference), diameters, HU, SUVbw before blurring."""

    name: str
    site: str
    centre_mm: Point
    size_mm: Point
    hu: float
    suv: float


@dataclass(frozen=True)
class ReferenceTruth:
    """A place inside a normal organ (mm, LPS) and its SUVbw before blurring."""

    centre_mm: Point
    suv: float


@dataclass(frozen=True)
class StudyTruth:
    """A study that was written, and what is in it; `references` has liver, blood_pool, spleen, adrenal_left,
    adrenal_right and pituitary."""

    patient_id: str
    tracer: str
    vendor: str
    folder: Path
    study_uid: str
    pet_series_uid: str
    ct_series_uid: str
    lesions: tuple[LesionTruth, ...]
    references: Mapping[str, ReferenceTruth]


def make_study(spec: StudySpec, folder: Path, seed: int = SEED, scanner: Scanner | None = None) -> StudyTruth:
    """Write a study to folder/<patient>_<tracer>/PT and …/CT; `scanner` replaces the one that the spec names."""
    scanner = scanner or load_scanners()[spec.vendor]
    phantom = build_phantom(spec, seed)
    place = folder / spec.name
    for series in ("PT", "CT"):
        (place / series).mkdir(parents=True, exist_ok=True)
    pet_uid = write_pet(scan_pet(phantom, spec, scanner, seed), spec, scanner, seed, place / "PT")
    ct_uid = write_ct(scan_ct(phantom, spec, scanner, seed), spec, scanner, seed, place / "CT")
    return _truth(spec, scanner, phantom, place, (uid_of(seed, spec.name, "study"), pet_uid, ct_uid))


def make_studies(
    folder: Path, seed: int = SEED, progress: Callable[[int, int], None] | None = None, workers: int = 2
) -> tuple[StudyTruth, ...]:
    """Write every study of studies.toml; `progress(done, total)` is told after each. In the order of the file."""
    specs = load_study_specs()
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(make_study, spec, folder, seed) for spec in specs]
        for done, finished in enumerate(as_completed(waiting), start=1):
            finished.result()
            if progress is not None:
                progress(done, len(specs))
    return tuple(one.result() for one in waiting)


def _truth(spec: StudySpec, scanner: Scanner, phantom: Phantom, folder: Path, uids: tuple[str, str, str]) -> StudyTruth:
    lesions = tuple(
        LesionTruth(
            lesion.spec.name, lesion.spec.site, lesion.centre_mm, lesion.spec.size_mm, lesion.spec.hu, lesion.suv
        )
        for lesion in phantom.lesions
    )
    references = {name: ReferenceTruth(centre, suv) for name, (centre, suv) in phantom.references.items()}
    return StudyTruth(spec.patient_id, spec.tracer, scanner.name, folder, *uids, lesions, references)
