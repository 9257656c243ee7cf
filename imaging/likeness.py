"""How alike two CTs of one patient are under a motion: what the reader sees before believing an alignment."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from imaging import itk as sitk
from imaging.motion import RigidMotion
from imaging.reduced_ct import ReducedCt, load_register_rules
from imaging.region import Mask
from imaging.volume import Float32

_BINS = 32
_NOT_SEEN = -9999.0


@dataclass(frozen=True)
class Likeness:
    """`overlap`: share of the smaller body on the other one; `difference_hu`: mean absolute, where either body lies and
    the other is near: arms up in one scan and down in the other are no difference of the trunk.

    `mutual_information` is normalised (Studholme 1999): 1 for strangers, 2 for the same image. Both are None where the
    two CTs share no place.
    """

    overlap: float
    difference_hu: float | None
    mutual_information: float | None


def compare_cts(fixed: ReducedCt, moving: ReducedCt, motion: RigidMotion) -> Likeness:
    """The two on the grid of `fixed`; only places that both scanners saw are compared."""
    transform = to_itk(motion)
    there = sitk.GetArrayFromImage(
        sitk.Resample(moving.image, fixed.image, transform, sitk.sitkLinear, _NOT_SEEN, sitk.sitkFloat32)
    )
    body = sitk.GetArrayFromImage(sitk.Resample(moving.body, fixed.body, transform, sitk.sitkNearestNeighbor, 0)) > 0
    own = sitk.GetArrayViewFromImage(fixed.body) > 0
    overlap = float(np.count_nonzero(own & body)) * fixed.voxel_ml / min(fixed.body_ml, moving.body_ml)
    compared = (own | body) & (there > _NOT_SEEN / 2) & _near(own, fixed) & _near(body, fixed)
    if not compared.any():
        return Likeness(0.0, None, None)
    here, there = sitk.GetArrayViewFromImage(fixed.image)[compared], there[compared]
    difference = float(np.abs(here - there).mean(dtype=float))
    return Likeness(min(overlap, 1.0), difference, _mutual_information(here, there))


def _near(body: Mask, fixed: ReducedCt) -> Mask:
    """The body and what lies close to it along each axis."""
    reach = load_register_rules()["near_mm"]
    steps = [2 * max(1, round(reach / spacing)) + 1 for spacing in fixed.image.GetSpacing()[::-1]]
    return np.asarray(ndimage.maximum_filter(body.view(np.uint8), steps) > 0)


def _mutual_information(here: Float32, there: Float32) -> float:
    rules = load_register_rules()
    span = (rules["low_hu"], rules["high_hu"])
    joint = np.histogram2d(here, there, bins=_BINS, range=(span, span))[0] / here.size
    together = _entropy(joint)
    return (_entropy(joint.sum(axis=0)) + _entropy(joint.sum(axis=1))) / together if together > 0 else 2.0


def _entropy(shares: np.ndarray) -> float:
    filled = shares[shares > 0]
    return float(-(filled * np.log(filled)).sum())


def to_itk(motion: RigidMotion) -> "sitk.Euler3DTransform":
    """The same motion for SimpleITK: points of the fixed image to points of the moving one."""
    transform = sitk.Euler3DTransform()
    transform.SetComputeZYX(True)
    transform.SetCenter(motion.centre_mm)
    transform.SetRotation(*(float(np.radians(angle)) for angle in motion.rotation_deg))
    transform.SetTranslation(motion.translation_mm)
    return transform


def from_itk(transform: "sitk.Euler3DTransform") -> RigidMotion:
    """Back from SimpleITK."""
    angles = (transform.GetAngleX(), transform.GetAngleY(), transform.GetAngleZ())
    x, y, z = (float(np.degrees(angle)) for angle in angles)
    return RigidMotion((x, y, z), transform.GetTranslation(), transform.GetCenter())
