"""Small PET and CT series written as DICOM for tests: every field can be changed or left out (None)."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, PositronEmissionTomographyImageStorage, generate_uid

ITEM = {
    "Radiopharmaceutical": "Pentixafor",
    "RadiopharmaceuticalStartTime": "100000",
    "RadiopharmaceuticalStartDateTime": "20260302100000",
    "RadionuclideTotalDose": 150e6,
    "RadionuclideHalfLife": 4057.7,
}
PET = {
    "SOPClassUID": PositronEmissionTomographyImageStorage, "Modality": "PT", "PatientID": "P001",
    "StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.3.1", "FrameOfReferenceUID": "1.2.3.9",
    "StudyDate": "20260302", "SeriesDate": "20260302", "SeriesTime": "110000",
    "AcquisitionDate": "20260302", "AcquisitionTime": "110000", "SeriesDescription": "PET AC", "PatientSex": "F",
    "PatientWeight": 60, "PatientSize": 1.6, "Units": "BQML", "DecayCorrection": "START",
    "CorrectedImage": ["DECY", "ATTN", "SCAT"], "FrameReferenceTime": 60000, "ActualFrameDuration": 120000,
    "SeriesType": ["WHOLEBODY", "IMAGE"], "RescaleSlope": 2, "RescaleIntercept": 0,
}  # fmt: skip


def pet_slice(z_mm: float = 0.0, pixels: np.ndarray | None = None, **changes: Any) -> Dataset:
    """One PET slice at a height; `changes` replace elements by keyword, None leaves one out, `item` changes the tracer."""
    item = {**ITEM, **changes.pop("item", {})}
    dataset = _image({**PET, **changes}, z_mm, pixels)
    agent = Dataset()
    _fill(agent, item)
    dataset.RadiopharmaceuticalInformationSequence = [agent]
    return dataset


def ct_slice(z_mm: float = 0.0, pixels: np.ndarray | None = None, **changes: Any) -> Dataset:
    kept = ("PatientID", "StudyInstanceUID", "FrameOfReferenceUID", "StudyDate")
    elements = {name: PET[name] for name in kept} | {
        "SOPClassUID": CTImageStorage, "Modality": "CT", "SeriesInstanceUID": "1.2.3.2",
        "RescaleSlope": 1, "RescaleIntercept": -1024,
    }  # fmt: skip
    return _image({**elements, **changes}, z_mm, pixels)


def _image(elements: dict[str, Any], z_mm: float, pixels: np.ndarray | None) -> Dataset:
    stored = np.full((4, 5), 100, dtype=np.int16) if pixels is None else pixels.astype(np.int16)
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    geometry = {
        "SOPInstanceUID": generate_uid(), "ImagePositionPatient": [-10, -20, z_mm],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PixelSpacing": [4, 4], "SliceThickness": 3,
        "Rows": stored.shape[0], "Columns": stored.shape[1], "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15,
        "PixelRepresentation": 1, "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2",
    }  # fmt: skip
    _fill(dataset, {**geometry, **elements})
    dataset.file_meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", PET["SOPClassUID"])
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.PixelData = stored.tobytes()
    return dataset


def _fill(dataset: Dataset, elements: dict[str, Any]) -> None:
    for keyword, value in elements.items():
        if value is not None:
            setattr(dataset, keyword, value)


def pet_series(count: int = 3, step_mm: float = 3.0, **changes: Any) -> list[Dataset]:
    return [pet_slice(number * step_mm, **changes) for number in range(count)]


def write_files(folder: Path, datasets: list[Dataset], prefix: str = "IM") -> Path:
    """Files without an ending, in an order that is not the slices' order."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, dataset in enumerate(reversed(datasets)):
        dataset.save_as(folder / f"{prefix}{number:04d}", enforce_file_format=True)
    return folder


def compress_by_gdcm(dataset: Dataset, syntax: str) -> Dataset:
    """The same slice in a transfer syntax that pydicom itself cannot write, e.g. JPEG lossless, made by GDCM."""
    import gdcm

    with tempfile.TemporaryDirectory() as name:
        plain, packed = Path(name) / "plain", Path(name) / "packed"
        dataset.save_as(plain, enforce_file_format=True)
        reader = gdcm.ImageReader()
        reader.SetFileName(str(plain))
        assert reader.Read()
        change = gdcm.ImageChangeTransferSyntax()
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
        change.SetInput(reader.GetImage())
        assert change.Change(), f"GDCM cannot write {syntax}"
        writer = gdcm.ImageWriter()
        writer.SetFileName(str(packed))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
        return dcmread(packed)
