"""Studies go into a real PACS and come back the same; a PACS that is absent or refuses says so in a sentence."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from exchange.pacs import PacsError, fetch_series_files, fetch_studies, has_pacs, write_to_pacs
from imaging.dicom import Series, load_volume, read_study
from sample_data.scanner import load_scanners
from sample_data.specs import load_study_specs
from sample_data.studies import StudyTruth, make_study
from tests.exchange.orthanc import find_free_port, run_orthanc


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("PACS_URL", raising=False)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_orthanc(tmp_path_factory.mktemp("orthanc")) as url:
        yield url


@pytest.fixture
def pacs(address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PACS_URL", address)
    return address


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyTruth:
    """The smallest study of a scanner with a slope for each slice: a coarse matrix, every slice as in life."""
    spec = next(one for one in load_study_specs() if one.vendor == "GE")
    scanner = replace(load_scanners()["GE"], pet_matrix=64, pet_pixel_mm=9.375, pet_slice_mm=17.0)
    return make_study(spec, tmp_path_factory.mktemp("study"), scanner=scanner)


def pet_files(study: StudyTruth) -> list[Path]:
    return sorted((study.folder / "PT").iterdir())


def only_pet(folder: Path) -> Series:
    return next(one for one in read_study(folder).series if one.modality == "PT")


@pytest.mark.service
def test_a_study_comes_back_from_the_pacs_with_the_same_suv_and_the_same_pixels(
    pacs: str, study: StudyTruth, tmp_path: Path
) -> None:
    sent = pet_files(study)
    assert write_to_pacs(sent) == len(sent)
    steps: list[tuple[int, int]] = []
    files = fetch_series_files(study.study_uid, tmp_path, lambda *step: steps.append(step), modalities=["PT"])
    assert len(files) == len(sent)
    assert steps[-1] == (len(sent), len(sent))
    before, after = only_pet(study.folder / "PT"), only_pet(tmp_path)
    assert before.suv and after.suv and before.suv.factors
    assert after.suv == before.suv
    assert len({header.slope for header in after.headers}) > 1
    assert np.array_equal(load_volume(after).values, load_volume(before).values)
    assert load_volume(after).unit == "SUVbw"


@pytest.mark.service
def test_the_pacs_lists_a_study_by_patient_and_by_day(pacs: str, study: StudyTruth) -> None:
    write_to_pacs(pet_files(study))
    (found,) = fetch_studies(study.patient_id)
    assert (found.study_uid, found.patient_id, found.modalities) == (study.study_uid, study.patient_id, ("PT",))
    assert found.instances == len(pet_files(study))
    assert found.study_date and found.description
    day = date.fromisoformat(found.study_date)
    assert fetch_studies(since=day, until=day) == (found,)
    assert fetch_studies(study.patient_id, since=day.replace(year=day.year + 1)) == ()
    assert fetch_studies("nobody") == ()


@pytest.mark.service
def test_bytes_are_stored_as_files_are(pacs: str, study: StudyTruth) -> None:
    assert write_to_pacs([pet_files(study)[0].read_bytes()]) == 1


@pytest.mark.service
def test_a_study_the_pacs_does_not_have_leaves_nothing_behind(pacs: str, tmp_path: Path) -> None:
    with pytest.raises(PacsError, match=r"HTTP 404|has: nothing"):
        fetch_series_files("1.2.3.4.5", tmp_path / "study")
    assert not list(tmp_path.rglob("*.dcm"))


@pytest.mark.service
def test_series_of_another_kind_are_named_when_none_can_be_read(pacs: str, study: StudyTruth, tmp_path: Path) -> None:
    write_to_pacs(pet_files(study))
    with pytest.raises(PacsError, match=r"no CT series in the PACS \(it has: PT\)"):
        fetch_series_files(study.study_uid, tmp_path, modalities=["CT"])


@pytest.mark.service
def test_a_wrong_password_is_refused_and_never_repeated(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_URL", address.replace("secret", "guessed"))
    with pytest.raises(PacsError, match="user and password") as refused:
        fetch_studies()
    assert "guessed" not in str(refused.value) and "board:" not in str(refused.value)


def test_without_an_address_the_sentence_says_where_to_name_it() -> None:
    assert not has_pacs()
    with pytest.raises(PacsError, match="PACS_URL"):
        fetch_studies()


@pytest.mark.parametrize("address", ["pacs.example.org", "ftp://pacs.example.org", "https://", "http://host:none/x"])
def test_something_that_is_no_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_URL", address)
    with pytest.raises(PacsError, match="not an address"):
        fetch_studies()


def test_a_pacs_that_is_switched_off_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_URL", f"http://127.0.0.1:{find_free_port()}/dicom-web")
    with pytest.raises(PacsError, match="No PACS answers at"):
        fetch_studies()


def test_a_file_that_is_not_dicom_is_named_and_nothing_is_sent(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear colleague", encoding="utf-8")
    with pytest.raises(PacsError, match=r"letter\.txt is not DICOM; nothing was sent"):
        write_to_pacs([letter])


def test_a_study_uid_from_elsewhere_cannot_change_the_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PACS_URL", "http://127.0.0.1:1/dicom-web")
    with pytest.raises(PacsError, match="not a Study Instance UID"):
        fetch_series_files("../../system", tmp_path)


Answer = tuple[int, bytes, str]


@contextmanager
def answering(answer: Callable[[str], Answer]) -> Iterator[str]:
    """A web server that answers each path with a status, a body and its kind."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, kind = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Keep the test's output quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/dicom-web"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (200, b"<html>Welcome</html>", "not a DICOMweb service"),
        (200, b'["a", "b"]', "not a DICOMweb service"),
        (403, b"", "ask its administrator for the right"),
        (500, b"", "HTTP 500"),
        (503, b"", "try again in a minute"),
    ],
)
def test_what_answers_wrongly_is_told_in_a_sentence(
    status: int, body: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(lambda path: (status, body, "text/html")) as url:
        monkeypatch.setenv("PACS_URL", url)
        with pytest.raises(PacsError, match=says):
            fetch_studies()


def test_fewer_images_than_announced_are_not_kept(
    study: StudyTruth, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    image = pet_files(study)[0].read_bytes()
    two = b'[{"00080060":{"vr":"CS","Value":["PT"]},"0020000E":{"vr":"UI","Value":["1.2.3"]},'
    two += b'"00201209":{"vr":"IS","Value":[2]}}]'
    one = b"--edge\r\nContent-Type: application/dicom\r\n\r\n" + image + b"\r\n--edge--"

    def answer(path: str) -> Answer:
        if path.endswith("/series/1.2.3"):
            return 200, one, 'multipart/related; type="application/dicom"; boundary=edge'
        return 200, two, "application/dicom+json"

    with answering(answer) as url:
        monkeypatch.setenv("PACS_URL", url)
        with pytest.raises(PacsError, match="sent 1 of 2 images of a series, and nothing was kept"):
            fetch_series_files("1.2", tmp_path)
    assert not list(tmp_path.iterdir())
