"""A study is found in a PACS, fetched, measured and kept; the lesion goes back to the PACS and is there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Browser, expect

from exchange.lesion import Lesion
from exchange.pacs import Wanted, fetch_series_files, fetch_studies
from exchange.pacs_send import send_to_pacs
from exchange.pacs_service import ask_pacs, read_answer
from imaging.dicom import load_volume
from tests.browser.board import Board
from tests.browser.conftest import OUTPUT, find_log, run_server, visit
from tests.browser.test_pet_upload import look_at, measured
from tests.exchange.exports import files_around, make_small_study, measure, read_pet
from tests.exchange.orthanc import run_orthanc
from tests.exchange.web_pacs import answering
from tests.views.test_pacs_panel import Hospital

pytestmark = [pytest.mark.browser, pytest.mark.service]
NAME, HOSPITAL_ID = "N303", "P006"


@pytest.fixture(scope="module")
def pacs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with (
        run_orthanc(tmp_path_factory.mktemp("orthanc")) as url,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("NO_PROXY", "127.0.0.1")
        environment.setenv("PACS_URL", url)
        yield url


@pytest.fixture(scope="module")
def lesion(pacs: str, tmp_path_factory: pytest.TempPathFactory) -> Lesion:
    """The adrenal lesion of the study that the PACS has: PET slices near it, and the CT."""
    study = make_small_study(tmp_path_factory.mktemp("study"), "SIEMENS")
    pet, truth = read_pet(study.folder / "PT"), next(one for one in study.lesions if one.site == "adrenal_left")
    found = measure(load_volume(pet), truth.centre_mm)
    files = [*files_around(pet, found), *sorted((study.folder / "CT").iterdir())]
    assert all(answer.stored for answer in send_to_pacs([(file.name, file) for file in files]))
    return found


@pytest.fixture
def board(
    browser: Browser, pacs: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Board]:
    """A visit to an app that knows the PACS, with no patient yet."""
    log = find_log("pacs-server")
    folder = tmp_path_factory.mktemp("data")
    with (
        run_server(folder, log, PACS_URL=pacs, NO_PROXY="127.0.0.1") as address,
        visit(browser, address, log, request.node.name) as opened,
    ):
        yield opened


def test_a_study_comes_from_the_pacs_and_its_lesion_goes_back(board: Board, lesion: Lesion, tmp_path: Path) -> None:
    import_patient(board, tmp_path)
    fetch_study(board)
    volume_ml = measure_and_keep(board, lesion)
    send_lesion(board)
    see_in_pacs(lesion, volume_ml, tmp_path)


def test_cancel_stops_a_study_that_does_not_come(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    study = make_small_study(tmp_path / "study", "SIEMENS")
    hospital, log = Hospital(sorted((study.folder / "PT").iterdir())[:12], HOSPITAL_ID), find_log("pacs-server")
    with (
        answering(hospital.answer) as url,
        run_server(tmp_path / "data", log, PACS_URL=url, NO_PROXY="127.0.0.1") as address,
        visit(browser, address, log, request.node.name) as board,
    ):
        import_patient(board, tmp_path)
        ask_for_study(board)
        board.page.get_by_role("dialog").get_by_role("button", name=re.compile("^Fetch")).click()
        board.see(re.compile(r"image [1-9] of 12"))
        board.go("Review")
        board.see(re.compile(rf"^{NAME} "))
        board.go("Imaging")
        board.see(re.compile(r"image [1-9] of 12"))
        board.page.screenshot(path=OUTPUT / "pacs-fetching.png")
        board.press("Cancel")
        board.see_notice("Fetching is cancelled")
        board.miss("From the PACS:")
        board.see(f"No images of {NAME} are here yet")
        hospital.go_on.set()
    assert not list((tmp_path / "data" / "uploads").rglob("*.dcm"))


def import_patient(board: Board, folder: Path) -> None:
    """A patient about whom nothing is known yet, from a case file."""
    file = folder / "case.json"
    file.write_text(json.dumps({"case_id": NAME, "sex": "female"}))
    board.open()
    board.press("Import")
    board.upload(file)
    board.page.get_by_role("button", name="Import 1 case").click()
    board.see_notice("1 case imported")


def ask_for_study(board: Board) -> None:
    """Search the PACS for the patient and choose the study."""
    board.open(f"/imaging?patient={NAME}")
    board.see(f"No images of {NAME} are here yet")
    board.press("From the PACS")
    dialog = board.page.get_by_role("dialog")
    dialog.get_by_label("Patient ID", exact=True).fill(HOSPITAL_ID)
    dialog.get_by_role("button", name="Search").click()
    dialog.get_by_text(re.compile(rf"^{HOSPITAL_ID} · ")).click()


def fetch_study(board: Board) -> None:
    ask_for_study(board)
    dialog = board.page.get_by_role("dialog")
    expect(dialog.get_by_text("tracer by its name: Pentixafor")).to_be_visible()
    expect(dialog.get_by_text(f"PACS patient {HOSPITAL_ID} is opened as {NAME}")).to_be_visible()
    board.step("found")
    dialog.get_by_role("button", name=re.compile("^Fetch 2 series, ")).click()
    board.see("not attached", "68Ga-Pentixafor", "CT of the same study")
    board.step("fetched")


def measure_and_keep(board: Board, lesion: Lesion) -> float:
    """Measure the lesion and attach it to the patient; the volume that the page says."""
    look_at(board, lesion.measurement.max_mm)
    board.press("Measure at the crosshair")
    assert float(measured(board, "SUVmax")) == pytest.approx(lesion.measurement.suv_max, rel=0.01)
    volume_ml = float(measured(board, "Volume"))
    board.choose(board.main.get_by_label("Where is it?"), "left adrenal")
    board.switch("positive")
    board.press("Attach to patient")
    board.see_notice(f"stands in the case of {NAME}")
    return volume_ml


def send_lesion(board: Board) -> None:
    board.press("Export a lesion…")
    board.click(board.popover.get_by_role("button", name="Prepare the files"))
    expect(board.popover.get_by_text(f"They go under the pseudonym {NAME}")).to_be_visible()
    board.click(board.popover.get_by_text(f"Yes, send 4 objects as {NAME}"))
    board.popover.get_by_role("button", name="Send to the PACS").click()
    expect(board.popover.get_by_text("stored 4 of 4 objects")).to_be_visible()
    board.step("sent")


def see_in_pacs(lesion: Lesion, volume_ml: float, folder: Path) -> None:
    """The segmentation stands in the PACS under the pseudonym, in a study of its own, as large as was measured."""
    assert not fetch_studies(NAME), "no PET was sent, only what was drawn on it"
    (original,) = fetch_studies(HOSPITAL_ID)
    (study_uid,) = find_study_uids(NAME)
    assert study_uid != original.study_uid
    (file,) = fetch_series_files(Wanted(study_uid, NAME, modalities=["SEG"]), folder / "seg")
    segmentation = pydicom.dcmread(file)
    assert segmentation.SegmentSequence[0].SegmentLabel == "Lesion 1 adrenal left"
    assert (str(segmentation.PatientName), segmentation.PatientIdentityRemoved) == (NAME, "YES")
    voxels = int(np.count_nonzero(segmentation.pixel_array))
    assert voxels == int(lesion.mask.sum())
    assert voxels * float(np.prod(lesion.volume.spacing_mm)) / 1000 == pytest.approx(volume_ml, rel=0.01)


def find_study_uids(patient_id: str) -> set[str]:
    with ask_pacs() as client:
        answers = read_answer(client.search_for_studies(search_filters={"PatientID": patient_id}))
    return {str(one.StudyInstanceUID) for one in answers}
