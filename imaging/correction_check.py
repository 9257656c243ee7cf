"""What is impossible among the values a reader enters for a scan, field by field, each in a sentence with what would be right."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from imaging.corrected_suv import corrected_to_injection, read_inputs
from imaging.correction import QUANTITIES, Correction, say_value
from imaging.header import Header
from imaging.injection import longest_uptake
from imaging.reference_time import first_acquisition, fits_acquisition

_FILE = Path(__file__).parent / "knowledge" / "corrections.toml"


@dataclass(frozen=True)
class Limit:
    """The possible range of one entered value, and what to write."""

    low: float
    high: float
    unit: str
    hint: str


@cache
def load_limits() -> dict[str, Limit]:
    """Limits by the name of the value."""
    blocks = tomllib.loads(_FILE.read_text("utf-8"))
    return {
        name: Limit(float(one.get("low", 0)), float(one["high"]), one["unit"], one["hint"])
        for name, one in blocks.items()
    }


def check_correction(headers: Sequence[Header], correction: Correction) -> dict[str, str]:
    """By field, why its value cannot be right beside the headers and the other entries; empty where all could be."""
    wrong = _check_ranges(correction)
    for check in (_check_residual, _check_injection, _check_reference):
        wrong = check(headers, correction) | wrong
    return wrong


def _check_ranges(correction: Correction) -> dict[str, str]:
    wrong = {}
    labels = {one.name: one.label for one in QUANTITIES}
    for name, label in labels.items():
        limit, value = load_limits().get(name), getattr(correction, name)
        if limit and value is not None and not limit.low <= value <= limit.high:
            wrong[name] = (
                f"A {label} of {value:g} {limit.unit} is not possible (from {limit.low:g} to {limit.high:g} "
                f"{limit.unit}): {limit.hint}."
            ).replace("A injected", "An injected")
    return wrong


def _check_residual(headers: Sequence[Header], correction: Correction) -> dict[str, str]:
    if correction.residual_mbq is None:
        if correction.residual_at is None:
            return {}
        return {
            "residual_mbq": "A time without an activity: write what stayed in the syringe in MBq, or clear the time."
        }
    if correction.residual_at is None:
        return {"residual_at": "Write when the residual activity was measured: it is decayed back to the injection."}
    inputs = read_inputs(headers)
    injected, dose = correction.injected_at or inputs.injected_at, correction.activity_mbq or inputs.activity_mbq
    if dose is not None and correction.residual_mbq >= dose:
        shown = f"{correction.residual_mbq:g} MBq left of {dose:g} MBq"
        return {"residual_mbq": f"{shown} would mean that nothing was injected: the residual must be less."}
    return {"residual_at": says} if injected and (says := _say_residual_time(correction.residual_at, injected)) else {}


def _say_residual_time(at: datetime, injected: datetime) -> str | None:
    limit = load_limits()["residual_after_injection_h"]
    if at < injected:
        return f"The residual is measured after the injection ({injected:%Y-%m-%d %H:%M}), not before it."
    if at - injected > timedelta(hours=limit.high):
        return f"{at:%Y-%m-%d %H:%M} is more than {limit.high:g} h after the injection ({injected:%Y-%m-%d %H:%M}): check the date."
    return None


def _check_injection(headers: Sequence[Header], correction: Correction) -> dict[str, str]:
    inputs = read_inputs(headers)
    at, reference = correction.injected_at, correction.reference_at or _start(headers, inputs)
    if at is None or reference is None:
        return {}
    late = timedelta(seconds=load_limits()["injection_after_reference_s"].high)
    clock = say_value("reference_at", reference)
    if at > reference + late:
        return {"injected_at": f"The injection would be after the scan's clock ({clock}): check date and time."}
    if reference - at >= longest_uptake(correction.half_life_s or inputs.half_life_s or 0.0):
        hours = (reference - at).total_seconds() / 3600
        return {"injected_at": f"The injection would be {hours:.0f} h before the scan ({clock}): check the date."}
    return {}


def _start(headers: Sequence[Header], inputs: Correction) -> datetime | None:
    """The clock an injection must not lie behind: of pixels corrected to the injection, the scan's start."""
    return first_acquisition(headers) if corrected_to_injection(headers[0]) else inputs.reference_at


def _check_reference(headers: Sequence[Header], correction: Correction) -> dict[str, str]:
    at, earliest = correction.reference_at, first_acquisition(headers)
    if at is None:
        return {}
    if corrected_to_injection(headers[0]):
        return {
            "reference_at": "These pixels are decay-corrected to the injection (ADMIN): no scan clock enters their SUV."
        }
    if not fits_acquisition(at, earliest):
        return {
            "reference_at": f"It does not fit the acquisition, which began at {say_value('reference_at', earliest)}: check the date."
        }
    injected = correction.injected_at or read_inputs(headers).injected_at
    if injected and correction.injected_at is None and at < injected:
        return {
            "reference_at": f"The scan would be before the injection ({say_value('injected_at', injected)}): check both clocks."
        }
    return {}
