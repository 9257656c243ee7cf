"""Enhanced multi-frame PET objects written for tests, every functional group of which can be changed."""

from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import EnhancedPETImageStorage, ExplicitVRLittleEndian

TOP = {
    "SOPClassUID": EnhancedPETImageStorage, "SOPInstanceUID": "1.2.3.4.5", "Modality": "PT", "PatientID": "P001",
    "StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.3.1", "FrameOfReferenceUID": "1.2.3.9",
    "StudyDate": "20260302", "SeriesDate": "20260302", "SeriesTime": "113000", "PatientSex": "F", "PatientWeight": 60,
    "PatientSize": 1.6, "ImageType": ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"], "DecayCorrected": "YES",
    "DecayCorrectionDateTime": "20260302110000", "AttenuationCorrected": "YES", "ScatterCorrected": "YES",
    "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2", "BitsAllocated": 16, "BitsStored": 16,
    "HighBit": 15, "PixelRepresentation": 0, "SeriesDescription": "PET enhanced",
}  # fmt: skip
AGENT = {
    "RadiopharmaceuticalAgentNumber": 1, "Radiopharmaceutical": "Pentixafor", "RadionuclideTotalDose": 150,
    "RadionuclideHalfLife": 4057.7, "RadiopharmaceuticalStartDateTime": "20260302100000",
}  # fmt: skip


def filled(elements: dict[str, Any]) -> Dataset:
    dataset = Dataset()
    for keyword, value in elements.items():
        if value is not None:
            setattr(dataset, keyword, value)
    return dataset


def mapping(unit: str = "Bq/ml", slope: float = 2.0, intercept: float = 0.0) -> Dataset:
    """One real world value mapping."""
    code = filled({"CodeValue": unit, "CodingSchemeDesignator": "UCUM", "CodeMeaning": unit})
    return filled(
        {
            "RealWorldValueFirstValueMapped": 0, "RealWorldValueLastValueMapped": 65535,
            "RealWorldValueSlope": slope, "RealWorldValueIntercept": intercept, "LUTLabel": unit,
            "LUTExplanation": unit, "MeasurementUnitsCodeSequence": [code],
        }
    )  # fmt: skip


def enhanced_frame(number: int, maps: list[Dataset] | None, **content: Any) -> Dataset:
    """The functional groups of one frame, 3 mm above the one before it."""
    times = {
        "FrameAcquisitionDateTime": "20260302110000", "FrameReferenceDateTime": "20260302110100",
        "FrameAcquisitionDuration": 120000.0, "StackID": "1", "InStackPositionNumber": number + 1,
    }  # fmt: skip
    frame = filled(
        {
            "FrameContentSequence": [filled({**times, **content})],
            "PlanePositionSequence": [filled({"ImagePositionPatient": [-10, -20, 3.0 * number]})],
        }
    )
    if maps is not None:
        frame.RealWorldValueMappingSequence = maps
    return frame


def enhanced_pet(
    frames: int = 4, agents: list[dict[str, Any]] | None = None, shared_maps: list[Dataset] | None = None, **top: Any
) -> Dataset:
    """An enhanced PET; frame n holds the pixels 100 + n with the slope n + 1, in Bq/ml unless `shared_maps` say else."""
    dataset = filled({**TOP, **top})
    pixels = np.stack([np.full((4, 5), 100 + number, dtype=np.uint16) for number in range(frames)])
    dataset.NumberOfFrames, dataset.Rows, dataset.Columns = frames, 4, 5
    dataset.RadiopharmaceuticalInformationSequence = [filled({**AGENT, **agent}) for agent in agents or [{}]]
    groups = {
        "PixelMeasuresSequence": [filled({"PixelSpacing": [4, 4], "SliceThickness": 3})],
        "PlaneOrientationSequence": [filled({"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]})],
    }
    if shared_maps is not None:
        groups["RealWorldValueMappingSequence"] = shared_maps
    dataset.SharedFunctionalGroupsSequence = [filled(groups)]
    dataset.PerFrameFunctionalGroupsSequence = [
        enhanced_frame(n, None if shared_maps is not None else [mapping(slope=n + 1.0)]) for n in range(frames)
    ]
    dataset.PixelData = pixels.tobytes()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return dataset


def save(dataset: Dataset, folder: Path, name: str = "enhanced") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    dataset.save_as(folder / name, enforce_file_format=True)
    return folder
