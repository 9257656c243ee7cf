"""How long a PET series takes from its files to a float32 volume, and how much memory, beside other readers.

Prints JSON. Every reader runs in processes of its own, in turns, on the same files: a synthetic series of 300 slices of
400 × 400 with a slope on every slice, and a real one where it lies beside the project. "ours" reads and checks every
header and gives SUV; the others stop at activity, and their volume is compared with ours.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
REAL = PROJECT.parent / "shared" / "imaging" / "dicom" / "sts001_ge_bqml_pet.zip"
PEER = "simpleitk"
SHARED_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
sys.path.insert(0, str(PROJECT))

Numbers = dict[str, Any]


def prepare_ours() -> Callable[[Path], Any]:
    """The study with all its headers checked and SUV computed; the volume back in Bq/ml only to be compared."""
    from imaging.dicom import load_volume, read_study

    def load(folder: Path) -> Any:
        series = next(one for one in read_study(folder).series if one.modality == "PT")
        assert series.suv and series.suv.factors
        return load_volume(series).values, series.suv.factors[0]

    return load


def prepare_pydicom() -> Callable[[Path], Any]:
    """What one writes first: read all, sort, stack, rescale."""
    import numpy as np
    import pydicom

    def load(folder: Path) -> Any:
        slices = [pydicom.dcmread(file) for file in list_files(folder)]
        slices = [one for one in slices if one.Modality == "PT"]
        slices.sort(key=lambda one: float(one.ImagePositionPatient[2]))
        volume = np.stack([one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept) for one in slices])
        return volume.astype(np.float32), 1.0

    return load


def prepare_simpleitk() -> Callable[[Path], Any]:
    """The series reader; float32 asked for, because else the first slice's slope decides the type."""
    import SimpleITK as sitk  # noqa: N813

    sitk.ProcessObject.SetGlobalWarningDisplay(False)

    def load(folder: Path) -> Any:
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(list_files(folder)[0].parent)))
        reader.SetOutputPixelType(sitk.sitkFloat32)
        image = reader.Execute()
        return sitk.GetArrayViewFromImage(image), 1.0, image

    return load


def prepare_dicomsdl() -> Callable[[Path], Any]:
    import dicomsdl
    import numpy as np

    def load(folder: Path) -> Any:
        slices = [dicomsdl.open(str(file)) for file in list_files(folder)]
        slices = [one for one in slices if one.Modality == "PT"]
        slices.sort(key=lambda one: one.ImagePositionPatient[2])
        volume = np.empty((len(slices), slices[0].Rows, slices[0].Columns), np.float32)
        for place, one in zip(volume, slices, strict=True):
            np.multiply(one.pixelData(storedvalue=True), np.float32(one.RescaleSlope), out=place)
        return volume, 1.0

    return load


def prepare_dcm2niix() -> Callable[[Path], Any]:
    """The converter as a program of its own, uncompressed, and its volume read back."""
    import dcm2niix
    import nibabel
    import numpy as np

    def load(folder: Path) -> Any:
        with tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as name:
            command = [dcm2niix.bin, "-z", "n", "-b", "n", "-f", "pet", "-o", name, str(list_files(folder)[0].parent)]
            subprocess.run(command, check=True, capture_output=True)
            image = nibabel.load(next(Path(name).glob("*.nii")))
            return np.asarray(image.get_fdata(dtype=np.float32)), 1.0

    return load


METHODS: dict[str, Callable[[], Callable[[Path], Any]]] = {
    "ours": prepare_ours,
    PEER: prepare_simpleitk,
    "pydicom": prepare_pydicom,
    "dcm2niix": prepare_dcm2niix,
    "dicomsdl": prepare_dicomsdl,
}
OPTIONAL = ("dcm2niix", "dicomsdl")


def list_methods() -> dict[str, str]:
    """Each reader with "" or, where it is not installed, the sentence that says so."""
    absent = {name for name in OPTIONAL if find_spec(name) is None}
    return {name: f"skipped: install it with pip install {name}" if name in absent else "" for name in METHODS}


def list_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.dcm"))


def measure_one(method: str, folder: Path, loads: int) -> Numbers:
    """In a process of its own: seconds of each load, peak memory after the first, memory of the imports alone."""
    load = METHODS[method]()
    imports = read_memory("VmRSS")
    seconds, peak = [], 0.0
    for _ in range(loads):
        start = time.perf_counter()
        values, factor, *kept = load(folder)
        seconds.append(time.perf_counter() - start)
        peak = peak or read_memory("VmHWM")
        found = {"sum": float(values.sum(dtype=float)) / factor, "max": float(values.max()) / factor}
        del values, kept
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": max(peak, child), "import_mb": min(imports, peak), **found}


