"""From the PACS on the imaging page: found, fetched with progress, opened like an upload; stopped or failed, nothing stays."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pydicom
import pytest
from streamlit.testing.v1 import AppTest

from exchange.pacs_send import send_to_pacs
from sample_data.studies import StudyTruth
from store import Store, data_folder
from tests.exchange.exports import make_small_study
from tests.exchange.orthanc import find_free_port, run_orthanc
from tests.exchange.web_pacs import END, PARTS, STALLS_S, Reply, answering, part
from tests.views.people import open_app, said


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("PACS_URL", raising=False)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyTruth:
    return make_small_study(tmp_path_factory.mktemp("study"), "SIEMENS")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, study: StudyTruth) -> Iterator[str]:
    """A PACS that has the study."""
    with run_orthanc(tmp_path_factory.mktemp("orthanc")) as url, pytest.MonkeyPatch.context() as environment:
        environment.setenv("NO_PROXY", "127.0.0.1")
        environment.setenv("PACS_URL", url)
        files = sorted(study.folder.rglob("*.dcm"))
        assert all(answer.stored for answer in send_to_pacs([(file.name, file) for file in files]))
        yield url


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label.startswith(label)).click().run()
    assert not app.exception, app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def search(app: AppTest, **typed: str) -> AppTest:
    press(app, "From the PACS")
    for label, text in typed.items():
        next(one for one in app.text_input if one.label.replace(" ", "_") == label).set_value(text)
    return press(app, "Search")


def choose_first(app: AppTest) -> AppTest:
    app.radio[-1].set_value(0).run()
    assert not app.exception, app.exception
    return app


def wait(app: AppTest, done: Callable[[], bool]) -> AppTest:
    """Draw the page again and again, as a browser does while something is fetched."""
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, said(app)
        time.sleep(0.05)
        app.run()
        assert not app.exception, app.exception
    return app


def fetching(app: AppTest) -> Any:
    return app.session_state["board_drafts"].get("imaging_pacs", {}).get("job")


def left_behind() -> list[Path]:
    return [path for path in (data_folder() / "uploads").rglob("*") if path.is_file()]


def test_without_a_pacs_one_sentence_says_how_to_name_one(store: Store) -> None:
    app = open_app("imaging", "P052")
    assert "From the PACS" not in labels(app)
    assert said(app).count("PACS_URL") == 1


@pytest.mark.service
def test_a_study_is_found_fetched_and_opened_like_an_upload(
    address: str, study: StudyTruth, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACS_URL", address)
    app = search(open_app("imaging", "P052"), Patient_ID=study.patient_id)
    assert "PACS_URL" not in said(app)
    assert study.patient_id in str(app.radio[0].options) and "SYNTHETIC" in str(app.radio[0].options)
    choose_first(app)
    assert any("tracer by its name: Pentixafor" in one.label for one in app.checkbox)
    assert f"PACS patient {study.patient_id} is opened as P052" in said(app)
    press(app, "Fetch 2 series")
    wait(app, lambda: fetching(app) is None)
    assert "not attached" in str(app.radio[0].options)
    assert "SUV from" in said(app)
    assert not [path for path in left_behind() if path.suffix == ".dcm"], "the files go once they are read"


@pytest.mark.service
def test_a_series_may_be_left_out(
    address: str, study: StudyTruth, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACS_URL", address)
    app = choose_first(search(open_app("imaging", "P052"), Name="synth"))
    next(one for one in app.checkbox if one.label.startswith("CT")).uncheck().run()
    press(app, "Fetch 1 series")
    wait(app, lambda: fetching(app) is None)
    assert "No CT of the same study is open" in said(app)


@pytest.mark.service
def test_a_search_without_a_find_says_so(address: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_URL", address)
    app = search(open_app("imaging", "P052"), Patient_ID="NOBODY")
    assert "The PACS has no PET study that fits" in said(app)


@pytest.mark.service
def test_an_error_keeps_what_was_found_before(address: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_URL", address)
    app = search(open_app("imaging", "P052"))
    monkeypatch.setenv("PACS_URL", address.replace("secret", "guessed"))
    press(app, "Search")
    assert "PACS_USER and PACS_PASSWORD" in said(app) and "guessed" not in said(app)
    assert "SYNTHETIC" in str(app.radio[0].options)


def test_a_pacs_that_is_off_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_URL", f"http://127.0.0.1:{find_free_port()}/dicom-web")
    assert "No PACS answers at" in said(search(open_app("imaging", "P052")))


def test_days_in_the_wrong_order_are_not_asked_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_URL", "http://127.0.0.1:1/dicom-web")
    app = press(open_app("imaging", "P052"), "From the PACS")
    app.date_input[0].set_value("2026-05-04")
    app.date_input[1].set_value("2026-05-03")
    assert "ends (3 May 2026) before it begins" in said(press(app, "Search"))


@dataclass
class Hospital:
    """A PACS that has one study of one PET series, and stops sending, or lets go, after some of its images."""

    images: list[Path]
    patient_id: str = "4711"
    sent: int = 8
    go_on: threading.Event = field(default_factory=threading.Event)
    whole: bool = True

    def answer(self, method: str, path: str, body: bytes) -> Reply:
        head = pydicom.dcmread(self.images[0], stop_before_pixels=True)
        if f"/series/{head.SeriesInstanceUID}" in path:
            first = b"".join(map(part, self.images[: self.sent])) + b"--edge\r\n"
            rest = b"".join(map(part, self.images[self.sent :])) + END
            return Reply(200, first, PARTS, self.go_on, rest if self.whole else b"", len(first) + len(rest))
        head.PatientID = self.patient_id
        head.ModalitiesInStudy = "PT"
        head.NumberOfSeriesRelatedInstances = len(self.images)
        wanted = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "Modality", "ModalitiesInStudy", "StudyDate")
        kept = [*wanted, "NumberOfSeriesRelatedInstances", "SeriesDescription"]
        listed = pydicom.Dataset()
        for keyword in kept:
            listed[keyword] = head[keyword]
        return Reply(body=f"[{listed.to_json()}]".encode())


@pytest.fixture
def hospital(study: StudyTruth) -> Hospital:
    return Hospital(sorted((study.folder / "PT").iterdir())[:12], study.patient_id)


def begin(url: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page while the first images of the study have come and no more do."""
    monkeypatch.setenv("PACS_URL", url)
    app = press(choose_first(search(open_app("imaging", "P052"))), "Fetch")
    return wait(app, lambda: fetching(app).fetched > 1)


