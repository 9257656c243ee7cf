"""Display windows: which values are drawn black and white. Display settings only; nothing clinical depends on them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from imaging.volume import Volume

_WINDOWS = Path(__file__).parent / "knowledge" / "windows.toml"


@dataclass(frozen=True)
class Window:
    """From `low` to `high` in `unit` ("SUVbw", "Bq/ml", "HU", "counts"); `label` says whose window it is."""

    low: float
    high: float
    unit: str
    label: str

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"A display window runs from a lower to a higher value, not {self.low} to {self.high}.")


@cache
def load_windows() -> dict[str, tuple[Window, ...]]:
    """The windows of knowledge/windows.toml: "pet" (label is the tracer) and "ct" (label is the tissue)."""
    book = tomllib.loads(_WINDOWS.read_text(encoding="utf-8"))
    return {
        "pet": tuple(Window(w["low"], w["high"], w["unit"], w["tracer"]) for w in book["pet"]),
        "ct": tuple(Window(w["low"], w["high"], "HU", w["label"]) for w in book["ct"]),
    }


def suggest_window(volume: Volume, tracer: str | None = None) -> Window:
    """The window a series opens with: of its tracer for SUV, soft tissue for CT, else 0 to its own bright end.

    Values that are not SUV have no common scale, so their window follows the series and keeps its own unit.
    """
    if volume.unit == "HU":
        return load_windows()["ct"][0]
    known = {(w.label, w.unit): w for w in load_windows()["pet"]}
    if ("other", volume.unit) in known:
        return known.get((tracer or "other", volume.unit), known["other", volume.unit])
    return Window(0.0, bright_end(volume), volume.unit, "0 to the bright end of this series")


def bright_end(volume: Volume) -> float:
    """A round value near the top of the series (99.7th percentile of what is above zero; 1 when nothing is)."""
    step = max(1, round((volume.values.size / 400_000) ** (1 / 3)))
    sample = volume.values[::step, ::step, ::step]
    above = sample[sample > 0]
    if above.size == 0:
        return 1.0
    top = float(np.percentile(above, 99.7))
    scale = 10.0 ** np.floor(np.log10(top))
    return float(np.ceil(top / scale * 2) / 2 * scale)
