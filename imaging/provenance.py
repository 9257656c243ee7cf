"""Where a scan's SUV comes from, in one line, and the whole document that is kept with a stored series."""

import re
from typing import Any

from imaging.body import read_weight_kg
from imaging.decay import compute_decay
from imaging.dicom import Series
from imaging.dose import read_dose_bq
from imaging.inspection import write_series
from imaging.kept_headers import write_headers
from imaging.problem import Refusal
from imaging.quality import assess_quality
from imaging.volume import Volume

UNKNOWN = "—"


def document_series(series: Series, volume: Volume) -> dict[str, Any]:
    """The inspection of one series with its quality lines, provenance and frame of reference, as the store keeps it."""
    quality = [{"item": q.item, "level": q.level, "says": q.says} for q in assess_quality(series, volume)]
    space = {"frame_of_reference": series.headers[0].frame_of_reference}
    return (
        write_series(series, volume)
        | {"quality": quality, "provenance": say_provenance(series)}
        | space
        | _headers(series)
    )


def _headers(series: Series) -> dict[str, Any]:
    """What the SUV of a PET follows from, so that a stored scan can be corrected."""
    return {"suv_headers": write_headers(series.headers)} if series.suv else {}


def say_provenance(series: Series) -> str | None:
    """Where the SUV comes from: activity, weight, injection, scan with its clock, factor; None when it is no PET."""
    if series.suv is None:
        return None
    header = series.headers[0]
    parts = [_say_dose(series), _say_weight(series)]
    parts += _say_clocks(series)
    if (header.units or "").upper() == "GML":
        parts.append("pixels are SUV already")
    return " · ".join([*parts, _say_factor(series.suv.factors)])


def _say_clocks(series: Series) -> list[str]:
    """The injection and the moment the pixels are decay-corrected to, each as far as it is known."""
    try:
        decay = compute_decay(series.headers, [])
    except Refusal:
        return [f"injected {UNKNOWN}"]
    if decay.reference is None:
        return [f"injected {UNKNOWN}"]
    at = f"{decay.reference.at:%H:%M}"
    if decay.reference.source.startswith("Radiopharmaceutical"):
        return [f"injected {at}", "decay corrected to the injection"]
    injected = re.search(r"injected (\d\d:\d\d)", decay.says)
    return [f"injected {injected[1] if injected else UNKNOWN}", f"scan {at} ({_say_clock(decay.reference.source)})"]


def _say_dose(series: Series) -> str:
    try:
        return f"{_short(read_dose_bq(series.headers[0], []) / 1e6)} MBq"
    except Refusal:
        return f"{UNKNOWN} MBq"


def _say_weight(series: Series) -> str:
    try:
        return f"{_short(read_weight_kg(series.headers[0], []))} kg"
    except Refusal:
        return f"{UNKNOWN} kg"


def _say_clock(source: str) -> str:
    if "(" in source:
        return f"{source.split()[0]}'s own clock"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", source).lower()


def _say_factor(factors: tuple[float, ...] | None) -> str:
    if not factors:
        return f"factor {UNKNOWN}"
    low, high = min(factors), max(factors)
    return f"factor {low:.3g}" if high - low < 1e-6 * high else f"factor {low:.3g} to {high:.3g}, by slice"


def _short(number: float) -> str:
    """One decimal below 100, none above: 71, 70.5, 389."""
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}".removesuffix(".0")
