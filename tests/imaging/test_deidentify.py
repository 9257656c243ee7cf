"""A study without its patient: the SUV is the same, the UIDs agree, and nothing of the patient is left in any byte."""

import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import RTStructureSetStorage, SecondaryCaptureImageStorage

from imaging.__main__ import main
from imaging.archive import OpenSources, Source
from imaging.deidentify import Deidentified, deidentify_study
from imaging.dicom import Series, Study, read_study
from imaging.problem import ImagingError
from imaging.pseudonym import Pseudonym
from sample_data.scanner import load_scanners
from sample_data.specs import load_study_specs
from sample_data.studies import make_study
from tests.imaging.dicom_files import ct_slice, pet_series, pet_slice, write_files

SECRET = "known to this trial alone"
SHARED = (
    "ibsi_dro_0_0", "ibsi_dro_1_0", "ibsi_dro_2_0", "ibsi_dro_2_1", "ibsi_dro_2_4", "ibsi_dro_3_1", "ibsi_dro_3_2",
    "ibsi_dro_4_0", "ibsi_dro_5_0", "sts001_ge_bqml_pet", "sts001_pet_ct",
)  # fmt: skip
MAKERS = ("GE", "PHILIPS_BQML", "PHILIPS_CNTS", "SIEMENS")
SPECS = {spec.vendor: spec for spec in load_study_specs()}
NAMING = ("PatientName", "PatientID", "PatientBirthDate", "StudyDate", "InstitutionName", "AccessionNumber")


class Pair(NamedTuple):
    before: Dataset
    after: Dataset
    file: Path


@pytest.fixture(scope="module", params=[*SHARED, *MAKERS])
def study_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each published object, each real study, and a small synthetic study of each maker."""
    if request.param in MAKERS:
        scanner = replace(load_scanners()[request.param], pet_slice_mm=26.0, ct_slice_mm=52.0)
        return make_study(SPECS[request.param], tmp_path_factory.mktemp("study"), scanner=scanner).folder
    return request.getfixturevalue("shared") / "imaging" / "dicom" / f"{request.param}.zip"


@pytest.fixture(scope="module")
def copied(study_path: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Deidentified, Path]:
    folder = tmp_path_factory.mktemp("copies") / "copy"
    return read_study(study_path), deidentify_study(study_path, "P917", SECRET, folder), folder


@pytest.fixture(scope="module")
def pairs(copied: tuple[Study, Deidentified, Path]) -> list[Pair]:
    """Each original object, the one of its copy, and the copy's file."""
    study, copy, _ = copied
    sources = [file for one in study.series for file in one.files]
    with OpenSources() as files:
        return [
            Pair(_read(files, source), pydicom.dcmread(file), file)
            for source, file in zip(sources, copy.files, strict=True)
        ]


def _read(files: OpenSources, source: Source) -> Dataset:
    with files.open(source) as stream:
        return pydicom.dcmread(stream)


def pets(study: Study) -> list[Series]:
    return [one for one in study.series if one.modality == "PT"]


def uids_of(dataset: Dataset) -> set[str]:
    found = [e.value for e in dataset.iterall() if e.VR == "UI" and e.value]
    flat = {uid for value in found for uid in ([value] if isinstance(value, str) else value)}
    return {str(uid) for uid in flat if not uid.startswith("1.2.840.10008.")}


def test_every_suv_is_the_same(copied: tuple[Study, Deidentified, Path]) -> None:
    before, _, folder = copied
    after = read_study(folder)
    old, new = pets(before), pets(after)
    person = Pseudonym("P917", SECRET)
    assert [person.replace_uid(one.series_uid) for one in old] == [one.series_uid for one in new]
    assert len(old) > 0
    for one, other in zip(old, new, strict=True):
        assert one.suv is not None and other.suv is not None and one.suv.factors
        assert one.suv.factors == other.suv.factors
        kept = [(s.uptake_minutes, s.reference_time_source, s.tracer, s.units, s.size) for s in (one, other)]
        assert kept[0] == kept[1]
        assert [p.code for p in one.problems] == [p.code for p in other.problems]


def test_nothing_of_the_patient_is_left_in_any_byte(pairs: list[Pair]) -> None:
    for before, after, file in pairs:
        told = {str(before.get(name) or "") for name in NAMING} | uids_of(before)
        told |= {str(e.value) for e in before.iterall() if e.VR == "DA"}
        told -= {"", "Synthetic"}  # what is made up says so, before and after
        header = file.read_bytes().replace(after.get("PixelData", b"\0"), b"")
        assert [text for text in told if text.encode() in header] == []


def test_pixels_are_the_same_bytes(pairs: list[Pair]) -> None:
    assert all(before.get("PixelData") == after.get("PixelData") for before, after, _ in pairs)


def test_every_uid_is_replaced_alike_everywhere(pairs: list[Pair]) -> None:
    person = Pseudonym("P917", SECRET)
    for before, after, _ in pairs:
        assert uids_of(after) == {person.replace_uid(uid) for uid in uids_of(before)}
        assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID


def test_a_structure_set_still_points_at_its_images(pairs: list[Pair]) -> None:
    assert _links([one.before for one in pairs]) == _links([one.after for one in pairs])


