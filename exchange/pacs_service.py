"""The DICOMweb service of a PACS: where it is, who asks, how a question is stopped, and what goes wrong in a sentence.

PACS_URL names the service, for example https://pacs.example.org/dicom-web. PACS_USER and PACS_PASSWORD (or a user and
password inside the address), or PACS_TOKEN (sent as a bearer token), say who asks; none of them is repeated in a message.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from threading import Event
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

HOW_TO_SET_UP = "name its DICOMweb address in the environment variable PACS_URL"
_CONNECT_SECONDS, _ANSWER_SECONDS = 5.0, 60.0
_REFUSALS = {
    400: "says that it does not understand the request; check that PACS_URL ends where its DICOMweb service begins",
    401: "does not accept who asks; set PACS_USER and PACS_PASSWORD (user and password), or PACS_TOKEN",
    403: "refuses this user or this computer; ask its administrator for the right to search, fetch and store",
    404: "knows nothing under this address; check PACS_URL, and that the study is still there",
    406: "cannot send the images in the form in which it keeps them",
    409: "refuses the files",
    413: "says that the files are too large for it",
    415: "does not accept files of this kind",
    503: "is busy; try again in a minute",
}


class PacsError(Exception):
    """The PACS is absent or refuses; the message is one sentence that says what is wrong and what would help."""


class PacsStopped(PacsError):
    """The question was stopped by who asked it."""


class Stop:
    """Ends a question to the PACS from another thread, also while an answer is on its way."""

    def __init__(self) -> None:
        self._asked = Event()
        self._answer: Any = None

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    def ask(self) -> None:
        """From now on nothing more is read; what waits for bytes of the PACS stops waiting."""
        self._asked.set()
        # An answer that is complete, or has not begun, has no connection of its own to shut.
        with suppress(Exception):
            self._answer.raw.shutdown()

    def check(self) -> None:
        if self.asked:
            raise PacsStopped("Stopped; nothing was kept.")

    def watch(self, answer: requests.Response, *_: object, **__: object) -> None:
        """Remember the answer that is being read, so that it can be cut off."""
        self._answer = answer
        self.check()

    def close(self) -> None:
        """Let go of an answer that was not read to its end."""
        if self._answer is not None:
            self._answer.close()


class _Session(requests.Session):
    """Asks with a plain * for any letters: it is allowed in an address, and Orthanc does not understand %2A."""

    def get(self, url: Any, **known: Any) -> requests.Response:  # type: ignore[override]
        return super().get(str(url).replace("%2A", "*"), **known)


def has_pacs() -> bool:
    """True when PACS_URL names a service; nothing is asked of it."""
    return bool(os.environ.get("PACS_URL", "").strip())


def name_pacs() -> str:
    """The machine that PACS_URL names, for a sentence; raises PacsError when it is no address."""
    return urlsplit(_read_address()[0]).hostname or ""


@contextmanager
def ask_pacs(stop: Stop | None = None) -> Iterator[DICOMwebClient]:
    """A client for the length of one question; whatever goes wrong leaves as a PacsError."""
    url, user = _read_address()
    stop = stop or Stop()
    with closing(stop), _Session() as session:
        session.auth = user
        session.hooks["response"].append(stop.watch)
        try:
            yield _make_client(url, session)
        except PacsError:
            raise
        except Exception as error:
            stop.check()
            says = _say(url, error)
            if says is None:
                raise
            raise PacsError(says) from None


def say_status(status: int) -> str:
    """Why a service answers with an HTTP status of refusal, as the end of a sentence."""
    return f"{_REFUSALS.get(status, 'could not do it; ask its administrator')} (HTTP {status})"


def _make_client(url: str, session: requests.Session) -> DICOMwebClient:
    token = os.environ.get("PACS_TOKEN", "").strip()
    if token:
        session.headers["Authorization"] = f"Bearer {token}"
    client = DICOMwebClient(url=url, session=session, permissive_uid=True, timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS))
    client.set_http_retry_params(retry=False)
    return client


def _read_address() -> tuple[str, tuple[str, str] | None]:
    """The service's address without user and password, and these beside it."""
    text = os.environ.get("PACS_URL", "").strip().rstrip("/")
    if not text:
        raise PacsError(f"No PACS is set up; {HOW_TO_SET_UP}.")
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PacsError("PACS_URL is not an address; it looks like https://pacs.example.org/dicom-web.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    named = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return f"{parts.scheme}://{host}{port}{parts.path}", _read_user(os.environ) or named


def _read_user(environment: Mapping[str, str]) -> tuple[str, str] | None:
    user = environment.get("PACS_USER", "").strip()
    return (user, environment.get("PACS_PASSWORD", "")) if user else None


def _say(url: str, error: Exception) -> str | None:
    """The sentence for what went wrong; None for a mistake of our own."""
    if isinstance(error, requests.exceptions.HTTPError):
        return f"The PACS at {url} {say_status(error.response.status_code if error.response is not None else 0)}."
    if isinstance(error, requests.exceptions.Timeout):
        return f"The PACS at {url} does not answer in time; try again, or ask its administrator."
    if isinstance(error, requests.exceptions.SSLError):
        says = "has a certificate that this computer does not trust; name its authority in REQUESTS_CA_BUNDLE"
        return f"The PACS at {url} {says}."
    if isinstance(error, requests.exceptions.JSONDecodeError):
        return _say_no_service(url)
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)):
        return f"The PACS at {url} broke off in the middle, and nothing was kept; try again."
    if isinstance(error, requests.exceptions.ConnectionError) and "Read timed out" in str(error):
        return f"The PACS at {url} stopped sending in the middle, and nothing was kept; try again."
    if isinstance(error, requests.exceptions.RequestException):
        return f"No PACS answers at {url}; check PACS_URL and the network."
    if isinstance(error, OSError):
        return f"The images cannot be kept on this computer ({error.strerror or 'no space'})."
    if isinstance(error, (ValueError, KeyError, TypeError, AttributeError, InvalidDicomError)):
        return _say_no_service(url)
    return None


def _say_no_service(url: str) -> str:
    return f"What answers at {url} is not a DICOMweb service; check that PACS_URL ends where the service begins."


def read_answer(answers: list[dict[str, Any]]) -> list[Dataset]:
    """The entries of a search as data sets."""
    return [Dataset.from_json(answer) for answer in answers]


def text_of(answer: Dataset, keyword: str) -> str | None:
    """An attribute of an answer as text; None where it is absent or empty."""
    return str(answer.get(keyword) or "").strip() or None


def count_of(answer: Dataset, keyword: str) -> int | None:
    """An attribute of an answer as a whole number; None where it is none."""
    text = text_of(answer, keyword)
    return int(text) if text and text.isdigit() else None