def test_cancel_stops_at_once_and_nothing_stays(
    hospital: Hospital, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(hospital.answer) as url:
        app = begin(url, monkeypatch)
        job = fetching(app)
        assert re.search(r"image [1-9]\d* of 12", str([one.proto for one in app.run().get("progress")]))
        assert left_behind()
        press(app, "Cancel")
        assert fetching(app) is None and "Cancel" not in labels(app)
        end = time.monotonic() + STALLS_S / 2
        while job.running and time.monotonic() < end:
            time.sleep(0.02)
        assert not hospital.go_on.is_set(), "the PACS still stalls"
        assert not job.running and not left_behind()
        hospital.go_on.set()
    assert "No images of P052 are here yet" in said(app.run())


def test_the_page_answers_while_a_study_is_fetched(
    hospital: Hospital, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(hospital.answer) as url:
        app = begin(url, monkeypatch)
        app.switch_page("pages/review.py").run()
        assert not app.exception and "P052" in said(app)
        app.switch_page("pages/imaging.py").run()
        assert fetching(app).running, "it waits for nothing that the PACS must send"
        hospital.go_on.set()
        wait(app, lambda: fetching(app) is None)
    assert "12 slices" in str(app.radio[0].proto)


def test_a_pacs_that_goes_away_in_the_middle_leaves_nothing_and_may_be_tried_again(
    hospital: Hospital, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital.whole = False
    with answering(hospital.answer) as url:
        app = begin(url, monkeypatch)
        hospital.go_on.set()
        wait(app, lambda: "broke off in the middle, and nothing was kept" in said(app))
        assert not left_behind()
        hospital.whole = True
        press(app, "Try again")
        wait(app, lambda: fetching(app) is None)
    assert "12 slices" in str(app.radio[0].proto)


def test_images_of_another_patient_than_listed_are_not_opened(
    hospital: Hospital, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital.patient_id = "SOMEBODY"
    hospital.go_on.set()
    with answering(hospital.answer) as url:
        monkeypatch.setenv("PACS_URL", url)
        app = press(choose_first(search(open_app("imaging", "P052"))), "Fetch")
        wait(app, lambda: "another patient's identifier" in said(app))
        press(app, "Close")
    assert not left_behind() and "another patient" not in said(app)


def test_a_second_person_for_one_patient_must_be_confirmed(
    hospital: Hospital, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital.go_on.set()
    with answering(hospital.answer) as url:
        monkeypatch.setenv("PACS_URL", url)
        app = press(choose_first(search(open_app("imaging", "P052"))), "Fetch")
        wait(app, lambda: fetching(app) is None)
        hospital.patient_id = "SOMEBODY"
        choose_first(search(app))
        assert "another patient, unless the PACS knows one person by two numbers" in said(app)
        assert "Fetch" not in " ".join(labels(app))
        next(one for one in app.checkbox if one.label == "They are the same person").check().run()
        assert "Fetch 1 series" in " ".join(labels(app))
