"""A study freed of its patient: equal SUV on every header published, no word of the patient in any byte, clocks kept."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from imaging.cleaning import Cleaner
from imaging.clock import read_datetime
from imaging.deidentify import Deidentified, copy_study
from imaging.dicom import Study, load_volume, read_study
from imaging.problem import ImagingError
from imaging.pseudonym import Pseudonym
from tests.imaging.dicom_files import ITEM, PET, pet_series, pet_slice, write_files
from tests.imaging.enhanced_files import enhanced_pet
from tests.imaging.telling_files import DAYS, WORDS, telling_study

PERSON = Pseudonym("P917", "known to this trial alone")
# What the published headers leave to the images they come from.
_NEEDED = (
    "SOPClassUID", "Modality", "PatientID", "StudyInstanceUID", "SeriesInstanceUID", "RescaleSlope", "RescaleIntercept",
)  # fmt: skip
GE, SIEMENS = (0x0009, 0x100D), (0x0071, 0x1022)


def free(slices: list[Dataset], folder: Path, person: Pseudonym = PERSON) -> tuple[Study, Deidentified, Study]:
    """The study as it came, what was done, and the study without its patient."""
    before = read_study(write_files(folder / "in", slices))
    (folder / "out").mkdir()
    done, after = copy_study(before, person, folder / "out")
    return before, done, after


def pet_of(study: Study) -> Any:
    return next(one for one in study.series if one.modality == "PT")


def twin(vector: list[dict[str, Any]]) -> Iterator[Dataset]:
    """The published header as DICOM slices."""
    silent = dict.fromkeys(name for name in PET if name not in _NEEDED)
    for number, stated in enumerate(vector):
        values = dict(stated)
        factors = values.pop("PhilipsPETPrivateGroup", None)
        agent = {name: values.pop(name) for name in list(values) if name.startswith("Radio")}
        dataset = pet_slice(3.0 * number, **{**silent, **values}, item=dict.fromkeys(ITEM) | agent)
        if factors:
            block = dataset.private_block(0x7053, "Philips PET Private Group", create=True)
            for offset, name in ((0x00, "SUVScaleFactor"), (0x09, "ActivityConcentrationScaleFactor")):
                if name in factors:
                    block.add_new(offset, "DS", str(factors[name]))
        yield dataset


def test_every_published_header_gives_the_same_factors_and_pixels_as_before(shared: Path, tmp_path: Path) -> None:
    vectors = json.loads((shared / "imaging" / "suv_headers.json").read_text())["vectors"]
    assert len(vectors) >= 10
    for vector in vectors:
        before, _, after = free(list(twin(vector["input"])), tmp_path / vector["id"])
        one, other = pet_of(before), pet_of(after)
        assert other.suv.factors == one.suv.factors, vector["id"]
        assert (one.suv.factors is None) == bool(vector.get("must_refuse")), vector["id"]
        assert {p.code for p in other.problems} == {p.code for p in one.problems}, vector["id"]
        assert np.array_equal(load_volume(one).values, load_volume(other).values), vector["id"]


def test_an_enhanced_object_is_copied_once_with_the_same_suv(tmp_path: Path) -> None:
    before, done, after = free([enhanced_pet()], tmp_path)
    assert len(done.files) == 1
    assert pet_of(after).suv.factors == pet_of(before).suv.factors is not None
    assert pet_of(after).uptake_minutes == pet_of(before).uptake_minutes == 60


@pytest.mark.parametrize("maker", ["GE", "SIEMENS", "other"])
def test_no_word_of_the_patient_is_left_in_any_byte(maker: str, tmp_path: Path) -> None:
    before, done, _ = free(telling_study(maker), tmp_path)
    told = b"".join(file.read_bytes() for file in (tmp_path / "in").iterdir())
    assert [word for word in WORDS if word.encode() not in told] == []
    kept = b"".join(file.read_bytes() for file in done.files) + json.dumps([done.kept, done.removed]).encode()
    assert [word for word in (*WORDS, *DAYS) if word.encode() in kept.upper()] == []
    assert len(done.files) == 6
    assert "Patient's Name" in done.removed and "Accession Number" in done.removed
    assert before.series


def test_pet_and_ct_still_share_their_space_and_name_each_other(tmp_path: Path) -> None:
    _, done, after = free(telling_study(), tmp_path)
    pet, ct = (next(one for one in after.series if one.modality == kind) for kind in ("PT", "CT"))
    assert pet.headers[0].frame_of_reference == ct.headers[0].frame_of_reference == PERSON.replace_uid("1.2.826.77.9")
    assert pet.study_uid == ct.study_uid
    named = [item for file in done.files for item in pydicom.dcmread(file).get("ReferencedImageSequence", ())]
    assert {one.ReferencedSOPInstanceUID for one in named} == {header.sop_instance for header in pet.headers}


def test_a_later_study_of_the_patient_moves_by_the_same_days_and_joins_the_first(tmp_path: Path) -> None:
    _, one, first = free(telling_study(), tmp_path / "1")
    later = {"StudyDate": "20260320", "SeriesDate": "20260320", "AcquisitionDate": "20260320"}
    injected = {"RadiopharmaceuticalStartDateTime": "20260320100000", "Radiopharmaceutical": "DOTATATE"}
    _, two, second = free(telling_study("SIEMENS", **later, item=injected), tmp_path / "2")
    assert one.date_offset_days == two.date_offset_days
    days = [datetime.fromisoformat(pet_of(study).study_date) for study in (first, second)]
    assert days[1] - days[0] == timedelta(18)
    assert {series.study_date for series in first.series} == {pet_of(first).study_date}
    assert pet_of(first).headers[0].frame_of_reference == pet_of(second).headers[0].frame_of_reference


DAY_TIME = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(microsecond=0))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(DAY_TIME, min_size=6, max_size=6), st.sampled_from(["", "+0100", "-0500"]), st.text(min_size=1))
def test_the_interval_between_any_two_clocks_is_kept(clocks: list[datetime], zone: str, secret: str) -> None:
    if not secret.strip():
        return
    dataset = clocked(clocks, zone)
    before = read_clocks(dataset)
    Cleaner(Pseudonym("P917", secret), frozenset()).clean(dataset)
    after = read_clocks(dataset)
    moved = {new - old for new, old in zip(after, before, strict=True)}
    assert len(before) == 6
    assert moved == {timedelta(days=Pseudonym("P917", secret).date_offset_days)}


def clocked(clocks: list[datetime], zone: str) -> Dataset:
    """Series, acquisition, content, injection and both makers' private clocks, as dates and times, and as one."""
    dataset = pet_slice()
    for name, at in zip(("Series", "Acquisition", "Content"), clocks, strict=False):
        setattr(dataset, f"{name}Date", f"{at:%Y%m%d}")
        setattr(dataset, f"{name}Time", f"{at:%H%M%S}")
    dataset.RadiopharmaceuticalInformationSequence[
        0
    ].RadiopharmaceuticalStartDateTime = f"{clocks[3]:%Y%m%d%H%M%S}{zone}"
    dataset.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(0x0D, "DT", f"{clocks[4]:%Y%m%d%H%M%S}.00")
    dataset.private_block(0x0071, "SIEMENS MED PT", create=True).add_new(0x22, "DT", f"{clocks[5]:%Y%m%d%H%M%S}")
    return dataset


