"""What a reader enters where a header is wrong or silent, and the SUV that follows from headers and entries together."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Correction:
    """Values in force instead of the header's; None leaves the header's.

    Times are on the scanner's clock. `activity_mbq` is the activity at the injection, before the residual is taken off;
    `reference_at` the moment the pixels are decay-corrected to, or the scan's start where they are not corrected.
    """

    weight_kg: float | None = None
    height_cm: float | None = None
    activity_mbq: float | None = None
    residual_mbq: float | None = None
    residual_at: datetime | None = None
    injected_at: datetime | None = None
    reference_at: datetime | None = None
    half_life_s: float | None = None
    tracer: str | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, part.name) is not None for part in fields(self))


@dataclass(frozen=True)
class Quantity:
    """How a correctable value is called, and its unit."""

    name: str
    label: str
    unit: str


QUANTITIES = (
    Quantity("weight_kg", "weight", "kg"),
    Quantity("height_cm", "height", "cm"),
    Quantity("activity_mbq", "injected activity", "MBq"),
    Quantity("residual_mbq", "residual activity", "MBq"),
    Quantity("residual_at", "residual measured", ""),
    Quantity("injected_at", "injection", ""),
    Quantity("reference_at", "scan clock", ""),
    Quantity("half_life_s", "half-life", "s"),
    Quantity("tracer", "tracer", ""),
)


def write_correction(correction: Correction) -> dict[str, Any]:
    """The entered values by name; times as ISO text."""
    known = {part.name: getattr(correction, part.name) for part in fields(correction)}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in known.items()
        if value is not None
    }


def read_correction(document: Mapping[str, Any]) -> Correction:
    """The correction that `write_correction` wrote; what is not known here is left out."""
    names = {part.name for part in fields(Correction)}
    known: dict[str, Any] = {name: value for name, value in document.items() if name in names and value is not None}
    known |= {name: datetime.fromisoformat(value) for name, value in known.items() if name.endswith("_at")}
    return Correction(**known)


def say_value(name: str, value: Any) -> str:
    """A value with its unit: "72.5 kg", "2026-03-02 10:05:00"; "none" when there is none."""
    if value is None:
        return "none"
    if isinstance(value, str) and name.endswith("_at"):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    unit = next(one.unit for one in QUANTITIES if one.name == name)
    shown = value if isinstance(value, str) else f"{value:g}"
    return f"{shown} {unit}".strip()


def say_correction(inputs: Correction, correction: Correction) -> tuple[str, ...]:
    """Each entry against what the headers say: "weight 72 kg entered by the reader instead of 7200 kg in the header"."""
    says = []
    for one in QUANTITIES:
        entered, header = getattr(correction, one.name), getattr(inputs, one.name)
        if entered is None:
            continue
        instead = (
            f"instead of {say_value(one.name, header)} in the header" if header is not None else "; the header has none"
        )
        words = f"{one.label} {say_value(one.name, entered)} entered by the reader {instead}"
        says.append(words.replace(" ;", ";"))
    return tuple(says)
