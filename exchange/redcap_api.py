"""A REDCap project over its API: the data dictionary and the flat records, as the same CSV files a person would download.

REDCAP_URL names the API (https://redcap.example.org/api/), REDCAP_TOKEN the project and who asks. The token stands in the
request alone: it is repeated in no message, and follows no redirection.
"""

import csv
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import redcap
import requests

from exchange.redcap_dictionary import Dictionary, DictionaryError, name_checkbox, read_dictionary

_CONNECT_SECONDS, _ANSWER_SECONDS = 5.0, 300.0
_TOKEN_LETTERS = 32
_HERE = ("localhost", "127.0.0.1", "::1")
_REFUSALS = {
    400: "says that it does not understand the request; check that REDCAP_URL ends in /api/ and the token is of this project",
    401: "does not accept the token",
    403: "refuses the token: it is wrong, or its user may not export this project",
    404: "knows nothing under this address; check REDCAP_URL",
    503: "is busy or under maintenance; try again later",
}


class RedcapError(Exception):
    """REDCap is absent or refuses; one sentence that says what is wrong and what would help."""


@dataclass(frozen=True)
class RedcapProject:
    """What was fetched: dictionary (with the API's column names) and records, as CSV files."""

    dictionary: bytes
    records: bytes


def has_redcap() -> bool:
    """Whether the environment names an API and a token."""
    return bool(os.environ.get("REDCAP_URL", "").strip() and os.environ.get("REDCAP_TOKEN", "").strip())


def name_redcap() -> str:
    """The host of the API, for people."""
    return urlsplit(os.environ.get("REDCAP_URL", "").strip()).hostname or "REDCap"


def fetch_redcap() -> RedcapProject:
    """Dictionary and all records of the project, raw and flat. Raises RedcapError; nothing of half an answer is kept."""
    project = _open_project()
    dictionary = _ask("the data dictionary", lambda: project.export_metadata(format_type="csv"))
    try:
        known = read_dictionary(dictionary.encode("utf-8"))
    except DictionaryError as error:
        raise RedcapError(
            f"REDCap at {name_redcap()} sent a data dictionary that cannot be read: {error.faults[0]}."
        ) from None
    names = _ask("the names of the columns", lambda: project.export_field_names(format_type="csv"))
    _check_names(names, known)
    records = _ask("the records", lambda: project.export_records(format_type="csv", event_name="unique"))
    if known.record_field not in next(csv.reader(io.StringIO(records)), []):
        raise RedcapError(
            f"REDCap at {name_redcap()} sent records without {known.record_field}: the token's user may export them "
            "only de-identified. Ask for the right to export the full data set."
        )
    return RedcapProject(dictionary.encode("utf-8"), records.encode("utf-8"))


def _open_project() -> redcap.Project:
    if not has_redcap():
        raise RedcapError("No REDCap is named: set REDCAP_URL and REDCAP_TOKEN in the environment of the server.")
    url = os.environ["REDCAP_URL"].strip()
    parts = urlsplit(url)
    if not url.endswith("/api/") or not parts.hostname or parts.scheme not in ("http", "https"):
        raise RedcapError("REDCAP_URL is no address of an API: write it like https://redcap.example.org/api/.")
    if parts.scheme != "https" and parts.hostname not in _HERE:
        raise RedcapError("REDCAP_URL is not https: the token and the patients would travel unprotected.")
    token = os.environ["REDCAP_TOKEN"].strip()
    if len(token) != _TOKEN_LETTERS:  # the client would repeat the token in its complaint
        raise RedcapError(f"REDCAP_TOKEN is no project token: those have {_TOKEN_LETTERS} letters and digits.")
    return redcap.Project(
        url,
        token,
        timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS),
        allow_redirects=False,
        headers={"Connection": "close"},
        hooks={"response": _check_answer},
    )


def _check_answer(answer: requests.Response, *_: object, **__: object) -> None:
    """Any status but 200 is a refusal; text without a charset is UTF-8, as REDCap writes it."""
    answer.encoding = "utf-8"
    if answer.status_code != 200:
        answer.close()
        says = _REFUSALS.get(answer.status_code, f"answers with status {answer.status_code}")
        raise RedcapError(f"REDCap at {name_redcap()} {says}.")


def _ask(what: str, question: Callable[[], object]) -> str:
    where = f"REDCap at {name_redcap()}"
    try:
        answer = str(question())
    except RedcapError:
        raise
    except requests.Timeout:
        raise RedcapError(f"{where} did not answer in time when asked for {what}; try again later.") from None
    except requests.ConnectionError:
        raise RedcapError(f"{where} cannot be reached; check REDCAP_URL and the network.") from None
    except requests.RequestException as error:
        raise RedcapError(f"{where} refuses {what}: {_conceal(str(error))[:200].strip()}") from None
    if answer.lstrip("\ufeff \r\n\t")[:1] in ("<", "{", "["):
        raise RedcapError(f"{where} answered with a page instead of {what}: REDCAP_URL may lead to a login or proxy.")
    if not answer.strip():
        raise RedcapError(f"{where} sent nothing when asked for {what}: the project is empty, or may not be exported.")
    return answer


def _conceal(text: str) -> str:
    return text.replace(os.environ.get("REDCAP_TOKEN", "").strip() or "\x00", "(token)")


def _check_names(answer: str, dictionary: Dictionary) -> None:
    """REDCap and we must call the columns of a checkbox the same."""
    for row in csv.DictReader(io.StringIO(answer)):
        field, code, name = row.get("original_field_name"), row.get("choice_value"), row.get("export_field_name")
        if field and code and field in dictionary.by_name and name != name_checkbox(field, code):
            raise RedcapError(
                f"REDCap calls choice {code} of {field} “{name}”, which this program would not find in the records."
            )
