"""The objects of a lesion go to the PACS after a look at under whose name; what it says of each is told."""

import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
import requests
from pydicom.dataset import Dataset
from streamlit.testing.v1 import AppTest

from exchange.dicom_source import Owner
from exchange.lesion_package import WHAT
from store import Store
from tests.exchange.exports import files_around, make_small_study, measure_hottest, read_pet
from tests.exchange.orthanc import run_orthanc
from tests.exchange.web_pacs import Reply, answering
from tests.views.people import open_app, said
from views.pacs_sending import NAMES, say_owner


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("PACS_URL", raising=False)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The PET of a study near its lesion, as a zip."""
    series = read_pet(make_small_study(tmp_path_factory.mktemp("study"), "SIEMENS").folder / "PT")
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in files_around(series, measure_hottest(series)):
            archive.write(file, file.name)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_orthanc(tmp_path_factory.mktemp("orthanc")) as url:
        yield url


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception, app.exception
    return app


@pytest.fixture
def prepared(study: bytes, store: Store) -> AppTest:
    """A measured lesion of P052 whose files are prepared."""
    app = open_app("imaging", "P052")
    app.file_uploader[0].upload("study.zip", study).run()
    for label in ("Read study.zip", "To the hottest point nearby", "Measure at the crosshair", "Prepare the files"):
        press(app, label)
    return app


def send(app: AppTest, url: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Confirm and send, and draw the page until every object has its answer."""
    monkeypatch.setenv("PACS_URL", url)
    app.run()
    confirm(app)
    press(app, "Send to the PACS")
    end = time.monotonic() + 30
    while "stored" not in told(app):
        assert time.monotonic() < end, said(app)
        time.sleep(0.05)
        app.run()
        assert not app.exception, app.exception
    return app


def confirm(app: AppTest) -> None:
    next(one for one in app.checkbox if one.label.startswith("Yes, send")).check().run()


def told(app: AppTest) -> str:
    return "\n".join(str(one.value) for kind in (app.info, app.warning, app.error) for one in kind)


@pytest.mark.service
def test_four_objects_are_stored_under_the_pseudonym(
    prepared: AppTest, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACS_URL", address)
    assert "under the pseudonym P052 with the shifted dates and replaced UIDs" in said(prepared.run())
    app = send(prepared, address, monkeypatch)
    assert "stored 4 of 4 objects" in told(app)
    assert "Send again" not in [one.label for one in app.button]
    found = requests.get(f"{address}/instances", {"PatientID": "P052"}, timeout=20).json()
    assert {one["00080060"]["Value"][0] for one in found} == {"SEG", "SR", "RTSTRUCT", "OT"}
    (study_uid,) = {one["0020000D"]["Value"][0] for one in found}
    assert study_uid.startswith("2.25.")


def test_nothing_is_offered_without_a_pacs(prepared: AppTest) -> None:
    assert "Send to the PACS" not in [one.label for one in prepared.button]


def test_nothing_goes_before_it_is_confirmed(prepared: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_URL", "http://127.0.0.1:1/dicom-web")
    app = prepared.run()
    assert next(one for one in app.button if one.label == "Send to the PACS").disabled
    assert "PACS at 127.0.0.1: Segmentation (SEG), Measurement report (SR)" in said(app)


@dataclass
class Hospital:
    """A PACS that answers each object as told, in the order in which they come."""

    replies: list[Callable[[Dataset], Reply]]
    seen: list[Dataset] = field(default_factory=list)

    def answer(self, method: str, path: str, body: bytes) -> Reply:
        start = body.index(b"DICM") - 128
        dataset = pydicom.dcmread(BytesIO(body[start:]), stop_before_pixels=True, force=True)
        self.seen.append(dataset)
        return self.replies[len(self.seen) - 1](dataset)


def reply(status: int, sequence: str, keyword: str = "", code: int = 0) -> Callable[[Dataset], Reply]:
    def answer(dataset: Dataset) -> Reply:
        item, told = Dataset(), Dataset()
        item.ReferencedSOPInstanceUID = dataset.SOPInstanceUID
        if keyword:
            setattr(item, keyword, code)
        setattr(told, sequence, [item])
        return Reply(status, json.dumps(told.to_json_dict()).encode())

    return answer


STORED = reply(200, "ReferencedSOPSequence")
CHANGED = reply(202, "ReferencedSOPSequence", "WarningReason", 0xB000)
REFUSED = reply(409, "FailedSOPSequence", "FailureReason", 0x0122)


def test_refused_and_changed_objects_are_named_with_the_reason(
    prepared: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital = Hospital([STORED, REFUSED, CHANGED, STORED])
    with answering(hospital.answer) as url:
        app = send(prepared, url, monkeypatch)
    assert "stored 3 of 4 objects" in told(app)
    assert "Measurement report (SR): **not stored**: it does not store objects of this kind" in told(app)
    assert "RT Structure Set: stored, but it changed some of the attributes" in told(app)
    assert {str(one.PatientID) for one in hospital.seen} == {"P052"}


def test_a_pacs_that_goes_away_in_the_middle_is_told_and_may_be_sent_to_again(
    prepared: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital = Hospital([STORED, lambda dataset: Reply(503), *[STORED] * 4])
    with answering(hospital.answer) as url:
        app = send(prepared, url, monkeypatch)
        assert "stored 1 of 4 objects" in told(app)
        assert "not known whether it was stored" in told(app) and "not sent" in told(app)
        press(app, "Send again")
        end = time.monotonic() + 30
        while "stored 4 of 4" not in told(app):
            assert time.monotonic() < end, told(app)
            time.sleep(0.05)
            app.run()
    assert [str(one.SOPInstanceUID) for one in hospital.seen[:1]] == [str(hospital.seen[2].SOPInstanceUID)]


def test_a_pacs_that_refuses_everything_says_why(prepared: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital = Hospital([lambda dataset: Reply(401)])
    with answering(hospital.answer) as url:
        app = send(prepared, url, monkeypatch)
    assert "Nothing was stored." in told(app) and "PACS_TOKEN" in told(app)


@pytest.mark.parametrize(
    ("removed", "says"), [("YES", "the pseudonym P017"), ("NO", "with their identity"), ("", "with")]
)
def test_as_whom_objects_go_follows_from_the_images(removed: str, says: str) -> None:
    module = Dataset()
    module.PatientID, module.PatientIdentityRemoved = "P017", removed
    assert says in say_owner(Owner("P017", module))


def test_every_object_of_an_export_has_a_name_in_words() -> None:
    assert set(NAMES) == {name for name in WHAT if Path(name).suffix == ".dcm"}
