"""A header that is wrong or silent: the reader enters weight, activity or injection time, and the SUV is computed anew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

import numpy as np

from imaging.dicom import Series
from imaging.header import Header
from imaging.problem import ImagingError
from imaging.suv import compute_suv
from imaging.volume import Volume


@dataclass(frozen=True)
class Correction:
    """What the reader enters instead of the header; None leaves the header's value."""

    weight_kg: float | None = None
    activity_mbq: float | None = None
    injected_at: time | None = None

    @property
    def known(self) -> dict[str, Any]:
        """The entered values by name, for the record."""
        at = self.injected_at.strftime("%H:%M") if self.injected_at else None
        entered = {"weight_kg": self.weight_kg, "activity_mbq": self.activity_mbq, "injected_at": at}
        return {name: value for name, value in entered.items() if value is not None}

    @property
    def says(self) -> str:
        """The entered values in words: "weight 71 kg, injected at 10:30"."""
        words = {"weight_kg": "weight {:g} kg", "activity_mbq": "activity {:g} MBq", "injected_at": "injected at {}"}
        return ", ".join(words[name].format(value) for name, value in self.known.items())


def correct_series(series: Series, correction: Correction) -> Series:
    """The series with the entered values in its headers and its SUV computed anew; ImagingError says what still lacks."""
    headers = tuple(_correct_header(header, correction) for header in series.headers)
    suv = compute_suv(headers)
    if suv.factors is None:
        raise ImagingError(" ".join(p.says for p in suv.problems if p.severity == "error") or "No SUV can be computed.")
    before = set(series.suv.problems) if series.suv else set()
    kept = tuple(problem for problem in series.problems if problem not in before)
    return replace(
        series,
        headers=headers,
        suv=suv,
        reference_time=suv.reference_time,
        reference_time_source=suv.reference_time_source,
        uptake_minutes=suv.uptake_minutes,
        problems=kept + suv.problems,
    )


def _correct_header(header: Header, correction: Correction) -> Header:
    changes: dict[str, Any] = {}
    if correction.weight_kg is not None:
        changes["weight"] = correction.weight_kg
    if correction.activity_mbq is not None:
        changes["dose"] = correction.activity_mbq * 1e6
    if correction.injected_at is not None:
        changes |= {"start_time": correction.injected_at.strftime("%H%M%S"), "start_datetime": None}
    return replace(header, **changes)


def rescale_volume(volume: Volume, before: Series, after: Series) -> Volume:
    """The volume in SUVbw by the factors of `after`; one ratio must hold for all slices, else the upload is needed anew."""
    new = _factors(after)
    old = _factors(before) or (1.0,) * len(new)
    ratios = np.asarray(new) / np.asarray(old)
    if not np.allclose(ratios, ratios[0], rtol=1e-6):
        raise ImagingError("The factor differs from slice to slice: correct the headers and upload the images again.")
    values = volume.values * np.float32(ratios[0])
    return Volume(values, volume.origin_mm, volume.spacing_mm, volume.direction, "SUVbw")


def _factors(series: Series) -> Sequence[float]:
    return (series.suv.factors if series.suv else None) or ()
