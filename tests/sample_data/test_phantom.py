"""The synthetic patient: organs on their side, values in their organs, lesions where they are said to be."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from sample_data.phantom import build_phantom
from sample_data.scanner import load_scanners, scan_ct, scan_pet
from sample_data.shapes import Capsule, Ellipsoid, Frame, Grid, Stack, paint
from sample_data.specs import FOLDER, StudySpec, load_study_specs

SPECS = {spec.name: spec for spec in load_study_specs()}
LEFT_ADENOMA = SPECS["P006_68Ga-Pentixafor"]


def _table(name: str) -> dict:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _value(volume, point):
    x, y, z = (round(index) for index in volume.index_at(point))
    return float(volume.values[z, y - 1 : y + 2, x - 1 : x + 2].mean())


@pytest.mark.parametrize(
    ("shape", "millilitres"),
    [
        (Ellipsoid((3, -2, 5), (20, 15, 10)), 4 / 3 * np.pi * 3.0),
        (Ellipsoid((0, 0, 0), (20, 15, 10), turn_deg=(20, 30, 40)), 4 / 3 * np.pi * 3.0),
        (Stack(((-10, 0, 0, 20, 10), (10, 0, 0, 20, 10))), np.pi * 2.0 * 1.0 * 2.0),
        (Capsule((-10, 0, 0), (10, 0, 0), 5, 5), np.pi * 0.25 * 2.0 + 4 / 3 * np.pi * 0.125),
    ],
    ids=["ellipsoid", "turned ellipsoid", "stack", "capsule"],
)
def test_painted_volume_is_the_volume_of_the_shape(shape, millilitres):
    grid = Grid((40, 40, 40), (2.0, 2.0, 2.0), (-39.0, -39.0, -39.0))
    values = grid.empty(0.0)
    paint(values, grid, shape, Frame(), 1.0)
    assert values.sum() * 8.0 / 1000.0 == pytest.approx(millilitres, rel=0.05)


def test_shape_outside_the_grid_paints_nothing():
    grid = Grid((4, 4, 4), (2.0, 2.0, 2.0), (0.0, 0.0, 0.0))
    values = grid.empty(7.0)
    paint(values, grid, Ellipsoid((500, 0, 0), (5, 5, 5)), Frame(), 1.0)
    assert (values == 7.0).all()


def test_left_is_plus_x_and_head_is_plus_z():
    places = {name: centre for name, (centre, _) in build_phantom(LEFT_ADENOMA, 1).references.items()}
    assert places["adrenal_left"][0] > 20 > -20 > places["adrenal_right"][0]
    assert places["liver"][0] < 0 < places["spleen"][0]
    assert places["pituitary"][2] > places["blood_pool"][2] > places["liver"][2]
    assert places["blood_pool"][1] < places["adrenal_left"][1], "the heart is nearer the front (−y) than the adrenals"


def test_ct_shows_hounsfield_units_of_the_tissues():
    phantom = build_phantom(LEFT_ADENOMA, 1)
    ct = scan_ct(phantom, LEFT_ADENOMA, load_scanners()["SIEMENS"], 1)
    tissues = _table("organs.toml")
    for organ, tissue in {"liver": "liver", "spleen": "spleen", "blood_pool": "blood"}.items():
        assert _value(ct, phantom.references[organ][0]) == pytest.approx(tissues[tissue]["hu"], abs=15)
    assert _value(ct, (-75.0, 10.0, -390.0)) < -700, "right lung"
    assert _value(ct, phantom.lesions[0].centre_mm) == pytest.approx(LEFT_ADENOMA.lesions[0].hu, abs=15)


def test_pet_shows_the_uptake_put_into_large_organs():
    phantom = build_phantom(LEFT_ADENOMA, 1)
    pet = scan_pet(phantom, LEFT_ADENOMA, load_scanners()["SIEMENS"], 1)
    for organ in ("liver", "spleen", "blood_pool"):
        centre, suv = phantom.references[organ]
        assert _value(pet, centre) == pytest.approx(suv, rel=0.2)


def _is_plainly_hot(spec: StudySpec) -> bool:
    """Whether the first lesion is hotter than what is around it; a dead middle or a bright adrenal hides it."""
    lesion = spec.lesions[0]
    in_bright_adrenal = "adrenal" in lesion.site and spec.tracer == "68Ga-DOTATATE"
    return lesion.suv[spec.tracer] >= 5.0 and lesion.core is None and not in_bright_adrenal


HOT = {name: spec for name, spec in SPECS.items() if _is_plainly_hot(spec)}


@pytest.mark.parametrize("spec", HOT.values(), ids=HOT.keys())
def test_hottest_place_of_a_lesion_is_where_it_is_said_to_be(spec):
    quiet = replace(load_scanners()[spec.vendor], pet_noise=1e-6)
    phantom = build_phantom(spec, 1)
    lesion = phantom.lesions[0]
    pet = scan_pet(phantom, spec, quiet, 1)
    middle = [round(index) for index in pet.index_at(lesion.centre_mm)][::-1]
    corner = [index - 3 for index in middle]
    box = pet.values[tuple(slice(low, low + 7) for low in corner)]
    z, y, x = np.unravel_index(int(box.argmax()), box.shape)
    hottest = pet.point_at((x + corner[2], y + corner[1], z + corner[0]))
    assert np.linalg.norm(np.subtract(hottest, lesion.centre_mm)) <= max(7.0, max(lesion.spec.size_mm) / 2)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_lesion_lies_on_its_side(spec):
    for lesion in build_phantom(spec, 1).lesions:
        x = lesion.centre_mm[0] - spec.shift_mm[0]
        if lesion.spec.site.endswith("_left"):
            assert x > 15
        if lesion.spec.site.endswith("_right"):
            assert x < -15


def test_the_second_day_differs_by_its_shift_alone():
    first, second = SPECS["P003_68Ga-Pentixafor"], SPECS["P003_68Ga-DOTATATE"]
    moved = np.subtract(build_phantom(second, 1).lesions[0].centre_mm, build_phantom(first, 1).lesions[0].centre_mm)
    assert moved == pytest.approx(second.shift_mm)
    assert np.linalg.norm(moved) > 2


def test_another_seed_is_another_patient():
    one, other = build_phantom(LEFT_ADENOMA, 1), build_phantom(LEFT_ADENOMA, 2)
    assert one.references["liver"] != other.references["liver"]


def test_heavier_patient_is_wider_but_has_the_same_organs():
    def sides(spec: StudySpec) -> dict[str, float]:
        solids = build_phantom(spec, 1).solids
        return {s.part: float((s.shape.bounds()[1] * s.frame.scale + s.frame.shift)[0]) for s in solids}

    light, heavy = sides(replace(LEFT_ADENOMA, weight_kg=60.0)), sides(replace(LEFT_ADENOMA, weight_kg=95.0))
    assert heavy["trunk fat"] > light["trunk fat"] + 15
    assert heavy["spleen"] == light["spleen"]


def test_arms_lie_up_or_down():
    up = {solid.part for solid in build_phantom(LEFT_ADENOMA, 1).solids}
    down = {solid.part for solid in build_phantom(replace(LEFT_ADENOMA, arms_up=False), 1).solids}
    assert "arms" in up - down
    assert "arms at the side" in down - up


def test_every_uptake_names_its_source():
    for name, tissue in _table("organs.toml").items():
        for tracer in ("68Ga-Pentixafor", "68Ga-DOTATATE"):
            assert tissue[tracer]["source"], f"{name} {tracer}"


def test_published_organ_uptake_is_copied_right():
    """Mol Imaging Biol 2022;24:659: median SUVmean of 90 patients with 68Ga-Pentixafor."""
    tissues = _table("organs.toml")
    published = {"spleen": 5.2, "kidney": 3.27, "marrow": 1.76, "blood": 1.66, "liver": 1.28}
    assert {name: tissues[name]["68Ga-Pentixafor"]["suv"] for name in published} == published


def test_atlas_names_known_tissues_and_studies_name_known_parts():
    parts = _table("anatomy.toml")["part"]
    assert {part["tissue"] for part in parts} <= set(_table("organs.toml"))
    names = {part["name"] for part in parts}
    assert len(names) == len(parts)
    for spec in SPECS.values():
        assert {lesion.part for lesion in spec.lesions} | set(spec.organs) <= names
