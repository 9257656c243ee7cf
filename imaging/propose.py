"""Where a normal organ may be measured, proposed from an unenhanced CT where it is plain; the reader confirms or moves it.

Liver and blood pool only: a gland of a few millimetres, or a spleen beside the stomach, is not told apart safely.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from imaging import itk as sitk
from imaging.extent import Point
from imaging.orientation import turn_to_patient_axes
from imaging.problem import ImagingError
from imaging.reduced_ct import ReducedCt, reduce_ct
from imaging.references import load_organs, load_reference_rules
from imaging.region import Mask
from imaging.volume import Float32, Volume

PROPOSED = ("liver", "blood_pool")


@dataclass(frozen=True)
class Proposal:
    """The middle of a sphere (mm, LPS) for an organ, or None; `says` why there, or why nowhere."""

    organ: str
    at_mm: Point | None
    says: str


@dataclass(frozen=True)
class _Chest:
    """Smoothed HU, the body and the two lungs on one grid (z-y-x, x to the patient's left, z to the head)."""

    hu: Float32
    body: Mask
    right: Mask
    left: Mask
    image: "sitk.Image"

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        x, y, z = self.image.GetSpacing()
        return (z, y, x)

    @property
    def voxel_ml(self) -> float:
        return float(np.prod(self.image.GetSpacing())) / 1000


def propose_regions(ct: Volume) -> tuple[Proposal, ...]:
    """One proposal for each of PROPOSED, with or without a place."""
    try:
        chest = _find_chest(reduce_ct(turn_to_patient_axes(ct), "CT"))
    except ImagingError as error:
        return tuple(Proposal(organ, None, f"No proposal: {error}") for organ in PROPOSED)
    liver = _find_liver(chest)
    return _place(chest, "liver", liver, "least_liver_ml"), _propose_blood(chest, liver)


def _rule(name: str) -> float:
    return float(load_reference_rules()["propose"][name]["value"])


def _find_chest(ct: ReducedCt) -> _Chest:
    """Lungs are the air inside the body; raises ImagingError where left and right cannot both be seen."""
    body = sitk.GetArrayViewFromImage(ct.body) > 0
    hu = sitk.GetArrayViewFromImage(ct.image)
    # Vessels and the fissures must not cut a lung in two; bowel gas stays apart.
    air = ndimage.binary_closing(hu < _rule("air_hu"), iterations=2) & ndimage.binary_erosion(body, iterations=2)
    middle = round(float(np.nonzero(body)[2].mean()))
    halves = [_largest(air[..., :middle]), _largest(air[..., middle:])]
    least = _rule("least_lung_ml")
    if min(float(half.sum()) * ct.voxel_ml for half in halves) < least:
        raise ImagingError(f"the CT does not show {least:.0f} ml of each lung, so sides and levels are not plain.")
    right, left = np.zeros_like(body), np.zeros_like(body)
    right[..., :middle], left[..., middle:] = halves
    sigma = [_rule("smooth_mm") / spacing for spacing in ct.image.GetSpacing()[::-1]]
    return _Chest(ndimage.gaussian_filter(hu, sigma).astype(np.float32), body, right, left, ct.image)


def _largest(mask: Mask) -> Mask:
    labels, count = ndimage.label(mask)
    if not count:
        return mask
    return np.asarray(labels == 1 + int(np.argmax(np.bincount(labels.ravel())[1:])))


def _find_liver(chest: _Chest) -> Mask:
    """The largest even piece of liver's density in the right half, under the right lung and not far below it."""
    size, below = chest.body.shape, _has_above(chest.right)
    levels = np.nonzero(chest.right.any(axis=(1, 2)))[0]
    floor = max(0, int(levels[0]) - round(_rule("liver_reach_mm") / chest.spacing_mm[0]))
    where = np.zeros(size, dtype=np.bool_)
    where[floor:, :, : round(float(np.nonzero(chest.body)[2].mean()))] = True
    core = _find_core(chest, "liver", where & chest.body)
    return core if core.any() and below[core].mean() > 0.5 else np.zeros_like(core)


def _propose_blood(chest: _Chest, liver: Mask) -> Proposal:
    """The largest piece of blood's density between the lungs and above the liver: the upper heart."""
    if not liver.any():
        return Proposal("blood_pool", None, "No proposal: without a plain liver the heart's lower edge is not known.")
    between = (np.cumsum(chest.right, axis=2) > 0) & (np.cumsum(chest.left[..., ::-1], axis=2)[..., ::-1] > 0)
    top = int(np.nonzero(liver.any(axis=(1, 2)))[0][-1]) + round(_rule("margin_mm") / chest.spacing_mm[0])
    between[: top + 1] = False
    return _place(chest, "blood_pool", _find_core(chest, "blood", between), "least_heart_ml")


def _has_above(lung: Mask) -> Mask:
    """Places with that lung somewhere above them, towards the head."""
    return np.asarray(np.cumsum(lung[::-1], axis=0)[::-1] > 0)


def _find_core(chest: _Chest, tissue: str, where: Mask) -> Mask:
    """What is left of the largest piece of a tissue's density once its margin is taken away."""
    dense = (chest.hu >= _rule(f"{tissue}_low_hu")) & (chest.hu <= _rule(f"{tissue}_high_hu")) & where
    return _largest(ndimage.distance_transform_edt(dense, sampling=chest.spacing_mm) > _rule("margin_mm"))


def _place(chest: _Chest, organ: str, core: Mask, least: str) -> Proposal:
    """A sphere where the core is deepest, if the core is large enough and the sphere fits and is even."""
    name = load_organs()[organ].name.lower()
    volume_ml = float(core.sum()) * chest.voxel_ml
    if volume_ml < _rule(least):
        return Proposal(
            organ, None, f"No proposal: no {name} is plain on this CT (enhanced, fatty, noisy or not in it)."
        )
    depth = ndimage.distance_transform_edt(core, sampling=chest.spacing_mm)
    z, y, x = np.unravel_index(int(np.argmax(depth)), depth.shape)
    radius = load_organs()[organ].diameter_mm / 2
    inside = chest.hu[_sphere(chest, (int(z), int(y), int(x)), radius)]
    mean, sd = float(inside.mean()), float(inside.std())
    if float(depth[z, y, x]) + _rule("margin_mm") < radius or sd > _rule("most_sd_hu"):
        return Proposal(organ, None, f"No proposal: the {name} on this CT is not even enough for a sphere.")
    place: Point = chest.image.TransformIndexToPhysicalPoint((int(x), int(y), int(z)))
    return Proposal(
        organ, place, f"Proposed from the CT: {volume_ml:.0f} ml of even tissue, {mean:.0f} HU in the sphere."
    )


def _sphere(chest: _Chest, at: tuple[int, int, int], radius_mm: float) -> Mask:
    grid = np.ogrid[tuple(slice(0, size) for size in chest.body.shape)]
    far = sum(((axis - a) * s) ** 2 for axis, a, s in zip(grid, at, chest.spacing_mm, strict=True))
    return np.asarray(far <= radius_mm**2)
