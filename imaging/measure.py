"""A lesion measured from one point: SUVmax, SUVmean, SUVpeak, volume, and whether the outline can be trusted."""

import re
from dataclasses import dataclass

import numpy as np

from imaging.measuring import load_measuring
from imaging.peak import compute_peak
from imaging.problem import ImagingError
from imaging.region import Mask, Region, find_peak, grow_region, nearest_voxel
from imaging.volume import Volume

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Measurement:
    """A lesion: SUVs, `volume_ml`, `total_uptake` (SUVmean × ml), the middle of its outline in mm (LPS).

    `suv_peak` is None, and `peak_says` tells why, where no 1 cm³ sphere fits; `says` holds what to check when `leaked`.
    """

    suv_max: float
    suv_mean: float
    suv_peak: float | None
    peak_says: str
    volume_ml: float
    total_uptake: float
    centre_mm: Point
    threshold_suv: float
    leaked: bool
    says: str
    max_mm: Point


@dataclass(frozen=True)
class SphereStatistics:
    """Mean, standard deviation (n − 1) and maximum of the voxels whose centres lie in a sphere."""

    mean: float
    sd: float
    max: float


def measure_region(volume: Volume, at_mm: Point, threshold: str = "41%", liver_mm: Point | None = None) -> Measurement:
    """The lesion under a point, outlined at "41%" (of SUVmax), "SUV:4.0" or "liver" (PERCIST, needs `liver_mm`).

    Raises ImagingError in a sentence for a volume without SUV, a point outside, or a point without uptake.
    """
    region = find_region(volume, at_mm, threshold, liver_mm)
    return _measure(volume, region)


def find_region(volume: Volume, at_mm: Point, threshold: str = "41%", liver_mm: Point | None = None) -> Region:
    """The outline itself, for drawing or export."""
    if volume.unit != "SUVbw":
        raise ImagingError(f"The image is in {volume.unit}, not SUV, so a lesion's SUV cannot be measured in it.")
    image = volume.to_sitk()
    peak = find_peak(image, volume, at_mm)
    level = _threshold(volume, threshold, float(volume.values[peak[::-1]]), liver_mm)
    region = grow_region(image, volume, peak, level)
    if liver_mm is None or not region.mask[nearest_voxel(volume, liver_mm)[::-1]]:
        return region
    says = "The outline has grown into the liver: raise the threshold."
    return Region(region.mask, region.threshold, region.peak, (*region.leaks, says))


_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%$")
_FIXED = re.compile(r"SUV\s*:\s*(\d+(?:\.\d+)?)$", re.IGNORECASE)


def _threshold(volume: Volume, threshold: str, hottest: float, liver_mm: Point | None) -> float:
    text = threshold.strip()
    share, fixed = _SHARE.match(text), _FIXED.match(text)
    if share and 0 < float(share.group(1)) <= 100:
        return float(share.group(1)) / 100 * hottest
    if fixed and float(fixed.group(1)) > 0:
        return float(fixed.group(1))
    if text.lower() == "liver":
        return compute_liver_threshold(volume, liver_mm)
    raise ImagingError(f"The threshold {threshold!r} is not known; give a share such as 41%, SUV:4.0, or liver.")


def compute_liver_threshold(volume: Volume, liver_mm: Point | None) -> float:
    """1.5 × SUVmean + 2 SD of a 3 cm sphere in the liver (PERCIST 1.0); refuses when the liver's place is not given."""
    if liver_mm is None:
        raise ImagingError("The liver threshold needs a point in the right lobe of the liver; give its position in mm.")
    rules = load_measuring()
    liver = measure_sphere(volume, liver_mm, rules["liver_sphere_mm"])
    return rules["liver_mean_factor"] * liver.mean + rules["liver_sd_factor"] * liver.sd


def _measure(volume: Volume, region: Region) -> Measurement:
    values = volume.values[region.mask].astype(np.float64)
    volume_ml = len(values) * float(np.prod(volume.spacing_mm)) / 1000
    peak = compute_peak(volume, region.mask)
    return Measurement(
        suv_max=float(values.max()),
        suv_mean=float(values.mean()),
        suv_peak=peak,
        peak_says="" if peak is not None else _too_small(volume_ml),
        volume_ml=volume_ml,
        total_uptake=float(values.mean()) * volume_ml,
        centre_mm=_centre(volume, region.mask),
        threshold_suv=region.threshold,
        leaked=bool(region.leaks),
        says=" ".join(region.leaks),
        max_mm=volume.point_at(region.peak),
    )


def _too_small(volume_ml: float) -> str:
    return f"SUVpeak is not given: no sphere of 1 cm³ fits inside the outline ({volume_ml:.1f} ml)."


def _centre(volume: Volume, mask: Mask) -> Point:
    z, y, x = (float(axis.mean()) for axis in np.nonzero(mask))
    return volume.point_at((x, y, z))


def measure_sphere(volume: Volume, at_mm: Point, diameter_mm: float) -> SphereStatistics:
    """Statistics of a sphere wholly inside the image, in the volume's unit; ImagingError when it sticks out."""
    if not diameter_mm > 0:
        raise ImagingError("A sphere needs a diameter above 0 mm.")
    nearest_voxel(volume, at_mm)
    centre, radius = volume.index_at(at_mm), diameter_mm / 2
    lows = [int(np.floor(c - radius / s)) for c, s in zip(centre, volume.spacing_mm, strict=True)]
    highs = [int(np.ceil(c + radius / s)) + 1 for c, s in zip(centre, volume.spacing_mm, strict=True)]
    if min(lows) < -1 or any(h > size + 1 for h, size in zip(highs, volume.values.shape[::-1], strict=True)):
        raise ImagingError(f"The {diameter_mm:g} mm sphere sticks out of the image; move its centre inwards.")
    lows = [max(0, low) for low in lows]
    box = volume.values[lows[2] : highs[2], lows[1] : highs[1], lows[0] : highs[0]]
    values = box[_within(box.shape, lows, centre, volume.spacing_mm, radius)].astype(np.float64)
    if len(values) < 2:
        raise ImagingError(f"A sphere of {diameter_mm:g} mm holds fewer than two voxels; make it larger.")
    return SphereStatistics(float(values.mean()), float(values.std(ddof=1)), float(values.max()))


def _within(shape: tuple[int, ...], lows: list[int], centre: Point, spacing_mm: Point, radius: float) -> Mask:
    z, y, x = np.ogrid[: shape[0], : shape[1], : shape[2]]
    offsets = [(n + low - c) * s for n, low, c, s in zip((x, y, z), lows, centre, spacing_mm, strict=True)]
    inside = offsets[0] ** 2 + offsets[1] ** 2 + offsets[2] ** 2 <= radius**2
    return np.asarray(inside, dtype=np.bool_)
