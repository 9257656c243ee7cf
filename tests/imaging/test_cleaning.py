"""Where a patient's name can hide in a header, and what must survive its removal."""

from copy import deepcopy
from pathlib import Path

import pydicom
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from imaging.cleaning import Cleaner
from imaging.deidentify import deidentify_study
from imaging.descriptors import clean_text, find_identities
from imaging.profile import load_profile
from imaging.pseudonym import Pseudonym
from tests.imaging.dicom_files import pet_slice, write_files

PERSON = Pseudonym("P917", "known to this trial alone")
NAME = "MUSTERFRAU"


def item(**elements: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    return dataset


def raw(tag: int, kind: str, text: str) -> RawDataElement:
    """An element as it comes from a file, whatever its text."""
    return RawDataElement(Tag(tag), kind, len(text), text.encode(), 0, False, True)


HIDING = {
    "OtherPatientIDs": "MUSTERFRAU-77", "PatientComments": "Frau Musterfrau", "AdditionalPatientHistory": "see Musterfrau",
    "OperatorsName": "Musterfrau^O", "ReferringPhysicianName": "Musterfrau^R", "InstitutionName": "Klinik Musterfrau",
    "SeriesDescription": "PET AC Musterfrau", "StudyDescription": "MUSTERFRAU", "ProtocolName": "WB_musterfrau",
    "BodyPartExamined": "MUSTERFRAU", "SoftwareVersions": "Musterfrau 1.0", "StationName": "MUSTERFRAU1",
    "ImageComments": "for Musterfrau", "PatientAddress": "Musterfrau street 1", "RequestedProcedureDescription": NAME,
    "AccessionNumber": "MUSTERFRAU", "StudyID": "MUSTERFRAU", "DeviceSerialNumber": "MUSTERFRAU", "Occupation": NAME,
    "PatientInsurancePlanCodeSequence": [item(CodeValue="1", CodingSchemeDesignator="99", CodeMeaning="Musterfrau")],
    "RequestAttributesSequence": [item(ScheduledProcedureStepDescription="Musterfrau", RequestedProcedureID="M")],
    "ReferencedPatientSequence": [item(ReferencedSOPInstanceUID="1.9.9.9")],
    "AnatomicRegionSequence": [item(CodeValue="1", CodingSchemeDesignator="99X", CodeMeaning="of Musterfrau")],
    "EthnicGroup": "MUSTERFRAU",
}  # fmt: skip


@pytest.mark.parametrize("keyword", HIDING)
def test_a_name_is_removed_from_wherever_it_hides(keyword: str) -> None:
    dataset = item(**{keyword: HIDING[keyword]})
    Cleaner(PERSON, find_identities([NAME])).clean(dataset)
    assert NAME not in str(dataset).upper()
    assert "1.9.9.9" not in str(dataset)


def test_names_in_private_overlay_unknown_and_damaged_elements_go() -> None:
    dataset = Dataset()
    dataset.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(0x02, "LO", NAME)
    dataset.private_block(0x0019, NAME, create=True).add_new(0x01, "UN", NAME.encode())
    for tag, kind in (
        (0x60004000, "LT"),
        (0x00091234, "LO"),
        (0x00085678, "LO"),
        (0x00101030, "DS"),
        (0x00080032, "TM"),
    ):
        dataset[tag] = raw(tag, kind, NAME)
    Cleaner(PERSON, frozenset()).clean(dataset)
    assert NAME not in str(dataset).upper()
    assert not [tag for tag in dataset.keys() if tag.is_private]  # noqa: SIM118


def test_a_private_element_inside_a_sequence_goes() -> None:
    inner = Dataset()
    inner.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(0x0D, "DT", "20260302100000")
    dataset = item(RadiopharmaceuticalInformationSequence=[inner])
    Cleaner(PERSON, frozenset()).clean(dataset)
    assert len(dataset.RadiopharmaceuticalInformationSequence[0]) == 0


@pytest.mark.parametrize(
    ("group", "element", "owner", "kind"),
    [
        (0x0009, 0x0D, "GEMS_PETD_01", "DT"),
        (0x0071, 0x22, "SIEMENS MED PT", "DT"),
        (0x0071, 0x22, "SIEMENS MED PT", "UN"),
    ],
)
def test_a_makers_clock_moves_with_the_other_dates(group: int, element: int, owner: str, kind: str) -> None:
    text = "20260302110000.00"
    dataset = Dataset()
    dataset.private_block(group, owner, create=True).add_new(element, kind, text.encode() if kind == "UN" else text)
    Cleaner(PERSON, frozenset()).clean(dataset)
    value = dataset.private_block(group, owner)[element].value
    moved = value.decode() if isinstance(value, bytes) else str(value)
    assert moved == PERSON.shift_text(text)


def test_philips_factors_stay_and_get_their_owner() -> None:
    dataset = Dataset()
    dataset[0x70531000] = raw(0x70531000, "DS", "0.0005")
    dataset[0x70531009] = raw(0x70531009, "DS", "not a number")
    Cleaner(PERSON, frozenset()).clean(dataset)
    assert dataset.private_block(0x7053, "Philips PET Private Group")[0x00].value == 0.0005
    assert 0x70531009 not in dataset


def test_the_tracer_and_the_dose_stay_word_for_word(tmp_path: Path) -> None:
    original = pet_slice(PatientName="Musterfrau^Eva", PatientAge="046Y")
    kept = ("PatientWeight", "PatientSize", "PatientSex", "PatientAge", "Units", "DecayCorrection", "SeriesTime")
    expected = {name: original.get(name) for name in kept}
    agent = original.RadiopharmaceuticalInformationSequence[0]
    told = (agent.Radiopharmaceutical, agent.RadionuclideTotalDose, agent.RadionuclideHalfLife)
    folder = write_files(tmp_path / "in", [original])
    copy = deidentify_study(folder, "P917", "known to this trial alone", tmp_path / "out")
    new = pydicom.dcmread(copy.files[0])
    after = new.RadiopharmaceuticalInformationSequence[0]
    assert {name: new.get(name) for name in kept} == expected
    assert (after.Radiopharmaceutical, after.RadionuclideTotalDose, after.RadionuclideHalfLife) == told
    assert after.RadiopharmaceuticalStartTime == "100000"
    assert after.RadiopharmaceuticalStartDateTime == PERSON.shift_text("20260302100000")
    assert {"Patient's Weight", "Patient's Age", "Series Description: PET AC"} <= set(copy.kept)


def test_a_name_in_another_script_leaves_nothing(tmp_path: Path) -> None:
    dataset = pet_slice(
        SpecificCharacterSet="ISO_IR 192", PatientName="Wang^XiaoDong=王^小东", SeriesDescription="PET 王小东",
        StudyDescription="WB XiaoDong", Manufacturer="王小东",
    )  # fmt: skip
    folder = write_files(tmp_path / "in", [dataset])
    data = deidentify_study(folder, "P917", "known to this trial alone", tmp_path / "out").files[0].read_bytes()
    assert all(part not in data for part in ("王".encode(), "小".encode(), b"XiaoDong", b"Wang", b"XIAODONG"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("PET AC 68Ga-Pentixafor", "PET AC 68Ga-Pentixafor"),
        ("CT low dose for PET 5mm B30f", "CT low dose for PET 5mm B30f"),
        ("PET WB Meier 14", "PET WB"),
        ("1.3.1965", ""),
        ("12/03/65 PET", "PET"),
        ("Meier for Schulz", ""),
        ("room 4711", ""),
    ],
)
def test_known_words_of_a_description_stay(text: str, left: str) -> None:
    assert clean_text(text, frozenset()) == left


def test_a_known_word_that_is_the_patients_name_goes_only_from_its_own_place() -> None:
    assert clean_text("PET AC", find_identities(["Pet^Anna"])) == "PET AC"
    assert clean_text("PET AC Anna", find_identities(["Pet^Anna"])) == "PET AC"


def test_every_rule_names_an_attribute_once() -> None:
    profile = load_profile()
    assert len(profile.rules) > 350
    assert not profile.technical & set(profile.rules)


def test_a_segmentation_points_at_the_new_names_of_its_images() -> None:
    image = item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.128", ReferencedSOPInstanceUID="1.3.5.1")
    group = item(DerivationImageSequence=[item(SourceImageSequence=[image])])
    dataset = item(
        ReferencedSeriesSequence=[item(SeriesInstanceUID="1.3.5", ReferencedInstanceSequence=[deepcopy(image)])],
        PerFrameFunctionalGroupsSequence=[group],
        SegmentSequence=[item(SegmentLabel="Lesion 1", SegmentAlgorithmName="threshold 41%")],
        ContentCreatorName="Musterfrau^Reader",
    )
    Cleaner(PERSON, frozenset()).clean(dataset)
    source = dataset.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0].SourceImageSequence[0]
    assert source.ReferencedSOPInstanceUID == PERSON.replace_uid("1.3.5.1")
    assert source.ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.128"
    assert dataset.ReferencedSeriesSequence[0].SeriesInstanceUID == PERSON.replace_uid("1.3.5")
    assert dataset.SegmentSequence[0].SegmentLabel == "Lesion 1"
    assert dataset.ContentCreatorName == load_profile().placeholder
