"""Two CTs of one patient find one another again, and what cannot be aligned is not believed."""

from collections.abc import Callable
from dataclasses import replace
from math import dist
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813
from hypothesis import given
from hypothesis import strategies as st

from imaging.dicom import load_volume, read_study
from imaging.likeness import Likeness, to_itk
from imaging.motion import read_motion
from imaging.problem import ImagingError
from imaging.reduced_ct import reduce_ct
from imaging.register import RigidMotion, assess_registration, register_rigid
from imaging.volume import Volume
from sample_data.phantom import Phantom, build_phantom
from sample_data.shapes import Grid
from sample_data.specs import load_study_specs

SPECS = {spec.name: spec for spec in load_study_specs()}
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
WITHIN_MM = 2.0
Points = tuple[float, float, float]


@pytest.fixture(scope="module")
def patient() -> Phantom:
    return build_phantom(SPECS["P006_68Ga-Pentixafor"], 2026)


@pytest.fixture(scope="module")
def fixed(patient: Phantom) -> Volume:
    return take_ct(patient)


def take_ct(phantom: Phantom, seed: int = 1, top_mm: float = -240.0, slices: int = 110) -> Volume:
    """Chest and abdomen on 5 × 5 × 4 mm, with the noise of one examination."""
    grid = Grid((90, 70, slices), (5.0, 5.0, 4.0), (-222.5, -172.5, top_mm - 4.0 * slices))
    values = phantom.paint_ct(grid) + np.random.default_rng(seed).normal(0, 14, grid.empty(0.0).shape)
    return Volume(values.astype(np.float32), grid.origin_mm, grid.spacing_mm, AXIAL, "HU")


def displace(ct: Volume, motion: RigidMotion) -> Volume:
    """The patient of a CT lying otherwise: what was at p is at motion.apply(p), on the same grid."""
    image = ct.to_sitk()
    moved = sitk.Resample(image, image, to_itk(motion).GetInverse(), sitk.sitkLinear, -1000.0, sitk.sitkFloat32)
    return replace(ct, values=sitk.GetArrayFromImage(moved))


def draw_motion(seed: int, centre: Points, shift_mm: float = 20.0, turn_deg: float = 6.0) -> RigidMotion:
    """A motion of that length about an axis of chance."""
    rng = np.random.default_rng(seed)
    shift, turn = rng.normal(size=(2, 3))
    shift, turn = shift / np.linalg.norm(shift) * shift_mm, turn / np.linalg.norm(turn) * turn_deg
    return RigidMotion(tuple(turn.tolist()), tuple(shift.tolist()), centre)


@pytest.mark.parametrize("seed", range(6))
def test_a_known_motion_comes_back_at_the_lesion(patient: Phantom, fixed: Volume, seed: int) -> None:
    lesion = patient.lesions[0].centre_mm
    truth = draw_motion(seed, lesion)
    found = register_rigid(fixed, displace(take_ct(patient, seed=100 + seed), truth))
    assert found.trusted, found.says
    assert dist(found.motion.apply(lesion), truth.apply(lesion)) < WITHIN_MM
    assert found.after.difference_hu < found.before.difference_hu
    assert found.after.mutual_information > found.before.mutual_information


def test_the_two_studies_of_a_synthetic_patient_are_found_as_they_were_laid(fixed: Volume) -> None:
    other = build_phantom(SPECS["P006_68Ga-DOTATATE"], 2026)
    found = register_rigid(fixed, take_ct(other, seed=2))
    here = build_phantom(SPECS["P006_68Ga-Pentixafor"], 2026).lesions[0].centre_mm
    assert dist(here, other.lesions[0].centre_mm) > 5.0, "displaced on purpose"
    assert dist(found.motion.apply(here), other.lesions[0].centre_mm) < WITHIN_MM
    assert found.trusted


def test_a_real_ct_displaced_comes_back(shared: Path) -> None:
    study = read_study(shared / "imaging" / "dicom" / "sts001_pet_ct.zip")
    ct = load_volume(next(one for one in study.series if one.modality == "CT"))
    middle = ct.point_at(tuple((n - 1) / 2 for n in ct.values.shape[::-1]))
    truth = RigidMotion((2.0, -1.5, 4.0), (9.0, -6.0, 5.0), middle)
    found = register_rigid(ct, displace(ct, truth))
    assert dist(found.motion.apply(middle), truth.apply(middle)) < WITHIN_MM
    assert found.trusted, found.says


def test_the_way_back_is_the_way_there_inverted(patient: Phantom, fixed: Volume) -> None:
    moving = displace(fixed, draw_motion(7, patient.lesions[0].centre_mm))
    there, back = register_rigid(fixed, moving).motion, register_rigid(moving, fixed).motion
    for point in (patient.lesions[0].centre_mm, *(place for place, _suv in patient.references.values())):
        assert dist(back.apply(there.apply(point)), point) < WITHIN_MM


def test_who_has_not_moved_stays(fixed: Volume, patient: Phantom) -> None:
    motion = register_rigid(fixed, fixed).motion
    assert dist(motion.apply(patient.lesions[0].centre_mm), patient.lesions[0].centre_mm) < 0.2


def test_the_same_input_gives_the_same_motion(fixed: Volume, patient: Phantom) -> None:
    moving = displace(fixed, draw_motion(3, patient.lesions[0].centre_mm))
    assert register_rigid(fixed, moving) == register_rigid(fixed, moving)


