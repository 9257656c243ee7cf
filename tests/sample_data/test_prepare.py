"""The synthetic trial in the data folder: whole, once, made again when half-made, and never over a real patient."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import sample_data.prepare as program
from imaging.volume import read_volume
from sample_data.__main__ import main
from sample_data.cohort import SyntheticPatient, make_cohort
from sample_data.crew import CrewError, work_through
from sample_data.intake import TakenIn
from sample_data.prepare import PrepareError, prepare, put_measured
from sample_data.ready import MARKER, find_data_folder, find_ready, read_marker
from sample_data.specs import StudySpec, load_study_specs
from store import Patient, Store, data_folder, open_store

FEW = 6


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> tuple[SyntheticPatient, ...]:
    """The first patients alone, so that a test is quick."""
    patients = make_cohort()[:FEW]
    monkeypatch.setattr(program, "make_cohort", lambda: patients)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return patients


@pytest.fixture(scope="module")
def with_images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with every patient and the images of one."""
    folder = tmp_path_factory.mktemp("data")
    steps: list[tuple[int, int]] = []
    study = [spec for spec in load_study_specs() if spec.patient_id == "P031"]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        prepare(folder, lambda done, total: steps.append((done, total)), specs=study, workers=1)
        assert steps == [(done, 162) for done in range(1, 163)]
        yield folder


def open_in(folder: Path) -> Store:
    return open_store(f"sqlite:///{folder / 'cushing.db'}")


def test_the_store_holds_all_patients_marked_synthetic_with_reads_references_and_assessments(with_images: Path) -> None:
    with open_in(with_images) as store:
        patients = store.fetch_patients()
        assert len(patients) == 160
        assert all(patient.synthetic and patient.enrolled_on and patient.mdt_on for patient in patients)
        assert len(store.fetch_cases()) == 160
        assert len(store.fetch_assessments()) == 160
        cohort = make_cohort()
        assert len(store.fetch_reads()) == sum(len(patient.reads) for patient in cohort)
        assert len(store.fetch_references()) == sum(patient.reference is not None for patient in cohort)


def test_images_are_read_measured_and_pictured_as_an_upload_would_be(with_images: Path) -> None:
    with open_in(with_images) as store:
        series = store.fetch_series("P031")
        measurements = store.fetch_measurements("P031")
        case = store.fetch_case("P031")
    assert {one.modality for one in series} == {"PT", "CT"}
    pet = next(one for one in series if one.modality == "PT")
    assert pet.inspection["suv_type"] == "SUVbw"
    assert pet.volume_path is not None
    assert read_volume(with_images / pet.volume_path).unit == "SUVbw"
    assert pet.preview_path is not None
    assert (with_images / pet.preview_path).read_bytes()[:2] == b"\xff\xd8"
    measured = next(one for one in measurements if one.site == "adrenal_left")
    entry = next(one for one in case["imaging"] if one["modality"] == "PET" and one["region"] == "adrenal_left")
    assert measured.suv_max is not None
    assert entry["suv_max"] == pytest.approx(measured.suv_max, abs=0.06)
    assert entry["uptake_minutes"] == pytest.approx(61.5, abs=0.1)
    assert not (with_images / "incoming").exists()


