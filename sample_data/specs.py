"""Which synthetic patients are imaged, with what, and what is put into them: read from studies.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
Point = tuple[float, float, float]


@dataclass(frozen=True)
class LesionSpec:
    """A lesion of the atlas: `at_mm` its centre in atlas millimetres, moving with `part`; `size_mm` its diameters.

    `suv` is the concentration before blurring by tracer; `core` is None or a necrotic middle
    (fraction of the size, HU, factor on the uptake).
    """

    name: str
    site: str
    part: str
    at_mm: Point
    size_mm: Point
    hu: float
    suv: Mapping[str, float]
    core: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class OrganChange:
    """How an organ of one patient differs from the atlas: its size, and its uptake by tracer (factors)."""

    scale: float = 1.0
    uptake: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class StudySpec:
    """One PET/CT of one synthetic patient."""

    patient_id: str
    subtype: str
    site: str
    sex: str
    age_years: int
    height_cm: float
    weight_kg: float
    tracer: str
    vendor: str
    injected_at: datetime
    uptake_minutes: float
    dose_mbq: float
    shift_mm: Point
    arms_up: bool
    lesions: tuple[LesionSpec, ...]
    organs: Mapping[str, OrganChange]

    @property
    def name(self) -> str:
        """Folder name of the study, the same in every run."""
        return f"{self.patient_id}_{self.tracer}"


@cache
def load_study_specs() -> tuple[StudySpec, ...]:
    """Every study of studies.toml, in the order of the file."""
    patients = tomllib.loads((FOLDER / "studies.toml").read_text(encoding="utf-8"))["patients"]
    return tuple(_read_study(pid, patient, study) for pid, patient in patients.items() for study in patient["studies"])


def _read_study(patient_id: str, patient: dict[str, Any], study: dict[str, Any]) -> StudySpec:
    person = {key: patient[key] for key in ("subtype", "site", "sex", "age_years", "height_cm", "weight_kg")}
    return StudySpec(
        patient_id=patient_id,
        **person,
        **{key: study[key] for key in ("tracer", "vendor", "injected_at", "uptake_minutes", "dose_mbq")},
        shift_mm=tuple(study.get("shift_mm", (0.0, 0.0, 0.0))),
        arms_up=patient.get("arms_up", True),
        lesions=tuple(_read_lesion(lesion) for lesion in patient.get("lesions", ())),
        organs={name: _read_change(change) for name, change in patient.get("organs", {}).items()},
    )


def _read_lesion(lesion: dict[str, Any]) -> LesionSpec:
    core = tuple(lesion["core"]) if "core" in lesion else None
    points = {key: tuple(lesion[key]) for key in ("at_mm", "size_mm")}
    return LesionSpec(**{**lesion, **points, "core": core})


def _read_change(change: dict[str, Any]) -> OrganChange:
    return OrganChange(scale=change.get("scale", 1.0), uptake=change.get("uptake", {}))
