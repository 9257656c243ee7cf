"""Small series to be damaged: the published objects and real scans that lie beside the project, cropped, and synthetic
ones in the style of each maker, transfer syntax and kind of object."""

import zipfile
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.imaging.dicom_files import compress_by_gdcm, ct_slice, pet_series, pet_slice
from tests.imaging.enhanced_files import enhanced_pet

_SIDE = 24
# The SOP Class UID, which these slices begin with after the file's meta group.
_FIRST = b"\x08\x00\x16\x00"
_PIXELS = np.arange(_SIDE * _SIDE).reshape(_SIDE, _SIDE)


@dataclass(frozen=True)
class Seed:
    """A sound series: its files' bytes."""

    name: str
    files: tuple[bytes, ...]


def list_seeds(shared: Path | None) -> list[Seed]:
    """Every sound series; those from the folder of reference data only where it is there."""
    return [*_synthetic(), *_written_otherwise(), *(_published(shared) if shared and shared.is_dir() else ())]


def _seed(name: str, datasets: list[Dataset]) -> Seed:
    return Seed(name, tuple(map(_bytes_of, datasets)))


def _bytes_of(dataset: Dataset) -> bytes:
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def _synthetic() -> list[Seed]:
    series = partial(pet_series, 3, pixels=_PIXELS)
    late = {"SeriesTime": "113000", "Manufacturer": "SIEMENS"}
    night = {
        "SeriesDate": "20260303",
        "SeriesTime": "003000",
        "AcquisitionDate": "20260303",
        "AcquisitionTime": "003000",
    }
    only_time = {"RadiopharmaceuticalStartDateTime": None}
    made: dict[str, list[Dataset]] = {
        "plain": series(),
        "siemens": _private(series(AcquisitionTime="110500", Manufacturer="SIEMENS"), 0x0071, "SIEMENS MED PT", 0x22),
        "ge": _private(series(SeriesTime="114000", Manufacturer="GE MEDICAL SYSTEMS"), 0x0009, "GEMS_PETD_01", 0x0D),
        "late series": series(**late, DecayFactor=1.0103),
        "later bed": series(AcquisitionTime="111900", FrameReferenceTime=1_200_000),
        "admin": series(DecayCorrection="ADMIN"),
        "none": series(DecayCorrection="NONE", CorrectedImage=["ATTN"]),
        "night": series(**night, item={"RadiopharmaceuticalStartTime": "233000", **only_time}),
        "zone": series(TimezoneOffsetFromUTC="+0100", item={"RadiopharmaceuticalStartDateTime": "20260302100000+0100"}),
        "suv": series(Units="GML", SUVType="BW"),
        "lean": series(Units="GML", SUVType="LBMJANMA"),
        "surface": series(Units="CM2ML"),
        "counts": _philips(series(Units="CNTS"), "0.0016", "2.0"),
        "counts to suv": _philips(series(Units="CNTS"), "0.0007", "0"),
        "dynamic": series() + series(AcquisitionTime="110500", FrameReferenceTime=360_000),
        "with ct": series() + [ct_slice(3.0 * n, _PIXELS) for n in range(2)],
    }
    return [_seed(name, datasets) for name, datasets in made.items()]


def _private(slices: list[Dataset], group: int, owner: str, offset: int) -> list[Dataset]:
    for one in slices:
        one.private_block(group, owner, create=True).add_new(offset, "DT", "20260302110000.00")
    return slices


def _philips(slices: list[Dataset], suv: str, activity: str) -> list[Dataset]:
    for one in slices:
        block = one.private_block(0x7053, "Philips PET Private Group", create=True)
        block.add_new(0x00, "DS", suv)
        block.add_new(0x09, "DS", activity)
    return slices


def _written_otherwise() -> list[Seed]:
    """The same slices in other transfer syntaxes and as multi-frame objects."""
    slices = [pet_slice(3.0 * n, _PIXELS + n) for n in range(2)]
    seeds = [
        _seed(syntax.name, [compress_by_gdcm(one, syntax) for one in slices])
        for syntax in (JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless)
    ]
    for syntax in (ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian):
        seeds.append(_seed(syntax.name, [_in_syntax(n, syntax) for n in range(2)]))
    for one in slices:
        one.compress(RLELossless)
    bare = [_bytes_of(_in_syntax(n, ImplicitVRLittleEndian)) for n in range(2)]
    enhanced, packed = enhanced_pet(), enhanced_pet()
    packed.compress(RLELossless)
    return [
        *seeds,
        _seed("RLE", slices),
        Seed("no preamble", tuple(data[data.index(_FIRST) :] for data in bare)),
        _seed("enhanced", [enhanced]),
        _seed("enhanced RLE", [packed]),
    ]


def _in_syntax(number: int, syntax: Any) -> Dataset:
    dataset = pet_slice(3.0 * number, _PIXELS + number)
    dataset.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        dataset.PixelData = (_PIXELS + number).astype(">i2").tobytes()
        dataset["PixelData"].VR = "OW"
    return dataset


def _published(shared: Path) -> list[Seed]:
    seeds = []
    for file in sorted((shared / "imaging" / "dicom").glob("*.zip")):
        with zipfile.ZipFile(file) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(".dcm"))
            chosen = _two_of_each(archive, names)
        seeds.append(_seed(file.stem, chosen))
    return seeds


def _two_of_each(archive: zipfile.ZipFile, names: list[str]) -> list[Dataset]:
    """Two neighbouring PET slices and, where there are any, two CT slices."""
    by_folder: dict[str, list[str]] = {}
    for name in names:
        by_folder.setdefault(name.rpartition("/")[0], []).append(name)
    chosen: list[Dataset] = []
    for members in by_folder.values():
        middle = len(members) // 2
        read = [pydicom.dcmread(BytesIO(archive.read(name))) for name in members[middle : middle + 2]]
        chosen += [_cropped(one) for one in read if one.get("Modality") in ("PT", "CT")]
    return chosen


def _cropped(dataset: Dataset) -> Dataset:
    pixels = dataset.pixel_array[:_SIDE, :_SIDE]
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.PixelData = pixels.tobytes()
    return dataset
