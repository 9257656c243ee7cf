"""What all exported DICOM objects share: their owner, their stamp, their maker, and how they become bytes."""

from copy import deepcopy
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from exchange.dicom_source import SourceImages
from exchange.lesion import PROGRAM, Stamp, program_version

# The enhanced objects must have a serial number; a program has none.
SERIAL_NUMBER = "0"
# How the source was de-identified, which highdicom does not carry over whole.
_CLEARED = (
    "PatientIdentityRemoved", "DeidentificationMethod", "DeidentificationMethodCodeSequence",
    "LongitudinalTemporalInformationModified",
)  # fmt: skip
DEVICE_UID = "2.25.110594866049318526497218736548821479043"


def begin_object(sop_class: str, modality: str, source: SourceImages, stamp: Stamp, what: str) -> Dataset:
    """A data set of the source's patient and study in a series of its own, by this program."""
    dataset: Any = deepcopy(source.owner.module)
    dataset.PatientName = source.owner.patient_name
    dataset.ReferringPhysicianName = ""
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, stamp.new_uid()
    dataset.Modality, dataset.SeriesInstanceUID = modality, stamp.new_uid()
    dataset.InstanceNumber = 1
    dataset.SeriesDescription = stamp.describe(what)
    dataset.SeriesDate, dataset.SeriesTime = stamp.date, stamp.time
    dataset.InstanceCreationDate, dataset.InstanceCreationTime = stamp.date, stamp.time
    dataset.Manufacturer = dataset.ManufacturerModelName = PROGRAM
    dataset.SoftwareVersions = program_version()
    add_meta(dataset)
    return dataset


def name_maker(stamp: Stamp, what: str, number: int) -> dict[str, Any]:
    """Series, instance, maker and time of an object that highdicom builds, as its arguments."""
    return {
        "series_instance_uid": stamp.new_uid(),
        "series_number": number,
        "sop_instance_uid": stamp.new_uid(),
        "instance_number": 1,
        "series_description": stamp.describe(what),
        "manufacturer": PROGRAM,
        "manufacturer_model_name": PROGRAM,
        "software_versions": program_version(),
        "content_date": stamp.date,
        "content_time": stamp.time,
        "series_date": stamp.date,
        "series_time": stamp.time,
        "content_qualification": "RESEARCH",
    }


def finish_object(dataset: Dataset, source: SourceImages, stamp: Stamp) -> Dataset:
    """Give an object that highdicom built the patient's name, the stamp's time and this program's mark."""
    dataset.PatientName = source.owner.patient_name
    for keyword in _CLEARED:
        if keyword in source.owner.module:
            dataset[keyword] = source.owner.module[keyword]
    dataset.InstanceCreationDate, dataset.InstanceCreationTime = stamp.date, stamp.time
    for maker in dataset.get("ContributingEquipmentSequence", ()):
        maker.ContributionDateTime = f"{stamp.date}{stamp.time}"
    add_meta(dataset)
    return dataset


def add_meta(dataset: Dataset) -> None:
    """The file's own header: what the object is, that it is little endian, and which program wrote it."""
    meta: Any = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = dataset.SOPClassUID, dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID, meta.ImplementationVersionName = DEVICE_UID, "CUSHING_BOARD"
    dataset.file_meta = meta


def encode_object(dataset: Dataset) -> bytes:
    """The object as the bytes of a DICOM file."""
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
