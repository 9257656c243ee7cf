"""The synthetic patient: the atlas of anatomy.toml with the tissues of organs.toml, made into one person by a seed.

No real person's anatomy and no clinical claim: see the notes in the two files. Axes are LPS in millimetres.
"""

import hashlib
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from imaging.volume import Float32
from sample_data.shapes import Capsule, Ellipsoid, Frame, Grid, Shape, Stack, paint
from sample_data.specs import FOLDER, LesionSpec, OrganChange, Point, StudySpec

ATLAS_HEIGHT_CM = 170.0
ATLAS_BODY_MASS_INDEX = 24.0
# Where a reader puts a reference region: name for the reader → part of the atlas.
REFERENCES = {
    "liver": "liver",
    "blood_pool": "heart",
    "spleen": "spleen",
    "adrenal_left": "adrenal left",
    "adrenal_right": "adrenal right",
    "pituitary": "pituitary",
}


@dataclass(frozen=True)
class Solid:
    """One shape of the patient, with what is in it: `hu` on CT, `suv` the uptake before blurring."""

    part: str
    shape: Shape
    frame: Frame
    hu: float
    suv: float


@dataclass(frozen=True)
class PlacedLesion:
    """A lesion where it lies in the patient: centre and diameters in millimetres (LPS), uptake before blurring."""

    spec: LesionSpec
    centre_mm: Point
    suv: float


@dataclass(frozen=True)
class Phantom:
    """A synthetic patient as solids, painted in order; `references` are places and uptake of normal organs."""

    solids: tuple[Solid, ...]
    lesions: tuple[PlacedLesion, ...]
    references: dict[str, tuple[Point, float]]

    def paint_ct(self, grid: Grid) -> Float32:
        """Hounsfield units on a grid (z-y-x), without blur or noise."""
        values = grid.empty(-1000.0)
        for solid in self.solids:
            paint(values, grid, solid.shape, solid.frame, solid.hu)
        return values

    def paint_pet(self, grid: Grid) -> Float32:
        """Uptake (SUVbw) on a grid (z-y-x), without blur or noise."""
        values = grid.empty(0.0)
        for solid in self.solids:
            if solid.part != "couch":
                paint(values, grid, solid.shape, solid.frame, solid.suv)
        return values