def test_another_couch_position_and_a_shorter_scan_are_found(patient: Phantom, fixed: Volume) -> None:
    lesion = patient.lesions[0].centre_mm
    short = take_ct(patient, seed=4, top_mm=-400.0, slices=70)
    elsewhere = replace(short, origin_mm=(short.origin_mm[0], short.origin_mm[1], short.origin_mm[2] + 900.0))
    found = register_rigid(fixed, elsewhere)
    assert dist(found.motion.apply(lesion), (lesion[0], lesion[1], lesion[2] + 900.0)) < WITHIN_MM
    assert found.trusted, found.says


def test_another_person_is_not_believed(fixed: Volume) -> None:
    stranger = build_phantom(SPECS["P012_68Ga-Pentixafor"], 2026)
    found = register_rigid(fixed, take_ct(stranger, seed=5))
    assert not found.trusted
    assert "Not aligned" in found.says and "one patient" in found.says


def test_air_and_pet_are_refused_in_a_sentence(fixed: Volume) -> None:
    empty = replace(fixed, values=np.full_like(fixed.values, -1000.0))
    with pytest.raises(ImagingError, match="CT of the moving study holds 0 ml of body"):
        register_rigid(fixed, empty)
    with pytest.raises(ImagingError, match="CT of the fixed study holds 0 ml of body"):
        register_rigid(empty, fixed)
    with pytest.raises(ImagingError, match="only a CT can be aligned"):
        register_rigid(fixed, replace(fixed, unit="SUVbw"))


def test_the_couch_does_not_hold_the_patient_back(patient: Phantom, fixed: Volume) -> None:
    """The same couch stands in both scans, the patient has moved on it."""
    lesion, truth = patient.lesions[0].centre_mm, RigidMotion(translation_mm=(18.0, 0.0, 6.0))
    moved, still = displace(fixed, truth), replace(fixed, values=fixed.values.copy())
    for ct in (moved, still):
        ct.values[:, 64:66, 5:85] = 150.0
        seen = sitk.GetArrayFromImage(reduce_ct(ct, "CT").body)
        assert not seen[:, 65].any() and seen[55, 34, 45], "the couch is no body, the spine's front is"
    assert dist(register_rigid(still, moved).motion.apply(lesion), truth.apply(lesion)) < WITHIN_MM


def test_progress_rises_to_one_and_may_stop_the_search(fixed: Volume) -> None:
    told: list[float] = []
    register_rigid(fixed, fixed, told.append)
    assert told[0] == 0.0 and told[-1] == 1.0
    assert told == sorted(told)
    with pytest.raises(KeyboardInterrupt):
        register_rigid(fixed, fixed, stop_at(0.36))


def stop_at(share: float) -> Callable[[float], None]:
    def tell(done: float) -> None:
        if done > share:
            raise KeyboardInterrupt

    return tell


def test_too_little_on_one_another_is_not_believed() -> None:
    poor, good = Likeness(0.4, 30.0, 1.4), Likeness(0.99, 40.0, 1.4)
    assert "40 %" in assess_registration(RigidMotion(), good, poor).says
    assert not assess_registration(RigidMotion(), good, poor).trusted
    assert not assess_registration(RigidMotion(), poor, Likeness(0.0, None, None)).trusted
    assert not assess_registration(RigidMotion((35.0, 0.0, 0.0)), poor, good).trusted
    assert not assess_registration(RigidMotion(), replace(good, difference_hu=20.0), good).trusted
    assert assess_registration(RigidMotion(), replace(good, difference_hu=90.0), good).trusted


angles = st.tuples(*[st.floats(-80, 80)] * 3)
places = st.tuples(*[st.floats(-500, 500)] * 3)


@given(angles, places, places, places)
def test_a_motion_inverted_and_composed_leads_back(turn: Points, shift: Points, centre: Points, point: Points) -> None:
    motion = RigidMotion(turn, shift, centre)
    assert dist(motion.invert().apply(motion.apply(point)), point) < 1e-6
    assert dist(motion.compose(motion.invert()).apply(point), point) < 1e-6
    assert dist(to_itk(motion).TransformPoint(point), motion.apply(point)) < 1e-6
    assert read_motion(motion.to_json()) == motion


def test_a_nudge_pushes_the_moving_picture_over_the_fixed_one() -> None:
    motion = RigidMotion((1.0, 2.0, 3.0), (5.0, 6.0, 7.0), (10.0, 20.0, 30.0))
    seen_at = (50.0, 60.0, 70.0)
    pushed = motion.nudge((4.0, 0.0, 0.0))
    assert pushed.apply((54.0, 60.0, 70.0)) == pytest.approx(motion.apply(seen_at))
    assert motion.nudge((0.0, 0.0, 0.0), (0.0, 0.0, 90.0)).apply((10.0, 21.0, 30.0)) == pytest.approx(
        motion.apply((11.0, 20.0, 30.0))
    )


@pytest.mark.parametrize("wrong", [{}, {"rotation_deg": [1]}, {**RigidMotion().to_json(), "centre_mm": [0, 0, None]}])
def test_a_kept_motion_that_is_damaged_is_refused(wrong: dict) -> None:
    with pytest.raises(ImagingError, match="align the two scans again"):
        read_motion(wrong)
