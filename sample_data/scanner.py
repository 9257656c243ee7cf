"""The synthetic scanner: it blurs the phantom, adds noise and gives volumes as a PET/CT would."""

import math
import tomllib
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.ndimage import gaussian_filter

from imaging.volume import Float32, Volume
from sample_data.phantom import ATLAS_HEIGHT_CM, Phantom, random_of
from sample_data.shapes import Grid
from sample_data.specs import FOLDER, StudySpec

ABOVE_VERTEX_MM = 25.0
DOWN_TO_THIGH_MM = 1015.0
NOISE_REFERENCE_SUV = 1.5
FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Scanner:
    """A scanner of vendors.toml: how it sees (mm, fractions, HU) and how it writes DICOM."""

    name: str
    manufacturer: str
    model: str
    pet_matrix: int
    pet_pixel_mm: float
    pet_slice_mm: float
    pet_fwhm_mm: float
    pet_noise: float
    bed_slices: int
    frame_seconds: float
    units: str
    half_life_s: float
    frame_reference: str
    private: str
    clock: str
    reconstruction: str
    pixel_representation: int
    activity_per_count: float = 1.0
    ct_matrix: int = 200
    ct_pixel_mm: float = 2.5
    ct_slice_mm: float = 5.0
    ct_noise_hu: float = 14.0


@cache
def load_scanners() -> dict[str, Scanner]:
    """The scanners of vendors.toml by name."""
    table = tomllib.loads((FOLDER / "vendors.toml").read_text(encoding="utf-8"))
    return {name: Scanner(name=name, **values) for name, values in table.items()}


def scan_pet(phantom: Phantom, spec: StudySpec, scanner: Scanner, seed: int) -> Volume:
    """Uptake (SUVbw) as the scanner sees it: blurred, with noise that grows with the uptake, never below zero."""
    grid = _grid(spec, scanner.pet_matrix, scanner.pet_pixel_mm, scanner.pet_slice_mm)
    sigma = [scanner.pet_fwhm_mm / FWHM_PER_SIGMA / spacing for spacing in reversed(grid.spacing_mm)]
    values = gaussian_filter(phantom.paint_pet(grid), sigma, mode="nearest", truncate=3.0)
    rng = random_of(seed, spec.patient_id, spec.tracer, "PET noise")
    noise = gaussian_filter(rng.standard_normal(values.shape, dtype=np.float32), [0.8 * s for s in sigma], truncate=2.0)
    noise *= np.float32(scanner.pet_noise * math.sqrt(NOISE_REFERENCE_SUV)) / noise.std()
    values += noise * np.sqrt(np.maximum(values, np.float32(0.0)))
    return _volume(np.maximum(values, np.float32(0.0)), grid, "SUVbw")


def scan_ct(phantom: Phantom, spec: StudySpec, scanner: Scanner, seed: int) -> Volume:
    """Hounsfield units as the scanner sees them, with noise."""
    grid = _grid(spec, scanner.ct_matrix, scanner.ct_pixel_mm, scanner.ct_slice_mm)
    values = phantom.paint_ct(grid)
    rng = random_of(seed, spec.patient_id, spec.tracer, "CT noise")
    noise = _ct_noise(rng, grid.size)
    values += noise * np.float32(scanner.ct_noise_hu)
    return _volume(np.clip(values, -1024.0, 3071.0).astype(np.float32), grid, "HU")


def _ct_noise(rng: np.random.Generator, size: tuple[int, int, int]) -> Float32:
    """Noise of standard deviation 1 (z-y-x), smooth over about a pixel within a slice."""
    white = rng.standard_normal(size[::-1], dtype=np.float32)
    smooth = white + np.roll(white, 1, axis=1)
    smooth += np.roll(smooth, 1, axis=2)
    return np.asarray(smooth * np.float32(0.5))


def _grid(spec: StudySpec, matrix: int, pixel_mm: float, slice_mm: float) -> Grid:
    """Axial slices from above the vertex to the middle of the thigh, centred on the couch."""
    tall = spec.height_cm / ATLAS_HEIGHT_CM
    slices = math.ceil((ABOVE_VERTEX_MM + DOWN_TO_THIGH_MM * tall) / slice_mm)
    corner = -pixel_mm * (matrix - 1) / 2
    bottom = ABOVE_VERTEX_MM - slices * slice_mm
    return Grid((matrix, matrix, slices), (pixel_mm, pixel_mm, slice_mm), (corner, corner, bottom))


def _volume(values: Float32, grid: Grid, unit: str) -> Volume:
    return Volume(values, grid.origin_mm, grid.spacing_mm, AXIAL, unit)