def _links(objects: list[Dataset]) -> Counter[tuple[str, int, int]]:
    """For each structure set: how many references it has, and how many of them are to images in the same study."""
    images = {one.SOPInstanceUID for one in objects if one.SOPClassUID != RTStructureSetStorage}
    links: Counter[tuple[str, int, int]] = Counter()
    for one in objects:
        refers = [e.value for e in one.iterall() if e.keyword == "ReferencedSOPInstanceUID"]
        links[(one.Modality, len(refers), sum(uid in images for uid in refers))] += 1
    return links


def test_the_copy_says_who_it_is_and_how_it_was_made(copied: tuple[Study, Deidentified, Path]) -> None:
    _, copy, _ = copied
    dataset = pydicom.dcmread(copy.files[0])
    assert (dataset.PatientName, dataset.PatientID, dataset.PatientIdentityRemoved) == ("P917", "P917", "YES")
    codes = [item.CodeValue for item in dataset.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113105", "113107", "113108", "113111"]
    assert dataset.LongitudinalTemporalInformationModified == "MODIFIED"
    assert dataset.get("PatientBirthDate", "") == ""


def test_the_validator_finds_no_new_error(pairs: list[Pair], tmp_path: Path) -> None:
    validator = shutil.which("dciodvfy", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
    if validator is None:
        pytest.skip("dciodvfy (dicom3tools) is not installed")
    firsts = {one.file.parent: one for one in reversed(pairs)}
    for before, _, file in firsts.values():
        before.save_as(tmp_path / "original.dcm")
        assert _errors(validator, file) - _errors(validator, tmp_path / "original.dcm") == set()


def _errors(validator: str, file: Path) -> set[str]:
    """Errors without the values they quote, because UIDs and dates are meant to differ."""
    done = subprocess.run([validator, str(file)], capture_output=True, text=True, check=False)
    lines = (done.stderr + done.stdout).splitlines()
    return {line.partition("<")[0] for line in lines if line.startswith("Error")}


def test_a_screen_picture_and_burned_in_text_are_pointed_out(tmp_path: Path) -> None:
    capture = ct_slice(SOPClassUID=SecondaryCaptureImageStorage, Modality="OT", SeriesInstanceUID="1.2.3.7")
    burned = ct_slice(BurnedInAnnotation="YES")
    files = write_files(tmp_path / "in", [*pet_series(3), capture, burned])
    says = deidentify_study(files, "P917", SECRET, tmp_path / "out").warnings
    assert len(says) == 2
    assert any("screen picture" in one for one in says)
    assert any("burned into the picture" in one for one in says)


def test_a_report_is_left_out_with_the_reason(tmp_path: Path) -> None:
    report = ct_slice(SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11", Modality="SR", SeriesInstanceUID="1.2.3.8")
    copy = deidentify_study(write_files(tmp_path / "in", [*pet_series(3), report]), "P917", SECRET, tmp_path / "out")
    assert len(copy.files) == 3
    assert [one for one in copy.warnings if "Basic Text SR" in one and "left out" in one]


def test_file_names_of_the_copy_are_numbers(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "in", pet_series(3))
    next(folder.iterdir()).rename(folder / "Smith_John.dcm")
    copy = deidentify_study(folder, "P917", SECRET, tmp_path / "out")
    assert [str(file.relative_to(tmp_path / "out")) for file in copy.files] == [
        "PT-01/00001.dcm", "PT-01/00002.dcm", "PT-01/00003.dcm",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pseudonym", "secret", "says"),
    [
        ("", SECRET, "pseudonym"),
        ("Jane Doe", SECRET, "pseudonym"),
        ("P\n1", SECRET, "pseudonym"),
        ("P1", " ", "secret"),
    ],
)
def test_a_pseudonym_or_secret_of_no_use_is_refused(tmp_path: Path, pseudonym: str, secret: str, says: str) -> None:
    folder = write_files(tmp_path / "in", pet_series(3))
    with pytest.raises(ImagingError, match=says):
        deidentify_study(folder, pseudonym, secret, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_patients_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "in", [pet_slice(0.0), pet_slice(3.0, PatientID="P002")])
    with pytest.raises(ImagingError, match="2 patients"):
        deidentify_study(folder, "P917", SECRET, tmp_path / "out")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in"]


def test_a_copy_whose_suv_would_differ_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pseudonym, "shift_text", lambda self, text: text[:8] + "104500" * (len(text) > 8))
    folder = write_files(tmp_path / "in", pet_series(3, item={"RadiopharmaceuticalStartTime": None}))
    with pytest.raises(ImagingError, match="same SUV"):
        deidentify_study(folder, "P917", SECRET, tmp_path / "out")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in"]


def test_a_full_folder_and_a_folder_without_images_are_refused(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "in", pet_series(3))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImagingError, match="not empty"):
        deidentify_study(folder, "P917", SECRET, folder)
    with pytest.raises(ImagingError, match="Nothing could be read"):
        deidentify_study(tmp_path / "empty", "P917", SECRET, tmp_path / "out")
    with pytest.raises(ImagingError, match="does not exist"):
        deidentify_study(tmp_path / "nowhere", "P917", SECRET, tmp_path / "out")


def test_the_command_copies_and_reports(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = write_files(tmp_path / "in", pet_series(3))
    words = ["deidentify", str(folder), str(tmp_path / "out"), "--pseudonym", "P917"]
    assert main([*words, "--seed", SECRET]) == 0
    assert '"files": 3' in capsys.readouterr().out
    assert main([*words, "--seed", SECRET]) == 2
    assert "not empty" in capsys.readouterr().err
    words[2] = str(tmp_path / "again")
    assert main(words) == 0
    assert "No --seed was given" in capsys.readouterr().out
