"""REDCap over its API against a stand-in that speaks it: what is fetched, and a sentence for each way it can fail."""

import logging
import socket
from collections.abc import Iterator

import pytest

from exchange.redcap_api import RedcapError, fetch_redcap, has_redcap
from exchange.redcap_dictionary import read_dictionary
from exchange.redcap_export import read_export
from tests.exchange.redcap_trial import make_hospital_dictionary, make_records, write_export
from tests.exchange.web_redcap import TOKEN, Answer, WebRedcap, serve_redcap


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebRedcap]:
    with serve_redcap(WebRedcap(make_hospital_dictionary(), write_export(make_records(12)))) as served:
        monkeypatch.setenv("REDCAP_URL", served.address)
        monkeypatch.setenv("REDCAP_TOKEN", TOKEN)
        yield served


def test_dictionary_and_records_are_those_of_the_project(project: WebRedcap) -> None:
    found = fetch_redcap()
    dictionary = read_dictionary(found.dictionary)
    assert dictionary.fields == project.dictionary.fields
    export = read_export(found.records, dictionary)
    assert (len(export.rows), export.faults) == (12, ())
    assert export.rows[0].values["name"] == "Synthetic; person 0"
    records = next(asked for asked in project.asked if asked["content"] == "record")
    assert (records["format"], records["type"], records["rawOrLabel"]) == ("csv", "flat", "raw")


def page(_: dict[str, str]) -> Answer:
    return 200, "<!DOCTYPE html><html><body>Log in</body></html>"


def records_only(status: int, text: str) -> object:
    def fail(asked: dict[str, str]) -> Answer | None:
        return (status, text) if asked["content"] == "record" else None

    return fail


@pytest.mark.parametrize(
    ("fail", "says"),
    [
        (page, "answered with a page instead of the data dictionary"),
        (lambda _: (200, "ERROR: You do not have API rights " + TOKEN), "You do not have API rights (token)"),
        (lambda _: (302, ""), "answers with status 302"),
        (lambda _: (503, "maintenance"), "is busy or under maintenance"),
        (lambda _: (200, "a,b\n1,2\n"), "a data dictionary that cannot be read"),
        (lambda _: (200, ""), "sent nothing when asked for the data dictionary"),
        (records_only(200, "\n"), "sent nothing when asked for the records"),
        (records_only(200, "[]"), "answered with a page instead of the records"),
        (records_only(200, "age,sex\n34,1\n"), "sent records without study_no"),
        (records_only(400, "ERROR"), "does not understand the request"),
    ],
)
def test_every_failure_is_one_sentence_without_the_token(project: WebRedcap, fail: object, says: str) -> None:
    project.fail = fail  # type: ignore[assignment]
    with pytest.raises(RedcapError) as refusal:
        fetch_redcap()
    assert says in str(refusal.value)
    assert TOKEN not in str(refusal.value)
    assert all("elsewhere" not in str(asked) for asked in project.asked)


def test_a_wrong_token_is_refused(project: WebRedcap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDCAP_TOKEN", TOKEN[::-1])
    with pytest.raises(RedcapError, match="refuses the token"):
        fetch_redcap()


def test_a_token_of_another_length_is_not_sent_nor_repeated(
    project: WebRedcap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDCAP_TOKEN", "short-secret")
    with pytest.raises(RedcapError) as refusal:
        fetch_redcap()
    assert "short-secret" not in str(refusal.value)
    assert not project.asked


def test_a_server_that_calls_checkbox_columns_otherwise_is_refused(project: WebRedcap) -> None:
    project.fail = lambda asked: (
        (200, "original_field_name,choice_value,export_field_name\ndrugs,-9,drugs___x9\n")
        if asked["content"] == "exportFieldNames"
        else None
    )
    with pytest.raises(RedcapError, match="drugs___x9"):
        fetch_redcap()


def test_the_token_is_never_logged(project: WebRedcap, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fetch_redcap()
    assert project.asked
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "No REDCap is named"),
        ("https://redcap.example.org", "no address of an API"),
        ("ftp://redcap.example.org/api/", "no address of an API"),
        ("http://redcap.example.org/api/", "not https"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, url: str, says: str
) -> None:
    monkeypatch.setenv("REDCAP_URL", url)
    monkeypatch.setenv("REDCAP_TOKEN", TOKEN)
    assert has_redcap() is bool(url)
    with pytest.raises(RedcapError, match=says):
        fetch_redcap()


def test_nobody_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody answers
        monkeypatch.setenv("REDCAP_URL", f"http://127.0.0.1:{taken.getsockname()[1]}/api/")
        monkeypatch.setenv("REDCAP_TOKEN", TOKEN)
        with pytest.raises(RedcapError, match="cannot be reached"):
            fetch_redcap()
