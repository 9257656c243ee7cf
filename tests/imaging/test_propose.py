"""Liver and blood pool are proposed where the CT makes them plain, and nowhere else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from imaging.dicom import load_volume, read_study
from imaging.extent import Point
from imaging.propose import Proposal, propose_regions
from imaging.references import load_organs
from imaging.volume import Volume
from sample_data.phantom import Phantom, build_phantom
from sample_data.shapes import Grid, paint
from sample_data.specs import load_study_specs

SPECS = {spec.name: spec for spec in load_study_specs()}
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
NAMES = ("P006_68Ga-Pentixafor", "P012_68Ga-DOTATATE", "P026_68Ga-Pentixafor")


def take_ct(phantom: Phantom, top_mm: float = -200.0, slices: int = 130, noise_hu: float = 20.0) -> Volume:
    """Neck to thighs on 5 × 5 × 5 mm with noise."""
    grid = Grid((100, 90, slices), (5.0, 5.0, 5.0), (-247.5, -222.5, top_mm - 5.0 * slices))
    values = phantom.paint_ct(grid) + np.random.default_rng(3).normal(0, noise_hu, grid.empty(0.0).shape)
    return Volume(values.astype(np.float32), grid.origin_mm, grid.spacing_mm, AXIAL, "HU")


def tissues_in(phantom: Phantom, at_mm: Point, diameter_mm: float) -> set[str]:
    """The parts of the patient in a sphere, by painting each part's own number."""
    steps = round(diameter_mm / 5.0) + 1
    grid = Grid(
        (steps,) * 3,
        (5.0,) * 3,
        (at_mm[0] - 2.5 * (steps - 1), at_mm[1] - 2.5 * (steps - 1), at_mm[2] - 2.5 * (steps - 1)),
    )
    numbers = grid.empty(0.0)
    for number, solid in enumerate(phantom.solids, 1):
        paint(numbers, grid, solid.shape, solid.frame, float(number))
    axis = (np.arange(steps) - (steps - 1) / 2) * 5.0
    inside = axis[:, None, None] ** 2 + axis[:, None] ** 2 + axis**2 <= (diameter_mm / 2) ** 2
    return {phantom.solids[round(float(n)) - 1].part for n in numbers[inside] if float(n).is_integer()}


@pytest.fixture(scope="module")
def patient() -> Phantom:
    return build_phantom(SPECS[NAMES[0]], 2026)


def places(ct: Volume) -> dict[str, Proposal]:
    return {one.organ: one for one in propose_regions(ct)}


@pytest.mark.parametrize("name", NAMES)
def test_the_whole_sphere_of_a_proposal_lies_in_its_organ(name: str) -> None:
    phantom = build_phantom(SPECS[name], 2026)
    found = places(take_ct(phantom))
    for organ, parts in {"liver": {"liver"}, "blood_pool": {"heart", "great vessels"}}.items():
        at_mm = found[organ].at_mm
        assert at_mm is not None, found[organ].says
        assert tissues_in(phantom, at_mm, load_organs()[organ].diameter_mm) <= parts
        assert "Proposed from the CT" in found[organ].says


def test_the_place_does_not_depend_on_how_the_ct_is_stored(patient: Phantom) -> None:
    ct = take_ct(patient)
    turned = Volume(
        np.ascontiguousarray(ct.values[::-1]),
        ct.point_at((0, 0, ct.values.shape[0] - 1)),
        ct.spacing_mm,
        (1, 0, 0, 0, 1, 0, 0, 0, -1),
        "HU",
    )
    assert [one.at_mm for one in propose_regions(turned)] == [one.at_mm for one in propose_regions(ct)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda ct: ct.values.__iadd__(np.where((ct.values > 20) & (ct.values < 90), 70, 0)), "no liver is plain"),
        (lambda ct: ct.values.__isub__(np.where((ct.values > 20) & (ct.values < 90), 50, 0)), "no liver is plain"),
    ],
    ids=["enhanced", "fatty"],
)
def test_a_liver_of_another_density_is_not_proposed(patient: Phantom, change, says: str) -> None:  # type: ignore[no-untyped-def]
    ct = take_ct(patient, noise_hu=5.0)
    change(ct)
    found = places(ct)
    assert found["liver"].at_mm is None and says in found["liver"].says
    assert found["blood_pool"].at_mm is None, "its lower edge is the liver's dome"


def test_a_scan_without_lungs_or_without_a_body_has_no_proposal(patient: Phantom, shared: Path) -> None:
    for ct in (take_ct(patient, top_mm=-640.0, slices=60), replace(take_ct(patient, slices=40), unit="SUVbw")):
        assert all(one.at_mm is None and one.says.startswith("No proposal") for one in propose_regions(ct))
    study = read_study(shared / "imaging" / "dicom" / "sts001_pet_ct.zip")
    thigh = load_volume(next(one for one in study.series if one.modality == "CT"))
    assert all("300 ml of each lung" in one.says for one in propose_regions(thigh))


def test_a_patient_lying_the_other_way_round_is_not_given_a_spleen_for_a_liver(patient: Phantom) -> None:
    ct = take_ct(patient)
    mirrored = replace(ct, values=np.ascontiguousarray(ct.values[:, :, ::-1]))
    assert places(mirrored)["liver"].at_mm is None
