"""Studies are found in a real PACS and come back the same; a PACS that is absent or refuses says so in a sentence."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pydicom
import pytest

from exchange.pacs import PacsError, PacsStudy, Wanted, fetch_series, fetch_series_files, fetch_studies, has_pacs
from exchange.pacs_send import send_to_pacs
from exchange.pacs_service import PacsStopped, Stop, name_pacs
from imaging.dicom import Series, load_volume, read_study
from sample_data.scanner import load_scanners
from sample_data.specs import load_study_specs
from sample_data.studies import StudyTruth, make_study
from tests.exchange.orthanc import find_free_port, run_orthanc
from tests.exchange.web_pacs import END, PARTS, STALLS_S, Reply, answering, one_series, part


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("PACS_URL", "PACS_USER", "PACS_PASSWORD", "PACS_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyTruth:
    """The smallest study of a scanner with a slope for each slice: a coarse matrix, every slice as in life."""
    spec = next(one for one in load_study_specs() if one.vendor == "GE")
    scanner = replace(load_scanners()["GE"], pet_matrix=64, pet_pixel_mm=9.375, pet_slice_mm=17.0)
    return make_study(spec, tmp_path_factory.mktemp("study"), scanner=scanner)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, study: StudyTruth) -> Iterator[str]:
    """A PACS that has the PET of the study."""
    with run_orthanc(tmp_path_factory.mktemp("orthanc")) as url, pytest.MonkeyPatch.context() as environment:
        environment.setenv("NO_PROXY", "127.0.0.1")
        environment.setenv("PACS_URL", url)
        assert all(answer.stored for answer in send_to_pacs([(file.name, file) for file in pet_files(study)]))
        yield url


@pytest.fixture
def pacs(address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PACS_URL", address)
    return address


def pet_files(study: StudyTruth) -> list[Path]:
    return sorted((study.folder / "PT").iterdir())


def only_pet(folder: Path) -> Series:
    return next(one for one in read_study(folder).series if one.modality == "PT")


def listed(study_uid: str) -> PacsStudy:
    return PacsStudy(study_uid, None, None, None, None, (), None, None)


@pytest.mark.service
def test_a_study_comes_back_from_the_pacs_with_the_same_suv_and_the_same_pixels(
    pacs: str, study: StudyTruth, tmp_path: Path
) -> None:
    steps: list[tuple[int, int]] = []
    wanted = Wanted(study.study_uid, study.patient_id)
    files = fetch_series_files(wanted, tmp_path, lambda *step: steps.append(step))
    count = len(pet_files(study))
    assert len(files) == count
    assert steps == [(n, count) for n in range(1, count + 1)]
    before, after = only_pet(study.folder / "PT"), only_pet(tmp_path)
    assert before.suv and after.suv and before.suv.factors
    assert after.suv == before.suv
    assert len({header.slope for header in after.headers}) > 1
    assert np.array_equal(load_volume(after).values, load_volume(before).values)
    assert load_volume(after).unit == "SUVbw"


@pytest.mark.service
def test_the_pacs_lists_a_study_by_patient_name_and_day(pacs: str, study: StudyTruth) -> None:
    (found,) = fetch_studies(study.patient_id)
    assert (found.study_uid, found.patient_id, found.modalities) == (study.study_uid, study.patient_id, ("PT",))
    assert found.instances == len(pet_files(study))
    assert found.study_date and found.description
    day = date.fromisoformat(found.study_date)
    assert fetch_studies(since=day, until=day) == (found,)
    assert fetch_studies(study.patient_id, since=day.replace(year=day.year + 1)) == ()
    assert fetch_studies("nobody") == ()
    name = str(pydicom.dcmread(pet_files(study)[0]).PatientName)
    assert found.patient_name == name.replace("^", " ").strip()
    for typed in (name[1:4].lower(), name, name.replace("^", " "), name.replace("^", ", ")):
        assert fetch_studies(patient_name=typed) == (found,)
    assert fetch_studies(patient_name="Nobody") == ()


@pytest.mark.service
def test_the_series_of_a_study_say_what_they_are_and_which_tracer_they_name(pacs: str, study: StudyTruth) -> None:
    (found,) = fetch_studies(study.patient_id)
    (pet,) = fetch_series(found)
    assert (pet.modality, pet.instances) == ("PT", len(pet_files(study)))
    assert pet.description == pydicom.dcmread(pet_files(study)[0]).SeriesDescription
    named = only_pet(study.folder / "PT").tracer
    assert pet.tracer and named and named.endswith(pet.tracer)


@pytest.mark.service
def test_only_the_chosen_series_are_fetched(pacs: str, study: StudyTruth, tmp_path: Path) -> None:
    (pet,) = fetch_series(listed(study.study_uid))
    chosen = Wanted(study.study_uid, series_uids=[pet.series_uid])
    assert len(fetch_series_files(chosen, tmp_path)) == len(pet_files(study))
    with pytest.raises(PacsError, match="no PT, CT, SEG, RTSTRUCT series"):
        fetch_series_files(Wanted(study.study_uid, series_uids=["1.2.3"]), tmp_path / "other")


@pytest.mark.service
def test_a_study_the_pacs_does_not_have_leaves_nothing_behind(pacs: str, tmp_path: Path) -> None:
    with pytest.raises(PacsError, match=r"HTTP 404|has: nothing"):
        fetch_series_files(Wanted("1.2.3.4.5"), tmp_path / "study")
    assert not list(tmp_path.rglob("*.dcm"))


@pytest.mark.service
def test_series_of_another_kind_are_named_when_none_can_be_read(pacs: str, study: StudyTruth, tmp_path: Path) -> None:
    with pytest.raises(PacsError, match=r"no CT series in the PACS \(it has: PT\)"):
        fetch_series_files(Wanted(study.study_uid, modalities=["CT"]), tmp_path)


@pytest.mark.service
def test_stopping_in_the_middle_leaves_nothing_behind(pacs: str, study: StudyTruth, tmp_path: Path) -> None:
    stop = Stop()
    with pytest.raises(PacsStopped):
        fetch_series_files(Wanted(study.study_uid), tmp_path, lambda done, of: stop.ask() if done == 3 else None, stop)
    assert not list(tmp_path.iterdir())


@pytest.mark.service
def test_images_of_another_patient_than_the_list_said_are_not_kept(
    pacs: str, study: StudyTruth, tmp_path: Path
) -> None:
    with pytest.raises(
        PacsError, match="another patient's identifier than the study in its list, and nothing was kept"
    ):
        fetch_series_files(Wanted(study.study_uid, "SOMEBODY"), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.service
def test_a_wrong_password_is_refused_and_never_repeated(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_URL", address.replace("secret", "guessed"))
    with pytest.raises(PacsError, match="PACS_USER and PACS_PASSWORD") as refused:
        fetch_studies()
    assert "guessed" not in str(refused.value) and "board:" not in str(refused.value)


@pytest.mark.service
def test_user_and_password_may_stand_beside_the_address(
    address: str, study: StudyTruth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACS_URL", address.replace("board:secret@", ""))
    monkeypatch.setenv("PACS_USER", "board")
    monkeypatch.setenv("PACS_PASSWORD", "secret")
    assert len(fetch_studies(study.patient_id)) == 1
    assert name_pacs() == "127.0.0.1"


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


def test_a_study_uid_from_elsewhere_cannot_change_the_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PACS_URL", "http://127.0.0.1:1/dicom-web")
    with pytest.raises(PacsError, match="not a Study Instance UID"):
        fetch_series_files(Wanted("../../system"), tmp_path)


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
    with answering(lambda *asked: Reply(status, body, "text/html")) as url:
        monkeypatch.setenv("PACS_URL", url)
        with pytest.raises(PacsError, match=says):
            fetch_studies()


def test_an_answer_without_content_is_an_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(lambda *asked: Reply(204)) as url:
        monkeypatch.setenv("PACS_URL", url)
        assert fetch_studies("nobody") == ()


def test_a_token_is_sent_and_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_TOKEN", "abc.def")
    with answering(lambda *asked: Reply(401)) as url:
        monkeypatch.setenv("PACS_URL", url)
        with pytest.raises(PacsError, match="PACS_TOKEN") as refused:
            fetch_studies()
    assert "abc.def" not in str(refused.value)


def fetch_from(answer: Reply, announced: int, folder: Path, monkeypatch: pytest.MonkeyPatch, stop: Stop) -> None:
    """Fetch the study 1.2 from a PACS that announces images and then sends what it is told to."""

    def reply(method: str, path: str, body: bytes) -> Reply:
        return answer if path.endswith("/series/1.2.3") else one_series(announced)

    with answering(reply) as url:
        monkeypatch.setenv("PACS_URL", url)
        fetch_series_files(Wanted("1.2"), folder, stop=stop)


@pytest.fixture
def image(study: StudyTruth, tmp_path: Path) -> Path:
    """An image of the study 1.2."""
    dataset = pydicom.dcmread(pet_files(study)[0])
    dataset.StudyInstanceUID = "1.2"
    file = tmp_path / "image.dcm"
    dataset.save_as(file)
    return file


@pytest.mark.parametrize(
    ("rest", "claims", "kind", "says"),
    [
        (END, None, PARTS, "sent 1 of 2 images of a series, and nothing was kept"),
        (b"--edge\r\nContent-Type: appl", 10**6, PARTS, "broke off in the middle, and nothing was kept"),
        (b"", None, "text/html", "not a DICOMweb service"),
    ],
)
def test_a_study_that_comes_in_part_is_not_kept(
    image: Path, rest: bytes, claims: int | None, kind: str, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(PacsError, match=says):
        fetch_from(Reply(200, part(image) + rest, kind, claims=claims), 2, tmp_path / "in", monkeypatch, Stop())
    assert not list((tmp_path / "in").iterdir())


def test_images_of_another_study_are_not_kept(
    study: StudyTruth, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sent = Reply(200, part(pet_files(study)[0]) + END, PARTS)
    with pytest.raises(PacsError, match="an image of another study than was asked for"):
        fetch_from(sent, 1, tmp_path / "in", monkeypatch, Stop())
    assert not list((tmp_path / "in").iterdir())


def test_stopping_does_not_wait_for_a_pacs_that_stalls(
    image: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The PACS sends one image of two and then nothing for two minutes."""
    stop, go_on = Stop(), threading.Event()
    stalls = Reply(200, part(image) + b"--edge\r\n", PARTS, go_on, part(image) + END)
    timer = threading.Timer(0.6, stop.ask)
    timer.start()
    before = time.monotonic()
    try:
        with pytest.raises(PacsStopped, match="Stopped; nothing was kept"):
            fetch_from(stalls, 2, tmp_path / "in", monkeypatch, stop)
        assert not go_on.is_set()
        assert not list((tmp_path / "in").iterdir())
    finally:
        go_on.set()
        timer.join()
    assert time.monotonic() - before < STALLS_S / 2
