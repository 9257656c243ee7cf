"""A lesion of a synthetic study measured as a careful reader would: outlined, and where the outline leaks, by a sphere."""

from dataclasses import dataclass
from math import dist, pi, prod

from imaging.measure import Measurement, measure_region, measure_sphere
from imaging.volume import Volume
from sample_data.draws import load_parameters
from sample_data.studies import LesionTruth


@dataclass(frozen=True)
class LesionMeasurement:
    """SUVs of a lesion; everything but SUVmax and SUVmean is None when only a sphere could be trusted."""

    threshold: str
    suv_max: float
    suv_mean: float
    suv_peak: float | None
    volume_ml: float | None
    total_uptake: float | None
    centre_mm: tuple[float, float, float] | None
    note: str | None


def measure_lesion(volume: Volume, lesion: LesionTruth) -> LesionMeasurement:
    """The outline at 41 % of SUVmax, higher while it runs into a neighbour, and at last a sphere of the lesion's size."""
    for threshold in load_parameters("findings")["lesions"]["thresholds"]:
        outlined = measure_region(volume, lesion.centre_mm, threshold)
        if _stays_inside(outlined, lesion):
            return _from_outline(outlined, threshold)
    diameter = max(lesion.size_mm)
    sphere = measure_sphere(volume, lesion.centre_mm, diameter)
    note = f"Every outline ran into a hotter neighbour, so a sphere of {diameter:g} mm was measured instead."
    return LesionMeasurement(f"sphere {diameter:g} mm", sphere.max, sphere.mean, None, None, None, None, note)


def _stays_inside(outlined: Measurement, lesion: LesionTruth) -> bool:
    rule = load_parameters("findings")["lesions"]
    near = dist(outlined.max_mm, lesion.centre_mm) <= max(lesion.size_mm) / 2 + rule["room_mm"]
    lesion_ml = prod(lesion.size_mm) * pi / 6 / 1000
    return near and not outlined.leaked and outlined.volume_ml <= rule["room_times"] * lesion_ml + rule["room_ml"]


def _from_outline(outlined: Measurement, threshold: str) -> LesionMeasurement:
    return LesionMeasurement(
        threshold,
        outlined.suv_max,
        outlined.suv_mean,
        outlined.suv_peak,
        outlined.volume_ml,
        outlined.total_uptake,
        outlined.centre_mm,
        outlined.peak_says or None,
    )
