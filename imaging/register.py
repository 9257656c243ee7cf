"""Two CTs of one patient laid over one another by a rigid motion, with a measure of how well that went.

CT to CT because both show the same tissue in the same unit; the PET of each study lies in the space of its CT. Rules
and limits: knowledge/register.toml. The result is the same on every run of the same input.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from imaging import itk as sitk
from imaging.likeness import Likeness, compare_cts, from_itk, to_itk
from imaging.motion import RigidMotion
from imaging.reduced_ct import ReducedCt, load_register_rules, reduce_ct
from imaging.volume import Volume

__all__ = ["Likeness", "Registration", "RigidMotion", "register_rigid"]

Progress = Callable[[float], None]
_SEED = 2026
_WORK_UNITS = 1  # two add up the joint histogram in an order of chance: another result in the tenth digit
_BINS = 32
_READ, _SEARCHED = 0.25, 0.35


@dataclass(frozen=True)
class Registration:
    """The motion from the fixed to the moving study, how alike the CTs were without and with it, and what to think."""

    motion: RigidMotion
    before: Likeness
    after: Likeness
    says: str
    trusted: bool


def register_rigid(
    fixed_ct: Volume, moving_ct: Volume, progress: Progress | None = None, start: RigidMotion | None = None
) -> Registration:
    """Where each point of the fixed study lies in the moving one (both CTs in HU, patient space LPS).

    `progress` is told shares from 0 to 1; what it raises stops the search and is raised here. `start` replaces the
    search for a starting place. Raises ImagingError for what is no CT or holds no body; a result that is poor comes
    back with `trusted` False and a sentence why.
    """
    tell = progress or _say_nothing
    tell(0.0)
    fixed = reduce_ct(fixed_ct, "CT of the fixed study")
    tell(_READ / 2)
    moving = reduce_ct(moving_ct, "CT of the moving study")
    tell(_READ)
    first = start or _find_start(fixed, moving)
    tell(_SEARCHED)
    motion = _refine(fixed, moving, first, tell)
    before, after = (compare_cts(fixed, moving, one) for one in (RigidMotion(), motion))
    tell(1.0)
    return assess_registration(motion, before, after)


def _say_nothing(_share: float) -> None:
    """Nobody listens."""


def _find_start(fixed: ReducedCt, moving: ReducedCt) -> RigidMotion:
    """The most alike of: the scanner's own coordinates, the bodies' middles together, and places along the body."""
    factor = round(load_register_rules()["coarse_factor"])
    small, other = fixed.halve(factor), moving.halve(factor)
    return min(_starts(fixed, moving), key=lambda one: _unlikeness(compare_cts(small, other, one)))


def _starts(fixed: ReducedCt, moving: ReducedCt) -> list[RigidMotion]:
    centre = fixed.centre_mm
    x, y, z = (float(b - a) for a, b in zip(centre, moving.centre_mm, strict=True))
    step = load_register_rules()["search_step_mm"]
    reach = (_length_mm(fixed) + _length_mm(moving)) / 2
    along = [
        RigidMotion(translation_mm=(x, y, float(dz)), centre_mm=centre) for dz in np.arange(-reach, reach, step) + z
    ]
    return [RigidMotion(centre_mm=centre), RigidMotion(translation_mm=(x, y, z), centre_mm=centre), *along]


def _length_mm(ct: ReducedCt) -> float:
    return float(ct.image.GetSize()[2] * ct.image.GetSpacing()[2])


def _unlikeness(found: Likeness) -> float:
    """HU; a start that lays little of one body on the other cannot win by comparing next to nothing."""
    if found.difference_hu is None or found.overlap < load_register_rules()["least_overlap"] / 2:
        return float("inf")
    return found.difference_hu / found.overlap


def _refine(fixed: ReducedCt, moving: ReducedCt, first: RigidMotion, tell: Progress) -> RigidMotion:
    """Gradient descent on the mutual information of HU (Mattes 2003), from large voxels to the grid's own.

    Not on their correlation: where tissue is missing at the ends of a scan, that one pulls by half a millimetre.
    """
    rules = load_register_rules()
    method, transform = _prepare(fixed, rules), to_itk(first)
    method.SetInitialTransform(transform, inPlace=True)
    stopped: list[BaseException] = []
    most = 2 * rules["iterations"]

    def follow() -> None:
        done = method.GetCurrentLevel() * rules["iterations"] + method.GetOptimizerIteration()
        try:
            tell(_SEARCHED + (0.99 - _SEARCHED) * min(1.0, done / most))
        except BaseException as error:  # a reader who leaves raises here; it must not pass through foreign code
            stopped.append(error)
            method.StopRegistration()

    method.AddCommand(sitk.sitkIterationEvent, follow)
    method.Execute(fixed.image, moving.image)
    if stopped:
        raise stopped[0]
    return from_itk(transform)


def _prepare(fixed: ReducedCt, rules: dict[str, float]) -> "sitk.ImageRegistrationMethod":
    method = sitk.ImageRegistrationMethod()
    method.SetNumberOfWorkUnits(_WORK_UNITS)
    method.SetMetricAsMattesMutualInformation(_BINS)
    method.SetMetricSamplingStrategy(method.REGULAR)
    method.SetMetricSamplingPercentage(rules["sampling"], _SEED)
    method.SetMetricFixedMask(sitk.BinaryDilate(fixed.body, [2, 2, 2]))
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=2.0, minStep=0.01, numberOfIterations=round(rules["iterations"]), relaxationFactor=0.6
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([round(rules["coarse_factor"]), 1])
    method.SetSmoothingSigmasPerLevel([rules["grid_mm"], rules["grid_mm"] / 2])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    return method


def assess_registration(motion: RigidMotion, before: Likeness, after: Likeness) -> Registration:
    """Whether to believe a motion, in a sentence with its numbers."""
    found = Registration(motion, before, after, "", trusted=False)
    rules, difference = load_register_rules(), after.difference_hu
    if difference is None or after.overlap < rules["least_overlap"]:
        says = (
            f"Not aligned: only {after.overlap:.0%} of the smaller body lies on the other one. Are both of one patient?"
        )
        return replace(found, says=_space(says))
    if before.difference_hu is not None and before.overlap >= after.overlap and difference > before.difference_hu:
        return replace(found, says="Not aligned: no motion made the two CTs more alike than they were.")
    if difference > rules["most_difference_hu"]:
        says = (
            f"Not aligned: the CTs still differ by {difference:.0f} HU on average. Are both of one patient and posture?"
        )
        return replace(found, says=says)
    if max(map(abs, motion.rotation_deg)) > rules["most_rotation_deg"]:
        return replace(found, says="Not believed: the motion turns the patient further than anybody lies on a couch.")
    return replace(found, says=_say_quality(before, after, difference), trusted=True)


def _say_quality(before: Likeness, after: Likeness, difference: float) -> str:
    was = "" if before.difference_hu is None else f" (before {before.difference_hu:.0f})"
    says = f"Aligned by CT: {difference:.0f} HU mean difference{was}, {after.overlap:.0%} of the body on one another."
    return _space(says)


def _space(text: str) -> str:
    return text.replace("%", " %")
