"""Whether PET and CT of one study lie on one another, as far as the outlines of the body can tell.

A hint and no more: the outline shows a patient who moved, not a diaphragm that moved.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from imaging import itk as sitk
from imaging.quality import QualityLine
from imaging.quality_rules import load_rules
from imaging.region import Mask
from imaging.volume import Volume, resample_volume


@dataclass(frozen=True)
class Offset:
    """How far the PET's outline lies from the CT's in mm (LPS: to the left, to the back), as the median of `slices` slices."""

    left_mm: float
    back_mm: float
    slices: int

    @property
    def length_mm(self) -> float:
        return float(np.hypot(self.left_mm, self.back_mm))


def measure_offset(pet: Volume, ct: Volume) -> Offset | None:
    """Both in patient axes. None where too few slices hold the whole outline of both (a cropped image, arms cut off)."""
    rules = load_rules()
    factors = [max(1, round(rules["outline_grid_mm"].value / step)) for step in ct.spacing_mm]
    image = sitk.BinShrink(ct.to_sitk(), [min(f, n) for f, n in zip(factors, ct.values.shape[::-1], strict=True)])
    hounsfield = sitk.GetArrayFromImage(image)
    body = _fill(_largest(hounsfield > rules["outline_hu"].value))
    grid = Volume(hounsfield, image.GetOrigin(), image.GetSpacing(), ct.direction, "HU")
    uptake = resample_volume(pet, grid, -1.0).values
    seen = uptake >= 0
    inside = uptake[body & seen & (uptake > 0)]
    if not inside.size:
        return None
    outline = _fill(_largest(uptake > rules["outline_share"].value * float(np.median(inside))))
    return _compare(outline, body, seen, grid.spacing_mm, int(rules["outline_slices"].value))


def _largest(mask: Mask) -> Mask:
    opened = ndimage.binary_opening(mask, iterations=1)
    pieces, count = ndimage.label(opened)
    return np.asarray(pieces == 1 + int(np.argmax(np.bincount(pieces.ravel())[1:]))) if count else opened


def _fill(mask: Mask) -> Mask:
    return np.stack([ndimage.binary_fill_holes(one) for one in mask])


def _compare(pet: Mask, ct: Mask, seen: Mask, spacing: tuple[float, float, float], least: int) -> Offset | None:
    offsets = [
        (_middle(one) - _middle(other)) * spacing[1::-1]
        for one, other, field in zip(pet, ct, seen, strict=True)
        if one.any() and other.any() and _whole(one, field) and _whole(other, field)
    ]
    if len(offsets) < least:
        return None
    back, left = np.median(np.asarray(offsets), axis=0)
    return Offset(float(left), float(back), len(offsets))


def _middle(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    return np.asarray(np.argwhere(mask).mean(axis=0), dtype=float)


def _whole(mask: npt.NDArray[np.bool_], field: npt.NDArray[np.bool_]) -> bool:
    """True where the outline does not touch the edge of what both images show."""
    inner = ndimage.binary_erosion(field, iterations=1)
    return not bool((mask & ~inner).any())


def assess_alignment(offset: Offset | None) -> QualityLine:
    """The quality line on PET and CT of one study; `offset` None: the outlines could not be compared."""
    rule = load_rules()["outline_offset_mm"]
    breathing = "Breathing is not seen in it: look at the lung bases and the adrenals yourself."
    if offset is None:
        says = f"Whether PET and CT lie on one another is not known: too little of both outlines is in the pictures. {breathing}"
        return QualityLine("PET on CT", "unknown", says)
    if offset.length_mm <= rule.value:
        return QualityLine("PET on CT", "ok", f"The body's outlines lie {offset.length_mm:.0f} mm apart. {breathing}")
    says = (
        f"The PET's outline lies {_say_direction(offset)} the CT's: the patient may have moved between the two. "
        "Attenuation is then corrected with the wrong tissue, and a focus is drawn beside its organ; SUVs near bone, lung "
        f"and the body's edge are wrong. {rule.says} ({rule.source})."
    )
    return QualityLine("PET on CT", "check", says)


def _say_direction(offset: Offset) -> str:
    parts = [
        (abs(offset.left_mm), "to the left of" if offset.left_mm > 0 else "to the right of"),
        (abs(offset.back_mm), "behind" if offset.back_mm > 0 else "in front of"),
    ]
    return " and ".join(f"{size:.0f} mm {word}" for size, word in parts if size >= 1)
