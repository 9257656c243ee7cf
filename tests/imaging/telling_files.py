"""A PET/CT whose headers tell who the patient is in every place a hospital's files do, for the tests that none may stay."""

from typing import Any

from pydicom.dataset import Dataset

from tests.imaging.dicom_files import ct_slice, pet_slice

# Each word stands nowhere else: found in a file's bytes, it was left there.
WORDS = (
    "MUSTERFRAU", "ERIKA", "GABLER", "KH4711XQ", "ACC99887", "CHARITEX", "PRENZLAUERX", "DRHOUSEX", "DRWHOX", "STATIONQX",
    "SERIALQX", "19790614", "SECRETPRIVATE", "SECRETNESTED", "1.2.826.77",
)  # fmt: skip
DAYS = ("20260302", "20260301")
UIDS = {
    "StudyInstanceUID": "1.2.826.77.1", "FrameOfReferenceUID": "1.2.826.77.9", "PatientID": "KH4711XQ",
}  # fmt: skip
TELLING = {
    **UIDS, "PatientName": "MUSTERFRAU^ERIKA", "PatientBirthName": "GABLER", "PatientBirthDate": "19790614",
    "AccessionNumber": "ACC99887", "InstitutionName": "CHARITEX", "InstitutionAddress": "PRENZLAUERX 1",
    "ReferringPhysicianName": "DRHOUSEX^G", "OperatorsName": "DRWHOX", "StationName": "STATIONQX",
    "DeviceSerialNumber": "SERIALQX", "PatientComments": "call MUSTERFRAU", "StudyDescription": "PET for DRHOUSEX",
    "OtherPatientIDs": "KH4711XQ-2", "StudyID": "KH4711XQ", "BurnedInAnnotation": "NO", "PatientWeight": 60,
}  # fmt: skip


def telling_study(maker: str = "GE", **changes: Any) -> list[Dataset]:
    """Three PET and three CT slices of one study; `changes` go over all, dates included."""
    pet = [_telling_pet(n, maker, changes) for n in range(3)]
    same = {name: value for name, value in changes.items() if name != "item"}
    own = {"SeriesInstanceUID": "1.2.826.77.1.2"}
    ct = [ct_slice(3.0 * n, **{**TELLING, **own, "SOPInstanceUID": f"1.2.826.77.2.{n}", **same}) for n in range(3)]
    for one, other in zip(ct, pet, strict=True):
        _refer(one, other)
    return [*pet, *ct]


def _telling_pet(number: int, maker: str, changes: dict[str, Any]) -> Dataset:
    own = {"SeriesInstanceUID": "1.2.826.77.1.1", "SOPInstanceUID": f"1.2.826.77.1.{number + 10}"}
    dataset = pet_slice(3.0 * number, **{**TELLING, **own} | changes)
    day = dataset.SeriesDate
    if maker == "GE":
        block = dataset.private_block(0x0009, "GEMS_PETD_01", create=True)
        block.add_new(0x0D, "DT", f"{day}110000.00")
        block.add_new(0x01, "LO", "SECRETPRIVATE")
    if maker == "SIEMENS":
        dataset.private_block(0x0071, "SIEMENS MED PT", create=True).add_new(0x22, "DT", f"{day}110000.000000")
    dataset.private_block(0x0019, "SECRETPRIVATE", create=True).add_new(0x10, "PN", "MUSTERFRAU^ERIKA")
    nested = Dataset()
    nested.RequestedProcedureDescription = "SECRETNESTED MUSTERFRAU"
    nested.private_block(0x0019, "SECRETPRIVATE", create=True).add_new(0x10, "LO", "SECRETNESTED")
    dataset.RequestAttributesSequence = [nested]
    return dataset


def _refer(one: Dataset, other: Dataset) -> None:
    """`one` names `other` as an image it belongs to."""
    link = Dataset()
    link.ReferencedSOPClassUID, link.ReferencedSOPInstanceUID = other.SOPClassUID, other.SOPInstanceUID
    one.ReferencedImageSequence = [link]
