"""How long two CTs of a synthetic patient take to be aligned, and how well the lesion is found, beside plain SimpleITK.

Prints JSON. Each method runs in a process of its own on the same pair: the patient on another day, displaced by a known
motion. "simpleitk" is the registration method as its introduction sets it up: full resolution, Mattes mutual
information, gradient descent, its iterations capped, else it would not end within an hour.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from math import dist
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

Numbers = dict[str, Any]
Find = Callable[[tuple[float, float, float]], tuple[float, float, float]]
PATIENT, OTHER = "P006_68Ga-Pentixafor", "P006_68Ga-DOTATATE"
TURN_DEG = (2.0, -1.5, 3.0)


def make_pair(folder: Path, matrix: int, slices: int) -> Numbers:
    """Two CTs of one patient as files, with the noise of each day, and where the lesion truly lies in both."""
    import numpy as np

    from imaging.likeness import to_itk
    from imaging.motion import RigidMotion
    from imaging.volume import Volume, save_volume
    from sample_data.phantom import build_phantom
    from sample_data.shapes import Grid
    from sample_data.specs import load_study_specs

    specs = {spec.name: spec for spec in load_study_specs()}
    first, second = (build_phantom(specs[name], 2026) for name in (PATIENT, OTHER))
    pixel, deep = 500.0 / matrix, 990.0 / slices
    grid = Grid((matrix, matrix, slices), (pixel, pixel, deep), (pixel / 2 - 250.0, pixel / 2 - 250.0, -980.0))
    lesion = first.lesions[0].centre_mm
    turn = RigidMotion(rotation_deg=TURN_DEG, centre_mm=(0.0, 0.0, -500.0))
    axial = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    for name, phantom, motion in (("fixed", first, None), ("moving", second, turn)):
        ct = Volume(phantom.paint_ct(grid), grid.origin_mm, grid.spacing_mm, axial, "HU")
        if motion is not None:
            ct = resample(ct, to_itk(motion).GetInverse())
        ct.values[...] += np.random.default_rng(len(name)).standard_normal(ct.values.shape, dtype=np.float32) * 14
        save_volume(ct, folder / f"{name}.npz")
    return {"fixed_mm": lesion, "moving_mm": turn.apply(second.lesions[0].centre_mm)}


def resample(ct: Any, transform: Any) -> Any:
    from dataclasses import replace

    import SimpleITK as sitk  # noqa: N813

    image = ct.to_sitk()
    moved = sitk.Resample(image, image, transform, sitk.sitkLinear, -1000.0, sitk.sitkFloat32)
    return replace(ct, values=sitk.GetArrayFromImage(moved))


def align_ours(fixed: Any, moving: Any, _iterations: int) -> tuple[Find, Numbers]:
    from imaging.register import register_rigid

    found = register_rigid(fixed, moving)
    return found.motion.apply, {"says": found.says, "trusted": found.trusted}


def align_simpleitk(fixed: Any, moving: Any, iterations: int) -> tuple[Find, Numbers]:
    import SimpleITK as sitk  # noqa: N813

    here, there = fixed.to_sitk(), moving.to_sitk()
    start = sitk.CenteredTransformInitializer(
        here, there, sitk.Euler3DTransform(), sitk.CenteredTransformInitializerFilter.GEOMETRY
    )
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(50)
    method.SetOptimizerAsGradientDescent(learningRate=1.0, numberOfIterations=iterations)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetInterpolator(sitk.sitkLinear)
    method.SetInitialTransform(start, inPlace=False)
    transform = method.Execute(here, there)
    return transform.TransformPoint, {"iterations": method.GetOptimizerIteration(), "cap": iterations}


METHODS = {"ours": align_ours, "simpleitk": align_simpleitk}


def measure_one(method: str, folder: Path, truth: Numbers, iterations: int) -> Numbers:
    """In a process of its own; reading the files is not counted."""
    from imaging.volume import read_volume

    fixed, moving = (read_volume(folder / f"{name}.npz") for name in ("fixed", "moving"))
    start, worked = time.perf_counter(), time.process_time()
    find, says = METHODS[method](fixed, moving, iterations)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    error = dist(find(tuple(truth["fixed_mm"])), truth["moving_mm"])
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return {
        "seconds": round(seconds, 2),
        "processor_seconds": round(worked, 2),
        "error_at_lesion_mm": round(error, 2),
        "peak_mb": int(peak.split()[1]) // 1024,
        **says,
    }


def run_apart(method: str, folder: Path, truth: Numbers, iterations: int) -> Numbers:
    command = [sys.executable, __file__, "--method", method, "--folder", str(folder)]
    command += ["--truth", json.dumps(truth), "--iterations", str(iterations)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    numbers: Numbers = json.loads(printed.splitlines()[-1])
    return numbers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--matrix", type=int, default=512)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--iterations", type=int, default=10, help="cap of the peer")
    parser.add_argument("--method", choices=METHODS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--truth", type=json.loads, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.method:
        print(json.dumps(measure_one(asked.method, asked.folder, asked.truth, asked.iterations)))
        return
    with tempfile.TemporaryDirectory() as name:
        truth = make_pair(Path(name), asked.matrix, asked.slices)
        found = {method: run_apart(method, Path(name), truth, asked.iterations) for method in METHODS}
    apart = round(dist(truth["fixed_mm"], truth["moving_mm"]), 2)
    size, load = [asked.matrix, asked.matrix, asked.slices], round(os.getloadavg()[0], 1)
    print(
        json.dumps(
            {"benchmark": "register", "size": size, "lesion_apart_mm": apart, "load": load, "methods": found}, indent=2
        )
    )


if __name__ == "__main__":
    main()
