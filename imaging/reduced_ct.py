"""A CT made small for comparison: averaged to large voxels, clipped, and everything that is not the patient taken away."""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tomllib import loads

import numpy as np
from scipy import ndimage

from imaging import itk as sitk
from imaging.problem import ImagingError
from imaging.region import Mask
from imaging.volume import Volume

_FILE = Path(__file__).parent / "knowledge" / "register.toml"


@cache
def load_register_rules() -> dict[str, float]:
    """Value of each rule of knowledge/register.toml by its name, in the unit the file states."""
    return {name: float(block["value"]) for name, block in loads(_FILE.read_text("utf-8")).items()}


@dataclass(frozen=True)
class ReducedCt:
    """HU as a float32 image, air outside the body, and the body as a mask image (1 inside) on the same grid."""

    image: "sitk.Image"
    body: "sitk.Image"

    @cached_property
    def voxel_ml(self) -> float:
        return float(np.prod(self.image.GetSpacing())) / 1000

    @cached_property
    def body_ml(self) -> float:
        return float(np.count_nonzero(sitk.GetArrayViewFromImage(self.body))) * self.voxel_ml

    @cached_property
    def centre_mm(self) -> tuple[float, float, float]:
        """The middle of the body (LPS)."""
        z, y, x = (float(axis.mean()) for axis in np.nonzero(sitk.GetArrayViewFromImage(self.body)))
        place: tuple[float, float, float] = self.image.TransformContinuousIndexToPhysicalPoint((x, y, z))
        return place

    def halve(self, factor: int) -> "ReducedCt":
        """The same on voxels `factor` times as large."""
        factors = [min(factor, size) for size in self.image.GetSize()]
        share = sitk.BinShrink(sitk.Cast(self.body, sitk.sitkFloat32), factors)
        return ReducedCt(sitk.BinShrink(self.image, factors), sitk.Cast(share >= 0.5, sitk.sitkUInt8))


def reduce_ct(ct: Volume, name: str) -> ReducedCt:
    """A CT in HU on the comparison grid; ImagingError, naming the CT, when it is not one or holds no body."""
    if ct.unit != "HU":
        raise ImagingError(f"The {name} is in {ct.unit}, not HU: only a CT can be aligned with a CT.")
    rules = load_register_rules()
    factors = [
        max(1, min(size, round(rules["grid_mm"] / spacing)))
        for size, spacing in zip(ct.values.shape[::-1], ct.spacing_mm, strict=True)
    ]
    image = sitk.BinShrink(ct.to_sitk(), factors)
    inside = _find_body(image, rules)
    values = np.clip(sitk.GetArrayViewFromImage(image), rules["low_hu"], rules["high_hu"])
    values = np.where(inside & np.isfinite(values), values, rules["low_hu"]).astype(np.float32)
    reduced = ReducedCt(_like(values, image), _like(inside.astype(np.uint8), image))
    if reduced.body_ml < rules["least_body_ml"]:
        raise ImagingError(
            f"The {name} holds {reduced.body_ml:.0f} ml of body: too little to align. Choose the CT of the whole study."
        )
    return reduced


def _find_body(image: "sitk.Image", rules: dict[str, float]) -> Mask:
    """The largest dense piece after thin things are cut off, with lungs and bowel gas filled slice by slice."""
    dense = sitk.GetArrayViewFromImage(image) > rules["body_hu"]
    radius = [max(1, round(rules["couch_mm"] / spacing)) for spacing in image.GetSpacing()]
    radius = [r if size > 2 * r else 0 for r, size in zip(radius, image.GetSize(), strict=True)]
    thick = sitk.BinaryErode(_like(dense.astype(np.uint8), image), radius, sitk.sitkBall, 0, 1, False)
    pieces = sitk.RelabelComponent(sitk.ConnectedComponent(thick))
    largest = (sitk.GetArrayFromImage(sitk.BinaryDilate(pieces == 1, radius)) > 0) & dense
    inner = _inner_air(dense, largest, rules["body_wall"])
    # A chest wall thinner than the couch goes with it; it comes back as what lies around the lungs.
    around = sitk.BinaryDilate(_like(inner.astype(np.uint8), image), radius)
    wall = (sitk.GetArrayViewFromImage(around) > 0) & dense
    return np.asarray(ndimage.binary_fill_holes(largest | inner | wall, _within_slices()))


def _inner_air(dense: Mask, largest: Mask, least: float) -> Mask:
    """Air that the body encloses in its slices; a hollow couch is enclosed by itself and hardly touches the body."""
    holes = ndimage.binary_fill_holes(dense, _within_slices()) & ~dense
    labels, count = ndimage.label(holes)
    if not count:
        return np.asarray(holes)
    rim = ndimage.grey_dilation(labels, footprint=_within_slices()) * dense  # the hole that each wall voxel belongs to
    walls = np.bincount(rim.ravel(), minlength=count + 1)
    held = np.bincount(rim[largest], minlength=count + 1)
    keep = held >= least * np.maximum(walls, 1)
    keep[0] = False
    return np.asarray(keep[labels])


def _within_slices() -> Mask:
    """Neighbours in the same slice only."""
    near = np.zeros((3, 3, 3), dtype=bool)
    near[1] = ndimage.generate_binary_structure(2, 1)
    return near


def _like(values: np.ndarray, image: "sitk.Image") -> "sitk.Image":
    made = sitk.GetImageFromArray(values)
    made.CopyInformation(image)
    return made