def random_of(*words: object) -> np.random.Generator:
    """A random generator that depends on the words alone."""
    digest = hashlib.sha256("|".join(map(str, words)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def build_phantom(spec: StudySpec, seed: int) -> Phantom:
    """The patient of a study: anatomy varies by patient, uptake by patient and tracer, both by seed."""
    anatomy, tissues = _load("anatomy.toml")["part"], _load("organs.toml")
    other_posture = "arms down" if spec.arms_up else "arms up"
    parts = [part for part in anatomy if part.get("fits") != other_posture]
    frames = _frames(spec, parts, seed)
    uptake = _uptake(spec, tissues, seed)
    solids = [
        Solid(p["name"], shape, frames[p["name"]], tissues[p["tissue"]]["hu"], _suv_of(spec, p, uptake))
        for p in parts
        for shape in _shapes(p)
    ]
    lesions = tuple(_place_lesion(lesion, spec, frames[lesion.part]) for lesion in spec.lesions)
    by_name = {part["name"]: part for part in parts}
    references = {
        name: (frames[part].place(_anchor(by_name[part])), _suv_of(spec, by_name[part], uptake))
        for name, part in REFERENCES.items()
    }
    return Phantom((*solids, *(s for lesion in lesions for s in _lesion_solids(lesion))), lesions, references)


@cache
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _frames(spec: StudySpec, parts: list[dict[str, Any]], seed: int) -> dict[str, Frame]:
    """Where each part lies: scaled by height, the outline by body mass, organs moved and sized a little."""
    rng = random_of(seed, spec.patient_id, "anatomy")
    tall = spec.height_cm / ATLAS_HEIGHT_CM
    body_mass_index = spec.weight_kg / (spec.height_cm / 100) ** 2
    wide = tall * float(np.clip(math.sqrt(body_mass_index / ATLAS_BODY_MASS_INDEX), 0.97, 1.35))
    frames = {}
    for part in parts:
        wobble = rng.normal(size=4)
        match part.get("fits", "organ"):
            case "habitus":
                frames[part["name"]] = Frame((wide, wide, tall), spec.shift_mm)
            case "organ":
                change = spec.organs.get(part["name"], OrganChange())
                size = tall * (1 + 0.03 * float(np.clip(wobble[3], -2, 2))) * change.scale
                frames[part["name"]] = _organ_frame(_anchor(part), tall, size, 1.5 * np.clip(wobble[:3], -2, 2), spec)
            case _:
                frames[part["name"]] = Frame((tall, tall, tall), spec.shift_mm)
    return frames


def _organ_frame(anchor: Point, tall: float, size: float, wobble_mm: np.ndarray, spec: StudySpec) -> Frame:
    """A frame that sizes an organ about its own anchor and moves it by a few millimetres."""
    shift = np.asarray(anchor) * (tall - size) + wobble_mm + spec.shift_mm
    return Frame((size, size, size), (float(shift[0]), float(shift[1]), float(shift[2])))


def _uptake(spec: StudySpec, tissues: dict[str, Any], seed: int) -> dict[str, float]:
    """SUV of each tissue in this patient with this tracer."""
    rng = random_of(seed, spec.patient_id, spec.tracer, "uptake")
    return {
        name: tissue[spec.tracer]["suv"] * math.exp(tissue[spec.tracer]["spread"] * float(np.clip(rng.normal(), -2, 2)))
        for name, tissue in tissues.items()
    }


def _suv_of(spec: StudySpec, part: dict[str, Any], uptake: dict[str, float]) -> float:
    change = spec.organs.get(part["name"], OrganChange())
    return uptake[part["tissue"]] * change.uptake.get(spec.tracer, 1.0)


def _place_lesion(lesion: LesionSpec, spec: StudySpec, frame: Frame) -> PlacedLesion:
    return PlacedLesion(lesion, frame.place(lesion.at_mm), lesion.suv[spec.tracer])


def _lesion_solids(lesion: PlacedLesion) -> Iterator[Solid]:
    half = tuple(diameter / 2 for diameter in lesion.spec.size_mm)
    yield Solid("lesion", Ellipsoid(lesion.centre_mm, _point(half)), Frame(), lesion.spec.hu, lesion.suv)
    if lesion.spec.core is not None:
        size, hu, factor = lesion.spec.core
        inner = Ellipsoid(lesion.centre_mm, _point([size * h for h in half]))
        yield Solid("lesion", inner, Frame(), hu, lesion.suv * factor)


def _anchor(part: dict[str, Any]) -> Point:
    """The point of the atlas a part is sized about, and where a reader would click on it."""
    if "anchor" in part:
        return _point(part["anchor"])
    low, high = next(_shapes(part)).bounds()
    return _point((low + high) / 2)


def _shapes(part: dict[str, Any]) -> Iterator[Shape]:
    yield from _one_side(part, 1.0)
    if part.get("mirror"):
        yield from _one_side(part, -1.0)


def _one_side(part: dict[str, Any], side: float) -> Iterator[Shape]:
    for solid in part.get("ellipsoids", ()):
        turn = solid.get("turn", (0, 0, 0))
        x, y, z = solid["centre"]
        turned = (turn[0], side * turn[1], side * turn[2])
        yield Ellipsoid((side * x, y, z), _point(solid["half"]), solid.get("exponent", 2.0), turned)
    for stack in part.get("stacks", ()):
        levels = tuple((z, side * cx, cy, hx, hy) for z, cx, cy, hx, hy in stack["levels"])
        yield Stack(levels, stack.get("exponent", 2.0))
    for tube in part.get("tubes", ()):
        yield from _tube([(side * x, y, z, radius) for x, y, z, radius in tube])
    for column in part.get("columns", ()):
        yield from _column(column)
    if "ribs" in part:
        yield from _ribs(part["ribs"])


def _tube(points: list[tuple[float, float, float, float]]) -> Iterator[Shape]:
    for start, end in zip(points, points[1:], strict=False):
        yield Capsule(start[:3], end[:3], start[3], end[3])


def _column(column: dict[str, Any]) -> Iterator[Shape]:
    """Bodies in a row from head to foot along a line; `offset` moves the row by a part of the distance."""
    points, count = np.asarray(column["points"], dtype=float), column["count"]
    step = (points[0, 2] - points[-1, 2]) / count
    for number in range(count):
        z = points[0, 2] - (number + 0.5 + column.get("offset", 0.0)) * step
        x, y, hx, hy = (float(np.interp(z, points[::-1, 2], points[::-1, k])) for k in (0, 1, 3, 4))
        yield Ellipsoid((x, y, z), (hx, hy, column["fill"] * step / 2), 4.0)


def _ribs(ribs: dict[str, Any]) -> Iterator[Shape]:
    """Pairs of arcs around the chest, falling from the back to the front."""
    levels = np.asarray(ribs["levels"], dtype=float)[::-1]
    for pair in range(ribs["pairs"]):
        for side in (-1.0, 1.0):
            points = [_rib_point(ribs, levels, pair, side, angle) for angle in np.linspace(8, 152, 13)]
            yield from _tube(points)


def _rib_point(
    ribs: dict[str, Any], levels: np.ndarray, pair: int, side: float, angle_deg: float
) -> tuple[float, float, float, float]:
    """A point of a rib; the angle runs from the spine (0°) over the side (90°) to the breastbone (180°)."""
    angle = math.radians(angle_deg)
    z = ribs["top"] - pair * ribs["step"] - ribs["drop"] * (1 - math.cos(angle)) / 2
    cy, hx, hy = (float(np.interp(z, levels[:, 0], levels[:, k])) for k in (1, 2, 3))
    return (side * hx * math.sin(angle), cy + hy * math.cos(angle), z, ribs["radius"])


def _point(values: Any) -> Point:
    x, y, z = (float(value) for value in values)
    return (x, y, z)