def test_the_second_time_nothing_is_made(
    few: tuple[SyntheticPatient, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepare(tmp_path, specs=()).made
    monkeypatch.setattr(program, "_save", lambda *_: pytest.fail("saved again"))
    assert not prepare(tmp_path, specs=()).made


def test_force_makes_it_again_without_doubling_reads(few: tuple[SyntheticPatient, ...], tmp_path: Path) -> None:
    prepare(tmp_path, specs=())
    assert prepare(tmp_path, force=True, specs=()).made
    with open_in(tmp_path) as store:
        assert len(store.fetch_reads()) == sum(len(patient.reads) for patient in few)


def test_a_folder_left_half_made_is_made_again(
    few: tuple[SyntheticPatient, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "fetch_assessment", interrupt)
        with pytest.raises(KeyboardInterrupt):
            prepare(tmp_path, specs=())
    assert not (tmp_path / MARKER).exists()
    assert prepare(tmp_path, specs=()).made
    marker = read_marker(tmp_path)
    assert marker is not None
    assert (marker.synthetic_patients, marker.studies) == (FEW, 0)
    with open_in(tmp_path) as store:
        assert len(store.fetch_reads()) == sum(len(patient.reads) for patient in few)


def test_a_database_taken_away_is_filled_again(few: tuple[SyntheticPatient, ...], tmp_path: Path) -> None:
    prepare(tmp_path, specs=())
    for file in tmp_path.glob("cushing.db*"):
        file.unlink()
    assert prepare(tmp_path, specs=()).made


def test_an_empty_database_in_its_place_is_filled_again(few: tuple[SyntheticPatient, ...], tmp_path: Path) -> None:
    prepare(tmp_path, specs=())
    with open_in(tmp_path) as store:
        full = len(store.fetch_patients())
    for file in tmp_path.glob("cushing.db*"):
        file.write_bytes(b"")
    assert find_ready(tmp_path) is None
    assert prepare(tmp_path, specs=()).made
    with open_in(tmp_path) as store:
        assert len(store.fetch_patients()) == full


def test_a_marker_nobody_can_read_counts_as_none(tmp_path: Path) -> None:
    for text in ("", "[]", '{"studies": 1}', "not json"):
        (tmp_path / MARKER).write_text(text)
        assert read_marker(tmp_path) is None


def test_the_folder_is_the_one_the_store_uses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUSHING_DATA", str(tmp_path / "here"))
    assert find_data_folder() == data_folder()


def test_a_real_patient_of_the_same_name_is_never_overwritten(
    few: tuple[SyntheticPatient, ...], tmp_path: Path
) -> None:
    with open_in(tmp_path) as store:
        store.save_patient(Patient("P002", age_years=50, sex="male", synthetic=False))
    with pytest.raises(PrepareError, match="P002 who is not marked synthetic"):
        prepare(tmp_path, specs=())
    with open_in(tmp_path) as store:
        assert [patient.patient_id for patient in store.fetch_patients()] == ["P002"]


def test_measured_numbers_replace_those_of_the_same_tracer_and_region_only() -> None:
    case = {
        "case_id": "P900",
        "imaging": [
            {"modality": "CT", "region": "adrenal_left", "size_mm": 20},
            {
                "modality": "PET",
                "tracer": "68Ga-Pentixafor",
                "region": "adrenal_left",
                "suv_max": 1.0,
                "uptake": "positive",
            },
            {"modality": "PET", "tracer": "68Ga-DOTATATE", "region": "adrenal_left", "suv_max": 2.0},
        ],
    }
    measured = {
        "adrenal_left": {"suv_max": 9.5, "suv_peak": None},
        "other_adrenal_left": {"contralateral_suv_max": 4.0},
    }
    taken = TakenIn("P900", "68Ga-Pentixafor", (), (), measured)
    entries = put_measured(case, [taken])["imaging"]
    assert entries[1]["suv_max"] == 9.5
    assert entries[1]["contralateral_suv_max"] == 4.0
    assert entries[1]["uptake"] == "positive"
    assert "suv_peak" not in entries[1]
    assert entries[0] == case["imaging"][0]
    assert entries[2] == case["imaging"][2]
    assert put_measured(case | {"case_id": "P901"}, [taken])["imaging"] == case["imaging"]


def lose_the_process(spec: StudySpec, folder: Path) -> None:
    os._exit(3)


def test_a_lost_process_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CrewError, match="was ended"):
        list(work_through(lose_the_process, load_study_specs()[:1], tmp_path, workers=1))


def test_the_command_prints_every_case_on_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cohort"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["case_id"] for line in lines] == [f"P{number:03d}" for number in range(1, 161)]


def test_the_command_answers_an_interruption_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("CUSHING_DATA", str(tmp_path))
    monkeypatch.setattr(program, "prepare", interrupt)
    assert main(["prepare"]) == 130
    assert "made again next time" in capsys.readouterr().err
