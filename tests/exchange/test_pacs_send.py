"""Objects are given to a PACS one by one, and what it says of each is told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from exchange.dicom_object import encode_object
from exchange.dicom_seg import write_seg
from exchange.dicom_source import read_source_images
from exchange.pacs import PacsError
from exchange.pacs_send import Answer, send_to_pacs
from tests.exchange.exports import make_small_study, make_stamp, measure_hottest, read_pet
from tests.exchange.orthanc import find_free_port, run_orthanc
from tests.exchange.web_pacs import Reply, answering


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="module")
def segmentation(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    study = make_small_study(tmp_path_factory.mktemp("study"), "GE")
    source = read_source_images(read_pet(study.folder / "PT"))
    return write_seg([measure_hottest(source.series)], source, make_stamp())


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_orthanc(tmp_path_factory.mktemp("orthanc")) as url:
        yield url


@pytest.mark.service
def test_an_object_is_stored_and_may_be_sent_again(
    segmentation: Dataset, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACS_URL", address)
    steps: list[tuple[int, int]] = []
    for _ in range(2):
        sent = send_to_pacs([("SEG", encode_object(segmentation))], lambda *step: steps.append(step))
        assert sent == (Answer("SEG", True),)
    assert steps == [(1, 1), (1, 1)]


def told(segmentation: Dataset, sequence: str, keyword: str, code: int) -> bytes:
    """The answer of a PACS about one object."""
    item, answer = Dataset(), Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = segmentation.SOPClassUID, segmentation.SOPInstanceUID
    if code:
        setattr(item, keyword, code)
    setattr(answer, sequence, [item])
    return json.dumps(answer.to_json_dict()).encode()


FAILED, STORED = ("FailedSOPSequence", "FailureReason"), ("ReferencedSOPSequence", "WarningReason")


@pytest.mark.parametrize(
    ("status", "place", "code", "stored", "says"),
    [
        (200, STORED, 0, True, ""),
        (202, STORED, 0xB000, True, "it changed some of the attributes (DICOM B000)"),
        (202, FAILED, 0x0122, False, "it does not store objects of this kind (DICOM 0122)"),
        (409, FAILED, 0xA701, False, "it has no room (DICOM A701)"),
        (409, FAILED, 0xC123, False, "it does not understand the object (DICOM C123)"),
        (409, FAILED, 0x0999, False, "for a reason of its own (DICOM 0999)"),
        (409, FAILED, 0, False, "it gives no reason"),
    ],
)
def test_each_object_has_its_answer_with_the_reason(
    segmentation: Dataset,
    status: int,
    place: tuple[str, str],
    code: int,
    stored: bool,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(lambda *asked: Reply(status, told(segmentation, *place, code))) as url:
        monkeypatch.setenv("PACS_URL", url)
        assert send_to_pacs([("SEG", encode_object(segmentation))]) == (Answer("SEG", stored, says),)


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (200, b"<html>Please log in</html>", "does not say that it was stored"),
        (200, b"", "does not say that it was stored"),
        (409, b"no", "refuses the files (HTTP 409)"),
        (413, b"", "too large for it (HTTP 413)"),
    ],
)
def test_what_is_not_said_to_be_stored_counts_as_not_stored(
    segmentation: Dataset, status: int, body: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(lambda *asked: Reply(status, body, "text/html")) as url:
        monkeypatch.setenv("PACS_URL", url)
        (answer,) = send_to_pacs([("SEG", encode_object(segmentation))])
    assert not answer.stored and says in answer.says


@pytest.mark.parametrize(("status", "says"), [(401, "PACS_TOKEN"), (403, "right to search"), (503, "busy")])
def test_a_pacs_that_refuses_everything_says_why(
    segmentation: Dataset, status: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(lambda *asked: Reply(status)) as url:
        monkeypatch.setenv("PACS_URL", url)
        with pytest.raises(PacsError, match=says):
            send_to_pacs([("SEG", encode_object(segmentation))])


def test_a_pacs_that_goes_away_in_the_middle_leaves_the_answers_it_gave(
    segmentation: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = iter([Reply(200, told(segmentation, *STORED, 0)), Reply(503)])
    data = encode_object(segmentation)
    with answering(lambda *asked: next(replies)) as url:
        monkeypatch.setenv("PACS_URL", url)
        first, second, third = send_to_pacs([("a", data), ("b", data), ("c", data)])
    assert first == Answer("a", True)
    assert not second.stored and second.says.startswith("not known whether it was stored. The PACS at")
    assert third == Answer("c", False, "not sent")


def test_nothing_is_sent_to_a_pacs_that_is_off(segmentation: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACS_URL", f"http://127.0.0.1:{find_free_port()}/dicom-web")
    with pytest.raises(PacsError, match="No PACS answers at"):
        send_to_pacs([("SEG", encode_object(segmentation))])


def test_a_file_that_is_not_dicom_is_named_and_nothing_is_sent(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear colleague", encoding="utf-8")
    with pytest.raises(PacsError, match=r"letter\.txt is not DICOM; nothing was sent"):
        send_to_pacs([(letter.name, letter)])
