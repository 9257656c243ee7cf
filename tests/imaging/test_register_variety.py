"""Two examinations of one patient are seldom alike: other field, other voxels, noise, arms, half the body. Drawn motions."""

from dataclasses import replace
from functools import cache
from math import dist

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

from imaging.likeness import to_itk
from imaging.register import RigidMotion, register_rigid
from imaging.volume import Volume
from sample_data.phantom import Phantom, build_phantom
from sample_data.shapes import Grid
from sample_data.specs import load_study_specs

SPECS = {spec.name: spec for spec in load_study_specs()}
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
WITHIN_MM = 2.0
WHOLE = Grid((116, 96, 140), (4.0, 4.0, 4.0), (-230.0, -190.0, -800.0))
NAMES = ("P006_68Ga-Pentixafor", "P009_68Ga-Pentixafor", "P012_68Ga-Pentixafor")
GRIDS = {
    "the same field": WHOLE,
    "a smaller field": Grid((90, 74, 140), (4.0, 4.0, 4.0), (-178.0, -146.0, -800.0)),
    "other voxels": Grid((180, 150, 80), (2.5, 2.5, 7.0), (-224.0, -186.0, -800.0)),
    "more noise": WHOLE,
    "arms at the side": WHOLE,
    "the upper half": Grid((116, 96, 76), (4.0, 4.0, 4.0), (-230.0, -190.0, -544.0)),
    "the lower half": Grid((116, 96, 70), (4.0, 4.0, 4.0), (-230.0, -190.0, -740.0)),
}
NOISE_HU = {"more noise": 45.0}


@cache
def stand(name: str, arms_up: bool = True) -> tuple[Phantom, Volume]:
    """The patient painted once on 4 mm."""
    phantom = build_phantom(replace(SPECS[name], arms_up=arms_up), 2026)
    return phantom, Volume(phantom.paint_ct(WHOLE), WHOLE.origin_mm, WHOLE.spacing_mm, AXIAL, "HU")


def examine(patient: Volume, motion: RigidMotion, grid: Grid, seed: int, noise_hu: float = 14.0) -> Volume:
    """A CT of the patient who lies displaced by `motion`, on that scanner's grid, with its noise."""
    there = sitk.Image([int(n) for n in grid.size], sitk.sitkUInt8)
    there.SetSpacing(grid.spacing_mm)
    there.SetOrigin(grid.origin_mm)
    back = to_itk(motion).GetInverse()
    image = sitk.Resample(patient.to_sitk(), there, back, sitk.sitkLinear, -1000.0, sitk.sitkFloat32)
    values = sitk.GetArrayFromImage(image)
    values += np.random.default_rng(seed).normal(0, noise_hu, values.shape).astype(np.float32)
    return Volume(values, grid.origin_mm, grid.spacing_mm, AXIAL, "HU")


def draw(seed: int) -> RigidMotion:
    """Up to 20 mm and 6°, about an axis of chance."""
    rng = np.random.default_rng(seed)
    turn, shift = rng.normal(size=(2, 3))
    turn = turn / np.linalg.norm(turn) * rng.uniform(0, 6)
    shift = shift / np.linalg.norm(shift) * rng.uniform(0, 20)
    return RigidMotion(tuple(turn.tolist()), tuple(shift.tolist()), (0.0, 0.0, -480.0))


@pytest.mark.parametrize("kind", GRIDS)
def test_a_drawn_motion_comes_back_at_the_lesion(kind: str) -> None:
    seed = list(GRIDS).index(kind)
    phantom, patient = stand(NAMES[seed % 3])
    moved = stand(NAMES[seed % 3], arms_up=False)[1] if kind == "arms at the side" else patient
    truth, lesion = draw(seed), phantom.lesions[0].centre_mm
    first = examine(patient, RigidMotion(), WHOLE, seed)
    second = examine(moved, truth, GRIDS[kind], 1000 + seed, NOISE_HU.get(kind, 14.0))
    found = register_rigid(first, second)
    assert found.trusted, found.says
    assert dist(found.motion.apply(lesion), truth.apply(lesion)) < WITHIN_MM


def test_two_halves_that_share_nothing_are_not_aligned() -> None:
    patient = stand(NAMES[0])[1]
    upper = examine(patient, RigidMotion(), Grid((96, 80, 30), (5.0, 5.0, 5.0), (-237.5, -197.5, -320.0)), 1)
    lower = examine(patient, RigidMotion(), Grid((96, 80, 30), (5.0, 5.0, 5.0), (-237.5, -197.5, -800.0)), 2)
    found = register_rigid(upper, lower)
    assert not found.trusted, found.says
    assert found.says.startswith("Not ")


@pytest.mark.parametrize("other", ["P003_68Ga-Pentixafor", "P026_68Ga-Pentixafor"])
def test_a_patient_of_another_build_is_not_believed(other: str) -> None:
    first = examine(stand(NAMES[1])[1], RigidMotion(), WHOLE, 3)
    found = register_rigid(first, examine(stand(other)[1], draw(4), WHOLE, 5))
    assert not found.trusted, found.says