def read_clocks(dataset: Dataset) -> list[datetime]:
    texts = [
        str(dataset[f"{name}Date"].value) + str(dataset[f"{name}Time"].value)
        for name in ("Series", "Acquisition", "Content")
    ]
    texts.append(dataset.RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalStartDateTime)
    texts += [str(dataset[tag].value) for tag in (GE, SIEMENS)]
    return [moment for text in texts if (moment := read_datetime(text)) is not None]


@pytest.mark.parametrize(
    ("born", "stated", "told"),
    [
        ("19790614", None, "046Y"),
        ("19790301", None, "047Y"),
        ("19790614", "046Y", "046Y"),
        ("19300101", None, "090Y"),
        ("19300101", "096Y", "090Y"),
        (None, "089Y", "089Y"),
        (None, "018M", "018M"),
        (None, None, None),
        ("18000101", None, None),
    ],
)
def test_the_age_at_the_study_stays_where_the_birth_date_may_not(
    born: str | None, stated: str | None, told: str | None, tmp_path: Path
) -> None:
    _, done, _ = free(pet_series(2, PatientBirthDate=born, PatientAge=stated), tmp_path)
    dataset = pydicom.dcmread(done.files[0])
    assert (dataset.get("PatientAge") or None) == told
    assert not dataset.get("PatientBirthDate")


def test_two_birth_dates_or_two_names_under_one_number_are_not_taken_for_one_patient(tmp_path: Path) -> None:
    two = [pet_slice(0.0, PatientBirthDate="19790614"), pet_slice(3.0, PatientBirthDate="19650101")]
    with pytest.raises(ImagingError, match="two dates of birth"):
        free(two, tmp_path / "births")
    named = [pet_slice(0.0, PatientName="Doe^Jane"), pet_slice(3.0, PatientName="Roe^Richard")]
    _, done, _ = free(named, tmp_path / "names")
    assert any("two names" in says and "Doe" not in says for says in done.warnings)
    spelt = [pet_slice(0.0, PatientName="Doe^Jane"), pet_slice(3.0, PatientName="DOE^J")]
    assert free(spelt, tmp_path / "spelt")[1].warnings == ()


def test_what_only_the_original_could_show_goes_over(tmp_path: Path) -> None:
    """A slice that came twice is copied once, and the tracer's name may stand beside words that go."""
    slices = pet_series(3, item={"Radiopharmaceutical": None}, SeriesDescription="Dotatyr3octreotate for Musterfrau")
    before, _, after = free([*slices, slices[0]], tmp_path)
    assert pet_of(before).tracer is not None
    assert pet_of(after).tracer == pet_of(before).tracer
    assert {p.code for p in pet_of(after).problems} == {p.code for p in pet_of(before).problems}
    assert "duplicate_slices" in {p.code for p in pet_of(after).problems}
