"""From an image to the case: a measured lesion as the `imaging` entry the case file knows."""

from dataclasses import dataclass
from typing import Any

from imaging.measure import Measurement


@dataclass(frozen=True)
class Background:
    """What the lesion is compared with, each None when it was not measured: SUV of liver, other adrenal, blood pool."""

    liver_suv_mean: float | None = None
    contralateral_suv_max: float | None = None
    normal_adrenal_suv_max: float | None = None
    blood_pool_suv_mean: float | None = None


def write_imaging_entry(
    measurement: Measurement,
    *,
    tracer: str | None,
    region: str,
    uptake: str,
    uptake_minutes: float | None,
    background: Background,
) -> dict[str, Any]:
    """The entry of a case for one lesion on one tracer; what is not known is left out.

    `uptake` is the reader's word (negative, equivocal, positive): no SUV decides it. The other adrenal is compared only with
    an adrenal lesion. The case file checks region and words when it is read.
    """
    adrenal = region.startswith("adrenal")
    entry = {
        "modality": "PET",
        "tracer": tracer,
        "region": region,
        "uptake": uptake,
        "suv_max": measurement.suv_max,
        "suv_mean": measurement.suv_mean,
        "suv_peak": measurement.suv_peak,
        "volume_ml": measurement.volume_ml,
        "liver_suv_mean": background.liver_suv_mean,
        "contralateral_suv_max": background.contralateral_suv_max if adrenal else None,
        "normal_adrenal_suv_max": background.normal_adrenal_suv_max if adrenal else None,
        "blood_pool_suv_mean": background.blood_pool_suv_mean,
        "uptake_minutes": uptake_minutes,
    }
    return {name: value for name, value in entry.items() if value is not None}