def read_memory(name: str) -> float:
    """Resident memory of this process in MB: now (VmRSS) or at most (VmHWM)."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(name))
    return int(line.split()[1]) / 1024


def compare_methods(folder: Path, rounds: int, loads: int) -> Numbers:
    """All readers in turns, so that a busy minute of the computer is shared by all."""
    skipped = {method: why for method, why in list_methods().items() if why}
    runs: dict[str, list[Numbers]] = {method: [] for method in METHODS if method not in skipped}
    for _ in range(rounds):
        for method, known in runs.items():
            known.append(run_apart(method, folder, loads))
    found = {method: summarise(known) for method, known in runs.items()}
    for one in found.values():
        one["ratio_to_simpleitk"] = round(one["seconds"] / found[PEER]["seconds"], 2)
        one["same_values_as_ours"] = same(one, found["ours"])
    return found | skipped


def run_apart(method: str, folder: Path, loads: int) -> Numbers:
    command = [sys.executable, __file__, "--method", method, "--folder", str(folder), "--loads", str(loads)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    numbers: Numbers = json.loads(printed.splitlines()[-1])
    return numbers


def summarise(runs: list[Numbers]) -> Numbers:
    return {
        "seconds": round(median(second for run in runs for second in run["seconds"]), 3),
        "first_seconds": round(median(run["seconds"][0] for run in runs), 3),
        "peak_mb": round(median(run["peak_mb"] for run in runs)),
        "peak_without_imports_mb": round(median(run["peak_mb"] - run["import_mb"] for run in runs)),
        "sum": runs[0]["sum"],
        "max": runs[0]["max"],
    }


def same(one: Numbers, other: Numbers) -> bool:
    return all(abs(one[key] / other[key] - 1) < 1e-5 for key in ("sum", "max"))


def describe(folder: Path, rounds: int, loads: int) -> Numbers:
    """One series with every reader's numbers; memory also in float32 volumes."""
    from imaging.dicom import read_study

    series = next(one for one in read_study(folder).series if one.modality == "PT")
    columns, rows, slices = series.size or (0, 0, 0)
    volume_mb = columns * rows * slices * 4 / 2**20
    methods = compare_methods(folder, rounds, loads)
    for one in (known for known in methods.values() if isinstance(known, dict)):
        one["peak_in_volumes"] = round(one["peak_without_imports_mb"] / volume_mb, 2)
    slopes = len({header.slope for header in series.headers})
    return {"size": [columns, rows, slices], "slopes": slopes, "volume_mb": round(volume_mb), "methods": methods}


@contextmanager
def synthetic_series(slices: int, matrix: int) -> Iterator[Path]:
    """A folder with a PET series in the style of one maker, noise in its pixels."""
    from dataclasses import replace

    import numpy as np

    from imaging.volume import Volume
    from sample_data.dicom_writer import write_pet
    from sample_data.scanner import load_scanners
    from sample_data.specs import load_study_specs

    spec, spacing = load_study_specs()[0], (800.0 / matrix, 800.0 / matrix, 3.0)
    scanner = replace(load_scanners()["GE"], pet_matrix=matrix, pet_pixel_mm=spacing[0], pet_slice_mm=spacing[2])
    values = np.random.default_rng(1).gamma(2.0, 0.5, (slices, matrix, matrix)).astype(np.float32)
    values *= (1 + np.arange(slices, dtype=np.float32) % 17)[:, None, None]
    volume = Volume(values, (-400.0, -400.0, -900.0), spacing, (1, 0, 0, 0, 1, 0, 0, 0, 1), "SUVbw")
    with tempfile.TemporaryDirectory() as name:
        write_pet(volume, spec, scanner, 1, Path(name))
        yield Path(name)


@contextmanager
def real_series() -> Iterator[Path | None]:
    """The real series unpacked, None when it does not lie beside the project."""
    if not REAL.is_file():
        yield None
        return
    with tempfile.TemporaryDirectory() as name:
        with zipfile.ZipFile(REAL) as archive:
            archive.extractall(name, [member for member in archive.namelist() if member.startswith("image/")])
        yield Path(name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--matrix", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5, help="processes of each reader")
    parser.add_argument("--loads", type=int, default=3, help="loads in each process")
    parser.add_argument("--without-real", action="store_true")
    parser.add_argument("--method", choices=METHODS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.method:
        print(json.dumps(measure_one(asked.method, asked.folder, asked.loads)))
        return
    found: Numbers = {"benchmark": "load_pet", "rounds": asked.rounds, "loads": asked.loads}
    with synthetic_series(asked.slices, asked.matrix) as folder:
        found["synthetic"] = describe(folder, asked.rounds, asked.loads)
    with real_series() as folder:
        real = folder and not asked.without_real
        found["real"] = describe(folder, asked.rounds, asked.loads) if real else "skipped: the series is not here"
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
